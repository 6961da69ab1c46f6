"""MTCNN's networks give the numbers of the layers that their weights were trained in."""

import hashlib
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.mtcnn_detector import blob
from magicmemory.pipeline.models import mtcnn
from magicmemory.pipeline.sample import portrait

Array = NDArray[np.float32]


@pytest.fixture(scope="module")
def nets() -> tuple[mtcnn.PNet, mtcnn.RNet, mtcnn.ONet]:
    return mtcnn.load_nets()


# Keras' layers in plain NumPy: `[height, width, channels]`, as its documentation describes them.


def convolved(x: Array, kernel: Array, bias: Array) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(
        x, kernel.shape[:2], (0, 1)
    )  # [rows, columns, in, height, width]
    return np.asarray(np.einsum("rcihw,hwio->rco", windows, kernel) + bias, np.float32)


def sloped(x: Array, alpha: Array) -> Array:
    return np.maximum(x, 0) + alpha * np.minimum(x, 0)


def pooled(x: Array, size: int, *, same: bool) -> Array:
    """Max pooling with stride 2; `same` pads so that no row is left out, one more below than above."""
    if same:
        missing = [max(0, (-(-length // 2) - 1) * 2 + size - length) for length in x.shape[:2]]
        padding = [(m // 2, m - m // 2) for m in missing]
        x = np.pad(x, [*padding, (0, 0)], constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (0, 1))[::2, ::2]
    return np.asarray(windows.max((-2, -1)))


def likelihoods(x: Array) -> Array:
    powers = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray((powers / powers.sum(-1, keepdims=True))[..., 1])


def keras_pnet(x: Array, w: list[Array]) -> list[Array]:
    x = pooled(sloped(convolved(x, w[0], w[1]), w[2]), 2, same=True)
    x = sloped(convolved(x, w[3], w[4]), w[5])
    x = sloped(convolved(x, w[6], w[7]), w[8])
    return [convolved(x, w[9], w[10]).transpose(2, 0, 1), likelihoods(convolved(x, w[11], w[12]))]


def keras_rnet(x: Array, w: list[Array]) -> list[Array]:
    x = pooled(sloped(convolved(x, w[0], w[1]), w[2]), 3, same=True)
    x = pooled(sloped(convolved(x, w[3], w[4]), w[5]), 3, same=False)
    x = sloped(convolved(x, w[6], w[7]), w[8])
    flat = sloped(x.transpose(1, 0, 2).reshape(-1) @ w[9] + w[10], w[11])  # columns before rows
    return [flat @ w[12] + w[13], likelihoods(flat @ w[14] + w[15])]


def keras_onet(x: Array, w: list[Array]) -> list[Array]:
    x = pooled(sloped(convolved(x, w[0], w[1]), w[2]), 3, same=True)
    x = pooled(sloped(convolved(x, w[3], w[4]), w[5]), 3, same=False)
    x = pooled(sloped(convolved(x, w[6], w[7]), w[8]), 2, same=True)
    x = sloped(convolved(x, w[9], w[10]), w[11])
    flat = sloped(x.transpose(1, 0, 2).reshape(-1) @ w[12] + w[13], w[14])
    points = flat @ w[17] + w[18]
    return [flat @ w[15] + w[16], np.stack([points[:5], points[5:]], 1), likelihoods(flat @ w[19] + w[20])]


@pytest.mark.parametrize(
    ("name", "shape", "plainly"),
    [
        ("pnet", (12, 12), keras_pnet),
        ("pnet", (25, 38), keras_pnet),  # odd and even: the pooling's last row and column
        ("rnet", (24, 24), keras_rnet),
        ("onet", (48, 48), keras_onet),
    ],
)
def test_networks_equal_the_original_layers(
    nets: tuple[torch.nn.Module, ...],
    name: str,
    shape: tuple[int, int],
    plainly: Callable[[Array, list[Array]], list[Array]],
) -> None:
    net = nets[list(mtcnn.WEIGHTS_SHA256).index(name)]
    picture = np.random.default_rng(5).uniform(-1, 1, (*shape, 3)).astype(np.float32)
    ours = net(torch.from_numpy(picture).permute(2, 0, 1)[None])
    for one, other in zip(ours, plainly(picture, mtcnn.load_arrays(name)), strict=True):
        assert one.shape[1:] == other.shape
        np.testing.assert_allclose(one[0].numpy(), other, atol=2e-5)


@pytest.mark.parametrize("name", mtcnn.WEIGHTS_SHA256)
def test_weights_have_the_pinned_hashes(name: str) -> None:
    content = (mtcnn.weights_folder() / f"{name}.lz4").read_bytes()
    assert hashlib.sha256(content).hexdigest() == mtcnn.WEIGHTS_SHA256[name]


def test_weights_of_another_shape_are_refused() -> None:
    arrays = mtcnn.load_arrays("rnet")
    arrays[-1] = np.zeros(3, np.float32)
    net = mtcnn.RNet()
    with pytest.raises(RuntimeError, match="size mismatch"):
        net.load_state_dict(mtcnn.torch_state(net, arrays))


def test_changed_weights_are_not_opened(tmp_path: Path) -> None:
    for name in mtcnn.WEIGHTS_SHA256:
        content = bytearray((mtcnn.weights_folder() / f"{name}.lz4").read_bytes())
        content[-1] ^= 1
        (tmp_path / f"{name}.lz4").write_bytes(content)
        with pytest.raises(ModelBroken, match=f"{name}.lz4"):
            mtcnn.load_arrays(name, tmp_path)


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelNotInstalled):
        mtcnn.load_nets(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelNotInstalled):
        mtcnn.load_nets()


@pytest.mark.processes
def test_loading_imports_neither_the_package_nor_tensorflow() -> None:
    program = (
        "import sys; from magicmemory.pipeline.models import mtcnn; assert 'joblib' not in sys.modules;"
        "mtcnn.load_nets(); assert not {'mtcnn', 'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_strip_of_crops_equals_single_crops(nets: tuple[mtcnn.PNet, mtcnn.RNet, mtcnn.ONet]) -> None:
    crops = np.random.default_rng(2).integers(0, 256, (3, 48, 48, 3), np.uint8)
    strip = blob(crops.transpose(1, 0, 2, 3).reshape(48, -1, 3))
    outputs = mtcnn.CropStrip(nets[2], 48)(torch.from_numpy(strip))[0].numpy()
    for crop, output in zip(crops, outputs, strict=True):
        offsets, points, probability = nets[2](torch.from_numpy(blob(crop)))
        alone = np.concatenate([offsets[0].numpy(), points[0].numpy().ravel(), probability.numpy()])
        np.testing.assert_allclose(output, alone, atol=1e-5)


@torch.no_grad()
def test_proposal_map_gives_the_offsets_and_log_odds_of_pnet(
    nets: tuple[mtcnn.PNet, mtcnn.RNet, mtcnn.ONet],
) -> None:
    pictures = torch.rand(1, 3, 40, 61, generator=torch.Generator().manual_seed(3)) * 2 - 1
    offsets, probability = nets[0](pictures)
    mapped = mtcnn.ProposalMap(nets[0])(pictures)
    np.testing.assert_allclose(mapped[:, :4].numpy(), offsets.numpy(), atol=1e-5)
    np.testing.assert_allclose(torch.sigmoid(mapped[:, 4]).numpy(), probability.numpy(), atol=1e-5)


@pytest.mark.slow
def test_half_precision_finds_the_same_faces(tmp_path: Path) -> None:
    """Where the CPU has no bfloat16, this compares OpenVINO with torch."""
    face = portrait()[20:240, 110:340]
    photo = np.random.default_rng(8).integers(90, 140, (700, 900, 3), np.uint8)
    for number, side in enumerate((46, 52, 64, 80, 110, 150, 210)):  # faces of 18 to 81 pixels
        left, top = 20 + number % 4 * 215, 20 + number // 4 * 300
        photo[top : top + side, left : left + side] = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    engine = OpenVinoEngine(tmp_path)
    engine._half_is_faster = lambda: "BF16" in engine._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")  # type: ignore[method-assign]
    full, half = (mtcnn.detector(mtcnn.load_nets(), one)(photo, 16) for one in (TorchEngine("cpu"), engine))
    assert len(full) == len(half) == 7
    for one in full:
        other = min(half, key=lambda found: float(np.abs(found.box - one.box).max()))
        np.testing.assert_allclose(other.box, one.box, atol=0.08 * one.short_side)
        np.testing.assert_allclose(other.landmarks, one.landmarks, atol=0.05 * one.short_side)
        assert other.score > 0.97
