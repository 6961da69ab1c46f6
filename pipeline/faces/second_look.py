"""Searches copies of a photo in which no face was found: a cleaned one, because damage can hide faces, and one with a
border, because detectors expect something around a face and miss some that fill the photo.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from magicmemory.pipeline.faces import detect
from magicmemory.pipeline.faces.detect import Detection, Detector
from magicmemory.pipeline.faces.orientation import Found, plausible, tilt
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.photo.clean import Cleaner

LOOK_SIDE: Final = 640  # pixels; the longest side of the copy: a larger one does not reveal more damaged faces
LEAST_SCORE: Final = 0.9  # cleaning can create something like a face
LEAST_SIDE: Final = 40.0  # pixels of the copy; the smallest face
MOST_TILT: Final = 45.0  # degrees
BORDER: Final = 0.25  # of the copy's longest side


def second_look(picture: Picture, detector: Detector, min_face_px: float, cleaner: Cleaner) -> Found:
    """The faces in a smaller, cleaned copy of the photo; if there are none, in a smaller one with a border.

    Args:
        picture: a photo in which no face was found.
        detector: finds faces.
        min_face_px: the smallest useful face, pixels of the photo.
        cleaner: removes grain, noise and compression artifacts.
    """
    scale = min(1.0, LOOK_SIDE / max(picture.width, picture.height))
    pixels = picture.rgb8()
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = pixels if scale == 1 else detect.shrunk(pixels, *size)
    copy = np.asarray(cleaner(small), np.uint8)
    least = max(LEAST_SIDE, min_face_px * scale)
    found = _certain(detect.find_faces(copy, detector, min_face_px=least)) or _inside_border(small, detector, least)
    times = np.array([picture.width / size[0], picture.height / size[1]], np.float32)
    return Found([detect.cut_to(enlarged_by(face, times), picture.width, picture.height) for face in found])


def _certain(faces: list[Detection]) -> list[Detection]:
    return [face for face in faces if face.score >= LEAST_SCORE and tilt(face) <= MOST_TILT]


def _inside_border(small: Pixels, detector: Detector, least: float) -> list[Detection]:
    """The faces in a copy that gets a border, which repeats its outermost pixels."""
    height, width = small.shape[:2]
    wide = round(BORDER * max(height, width))
    framed = np.asarray(cv2.copyMakeBorder(small, wide, wide, wide, wide, cv2.BORDER_REPLICATE), np.uint8)
    found = _certain(detect.find_faces(framed, detector, min_face_px=least))
    moved = [replace(face, box=face.box - wide, landmarks=face.landmarks - wide) for face in found if plausible(face)]
    return [face for face in moved if _centre_inside(face, width, height)]


def _centre_inside(face: Detection, width: int, height: int) -> bool:
    x, y = (face.box[:2] + face.box[2:]) / 2
    return bool(0 <= x < width and 0 <= y < height)


def enlarged_by(face: Detection, times: np.ndarray) -> Detection:
    """A face in the coordinates of a picture that is `times` (x, y) larger; pixel centres are at whole numbers."""
    box = (face.box + 0.5) * np.tile(times, 2) - 0.5
    return replace(face, box=box.astype(np.float32), landmarks=(face.landmarks + 0.5) * times - np.float32(0.5))
