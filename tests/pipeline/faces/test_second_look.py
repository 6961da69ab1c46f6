"""The second look for faces, on a smaller and cleaned copy of the photo."""

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.faces.second_look import LOOK_SIDE, second_look
from magicmemory.pipeline.imaging.picture import Pixels
from tests.support.faces import colourful, face_at, picture


class Sees:
    """A detector that finds a face only in the cleaned copy."""

    def __init__(self, score: float, turned: float = 0.0) -> None:
        self.score = score
        self.turned = turned
        self.shown: list[tuple[int, ...]] = []

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        self.shown.append(pixels.shape)
        face = face_at(300, 200, 200, self.turned)
        faces = [Detection(face.box, face.landmarks, self.score)] if pixels.max() == 0 else []
        return [face for face in faces if face.short_side >= min_face_px]


def black(pixels: Pixels) -> Pixels:
    return np.zeros_like(pixels)


def test_face_is_found_after_the_photo_is_cleaned() -> None:
    photo = picture(colourful(1280, 960))
    detector = Sees(0.95)
    (face,) = second_look(photo, detector, 24, black).faces
    assert max(detector.shown[0][:2]) == LOOK_SIDE
    np.testing.assert_allclose(face.landmarks, face_at(300, 200, 200).landmarks * 2 + 0.5, atol=0.01)


def test_doubtful_and_tilted_detections_are_dropped() -> None:
    photo = picture(colourful(640, 480))
    assert second_look(photo, Sees(0.85), 24, black).faces == []
    assert second_look(photo, Sees(0.99, 80), 24, black).faces == []
    assert second_look(photo, Sees(0.99), 130, black).faces == []


def test_face_that_fills_the_photo_is_found_with_a_border() -> None:
    """The detector here, like real ones, needs space around a face."""

    def needs_space(pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        height, width = pixels.shape[:2]
        face = face_at(width // 2, height // 2, 300)
        return [Detection(face.box, face.landmarks, 0.95)] if min(height, width) > LOOK_SIDE else []

    photo = picture(colourful(800, 800))
    (face,) = second_look(photo, needs_space, 24, lambda pixels: pixels).faces
    scale = 800 / LOOK_SIDE
    np.testing.assert_allclose(face.landmarks, (face_at(320, 320, 300).landmarks + 0.5) * scale - 0.5, atol=0.01)


def test_face_in_the_border_is_none() -> None:
    def beyond(pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        face = face_at(60, 60, 100)
        return [Detection(face.box, face.landmarks, 0.95)] if pixels.shape[0] > LOOK_SIDE else []

    assert second_look(picture(colourful(640, 640)), beyond, 24, lambda pixels: pixels).faces == []
