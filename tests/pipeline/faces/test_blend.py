from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.faces import align
from magicmemory.pipeline.faces.blend import (
    LUMA,
    RestoredFace,
    _kept_detail,
    _support,
    _tiles,
    blend,
    mask_of,
    oval,
    tone_of,
    warped_mask,
)
from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.imaging.picture import Pixels
from tests.support.faces import blurred, colourful, face_at, grey, picture

Floats = NDArray[np.float32]
Restore = Callable[[NDArray[np.uint8]], Floats]


def softened(crop: NDArray[np.uint8], shift: float = 0) -> Floats:
    """A restorer that changes every pixel: it blurs, and makes the face lighter."""
    return (blurred(crop, 4) + np.float32(shift)).clip(0, 255).astype(np.float32)


def redder(crop: NDArray[np.uint8]) -> Floats:
    """A restorer that dreams up colour and detail."""
    y, x = np.mgrid[0:512, 0:512]
    pattern = 30 * np.sin(x / 9) * np.cos(y / 11)
    change = np.stack([pattern + 20, 0.6 * pattern, -0.5 * pattern], axis=-1)
    return np.asarray((crop + change).clip(0, 255), np.float32)


def blended(
    pixels: Pixels,
    *detections: Detection,
    restore: Restore = redder,
    strength: float = 1,
    monochrome: bool = False,
) -> Pixels:
    cut = [align.crop(pixels, detection) for detection in detections]
    faces = [RestoredFace(face, restore(face.crop)) for face in cut]
    return blend(picture(pixels, monochrome=monochrome), faces, strength).pixels


