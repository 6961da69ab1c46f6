import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.restore import Crops, NetworkRestorer, Restored, restore_faces


def crops(count: int) -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(3)
    return [random.integers(0, 256, (512, 512, 3), dtype=np.uint8) for _ in range(count)]


class Counts:
    """Gives each face back as it is, and notes the sizes of its batches."""

    batch = 2

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, crops: Crops, fidelity: float | None) -> Restored:
        self.sizes.append(len(crops))
        return crops.astype(np.float32)


def test_faces_go_through_in_batches_and_come_back_in_order() -> None:
    restorer, told = Counts(), list[tuple[int, int]]()
    given = crops(5)
    restored = restore_faces(restorer, given, progress=lambda done, faces: told.append((done, faces)))
    assert restorer.sizes == [2, 2, 1]
    assert told == [(2, 5), (4, 5), (5, 5)]
    for before, after in zip(given, restored, strict=True):
        assert (before == after).all()


def test_no_faces_are_no_work() -> None:
    assert restore_faces(Counts(), []) == []


def test_the_network_sees_rgb_from_minus_one_to_one() -> None:
    seen: list[NDArray[np.float32]] = []

    def run(*inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.extend(inputs)
        return inputs[0]

    given = np.stack(crops(2))
    given[0, 0, 0] = (255, 0, 128)
    restored = NetworkRestorer(run, 2)(given, None)
    (faces,) = seen
    assert faces.shape == (2, 3, 512, 512)
    assert faces.dtype == np.float32
    assert tuple(faces[0, :, 0, 0]) == pytest.approx((1, -1, 1 / 255), abs=1e-6)
    np.testing.assert_allclose(restored, given, atol=1e-4)


def test_what_a_network_overshoots_is_clipped() -> None:
    given = np.stack(crops(1))
    restored = NetworkRestorer(lambda faces: faces * 3, 1)(given, None)
    assert restored.min() == 0
    assert restored.max() == 255


@pytest.mark.parametrize(("asked", "used"), [(None, 0.7), (0.2, 0.2), (0.0, 0.0)])
def test_fidelity_reaches_the_network(asked: float | None, used: float) -> None:
    seen: list[NDArray[np.float32]] = []

    def run(faces: NDArray[np.float32], fidelity: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(fidelity)
        return faces

    NetworkRestorer(run, 1, default_fidelity=0.7)(np.stack(crops(2)), asked)
    np.testing.assert_allclose(seen[0], np.full(2, used, np.float32))
