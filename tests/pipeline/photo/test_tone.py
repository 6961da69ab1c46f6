"""A faded photo gets its contrast and colours back; a sound one is left alone, and a toned print keeps its tone."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.photo.tone import fading_of, with_contrast
from magicmemory.pipeline.sample import portrait
from tests.support.faces import colourful, grey

SEPIA = np.array((1.0, 0.86, 0.68))


def faded(pixels: Pixels, low: tuple[float, ...], high: tuple[float, ...]) -> NDArray[np.uint8]:
    """Each channel between its new black and white, 0 to 1."""
    black, white = np.array(low), np.array(high)
    return np.asarray(np.rint(255 * (black + (white - black) * (pixels / 255))), np.uint8)


def psnr(one: Pixels, two: Pixels) -> float:
    return float(10 * np.log10(np.iinfo(one.dtype).max ** 2 / np.square(one.astype(float) - two).mean()))


def restored(picture: Picture) -> Picture:
    fading = fading_of(picture)
    assert fading.faded
    return with_contrast(picture, fading)


@pytest.mark.parametrize(
    "pixels", [portrait(), colourful(400, 300), grey(400, 300)], ids=["portrait", "colour", "grey"]
)
def test_sound_photo_has_not_faded(pixels: NDArray[np.uint8]) -> None:
    assert not fading_of(Picture(pixels, "PNG")).faded


@pytest.mark.parametrize(
    ("low", "high"),
    [((0.25,) * 3, (0.8,) * 3), ((0.26, 0.24, 0.2), (0.85, 0.8, 0.6)), ((0.36, 0.24, 0.25), (0.9, 0.72, 0.74))],
    ids=["plain", "yellow", "red"],
)
def test_contrast_and_colours_come_back(low: tuple[float, ...], high: tuple[float, ...]) -> None:
    photo = Picture(faded(portrait(), low, high), "JPEG")
    assert fading_of(photo).lost > 0.2
    assert psnr(restored(photo).pixels, portrait()) > psnr(photo.pixels, portrait()) + 4


def test_toned_print_keeps_its_tone() -> None:
    luma = faded(portrait(), (0.3,) * 3, (0.75,) * 3).mean(-1, keepdims=True)
    sepia = np.rint(luma * SEPIA).astype(np.uint8)
    photo = Picture(sepia, "JPEG")
    result = restored(photo).pixels.astype(int)
    middle = (result.max(-1) < 250) & (result.min(-1) > 5)
    before, after = (pixels[middle] - pixels[middle].mean(-1, keepdims=True) for pixels in (sepia.astype(int), result))
    np.testing.assert_allclose(after, before, atol=1)
    assert np.ptp(result.mean(-1)) > 1.3 * np.ptp(sepia.mean(-1))


@pytest.mark.parametrize("deep", [False, True])
def test_grey_stays_grey_at_any_depth(deep: bool) -> None:
    grey_levels = faded(np.repeat(portrait()[..., 1:2], 3, axis=-1), (0.3,) * 3, (0.8,) * 3)
    pixels: Pixels = grey_levels.astype(np.uint16) * np.uint16(257) if deep else grey_levels
    result = restored(Picture(pixels, "PNG", monochrome=True)).pixels
    assert result.dtype == pixels.dtype
    assert (result == result[..., :1]).all()
    assert int(result.max()) - int(result.min()) > 1.4 * (int(pixels.max()) - int(pixels.min()))


def test_paper_border_is_not_measured() -> None:
    inside = faded(portrait(), (0.25,) * 3, (0.75,) * 3)
    framed = np.full((600, 600, 3), 252, np.uint8)
    framed[44:556, 44:556] = inside
    framed[:20] = framed[-20:] = framed[:, :20] = framed[:, -20:] = 250
    alone, within = fading_of(Picture(inside, "PNG")), fading_of(Picture(framed, "PNG"))
    assert within.faded
    np.testing.assert_allclose(within.white, alone.white, atol=0.05)


def test_scratches_and_transparent_pixels_are_not_measured() -> None:
    pixels = faded(portrait(), (0.25,) * 3, (0.75,) * 3)
    expected = fading_of(Picture(pixels, "PNG"))
    scratched, hidden = pixels.copy(), np.zeros(pixels.shape[:2], bool)
    scratched[:, 100:108], scratched[200:206] = 255, 0
    hidden[:, 100:108] = hidden[200:206] = True
    alpha = np.where(hidden, 0, 255).astype(np.uint8)
    photo = Picture(scratched, "PNG")
    assert not fading_of(photo).faded
    for found in (fading_of(photo, hidden), fading_of(replace(photo, alpha=alpha))):
        np.testing.assert_allclose(found.black, expected.black, atol=0.02)
        np.testing.assert_allclose(found.white, expected.white, atol=0.02)


def test_contrast_never_becomes_less() -> None:
    photo = Picture(colourful(400, 300), "PNG")
    result = with_contrast(photo, fading_of(photo)).pixels
    assert result.std() >= photo.pixels.std()
    full = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2).repeat(8, 0).repeat(8, 1)
    assert (with_contrast(Picture(full, "PNG"), fading_of(Picture(full, "PNG"))).pixels == full).all()


def test_close_view_of_one_material_has_not_faded() -> None:
    rng = np.random.default_rng(4)
    threads = rng.normal(0, 16, (60, 80)).repeat(6, 0).repeat(6, 1)[..., None]
    cloth = np.clip(threads + np.array((130, 120, 105)), 85, 185).astype(np.uint8)
    assert np.ptp(cloth.mean(-1)) < 120, "it has neither black nor white"
    assert not fading_of(Picture(cloth, "JPEG")).faded
    folds = 28 * np.sin(np.linspace(0, 9, 480))[None, :, None]
    draped = np.clip(0.6 * (cloth - 130.0) + 130 + folds, 85, 185).astype(np.uint8)
    assert fading_of(Picture(draped, "JPEG")).faded, "it has light and dark areas"
