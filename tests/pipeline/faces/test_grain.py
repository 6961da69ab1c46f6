"""Restored faces get the photo's grain: as strong, as coarse, and none in a clean photo."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.faces import align
from magicmemory.pipeline.faces.blend import RestoredFace, blend, mask_of, warped_mask
from magicmemory.pipeline.faces.grain import measured, noise_of, with_grain
from magicmemory.pipeline.imaging.picture import Picture
from tests.support.faces import face_at

Floats = NDArray[np.float32]
FACE = face_at(400, 300, 380)


def smooth_photo() -> Floats:
    """Soft light and shade without any grain, `[600, 800]`, 60 to 190."""
    y, x = np.mgrid[0:600, 0:800].astype(np.float32)
    return np.asarray(125 + 60 * np.sin(x / 170) * np.cos(y / 140), np.float32)


def grain(sigma: float, size: float, seed: int = 0) -> Floats:
    """A random field with a standard deviation in levels and a grain size in pixels."""
    field = np.random.default_rng(seed).standard_normal((600, 800)).astype(np.float32)
    if size:
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), size), np.float32)
    return field * np.float32(sigma / field.std())


def as_picture(luma: Floats, depth: int = 8) -> Picture:
    levels = np.repeat(np.rint(luma.clip(0, 255))[..., None], 3, axis=-1).astype(np.uint8)
    return Picture(levels if depth == 8 else levels.astype(np.uint16) * 257, "PNG", monochrome=True)


def restored(photo: Picture) -> tuple[Picture, Picture, RestoredFace]:
    """The photo before and after a restorer that draws a perfectly smooth face."""
    aligned = align.crop(photo.pixels, FACE)
    plain = align.crop(as_picture(smooth_photo()).pixels, FACE).crop.astype(np.float32)
    face = RestoredFace(aligned, plain)
    return photo, blend(photo, [face]), face


def in_face(picture: Picture) -> Floats:
    levels = picture.pixels[200:400, 300:500, 0].astype(np.float32)
    return levels / np.float32(picture.peak / 255)


def around(picture: Picture) -> Floats:
    return picture.pixels[:600, :180, 0].astype(np.float32) / np.float32(picture.peak / 255)


@pytest.mark.parametrize(("sigma", "size"), [(4, 0), (9, 0), (6, 0.7), (10, 1.2)])
@pytest.mark.parametrize("depth", [8, 16])
def test_smooth_face_gets_the_photos_grain(sigma: float, size: float, depth: int) -> None:
    before, after, face = restored(as_picture(smooth_photo() + grain(sigma, size), depth))
    smooth = noise_of(in_face(after))
    result = with_grain(before, after, [face], 1.0)
    wanted = noise_of(around(before))
    assert smooth < 0.5 * wanted  # without it, the face is too perfect for the photo
    assert noise_of(in_face(result)) == pytest.approx(wanted, rel=0.2)
    assert (result.pixels[..., 0] == result.pixels[..., 2]).all()


def test_added_grain_is_as_coarse_as_the_photos() -> None:
    def beside(picture: Floats) -> float:
        fine = picture - cv2.GaussianBlur(picture, (0, 0), 3)
        return float((fine[:, 1:] * fine[:, :-1]).mean() / (fine**2).mean())

    for size in (0.0, 0.7, 1.2):
        before, after, face = restored(as_picture(smooth_photo() + grain(8, size)))
        result = with_grain(before, after, [face], 1.0)
        assert beside(in_face(result)) == pytest.approx(beside(around(before)), abs=0.12)


def test_added_grain_follows_brightness() -> None:
    photo = smooth_photo()
    found = measured((photo + grain(1, 0.6) * (2 + 10 * (photo - 60) / 130)).astype(np.float32))
    assert found is not None
    dark, light = found.at(np.array([80.0, 170.0], np.float32))
    assert dark == pytest.approx(2 + 10 * 20 / 130, rel=0.35)
    assert light == pytest.approx(2 + 10 * 110 / 130, rel=0.35)


def test_clean_photo_gets_no_grain() -> None:
    for noise in (0.0, 0.6):
        before, after, face = restored(as_picture(smooth_photo() + grain(noise, 0) if noise else smooth_photo()))
        assert with_grain(before, after, [face], 1.0) is after


def test_nothing_changes_outside_the_face_and_the_same_photo_gives_the_same_bytes() -> None:
    before, after, face = restored(as_picture(smooth_photo() + grain(8, 0.7)))
    one, other = (with_grain(before, after, [face], 1.0) for _ in range(2))
    np.testing.assert_array_equal(one.pixels, other.pixels)
    outside = warped_mask(mask_of(face), face.aligned.inverse, (0, 0, 800, 600)) == 0
    assert outside.mean() > 0.4
    np.testing.assert_array_equal(one.pixels[outside], after.pixels[outside])
    assert (one.pixels[~outside] != after.pixels[~outside]).mean() > 0.3


def test_a_face_that_kept_its_grain_gets_no_more() -> None:
    photo = as_picture(smooth_photo() + grain(8, 0.7))
    aligned = align.crop(photo.pixels, FACE)
    face = RestoredFace(aligned, aligned.crop.astype(np.float32))
    after = blend(photo, [face])
    result = with_grain(photo, after, [face], 1.0)
    assert noise_of(in_face(result)) == pytest.approx(noise_of(in_face(photo)), rel=0.12)


def test_scratches_in_the_background_do_not_become_hatching() -> None:
    rng = np.random.default_rng(4)
    luma = (120 + 4 * rng.standard_normal((256, 256))).astype(np.float32)
    luma[::5] += 12  # a weave, or a bundle of scratches
    found = measured(luma)
    assert found is not None
    np.testing.assert_allclose(found.kernel, found.kernel.T, atol=1e-4)


def dots(y: Floats, x: Floats) -> Floats:
    return np.sin((x + y) * np.pi / 5) * np.sin((x - y) * np.pi / 5)


def lines(y: Floats, x: Floats) -> Floats:
    return np.sin((0.8 * x + 0.6 * y) * 2 * np.pi / 4.3)


@pytest.mark.parametrize("pattern", [dots, lines])
def test_a_pattern_over_the_photo_is_no_grain(pattern: Callable[[Floats, Floats], Floats]) -> None:
    """Drawn as grain, the dots of a print or the lines of an engraving would lie on the face as mottles."""
    y, x = np.mgrid[0:600, 0:800].astype(np.float32)
    before, after, face = restored(as_picture(smooth_photo() + 14 * pattern(y, x)))
    assert with_grain(before, after, [face], 1.0) is after
    before, after, face = restored(as_picture(smooth_photo() + 14 * pattern(y, x) + grain(5, 0.7)))
    assert noise_of(in_face(with_grain(before, after, [face], 1.0))) == pytest.approx(5, rel=0.35)


def test_white_paper_beside_a_grainy_picture_has_no_grain_and_does_not_make_it_coarser() -> None:
    alone = (smooth_photo() + grain(12, 0))[:384, :384]
    paper = np.full((384, 384), 255, np.float32) - np.abs(grain(0.3, 8)[:384, :384])  # a scanner's faint shadows
    beside = measured(np.hstack([alone, paper]))
    expected = measured(alone)
    assert beside is not None
    assert expected is not None
    assert beside.at(np.array([255], np.float32)) < 1
    np.testing.assert_allclose(beside.kernel, expected.kernel, atol=0.1)
    np.testing.assert_allclose(beside.strength[2:8], expected.strength[2:8], rtol=0.2)


def test_where_two_faces_overlap_the_grain_is_not_added_twice() -> None:
    before, after, face = restored(as_picture(smooth_photo() + grain(8, 0.7)))
    behind = replace(face, aligned=align.crop(before.pixels, face_at(430, 290, 330)))
    one, both = (noise_of(in_face(with_grain(before, after, some, 1.0))) for some in ([face], [behind, face]))
    assert both == pytest.approx(one, rel=0.05)
