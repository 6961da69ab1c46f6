"""`lite` as it ships: the file, its promises at the edges, and the conversion to OpenVINO."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.faces.align import crop
from magicmemory.pipeline.models.lite import (
    DISAGREEMENT,
    GRAIN_KEPT,
    SIZE,
    ChannelNorm,
    Lite,
    Looks,
    keep_grain,
    leave_large,
    load,
)
from magicmemory.pipeline.models.mtcnn import detector, load_nets
from magicmemory.pipeline.sample import portrait
from tests.support.converted_models import add_converted_models
from tests.support.lite import restore_small

pytestmark = pytest.mark.slow

SCRATCH = np.array([[60, 150], [180, 200], [300, 190], [420, 260]], np.int32)  # over forehead, eyes and cheek
FILE = Path(assets.__path__[0]) / "lite.safetensors"


def _faces(count: int, grey: bool = False) -> Tensor:
    """Soft coloured shapes that are not faces, but have edges, skin-like gradients and no noise."""
    draw = torch.Generator().manual_seed(4)
    coarse = torch.rand(count, 1 if grey else 3, 9, 9, generator=draw)
    smooth = torch.nn.functional.interpolate(coarse, size=(SIZE, SIZE), mode="bicubic").clamp(0, 1)
    levels = torch.round(smooth * 255) / 127.5 - 1
    return levels.expand(count, 3, SIZE, SIZE).contiguous()


def _psnr(images: Tensor, others: Tensor) -> float:
    return float(10 * torch.log10(4 / (images - others).square().mean()))


@pytest.fixture(scope="module")
def network() -> Lite:
    return load(FILE)


def test_weights_file_is_small_and_fits_exactly(network: Lite) -> None:
    assert FILE.stat().st_size <= 16_000_000
    assert not network.training


def test_other_file_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    other = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(1)}, other, metadata={"format": "something/1"})
    with pytest.raises(ValueError, match="something/1"):
        load(other)


@torch.no_grad()
def test_a_batch_equals_its_faces_one_by_one(network: Lite) -> None:
    faces, fidelity = _faces(2), torch.tensor([1.0, 0.0])
    together = network(faces, fidelity)
    alone = torch.cat([network(faces[i : i + 1], fidelity[i : i + 1]) for i in range(2)])
    assert together.shape == faces.shape
    assert (together - alone).abs().max() < 1e-4
    assert torch.equal(network(faces, fidelity), together)


@torch.no_grad()
@pytest.mark.parametrize("fidelity", [0.0, 1.0])
def test_grey_stays_grey(network: Lite, fidelity: float) -> None:
    noisy = (_faces(1, grey=True) + 0.1 * torch.randn(1, 1, SIZE, SIZE)).clamp(-1, 1)
    restored = network(noisy, torch.tensor([fidelity]))
    assert (restored.amax(dim=1) - restored.amin(dim=1)).max() < 2 / 127.5


@torch.no_grad()
def test_a_clean_picture_is_left_nearly_alone(network: Lite) -> None:
    faces = _faces(1)
    assert _psnr(network(faces, torch.ones(1)), faces) > 36


@torch.no_grad()
def test_noise_is_removed(network: Lite) -> None:
    clean = _faces(1)[..., ::2, ::2]
    noisy = (clean + 0.12 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(1))).clamp(-1, 1)
    assert _psnr(restore_small(network, noisy, torch.ones(1)), clean) > _psnr(noisy, clean) + 1


@torch.no_grad()
def test_a_mirrored_face_is_restored_alike(network: Lite) -> None:
    noisy = (_faces(1) + 0.1 * torch.randn(1, 3, SIZE, SIZE)).clamp(-1, 1)[..., ::2, ::2]
    straight, mirrored = (restore_small(network, faces, torch.ones(1)) for faces in (noisy, noisy.flip(3)))
    assert (straight - mirrored.flip(3)).abs().max() < 1e-5


@torch.no_grad()
@pytest.mark.parametrize("fidelity", [0.0, 0.5, 1.0])
def test_scratch_on_a_face_is_removed(network: Lite, fidelity: float) -> None:
    (found,) = detector(load_nets())(portrait(), 40)
    face = crop(portrait(), found).crop
    scratched = cv2.polylines(face.copy(), [SCRATCH], False, (240, 240, 240), 5, cv2.LINE_AA)
    under = (scratched != face).any(axis=2)
    seen, clean = (torch.from_numpy(image).permute(2, 0, 1)[None] / 127.5 - 1 for image in (scratched, face))
    restored = network(seen, torch.tensor([fidelity]))
    before, after = ((image - clean)[..., torch.from_numpy(under)].square().mean() for image in (seen, restored))
    assert after < 0.1 * before
    assert _psnr(restored[..., ~torch.from_numpy(under)], clean[..., ~torch.from_numpy(under)]) > 28


def test_small_changes_leave_some_grain_and_large_ones_none() -> None:
    small, large = (torch.full((1, 3, 16, 16), size) for size in (0.01, 1.2))
    assert torch.allclose(keep_grain(small), (1 - GRAIN_KEPT) * small, rtol=1e-2)
    assert torch.allclose(keep_grain(-large), -large, rtol=1e-3)
    assert torch.equal(keep_grain(0 * small), 0 * small)


def test_whole_photo_drops_large_changes() -> None:
    small, large = (torch.full((1, 3, 16, 16), size) for size in (0.1, 1.2))
    assert torch.allclose(leave_large(small), small, rtol=1e-2)
    assert leave_large(-large).abs().max() < 0.01


@torch.no_grad()
def test_grain_finer_than_the_network_is_removed(network: Lite) -> None:
    clean = _faces(1)
    noisy = (clean + 0.15 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(2))).clamp(-1, 1)
    restored = network(noisy, torch.ones(1))
    fine = [images - torch.nn.functional.interpolate(images[..., ::2, ::2], SIZE) for images in (noisy, restored)]
    assert fine[1].square().mean() < 0.5 * fine[0].square().mean()


@torch.no_grad()
def test_fidelity_interpolates_between_the_decoders(network: Lite) -> None:
    noisy = (_faces(1) + 0.1 * torch.randn(1, 3, SIZE, SIZE)).clamp(-1, 1)
    vivid, half, faithful = (restore_small(network, noisy[..., ::2, ::2], torch.tensor([f])) for f in (0.0, 0.5, 1.0))
    assert (half - (vivid + faithful) / 2).abs().mean() < 1e-3  # only clamping bends it


@torch.no_grad()
def test_less_is_invented_where_the_two_looks_disagree(network: Lite) -> None:
    small, vivid = torch.zeros(1, 3, 64, 64), torch.full((1, 3, 64, 64), 0.2)
    apart = torch.zeros(1, 1, 64, 64)
    apart[..., 32:] = 10 * DISAGREEMENT
    looks = Looks(features=[], change=torch.full_like(vivid, 0.1), apart=apart)
    for fidelity in (0.0, 0.5, 1.0):
        added = network.mix(small, looks, vivid, torch.tensor([fidelity])) - looks.change
        assert torch.allclose(added[..., :32], torch.full((), 0.1 * (1 - fidelity)), atol=1e-6)
        assert (added[..., 32:] < 0.002).all()


@torch.no_grad()
def test_normalisation_is_the_same_in_training_and_after(network: Lite) -> None:
    norm = next(module for module in network.modules() if isinstance(module, ChannelNorm))
    features = 3 + 2 * torch.randn(2, norm.weight.numel(), 8, 8, generator=torch.Generator().manual_seed(1))
    after = norm(features)
    norm.train()
    try:
        assert torch.allclose(norm(features), after, atol=1e-5)
    finally:
        norm.eval()


@pytest.mark.processes
@torch.no_grad()
def test_openvino_agrees_with_torch(network: Lite, tmp_path: Path) -> None:
    faces, fidelity = _faces(1), torch.full((1,), 0.5)
    add_converted_models(tmp_path)
    run = OpenVinoEngine(tmp_path / "cache").compile(network, (torch.zeros(1, 3, SIZE, SIZE), torch.ones(1)), "lite")
    result = run(faces.numpy(), fidelity.numpy())
    assert np.abs(result - network(faces, fidelity).numpy()).max() < 1e-3
