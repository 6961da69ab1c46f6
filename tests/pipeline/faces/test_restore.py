import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.engines.base import TwoStageNetwork
from magicmemory.pipeline.engines.batcher import Batching
from magicmemory.pipeline.faces.restore import NetworkRestorer
from magicmemory.pipeline.models.model import on_crops


def crops(count: int) -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(3)
    return [random.integers(0, 256, (512, 512, 3), dtype=np.uint8) for _ in range(count)]


def test_crops_reach_the_network_as_rgb_from_minus_one_to_one() -> None:
    seen: list[Tensor] = []

    class Same(nn.Module):
        def forward(self, faces: Tensor) -> Tensor:
            seen.append(faces)
            return faces

    given = np.stack(crops(2))
    given[0][0, 0] = (255, 0, 128)
    restored = on_crops(Same())(torch.from_numpy(given))
    (faces,) = seen
    assert faces.shape == (2, 3, 512, 512)
    assert faces.dtype == torch.float32
    assert tuple(faces[0, :, 0, 0].tolist()) == pytest.approx((1, -1, 1 / 255), abs=1e-6)
    np.testing.assert_allclose(restored.numpy(), given, atol=1e-4)


def test_what_the_network_makes_is_cut_to_the_range() -> None:
    (restored,) = NetworkRestorer(lambda faces: 3 * faces.astype(np.float32) - 255)(crops(1), None)
    assert restored.min() == 0
    assert restored.max() == 255


def test_a_network_in_half_precision_gets_bytes_exactly_and_gives_finer_steps_than_its_own() -> None:
    faces = torch.from_numpy(np.stack(crops(1)))
    full = nn.Conv2d(3, 3, 1)
    half = on_crops(full).to(torch.bfloat16)(faces.to(torch.bfloat16))
    assert half.dtype == torch.float32
    # A bfloat16 between 128 and 255 has steps of 1, one between 0.5 and 1 has steps of half a level of 255.
    assert len(half.unique()) > 256


class TwoStages(nn.Module):
    """Half of the way in each stage."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def encode(self, faces: Tensor) -> Tensor:
        return faces * self.weight

    def decode(self, code: Tensor) -> Tensor:
        return code / 2

    def forward(self, faces: Tensor) -> Tensor:
        return self.decode(self.encode(faces))


def test_a_network_in_two_stages_stays_one() -> None:
    network = on_crops(TwoStages())
    assert isinstance(network, TwoStageNetwork)
    faces = torch.from_numpy(np.stack(crops(2)))
    with torch.no_grad():
        np.testing.assert_array_equal(network(faces), network.decode(network.encode(faces)))


@pytest.mark.parametrize(("asked", "used"), [(None, 0.7), (0.2, 0.2), (0.0, 0.0)])
def test_fidelity_reaches_the_network(asked: float | None, used: float) -> None:
    seen: list[NDArray[np.float32]] = []

    def run(faces: NDArray[np.uint8], fidelity: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(fidelity)
        return faces.astype(np.float32)

    NetworkRestorer(run, Batching(largest=2), default_fidelity=0.7)(crops(2), asked)
    np.testing.assert_allclose(seen[0], np.full(2, used, np.float32))


def test_batch_sizes_and_progress_are_reported() -> None:
    sizes, told = list[int](), list[int]()
    restorer = NetworkRestorer(lambda faces: faces.astype(np.float32), Batching(largest=2), observe=sizes.append)
    given = crops(5)
    restored = restorer(given, None, told.append)
    assert (sizes, told) == ([2, 2, 1], [2, 4, 5])
    for before, after in zip(given, restored, strict=True):
        np.testing.assert_allclose(after, before, atol=1e-4)
