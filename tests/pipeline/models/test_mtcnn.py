"""The three networks against the layers that their weights were trained in, and the cascade around them."""

import hashlib
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.faces import detect
from magicmemory.pipeline.models import mtcnn

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


def test_pyramid_goes_from_the_smallest_face_to_the_whole_picture() -> None:
    sizes = mtcnn.pyramid(640, 480, 20)
    assert sizes[0] == (320, 240)  # a face 20 px wide, 24 px high, is 12 px there
    assert min(sizes[-1]) >= mtcnn.PNET_CELL
    assert min(sizes[-1]) * 0.709 < mtcnn.PNET_CELL
    assert mtcnn.pyramid(640, 480, 3)[0] == (640, 480)  # never enlarged
    assert mtcnn.pyramid(2000, 5, 12) == []


def test_squares_keep_the_middle_and_the_longer_side() -> None:
    boxes = np.array([[10, 20, 30, 60], [0, 0, 8, 4]], np.float32)
    np.testing.assert_allclose(mtcnn.squared(boxes), [[0, 20, 40, 60], [0, -2, 8, 6]])


@pytest.mark.parametrize("side", [9.7, 24, 50, 133.3, 260])
def test_crops_show_their_square_to_a_fraction_of_a_pixel(side: float) -> None:
    """Of a picture whose values are its coordinates, a crop's values say where each of its pixels came from."""
    rows, columns = np.mgrid[0:250, 0:250].astype(np.uint8)
    levels = mtcnn.halvings(np.stack([columns, rows, rows], 2))
    left, top = 61.3, 40.8
    if left + side > 250:
        left, top = -30.4, -20.6
    crop = mtcnn.cut(levels, np.array([[left, top, left + side, top + side]], np.float32), 24)[0].astype(float)
    centres = (np.arange(24) + 0.5) * side / 24 - 0.5
    for channel, start, axis in ((0, left, 0), (1, top, 1)):
        expected = start + centres
        inside = (expected > 4) & (expected < 245)
        found = crop[..., channel].mean(axis) if left > 0 else crop[12, :, 0] if channel == 0 else crop[:, 12, 1]
        # Whole values cost half a pixel each time that the picture is halved or cut.
        np.testing.assert_allclose(found[inside], expected[inside], atol=1.5)
        assert abs((found - expected)[inside].mean()) < 0.75


def test_crops_over_the_border_are_grey_outside() -> None:
    levels = mtcnn.halvings(np.full((100, 100, 3), 255, np.uint8))
    crop = mtcnn.cut(levels, np.array([[-48, 20, 48, 116]], np.float32), 48)[0]
    assert (crop[:, :23] == 127).all()
    assert (crop[:38, 26:] == 255).all()


def test_faces_under_the_given_limit_are_dropped(nets: tuple[mtcnn.PNet, mtcnn.RNet, mtcnn.ONet]) -> None:
    detector = mtcnn.Mtcnn(nets)
    noise = np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)
    assert detector(noise, 12) == []
    assert detector(np.zeros((11, 11, 3), np.uint8), 1) == []
    assert detector(noise[:, ::-1], 12) == []  # any strides


def test_every_square_lies_whole_in_one_piece() -> None:
    random = np.random.default_rng(1)
    pictures = [random.integers(0, 256, (h, w, 3), np.uint8) for h, w in ((1100, 700), (530, 340), (12, 40), (260, 12))]
    seen: list[NDArray[np.bool_]] = [np.zeros(picture.shape[:2], bool) for picture in pictures]
    for canvas, pieces in mtcnn.packed(pictures):
        assert canvas.shape[1] == mtcnn.CANVAS
        assert canvas.shape[0] in mtcnn.CANVAS_HEIGHTS
        taken = np.zeros(canvas.shape[:2], int)
        for p in pieces:
            assert p.x % 2 == p.y % 2 == p.left % 2 == p.top % 2 == 0
            part = pictures[p.level][p.top : p.top + p.height, p.left : p.left + p.width]
            assert (canvas[p.y : p.y + p.height, p.x : p.x + p.width] == part).all()
            taken[p.y : p.y + p.height, p.x : p.x + p.width] += 1
            rows, columns = p.height - mtcnn.PNET_CELL + 1, p.width - mtcnn.PNET_CELL + 1
            seen[p.level][p.top : p.top + rows, p.left : p.left + columns] = True
        assert taken.max() == 1
    for mask in seen:
        squares = mask[: mask.shape[0] - mtcnn.PNET_CELL + 1, : mask.shape[1] - mtcnn.PNET_CELL + 1]
        assert np.asarray(squares)[::2, ::2].all()  # P-Net looks at every other place


def test_flat_picture_is_skipped() -> None:
    sky = np.tile(np.linspace(90, 180, 900)[:, None, None], (1, 700, 3)).astype(np.uint8)
    assert list(mtcnn.packed([sky])) == []


def test_strip_of_crops_equals_single_crops(nets: tuple[mtcnn.PNet, mtcnn.RNet, mtcnn.ONet]) -> None:
    crops = np.random.default_rng(2).integers(0, 256, (3, 48, 48, 3), np.uint8)
    strip = mtcnn.blob(crops.transpose(1, 0, 2, 3).reshape(48, -1, 3))
    outputs = mtcnn.CropStrip(nets[2], 48)(torch.from_numpy(strip))[0].numpy()
    for crop, output in zip(crops, outputs, strict=True):
        offsets, points, probability = nets[2](torch.from_numpy(mtcnn.blob(crop)))
        alone = np.concatenate([offsets[0].numpy(), points[0].numpy().ravel(), probability.numpy()])
        np.testing.assert_allclose(output, alone, atol=1e-5)


# Non-maximum suppression


def boxes_and_scores(n: int, seed: int) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 100, (n, 2))
    boxes = np.concatenate([corner, corner + random.uniform(5, 60, (n, 2))], 1)
    return boxes.astype(np.float32), random.uniform(0, 1, n).astype(np.float32)


def overlap_of(a: Array, b: Array, *, contained: bool) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [float((c[2] - c[0]) * (c[3] - c[1])) for c in (a, b)]
    return float(width * height) / (min(areas) if contained else sum(areas) - float(width * height))


@pytest.mark.parametrize("contained", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_suppression_keeps_the_best_and_drops_only_what_overlaps_them(seed: int, contained: bool) -> None:
    boxes, scores = boxes_and_scores(60, seed)
    stay = detect.suppress(boxes, scores, 0.4, contained=contained)
    assert stay[0] == scores.argmax()
    assert (np.diff(scores[stay]) <= 0).all()
    for n, i in enumerate(stay):
        assert all(overlap_of(boxes[i], boxes[j], contained=contained) <= 0.4001 for j in stay[:n])
    for i in set(range(60)) - set(stay.tolist()):
        better = [j for j in stay if scores[j] >= scores[i]]
        assert any(overlap_of(boxes[i], boxes[j], contained=contained) > 0.3999 for j in better)


def test_suppression_handles_no_equal_and_many_boxes() -> None:
    assert len(detect.suppress(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.5)) == 0
    same = np.tile(np.array([[0, 0, 9, 9]], np.float32), (4, 1))
    assert detect.suppress(same, np.ones(4, np.float32), 0.5).tolist() == [0]
    apart = same + np.arange(4, dtype=np.float32)[:, None] * 20
    assert detect.suppress(apart, np.array([1, 4, 2, 3], np.float32), 0.5, most=2).tolist() == [1, 3]
