"""Finds the faces in a photo that may lie on its side or stand on its head.

A detector knows upright faces. In a turned photo it finds nothing, or worse: it finds something, along landmarks that
do not fit. So where no face is certain, the photo is looked at in the other three orientations too, and the one whose
faces fit best is taken.

Measured on 48 portraits in four orientations with MTCNN: upright, the face scored 0.985 or more in 44 of them (engraved
and printed portraits 0.59 to 0.93); in a wrong orientation there were 67 hits, the best of them 0.981, and none scored
more than the same face upright.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.align import TEMPLATE, similarity
from magicmemory.pipeline.faces.detect import Detection, Detector, shrunk

Look = Callable[[NDArray[np.uint8]], list[Detection]]
"""Finds the upright faces in a photo `[height, width, 3]` RGB."""

SURE_SCORE: Final = 0.97  # of detectors that name no `sure_score` of their own
LOOK_SIDE: Final = 1280  # pixels: turned, a photo is first looked at in this size
_QUARTERS: Final = (1, 3, 2)  # the likelier ones first: of equals the first is taken
_LARGE: Final = 0.4  # of the largest face's side; smaller ones do not say how a photo lies
_MOST_TILT: Final = 50.0  # degrees; a face that is tilted more fits another orientation better
_MOST_FIT: Final = 4.0
_MOST_MISFIT: Final = 9.0  # pixels of a 512-pixel crop, the mean over the landmarks; faces in profile have up to 18
_PLAIN_SCORE: Final = 0.98  # a face that scores so much may have any landmarks


@dataclass(frozen=True, slots=True)
class Found:
    """The faces in a photo, and how it lies.

    Attributes:
        faces: in the coordinates of the photo as it was given. The landmarks' order is that of the upright face.
        rotation: how far the photo has to be turned clockwise to stand upright: 0, 90, 180 or 270 degrees.
    """

    faces: list[Detection]
    rotation: int = 0


def find_in_any_orientation(pixels: NDArray[np.uint8], detector: Detector, look: Look) -> Found:
    """The faces in a photo that may be turned by quarters.

    Args:
        pixels: `[height, width, 3]` RGB.
        detector: says by its attribute `sure_score`, where it has one, which score is certain.
        look: finds the upright faces in a photo by this detector.
    """
    sure = float(getattr(detector, "sure_score", SURE_SCORE))
    upright = look(pixels)
    if _settled(upright, sure):
        return Found(upright)
    small = _small(pixels)
    best, most, chosen = 0, _fit_of_all(upright), upright
    for quarters in _QUARTERS:
        faces = _certain(look(turned(small, quarters)), sure)
        if (fit := _fit_of_all(faces)) > most:
            best, most, chosen = quarters, fit, faces
    if not best:
        return Found(upright)
    if small is not pixels:
        chosen = look(turned(pixels, best))
    height, width = pixels.shape[:2]
    return Found([turned_back(face, best, width, height) for face in chosen], (360 - 90 * best) % 360)


def turned(pixels: NDArray[np.uint8], quarters: int) -> NDArray[np.uint8]:
    """A photo turned counter-clockwise by so many quarters."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))


def turned_back(face: Detection, quarters: int, width: int, height: int) -> Detection:
    """A face found in a turned photo, in the coordinates of the photo before.

    Args:
        face: found after `quarters` counter-clockwise quarters.
        quarters: how far the photo was turned.
        width: of the photo before.
        height: likewise.
    """

    def back(points: NDArray[np.float32]) -> NDArray[np.float32]:
        x, y = points[:, 0], points[:, 1]
        places = {
            0: (x, y),
            1: (width - 1 - y, x),
            2: (width - 1 - x, height - 1 - y),
            3: (y, height - 1 - x),
        }[quarters % 4]
        return np.stack(places, axis=1).astype(np.float32)

    corners = back(face.box.reshape(2, 2))
    box = np.concatenate([corners.min(0), corners.max(0)])
    return replace(face, box=box, landmarks=back(face.landmarks))


def turned_along(face: Detection, rotation: int, width: int, height: int) -> Detection:
    """A face of a photo, in the coordinates of the photo turned clockwise by `rotation` degrees.

    Args:
        face: in the photo before.
        rotation: 0, 90, 180 or 270.
        width: of the photo before.
        height: likewise.
    """
    if rotation in (90, 270):
        width, height = height, width
    # To turn clockwise is to undo a counter-clockwise turn.
    return turned_back(face, rotation // 90, width, height)


def tilt(face: Detection) -> float:
    """How far a face is turned from upright, degrees, 0 to 180; by its five landmarks."""
    matrix = similarity(face.landmarks)
    return abs(math.degrees(math.atan2(matrix[1, 0], matrix[0, 0])))


def plausible(face: Detection) -> bool:
    """Whether the landmarks lie about as those of a face do, or the score is so high that they need not.

    Of six hits in 293 photos that were to show no people, three were people after all; of the other three, the one in
    a heap of fruit peels had landmarks that fit no face.
    """
    if face.score >= _PLAIN_SCORE:
        return True
    matrix = similarity(face.landmarks)
    placed = face.landmarks @ matrix[:, :2].T + matrix[:, 2]
    return float(np.abs(placed - np.array(TEMPLATE)).mean()) <= _MOST_MISFIT


def fit(face: Detection) -> float:
    """How well a face fits its orientation, 0 to 4: the decimal places of its score's distance from 1, and its tilt."""
    places = min(-math.log10(max(1 - face.score, 1e-9)), _MOST_FIT)
    return places if tilt(face) <= _MOST_TILT else places / 2


def _settled(faces: Sequence[Detection], sure: float) -> bool:
    """Whether a large face among them is so certain that no other orientation has to be looked at."""
    largest = max((face.short_side for face in faces), default=0.0)
    certain = 1 - (1 - sure) / 3  # wrong hits come near to `sure`
    return any(
        face.score >= certain and face.short_side >= _LARGE * largest and tilt(face) <= _MOST_TILT for face in faces
    )


def _certain(faces: Sequence[Detection], sure: float) -> list[Detection]:
    return [face for face in faces if face.score >= sure and tilt(face) <= _MOST_TILT]


def _fit_of_all(faces: Sequence[Detection]) -> float:
    """How well all large faces fit together."""
    largest = max((face.short_side for face in faces), default=0.0)
    return sum(fit(face) for face in faces if face.short_side >= _LARGE * largest)


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The photo at `LOOK_SIDE` or less."""
    height, width = pixels.shape[:2]
    scale = min(1.0, LOOK_SIDE / max(height, width))
    if scale == 1:
        return pixels
    return shrunk(pixels, max(1, round(width * scale)), max(1, round(height * scale)))
