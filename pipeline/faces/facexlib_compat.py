"""Finds, crops and pastes faces exactly as facexlib does, for comparison with upstream.

Source: https://github.com/xinntao/facexlib, `utils/face_restoration_helper.py` (0.3.0), as `gfpgan.GFPGANer` calls it.
Like facexlib: detection at the photo's own size, a grey border, linear warps, 8-bit faces, the parsing mask, the
offsets when enlarging, and truncation instead of rounding. Unlike facexlib: a face is pasted inside its own rectangle
and not over the whole photo, which gives the same pixels, and a 16-bit photo keeps its depth.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import ModelNotInstalled
from magicmemory.pipeline.faces.align import SIZE, AlignedFace, Matrix, region, shift, similarity, to_8bit
from magicmemory.pipeline.faces.blend import RestoredFace
from magicmemory.pipeline.faces.detect import Detection, Detector, cut_to
from magicmemory.pipeline.imaging.picture import Picture, Pixels

_THRESHOLD: Final = 0.97
_BORDER_RGB: Final = (132, 133, 135)


def find_faces(pixels: NDArray[np.uint8], detector: Detector, *, min_face_px: float) -> list[Detection]:
    """The faces that the detector finds in the photo at its own size, highest score first."""
    height, width = pixels.shape[:2]
    found = sorted((face for face in detector(pixels, min_face_px) if face.score > _THRESHOLD), key=lambda f: -f.score)
    return [cut_to(face, width, height) for face in found]


def crop(pixels: Pixels, detection: Detection, times: int) -> AlignedFace:
    """Cut a face out of the original photo.

    Args:
        pixels: `[height, width, 3]` RGB, uint8 or uint16.
        detection: the face.
        times: the factor by which the photo will be enlarged; the inverse matrix leads into the enlarged photo.
    """
    matrix = similarity(detection.landmarks)
    face = cv2.warpAffine(to_8bit(pixels), matrix, (SIZE, SIZE), borderValue=_BORDER_RGB)
    inverse: Matrix = np.asarray(cv2.invertAffineTransform(matrix), np.float64) * times
    if times > 1:
        inverse[:, 2] += 0.5 * times
    return AlignedFace(np.asarray(face, np.uint8), matrix, inverse)


def blend(picture: Picture, faces: Sequence[RestoredFace], strength: float = 1.0) -> Picture:
    """Paste the faces in order.

    Args:
        picture: the photo, enlarged.
        faces: with ParseNet's masks; their matrices lead into this photo.
        strength: the weight of the restored faces, 0 to 1; upstream uses 1.

    Raises:
        ModelNotInstalled: a face has no mask.
    """
    pixels = picture.pixels.copy()
    levels = picture.peak / 255  # 1, or 257 in a 16-bit photo
    for face in faces:
        if face.mask is None:
            raise ModelNotInstalled(model="parsenet")
        seen = face.aligned.crop.astype(np.float32)
        better = np.rint(seen + np.float32(strength) * (face.restored - seen)).clip(0, 255).astype(np.uint8)
        bounds = (picture.width, picture.height)
        left, top, right, bottom = region(face.aligned.inverse, (0, 0, SIZE, SIZE), bounds, margin=2)
        if right <= left or bottom <= top:
            continue
        matrix = (shift(-left, -top) @ np.vstack([face.aligned.inverse, (0, 0, 1)]))[:2]
        size = (right - left, bottom - top)
        pasted = cv2.warpAffine(better, matrix, size)
        mask = cv2.warpAffine(face.mask.astype(np.float64), matrix, size)[..., None]
        below = pixels[top:bottom, left:right]
        below[...] = (mask * pasted * levels + (1 - mask) * below).astype(below.dtype)
    return replace(picture, pixels=pixels, monochrome=False)