def weights(shape: tuple[int, ...], detection: Detection) -> Floats:
    """The mask as it must lie in the photo, found pixel by pixel."""
    matrix = align.similarity(detection.landmarks)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    places = (np.stack([x, y], axis=-1) @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    return np.asarray(cv2.remap(oval(), places[..., 0], places[..., 1], cv2.INTER_LINEAR), np.float32)


PLACES = [
    pytest.param(face_at(200, 150, 45), id="small"),
    pytest.param(face_at(200.3, 149.7, 180, 33), id="turned"),
    pytest.param(face_at(210, 160, 512, -8), id="as large as the crop"),
    pytest.param(face_at(230, 150, 900, 4), id="larger than the photo"),
    pytest.param(face_at(5, 8, 150, 20), id="in the corner"),
    pytest.param(face_at(399, 150, 90, 170), id="half outside, upside down"),
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_an_unchanged_crop_changes_nothing(place: Detection, depth: type) -> None:
    pixels: Pixels = colourful(400, 300)
    if depth is np.uint16:
        pixels = pixels.astype(np.uint16) * 257
    assert (blended(pixels, place, restore=lambda crop: crop.astype(np.float32)) == pixels).all()


@pytest.mark.slow
def test_an_unchanged_huge_face_changes_nothing() -> None:
    pixels = colourful(1300, 1350)
    assert (blended(pixels, face_at(650, 675, 1200, 7), restore=lambda crop: crop.astype(np.float32)) == pixels).all()


@pytest.mark.parametrize("place", PLACES)
def test_nothing_changes_outside_the_mask(place: Detection) -> None:
    pixels = colourful(400, 300)
    result = blended(pixels, place)
    outside = cv2.dilate(weights(pixels.shape, place), np.ones((5, 5))) == 0
    assert (result[outside] == pixels[outside]).all()
    assert (result != pixels).any()


@pytest.mark.slow
@pytest.mark.parametrize("size", [60, 400, 1200])
def test_inside_the_mask_the_result_is_the_restored_face(size: int) -> None:
    side = max(300, size * 7 // 6)
    pixels = blurred(colourful(side, side), 2)
    place = face_at(side / 2, side / 2, size, 15)
    face = align.crop(pixels, place)
    y, x = np.mgrid[0:512, 0:512]
    # Brighter and darker within the face and, on average, the same at its border.
    wanted = face.crop + 25 * np.sin(x / 30)[..., None] * np.sin(y / 30)[..., None]
    result = blend(picture(pixels), [RestoredFace(face, wanted.astype(np.float32))])
    inside = slice(150, 360), slice(180, 330)
    again = align.crop(result.pixels, place).crop[inside].astype(np.float32)
    assert np.abs(again - wanted[inside]).mean() < 2.5
    assert np.abs(face.crop[inside] - wanted[inside]).mean() > 8


def test_strength_zero_keeps_the_photo_and_half_is_in_between() -> None:
    # No level is so near to black or white that a change is clipped.
    pixels, place = (60 + colourful(400, 300) * 0.5).astype(np.uint8), face_at(200, 150, 200, 10)
    assert (blended(pixels, place, strength=0) == pixels).all()
    half, full = (blended(pixels, place, strength=s).astype(int) for s in (0.5, 1))
    assert np.abs((half - pixels) * 2 - (full - pixels)).max() <= 2


def test_monochrome_stays_monochrome() -> None:
    result = blended(grey(400, 300), face_at(200, 150, 220, 5), monochrome=True)
    assert (result[..., 0] == result[..., 1]).all()
    assert (result[..., 0] == result[..., 2]).all()
    assert (result != grey(400, 300)).any()


def sepia(luma: Floats) -> Floats:
    """The colour of a sepia print at each brightness, `[…, 3]`."""
    warmth = 26 * np.sin(np.pi * luma / 255)
    tint = np.stack([warmth, np.zeros_like(luma), -1.4 * warmth], axis=-1)
    return np.asarray(luma[..., None] + tint - (tint @ LUMA)[..., None], np.float32)


def test_sepia_keeps_its_tone() -> None:
    print_ = sepia(grey(400, 300)[..., 0].astype(np.float32)).clip(0, 255)
    pixels = (print_ + np.random.default_rng(1).normal(0, 1.5, print_.shape)).clip(0, 255).astype(np.uint8)
    result = blended(pixels, face_at(200, 150, 240)).astype(np.float32)
    assert np.abs(result - pixels).max() > 15
    off = np.abs(result - sepia(result @ LUMA)).max(-1)
    assert np.percentile(off, 99) < 7
    assert off.mean() < np.abs(pixels - sepia(pixels @ LUMA)).max(-1).mean() + 0.5


def test_only_toned_photos_have_a_tone() -> None:
    assert tone_of(colourful(300, 200)) is None
    assert tone_of(colourful(300, 200).astype(np.uint16) * 257) is None
    tone = tone_of(sepia(grey(300, 200)[..., 0].astype(np.float32)).clip(0, 255).astype(np.uint8))
    assert tone is not None
    levels = np.array([90, 128, 170], np.float32)
    np.testing.assert_allclose(levels[:, None] + tone.at(levels), sepia(levels), atol=3)


def test_sixteen_bits_stay_sixteen_bits() -> None:
    pixels = (colourful(400, 300).astype(np.uint16) * 256 + 77).astype(np.uint16)
    place = face_at(200, 150, 220, 5)
    result = blended(pixels, place)
    assert result.dtype == np.uint16
    inside = weights(pixels.shape, place) > 0
    assert len(np.unique(result[inside] % 257)) > 200  # not an 8-bit picture made wide
    eight = blended((pixels / 257 + 0.5).astype(np.uint8), place)
    assert np.abs(result / 257 - eight).max() < 2.5


def test_lighter_face_leaves_no_edge() -> None:
    flat = np.full((300, 400, 3), (150, 120, 100), np.uint8)
    result = blended(flat, face_at(200, 150, 230), restore=lambda crop: softened(crop, 30)).astype(int)
    assert np.abs(result - flat).max() <= 1


def test_face_lit_on_one_side_leaves_no_edge() -> None:
    flat = np.full((300, 400, 3), (150, 120, 100), np.uint8)

    def lit(crop: NDArray[np.uint8]) -> Floats:
        return crop + np.linspace(-30, 30, 512, dtype=np.float32)[None, :, None]

    result = blended(flat, face_at(200, 150, 230), restore=lit).astype(int)
    assert np.abs(np.diff(result, axis=0)).max() <= 2
    assert np.abs(np.diff(result, axis=1)).max() <= 2
    assert np.abs(result - flat).mean() < 1.5


def test_seam_is_no_steeper_than_the_photo() -> None:
    pixels, place = colourful(600, 500), face_at(300, 250, 300, 12)
    result = blended(pixels, place, restore=lambda crop: softened(crop, 15))
    weight = weights(pixels.shape, place)
    ring = (weight > 0.02) & (weight < 0.98)

    def steepness(image: Pixels) -> float:
        smooth = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 2)  # an edge, not grain
        return float(np.percentile(np.hypot(cv2.Sobel(smooth, -1, 1, 0), cv2.Sobel(smooth, -1, 0, 1))[ring], 99))

    assert steepness(result) < 1.05 * steepness(pixels)


def test_larger_face_covers_the_smaller_one() -> None:
    pixels = blurred(colourful(600, 400), 3)
    near, far = face_at(250, 200, 300), face_at(370, 190, 180)
    both = blended(pixels, near, far)
    assert (both == blended(pixels, far, near)).all()
    inside_near = weights(pixels.shape, near) > 0.999
    assert np.abs(both.astype(int) - blended(pixels, near))[inside_near].max() <= 1
    beyond_near = weights(pixels.shape, near) == 0
    assert (
        np.abs(both.astype(int) - blended(pixels, far))[
            cv2.erode(beyond_near.astype(np.uint8), np.ones((5, 5))) > 0
        ].max()
        == 0
    )


def test_overlapping_faces_are_not_blended_twice() -> None:
    pixels, place = colourful(600, 400), face_at(300, 200, 260)
    twice = blended(pixels, place, place)
    inside = weights(pixels.shape, place) > 0.999
    assert np.abs(twice.astype(int) - blended(pixels, place))[inside].max() <= 1


@cache
def grain(size: int) -> NDArray[np.uint8]:
    """Soft shapes under grain of one photo pixel."""
    soft = blurred(colourful(size, size), 20)
    noise = np.random.default_rng(2).normal(0, 12, (size, size, 1))
    made: NDArray[np.uint8] = (soft + noise).clip(0, 255).astype(np.uint8)
    made.flags.writeable = False  # two tests share it
    return made


def finest(image: Pixels, inside: NDArray[np.bool_]) -> float:
    levels = image.astype(np.float32)
    return float((levels - cv2.GaussianBlur(levels, (0, 0), 1))[inside].std())


@pytest.mark.slow
def test_unseen_grain_is_removed_where_the_restorer_removed_grain() -> None:
    pixels, place = grain(1600), face_at(800, 800, 1400)
    inside = weights(pixels.shape, place) > 0.999
    cleaned = blended(pixels, place, restore=softened)
    assert finest(cleaned, inside) < 0.35 * finest(pixels, inside)


@pytest.mark.slow
def test_unseen_detail_stays_where_the_restorer_kept_detail() -> None:
    pixels, place = grain(1600), face_at(800, 800, 1400)
    inside = weights(pixels.shape, place) > 0.999

    def lighter(crop: NDArray[np.uint8]) -> Floats:
        y, x = np.mgrid[0:512, 0:512]
        bump = 25 * np.exp(-((x - 256) ** 2 + (y - 256) ** 2) / 60**2)
        return np.asarray(crop + bump[..., None], np.float32)

    assert finest(blended(pixels, place, restore=lighter), inside) > 0.95 * finest(pixels, inside)


def test_the_share_of_kept_detail_is_that_of_the_neighbourhood() -> None:
    crop = grain(512)
    left = np.arange(512)[None, :, None] < 256
    fine = crop - cv2.GaussianBlur(crop.astype(np.float32), (0, 0), 1.5)
    restored = np.asarray(crop - np.where(left, 0.9, 0.4) * fine, np.float32)
    # As it is defined, at full size: the regression of what is finer than 1.5 pixels, about 8 pixels around each one.
    before, after = (picture - cv2.GaussianBlur(picture, (0, 0), 1.5) for picture in (crop @ LUMA, restored @ LUMA))
    both, own = (cv2.GaussianBlur(product, (0, 0), 8) for product in (before * after, before * before))
    kept = _kept_detail(crop, restored)
    assert kept.shape == (512, 512)
    np.testing.assert_allclose(kept, both / own, atol=0.06)
    assert np.abs(kept - both / own).mean() < 0.006
    assert (_kept_detail(crop, crop.astype(np.float32)) == 1).all()
    flat = np.full((512, 512, 3), 90, np.uint8)
    assert (_kept_detail(flat, flat + np.float32(20)) > 0.99).all()


def test_given_mask_is_used() -> None:
    pixels, place = colourful(400, 300), face_at(200, 150, 240)
    face = align.crop(pixels, place)
    left = np.zeros((512, 512), np.float32)
    left[100:400, 100:256] = 1
    left = cv2.GaussianBlur(left, (0, 0), 11).astype(np.float32)
    result = blend(picture(pixels), [RestoredFace(face, redder(face.crop), left)]).pixels
    assert (result[:, 240:] == pixels[:, 240:]).all()
    assert (result[:, :200] != pixels[:, :200]).any()
    nothing = blend(picture(pixels), [RestoredFace(face, redder(face.crop), np.zeros((512, 512), np.float32))])
    assert (nothing.pixels == pixels).all()


def test_blend_is_deterministic_and_does_not_change_its_input() -> None:
    pixels, place = colourful(400, 300), face_at(200, 150, 300, 3)
    before = pixels.copy()
    assert (blended(pixels, place) == blended(pixels, place)).all()
    assert (pixels == before).all()


def test_a_mask_fades_at_the_crops_edge_and_nowhere_else() -> None:
    face = align.crop(colourful(400, 300), face_at(200, 150, 240))
    everywhere = mask_of(RestoredFace(face, redder(face.crop), np.ones((512, 512), np.float32)))
    for edge in (everywhere, everywhere.T, everywhere[::-1], everywhere.T[::-1]):
        # Smoothstep over eight pixels, along a line through the middle.
        np.testing.assert_allclose(edge[:10, 256], [0, 0.043, 0.156, 0.316, 0.5, 0.684, 0.844, 0.957, 1, 1], atol=1e-3)
    assert (everywhere[8:-8, 8:-8] == 1).all()
    usual = mask_of(RestoredFace(face, redder(face.crop)))
    assert (usual == oval())[8:-8, 8:-8].all()
    assert oval()[264, 256] == 1
    assert oval()[264, 256 + 205] == oval()[264 + 237, 256] == 0
    for share, value in ((1.0, 0.0), (0.85, 0.5), (0.7, 1.0)):  # along the diagonals of an ellipse of exponent 2.5
        wide, high = (round(share * length * 0.5 ** (1 / 2.5)) for length in (204, 236))
        for y, x in ((264 + high, 256 + wide), (264 + high, 256 - wide), (264 - high, 256 + wide)):
            assert oval()[y, x] == pytest.approx(value, abs=0.03)


@pytest.mark.parametrize("place", PLACES)
def test_a_mask_lies_where_its_face_is(place: Detection) -> None:
    pixels = colourful(400, 300)
    face = align.crop(pixels, place)
    wanted = weights(pixels.shape, place)
    np.testing.assert_allclose(warped_mask(oval(), face.inverse, (0, 0, 400, 300)), wanted, atol=0.08)
    np.testing.assert_allclose(warped_mask(oval(), face.inverse, (90, 40, 310, 260)), wanted[40:260, 90:310], atol=0.08)


@pytest.mark.parametrize("place", PLACES)
def test_only_the_masks_part_of_the_photo_is_painted(place: Detection) -> None:
    pixels = colourful(400, 300)
    face = align.crop(pixels, place)
    left, top, right, bottom = _support(oval(), face.inverse, picture(pixels))
    assert 0 <= left < right <= 400
    assert 0 <= top < bottom <= 300
    weight = weights(pixels.shape, place)
    inside = weight[top:bottom, left:right]
    assert (weight > 0).sum() == (inside > 0).sum()
    if place is PLACES[0].values[0]:  # upright, so that the rectangle is as tight as the mask
        rows, columns = np.flatnonzero(weight.any(1)), np.flatnonzero(weight.any(0))
        assert rows[0] - 6 <= top <= rows[0]
        assert columns[-1] < right <= columns[-1] + 7


def test_tiles_cover_the_area_once() -> None:
    seen = np.zeros((600, 900), int)
    for left, top, right, bottom in _tiles((10, 20, 800, 531)):
        assert 0 < right - left <= 256
        assert 0 < bottom - top <= 256
        seen[top:bottom, left:right] += 1
    assert (seen[20:531, 10:800] == 1).all()
    assert seen.sum() == (531 - 20) * (800 - 10)
    assert list(_tiles((5, 5, 5, 9))) == []


def test_each_of_many_faces_is_blended() -> None:
    pixels = colourful(550, 260)
    places = [face_at(60 + 105 * (number % 5), 70 + 125 * (number // 5), 60 + number) for number in range(10)]
    all_at_once = blended(pixels, *places)
    for place in places:
        alone = blended(pixels, place)
        inside = weights(pixels.shape, place) > 0.999
        assert (alone[inside] != pixels[inside]).any()
        assert (all_at_once[inside] == alone[inside]).all()


def test_a_harder_face_gets_the_photos_contrast() -> None:
    y, x = np.mgrid[0:300, 0:400]
    soft = 128 + 40 * np.sin(x / 25) * np.cos(y / 30)
    pixels = np.stack([soft, 0.9 * soft, 0.8 * soft], axis=-1).astype(np.uint8)

    def harder(crop: NDArray[np.uint8]) -> Floats:
        return np.asarray(crop.mean((0, 1)) + 1.4 * (crop - crop.mean((0, 1))), np.float32)

    place = face_at(200, 150, 240)
    inside = weights(pixels.shape, place) > 0.999
    assert np.abs(harder(align.crop(pixels, place).crop) - align.crop(pixels, place).crop).mean() > 5
    assert np.abs(blended(pixels, place, restore=harder).astype(int) - pixels)[inside].mean() < 2


def toned(coloured: float, spread: float = 60) -> Pixels:
    """A grey print of which a share is redder by `spread` levels than the rest."""
    pixels = np.repeat(grey(256, 200)[..., :1].clip(80, 150), 3, axis=-1).astype(int)
    columns = np.arange(256) % 100 < round(100 * coloured)
    # Redder at the same brightness: no step between brightnesses hides it.
    pixels[:, columns] += np.rint(spread * (np.array([1, 0, 0]) - LUMA[0])).astype(int)
    return pixels.clip(0, 255).astype(np.uint8)


def test_a_tenth_of_colour_makes_no_colour_photograph() -> None:
    assert tone_of(toned(0.07)) is not None
    assert tone_of(toned(0.13)) is None


def test_colour_within_ten_levels_is_a_tone() -> None:
    assert tone_of(toned(0.3, spread=12)) is not None  # 8 levels of red away from the rest
    assert tone_of(toned(0.3, spread=18)) is None  # 13 levels


def test_noise_of_colour_in_a_large_scan_hides_no_tone() -> None:
    luma = np.tile(np.linspace(6, 248, 1400, dtype=np.float32), (1000, 1))
    noise = np.random.default_rng(9).normal(0, 25, (1000, 1400, 3))
    noise -= (noise @ LUMA)[..., None]
    assert np.percentile(np.abs(noise).max(axis=2), 90) > 30
    scan = np.rint(sepia(luma).clip(0, 255) * 0.7 + 35 + noise).clip(0, 255).astype(np.uint8)
    assert tone_of(scan) is not None


def test_a_tone_follows_the_print_from_black_to_white_at_any_depth_and_size() -> None:
    luma = np.tile(np.linspace(6, 248, 700, dtype=np.float32), (500, 1))
    eight = sepia(luma).clip(0, 255)
    levels = np.linspace(30, 225, 40, dtype=np.float32)
    for print_ in (np.rint(eight).astype(np.uint8), np.rint(eight * 257).astype(np.uint16)):
        tone = tone_of(print_)
        assert tone is not None
        np.testing.assert_allclose(levels[:, None] + tone.at(levels), sepia(levels), atol=1.2)
