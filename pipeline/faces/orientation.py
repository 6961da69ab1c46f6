"""Finds the faces in a photo that may be turned by 90, 180 or 270 degrees.

Detectors know upright faces. In a turned photo they find nothing, or a false face whose landmarks do not fit. So if no
face is certain, the other three orientations are searched too, and the one whose faces fit best is used.

Measured with MTCNN on 48 portraits in four orientations: upright, the face scored 0.985 or more in 44 of them (engraved
and printed portraits 0.59 to 0.93). Wrong orientations gave 67 detections, the best at 0.981; none scored higher than
the same face upright.
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

SURE_SCORE: Final = 0.97  # for detectors without a `sure_score` attribute
LOOK_SIDE: Final = 1280  # pixels; the longest side of the copy that is searched in the other orientations
_QUARTERS: Final = (1, 3, 2)  # likelier ones first: on a tie the first wins
_LARGE: Final = 0.4  # of the largest face's side; smaller faces do not decide the orientation
_MOST_TILT: Final = 50.0  # degrees; a face that is tilted more fits another orientation better
_MOST_FIT: Final = 4.0
_MOST_MISFIT: Final = 9.0  # pixels of a 512-pixel crop, mean over the landmarks; profiles have up to 18
_PLAIN_SCORE: Final = 0.98  # from this score on, any landmarks are accepted


@dataclass(frozen=True, slots=True)
class Found:
    """The faces in a photo, and its orientation.

    Attributes:
        faces: in the coordinates of the given photo; landmarks in the order of the upright face.
        rotation: the clockwise turn that makes the photo upright: 0, 90, 180 or 270 degrees.
    """

    faces: list[Detection]
    rotation: int = 0


def find_in_any_orientation(pixels: NDArray[np.uint8], detector: Detector, look: Look) -> Found:
    """The faces in a photo that may be turned by quarter turns.

    Args:
        pixels: `[height, width, 3]` RGB.
        detector: its attribute `sure_score`, if it has one, is the score that counts as certain.
        look: finds the upright faces in a photo with this detector.
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
    """A photo turned counter-clockwise by `quarters` quarter turns."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))


def turned_back(face: Detection, quarters: int, width: int, height: int) -> Detection:
    """A face found in a turned photo, in the coordinates of the photo before the turn.

    Args:
        face: found after `quarters` counter-clockwise quarter turns.
        quarters: 0 to 3.
        width: of the photo before the turn, pixels.
        height: of the photo before the turn, pixels.
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
        face: in the photo before the turn.
        rotation: 0, 90, 180 or 270.
        width: of the photo before the turn, pixels.
        height: of the photo before the turn, pixels.
    """
    if rotation in (90, 270):
        width, height = height, width
    # A clockwise turn undoes a counter-clockwise one.
    return turned_back(face, rotation // 90, width, height)


def tilt(face: Detection) -> float:
    """The angle between a face and upright, 0 to 180 degrees, from its five landmarks."""
    matrix = similarity(face.landmarks)
    return abs(math.degrees(math.atan2(matrix[1, 0], matrix[0, 0])))


def plausible(face: Detection) -> bool:
    """Whether the landmarks fit a face, or the score is high enough without that.

    In 293 photos labelled as without people there were six detections. Three were people after all; one of the other
    three, in a heap of fruit peels, had landmarks that fit no face.
    """
    if face.score >= _PLAIN_SCORE:
        return True
    matrix = similarity(face.landmarks)
    placed = face.landmarks @ matrix[:, :2].T + matrix[:, 2]
    return float(np.abs(placed - np.array(TEMPLATE)).mean()) <= _MOST_MISFIT


def fit(face: Detection) -> float:
    """How well a face fits its orientation, 0 to 4: -log10(1 - score), halved if the face is tilted."""
    places = min(-math.log10(max(1 - face.score, 1e-9)), _MOST_FIT)
    return places if tilt(face) <= _MOST_TILT else places / 2


def _settled(faces: Sequence[Detection], sure: float) -> bool:
    """Whether a large face is so certain that the other orientations need no search."""
    largest = max((face.short_side for face in faces), default=0.0)
    certain = 1 - (1 - sure) / 3  # false detections come close to `sure`
    return any(
        face.score >= certain and face.short_side >= _LARGE * largest and tilt(face) <= _MOST_TILT for face in faces
    )


def _certain(faces: Sequence[Detection], sure: float) -> list[Detection]:
    return [face for face in faces if face.score >= sure and tilt(face) <= _MOST_TILT]


def _fit_of_all(faces: Sequence[Detection]) -> float:
    """The sum of `fit` over the large faces."""
    largest = max((face.short_side for face in faces), default=0.0)
    return sum(fit(face) for face in faces if face.short_side >= _LARGE * largest)


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The photo with a longest side of at most `LOOK_SIDE`."""
    height, width = pixels.shape[:2]
    scale = min(1.0, LOOK_SIDE / max(height, width))
    if scale == 1:
        return pixels
    return shrunk(pixels, max(1, round(width * scale)), max(1, round(height * scale)))
