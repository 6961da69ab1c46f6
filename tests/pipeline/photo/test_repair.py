"""Hidden places are filled from their surroundings, and nothing else changes."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.registry import MENDERS
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.damage import too_large
from magicmemory.pipeline.photo.repair import FEATHER, Mender, TiledMender, repaired, smooth_fill
from tests.support.old_prints import landscape, sample, scratched

FILE = Path(assets.__path__[0]) / "photo.safetensors"


@pytest.fixture(scope="module")
def mender() -> Mender:
    return MENDERS[0].build(FILE, BuildContext(TorchEngine("cpu"), Weights(Path("unused"))))


def psnr(one: Pixels, two: Pixels) -> float:
    return float(10 * np.log10(255**2 / np.square(one.astype(float) - two).mean()))


def test_a_smooth_fill_keeps_what_is_known_and_continues_a_slope() -> None:
    slope = np.repeat(np.linspace(0, 1, 80, dtype=np.float32)[None, :, None], 60, 0).repeat(3, 2)
    hidden = np.zeros((60, 80), bool)
    hidden[:, 30:36] = True
    filled = smooth_fill(slope, hidden)
    assert np.array_equal(filled[~hidden], slope[~hidden])
    np.testing.assert_allclose(filled[hidden], slope[hidden], atol=0.06)


def test_all_hidden_is_no_error() -> None:
    assert np.isfinite(smooth_fill(np.ones((5, 7, 3), np.float32), np.ones((5, 7), bool))).all()


@pytest.mark.slow
@pytest.mark.parametrize("by_network", [True, False])
def test_scratches_are_filled_and_the_rest_stays_to_the_byte(mender: Mender, by_network: bool) -> None:
    clean = landscape()
    worn, truth = scratched(clean)
    mask = cv2.dilate(truth.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    result = repaired(Picture(worn, "PNG"), mask, mender if by_network else None).pixels
    assert psnr(result[mask], clean[mask]) > psnr(worn[mask], clean[mask]) + 8
    side = 2 * FEATHER + 1
    away = cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) == 0
    assert np.array_equal(result[away], worn[away])


@pytest.mark.slow
def test_what_is_filled_has_the_photos_grain() -> None:
    rng = np.random.default_rng(2)
    grained = np.clip(np.full((400, 400, 3), 130.0) + rng.normal(0, 9, (400, 400, 1)), 0, 255).astype(np.uint8)
    mask = np.zeros((400, 400), bool)
    mask[::40, :] = mask[1::40, :] = mask[2::40, :] = mask[3::40, :] = mask[4::40, :] = True
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 1), np.uint8)) > 0
    fine = {}
    for on in (True, False):
        filled = repaired(Picture(grained, "PNG"), mask, grain=on).pixels[..., 0].astype(float)
        fine[on] = np.diff(filled, axis=1)[inside[:, 1:]].std()
    sound = np.diff(grained[..., 0].astype(float), axis=1).std()
    assert fine[False] < 0.8 * sound
    assert fine[False] < fine[True] < 1.5 * sound


@pytest.mark.slow
def test_depth_grey_and_alpha_are_kept_and_twice_gives_the_same(mender: Mender) -> None:
    worn, truth = scratched(landscape(200, 300))
    grey = np.repeat(worn[..., 1:2], 3, 2).astype(np.uint16) * 257
    alpha = np.full(grey.shape[:2], 40000, np.uint16)
    picture = Picture(grey, "PNG", monochrome=True, alpha=alpha)
    result = repaired(picture, truth, mender)
    assert result.pixels.dtype == np.uint16
    assert (result.pixels == result.pixels[..., :1]).all()
    assert result.alpha is alpha
    assert not np.array_equal(result.pixels, grey)
    assert np.array_equal(repaired(picture, truth, mender).pixels, result.pixels)


def test_nothing_hidden_returns_the_photo_itself(mender: Mender) -> None:
    picture = Picture(sample(), "PNG")
    assert repaired(picture, np.zeros(sample().shape[:2], bool), mender) is picture


def test_a_loss_that_is_too_large_is_left(mender: Mender) -> None:
    mask = np.zeros((500, 500), bool)
    mask[100:200, 100:200] = True
    mask[300:303, 50:450] = True
    large = too_large(mask)
    assert large[100:200, 100:200].all()
    assert not large[250:].any()
    picture = Picture(landscape(500, 500), "PNG")
    result = repaired(picture, mask, mender)
    assert np.array_equal(result.pixels[90:210, 90:210], picture.pixels[90:210, 90:210])


@pytest.mark.parametrize("size", [(1, 1), (2, 600), (500, 3), (17, 31)])
def test_tiny_and_narrow_pictures(mender: Mender, size: tuple[int, int]) -> None:
    pixels = np.asarray(cv2.resize(sample(), size[::-1]), np.uint8)
    mask = np.zeros(size, bool)
    mask[size[0] // 2, size[1] // 2] = True
    assert repaired(Picture(pixels, "PNG"), mask, mender).pixels.shape == pixels.shape


@pytest.mark.slow
def test_a_large_photo_is_filled_in_a_smaller_copy(mender: Mender) -> None:
    pixels = np.asarray(cv2.resize(landscape(), (2400, 1800)), np.uint8)
    worn = pixels.copy()
    worn[:, 1000:1010] = 250
    mask = np.zeros(pixels.shape[:2], bool)
    mask[:, 998:1012] = True
    result = repaired(Picture(worn, "PNG"), mask, mender).pixels
    assert psnr(result[mask], pixels[mask]) > 25
    assert np.array_equal(result[:, :990], worn[:, :990])


def test_parts_meet_without_a_seam() -> None:
    def darker(tiles: np.ndarray) -> np.ndarray:
        return tiles[:, :3] - np.float32(0.1)

    pixels = np.asarray(cv2.resize(landscape(), (1500, 900)), np.uint8)
    expected = (pixels.astype(float) - 25.5).clip(0, 255)
    np.testing.assert_allclose(TiledMender(darker)(pixels), expected, atol=0.51)


def test_a_crack_that_ends_in_a_large_loss_is_filled() -> None:
    mask = np.zeros((700, 1000), np.uint8)
    cv2.circle(mask, (800, 350), 60, 255, -1)
    cv2.line(mask, (100, 350), (800, 350), 255, 5)
    large = too_large(mask > 0)
    assert large[290:411, 741:860].sum() == pytest.approx(np.pi * 60**2, rel=0.05)
    assert not large[:, :715].any()
