"""A contact sheet: the same faces as several restorers make them, side by side."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces import align
from magicmemory.pipeline.faces.detect import Detection

Pixels = NDArray[np.uint8]

CELL: Final = 320  # side of a face, pixels
LINE: Final = 26  # height of a line of text
_GAP: Final = 8
_PAPER: Final = 255
_INK: Final = (0, 0, 0)
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def cells(pixels: Pixels, faces: Sequence[Detection]) -> list[Pixels]:
    """The faces of a photo `[height, width, 3]` upright, each `[320, 320, 3]` RGB."""
    return [
        np.asarray(cv2.resize(align.crop(pixels, face).crop, (CELL, CELL), interpolation=cv2.INTER_AREA), np.uint8)
        for face in faces
    ]


def contact_sheet(columns: Sequence[tuple[Sequence[str], Sequence[Pixels], Sequence[str]]]) -> Pixels:
    """The sheet `[height, width, 3]` RGB.

    Args:
        columns: from left to right: the lines above, the faces from `cells`, and a line under each face. Every
            column has as many of each as the first.
    """
    made = [_column(above, faces, below) for above, faces, below in columns]
    gap = np.full((made[0].shape[0], _GAP, 3), _PAPER, np.uint8)
    parts = [part for column in made for part in (gap, column)]
    return np.hstack([*parts, gap])


def _column(above: Sequence[str], faces: Sequence[Pixels], below: Sequence[str]) -> Pixels:
    parts = [_text(line) for line in above]
    gap = np.full((_GAP, CELL, 3), _PAPER, np.uint8)  # a line belongs to the face above it
    for face, line in zip(faces, below, strict=True):
        parts += [face, _text(line), gap]
    return np.vstack(parts)


def _text(line: str) -> Pixels:
    """A line of text on paper, made smaller where it is too long."""
    paper = np.full((LINE, CELL, 3), _PAPER, np.uint8)
    (width, _), _ = cv2.getTextSize(line, _FONT, 0.6, 1)
    size = 0.6 * min(1.0, (CELL - 4) / max(width, 1))
    cv2.putText(paper, line, (2, LINE - 8), _FONT, size, _INK, 1, cv2.LINE_AA)
    return paper
