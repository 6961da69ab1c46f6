"""Every third-party network gives the numbers of its original code, from the official names and shapes of weights."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from magicmemory.pipeline.models.deformable import deformable_conv
from tests.golden import ours, seeded

pytestmark = pytest.mark.slow

# Of an output's range.
TOLERANCE = 1e-4


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.no_grad():
        yield


@pytest.mark.timeout(900)  # the largest networks take seconds on a quiet machine and minutes on a busy one
@pytest.mark.parametrize("name", ours.NETWORKS)
def test_network_equals_its_original(name: str) -> None:
    kept = ours.golden(name)
    network = ours.network(name)
    outputs = ours.run(network, name)
    for key, out in outputs.items():
        value = out.numpy()
        low, high, mean, deviation = kept[f"{key}_statistics"]
        allowed = TOLERANCE * (high - low)
        assert value.shape == tuple(kept[f"{key}_shape"])
        assert deviation > 0.01 * (high - low), "the reference itself is nearly constant"
        flat = value.ravel()
        sampled = flat[seeded.places(f"{name}/{key}", kept[key].size, flat.size)]
        worst = np.abs(sampled.astype(np.float64) - kept[key]).max()
        print(f"{name} {key}: largest difference {worst:.2e}, {worst / (high - low):.1e} of the range")
        assert worst <= allowed
        wide = flat.astype(np.float64)
        found = [wide.min(), wide.max(), wide.mean(), wide.std()]
        np.testing.assert_allclose(found, [low, high, mean, deviation], rtol=0, atol=allowed)


@pytest.mark.parametrize("name", ["codeformer", "restoreformer", "restoreformer_plus", "vqfr_v1", "vqfr_v2"])
def test_no_code_is_nearly_tied(name: str) -> None:
    """Else rounding could pick another code in one program than in the other, and the comparison would be luck."""
    assert ours.golden(name)["margin"] > 1e-4


def test_deformable_convolution_equals_torchvision() -> None:
    given = {key: torch.from_numpy(value) for key, value in seeded.deformable_input().items()}
    out = deformable_conv(**given).numpy()
    assert np.abs(out - ours.golden("deformable")["out"]).max() <= 1e-5


def test_references_are_small() -> None:
    assert sum(path.stat().st_size for path in ours.DATA.iterdir()) < 1_000_000
