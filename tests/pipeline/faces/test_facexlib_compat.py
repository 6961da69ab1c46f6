"""facexlib's way, against its own steps written out here over the whole photo."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.core.errors import ModelNotInstalled
from magicmemory.pipeline.faces import facexlib_compat
from magicmemory.pipeline.faces.align import TEMPLATE
from magicmemory.pipeline.faces.blend import RestoredFace
from magicmemory.pipeline.faces.parsing import feathered
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.photo.enlarge import enlarged
from tests.support.faces import colourful, face_at, picture
from tests.support.networks import Finds

Floats = NDArray[np.float32]

PHOTO = colourful(420, 300)
FACE = face_at(150, 160, 230, turned=11)
BETTER = colourful(512, 512, seed=8).astype(np.float32)
MASK = feathered(np.pad(np.ones((300, 260), np.float32), ((100, 112), (120, 132))))


def upstreams_paste(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """What `align_warp_face`, `get_inverse_affine` and `paste_faces_to_input_image` do with one face."""
    matrix = cv2.estimateAffinePartial2D(FACE.landmarks, np.array(TEMPLATE), method=cv2.LMEDS)[0]
    inverse = np.asarray(cv2.invertAffineTransform(matrix), np.float64) * times
    if times > 1:
        inverse[:, 2] += 0.5 * times
    size = (pixels.shape[1] * times, pixels.shape[0] * times)
    canvas = cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4)
    pasted = cv2.warpAffine(BETTER.astype(np.uint8), inverse, size)
    mask = cv2.warpAffine(MASK.astype(np.float64), inverse, size, flags=3)[:, :, None]
    return np.asarray(mask * pasted + (1 - mask) * canvas, np.uint8)


@pytest.mark.parametrize("times", [1, 2, 4])
def test_paste_equals_facexlib(times: int) -> None:
    shown = enlarged(picture(PHOTO), times)
    cut = facexlib_compat.crop(PHOTO, FACE, times)
    result = facexlib_compat.blend(shown, [RestoredFace(cut, BETTER, MASK)]).pixels
    expected = upstreams_paste(PHOTO, times)
    assert (expected != shown.pixels).any()
    off = np.abs(result.astype(int) - expected)
    assert off.max() <= 1
    assert off.mean() < 0.01


def test_crop_equals_facexlib() -> None:
    face = face_at(10, 20, 200)  # reaches over the border
    matrix = cv2.estimateAffinePartial2D(face.landmarks, np.array(TEMPLATE), method=cv2.LMEDS)[0]
    bgr = np.ascontiguousarray(PHOTO[..., ::-1])
    expected = cv2.warpAffine(bgr, matrix, (512, 512), borderMode=cv2.BORDER_CONSTANT, borderValue=(135, 133, 132))
    crop = facexlib_compat.crop(PHOTO, face, 1).crop
    assert np.abs(crop[..., ::-1].astype(int) - expected).mean() < 0.01
    assert tuple(crop[2, 2]) == (132, 133, 135)


def test_faces_are_sorted_by_score_and_clipped_to_the_photo() -> None:
    sure, surer = face_at(100, 100, 200), face_at(400, 150, 200)
    unsure = face_at(200, 200, 150)
    object.__setattr__(surer, "score", 0.999)
    object.__setattr__(unsure, "score", 0.9)
    found = facexlib_compat.find_faces(PHOTO, Finds(sure, unsure, surer), min_face_px=10)
    assert [face.score for face in found] == [0.999, 0.99]
    assert found[0].box[2] == 419


def test_paste_follows_strength_and_keeps_bit_depth() -> None:
    cut = facexlib_compat.crop(PHOTO, FACE, 1)
    same = facexlib_compat.blend(picture(PHOTO), [RestoredFace(cut, BETTER, MASK)], strength=0).pixels
    assert np.abs(same.astype(int) - PHOTO).mean() < 2, "the crop pasted back, as upstream would"
    deep = Picture(PHOTO.astype(np.uint16) * 257, "PNG")
    result = facexlib_compat.blend(deep, [RestoredFace(cut, BETTER, MASK)]).pixels
    assert result.dtype == np.uint16
    assert (
        np.abs(result / 257 - facexlib_compat.blend(picture(PHOTO), [RestoredFace(cut, BETTER, MASK)]).pixels).max()
        < 1.01
    )


def test_face_without_a_mask_is_refused() -> None:
    with pytest.raises(ModelNotInstalled, match="parsenet"):
        facexlib_compat.blend(picture(PHOTO), [RestoredFace(facexlib_compat.crop(PHOTO, FACE, 1), BETTER)])
