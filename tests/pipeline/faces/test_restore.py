import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.engines.batcher import Batching
from magicmemory.pipeline.faces.restore import NetworkRestorer


def crops(count: int) -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(3)
    return [random.integers(0, 256, (512, 512, 3), dtype=np.uint8) for _ in range(count)]


def test_network_input_is_rgb_from_minus_one_to_one() -> None:
    seen: list[NDArray[np.float32]] = []

    def run(*inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.extend(inputs)
        return inputs[0]

    given = crops(2)
    given[0][0, 0] = (255, 0, 128)
    restored = NetworkRestorer(run, Batching(largest=2))(given, None)
    (faces,) = seen
    assert faces.shape == (2, 3, 512, 512)
    assert faces.dtype == np.float32
    assert tuple(faces[0, :, 0, 0]) == pytest.approx((1, -1, 1 / 255), abs=1e-6)
    np.testing.assert_allclose(restored, given, atol=1e-4)


def test_network_output_is_clipped() -> None:
    (restored,) = NetworkRestorer(lambda faces: faces * 3)(crops(1), None)
    assert restored.min() == 0
    assert restored.max() == 255


@pytest.mark.parametrize(("asked", "used"), [(None, 0.7), (0.2, 0.2), (0.0, 0.0)])
def test_fidelity_reaches_the_network(asked: float | None, used: float) -> None:
    seen: list[NDArray[np.float32]] = []

    def run(faces: NDArray[np.float32], fidelity: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(fidelity)
        return faces

    NetworkRestorer(run, Batching(largest=2), default_fidelity=0.7)(crops(2), asked)
    np.testing.assert_allclose(seen[0], np.full(2, used, np.float32))


def test_batch_sizes_and_progress_are_reported() -> None:
    sizes, told = list[int](), list[int]()
    restorer = NetworkRestorer(lambda faces: faces, Batching(largest=2), observe=sizes.append)
    given = crops(5)
    restored = restorer(given, None, told.append)
    assert (sizes, told) == ([2, 2, 1], [2, 4, 5])
    for before, after in zip(given, restored, strict=True):
        np.testing.assert_allclose(after, before, atol=1e-4)
