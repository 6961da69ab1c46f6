"""A second look for faces in a photo so damaged that the first look found none."""

from dataclasses import replace
from typing import Final

import numpy as np

from magicmemory.pipeline.faces import detect
from magicmemory.pipeline.faces.detect import Detection, Detector
from magicmemory.pipeline.faces.orientation import Found, tilt
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.photo.clean import Cleaner

LOOK_SIDE: Final = 640  # pixels: a face that damage hides from the detector is seen no better at a larger size
LEAST_SCORE: Final = 0.9  # cleaning can draw something like a face where there is none
LEAST_SIDE: Final = 40.0  # pixels of the copy
MOST_TILT: Final = 45.0  # degrees


def second_look(picture: Picture, detector: Detector, min_face_px: float, cleaner: Cleaner) -> Found:
    """The faces that are seen in a smaller copy of the photo once it was cleaned.

    Args:
        picture: a photo in which no face was found.
        detector: what finds faces.
        min_face_px: the smallest face that is of use, pixels of the photo.
        cleaner: takes grain, noise and the traces of compression away.
    """
    scale = min(1.0, LOOK_SIDE / max(picture.width, picture.height))
    pixels = picture.rgb8()
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = pixels if scale == 1 else detect.shrunk(pixels, *size)
    copy = np.asarray(cleaner(small), np.uint8)
    least = max(LEAST_SIDE, min_face_px * scale)
    found = detect.find_faces(copy, detector, min_face_px=least)
    times = np.array([picture.width / size[0], picture.height / size[1]], np.float32)
    return Found(
        [
            detect.cut_to(enlarged_by(face, times), picture.width, picture.height)
            for face in found
            if face.score >= LEAST_SCORE and tilt(face) <= MOST_TILT
        ]
    )


def enlarged_by(face: Detection, times: np.ndarray) -> Detection:
    """A face in the coordinates of a picture that is `times` (x, y) larger; pixel centres lie at whole numbers."""
    box = (face.box + 0.5) * np.tile(times, 2) - 0.5
    return replace(face, box=box.astype(np.float32), landmarks=(face.landmarks + 0.5) * times - np.float32(0.5))
