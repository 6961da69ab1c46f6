"""Draws frames and numbers on a photo's faces, so that people can choose among them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.imaging.picture import Picture

_FRAME_RGB: Final = (255, 214, 0)
_INK_RGB: Final = (0, 0, 0)
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def numbered(picture: Picture, faces: Sequence[Detection]) -> Picture:
    """The photo as an 8-bit PNG with a frame and a number at each face, from 1.

    Args:
        picture: the photo.
        faces: in the order of their numbers, in the photo's coordinates.
    """
    pixels = picture.rgb8().copy()
    line = max(2, round(max(pixels.shape[:2]) / 400))
    for number, face in enumerate(faces, 1):
        left, top, right, bottom = (round(float(value)) for value in face.box)
        cv2.rectangle(pixels, (left, top), (right, bottom), _FRAME_RGB, line)
        _label(pixels, str(number), (left, top), face.short_side)
    return replace(picture, pixels=pixels, alpha=None, format="PNG", monochrome=False)


def _label(pixels: np.ndarray, text: str, corner: tuple[int, int], face_px: float) -> None:
    """A number on a filled field inside the frame's upper left corner, readable on any photo."""
    size = max(0.5, face_px / 130)
    thick = max(1, round(size * 2))
    (width, height), below = cv2.getTextSize(text, _FONT, size, thick)
    left, top = max(0, corner[0]), max(0, corner[1])
    cv2.rectangle(pixels, (left, top), (left + width + thick * 2, top + height + below + thick), _FRAME_RGB, -1)
    cv2.putText(pixels, text, (left + thick, top + height + thick), _FONT, size, _INK_RGB, thick, cv2.LINE_AA)
