"""`photo` as it ships: the file, its size, and the conversion to OpenVINO."""

from pathlib import Path

import numpy as np
import pytest
import torch

from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.models.photo import Photo, load
from tests.support.old_prints import landscape, scratched

pytestmark = pytest.mark.slow

FILE = Path(assets.__path__[0]) / "photo.safetensors"


@pytest.fixture(scope="module")
def networks() -> Photo:
    return load(FILE)


def test_weights_file_is_small_and_fits_exactly(networks: Photo) -> None:
    assert FILE.stat().st_size <= 8_000_000
    assert not networks.training


def test_other_and_damaged_files_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    other = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(1)}, other, metadata={"format": "something/1"})
    with pytest.raises(ValueError, match="something/1"):
        load(other)
    other.write_bytes(FILE.read_bytes()[:100_000])
    with pytest.raises(ValueError, match="damaged"):
        load(other)


@torch.no_grad()
def test_openvino_gives_what_torch_gives_at_any_size(networks: Photo, tmp_path: Path) -> None:
    engine = OpenVinoEngine(tmp_path, precision="full")
    worn = torch.from_numpy(scratched(landscape())[0]).permute(2, 0, 1)[None].float() / 255
    hidden = torch.zeros_like(worn[:, :1])
    for name, network, seen in (
        ("finder", networks.finder, worn),
        ("mender", networks.mender, torch.cat([worn, hidden], 1)),
    ):
        runner = engine.compile(network, (torch.zeros(1, seen.shape[1], 256, 256),), name, any_size=True)
        for size in ((240, 320), (96, 16)):
            part = seen[..., : size[0], : size[1]].contiguous()
            np.testing.assert_allclose(runner(part.numpy()), network(part).numpy(), atol=1e-4)


@torch.no_grad()
def test_a_batch_equals_its_pictures_one_by_one(networks: Photo) -> None:
    pictures = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    together = networks.finder(pictures)
    alone = torch.cat([networks.finder(pictures[i : i + 1]) for i in range(2)])
    assert together.shape == (2, 1, 64, 96)
    assert (together - alone).abs().max() < 1e-4
