"""Turned photos are recognised, restored and reported, and turned upright on request."""

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.core.options import Options
from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.detect import Detection, find_faces
from magicmemory.pipeline.faces.mtcnn_detector import MtcnnDetector
from magicmemory.pipeline.faces.orientation import (
    Found,
    find_in_any_orientation,
    fit,
    tilt,
    turned,
    turned_along,
    turned_back,
)
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.imaging.picture import Picture, rotated
from magicmemory.pipeline.models import mtcnn
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import Model, restorer_model
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.pipeline import Pipeline
from tests.support.faces import face_at
from tests.support.networks import FindsDamage, Mends, tiny

Pixels = NDArray[np.uint8]
LIMITS = DecodeLimits(50_000_000, 30_000_000)
PORTRAITS = Path(__file__).resolve().parents[4] / "shared" / "data" / "portraits"
ROTATIONS = (90, 180, 270)
PLAIN = ModelFacts("plain", "Plain", Kind.RESTORER, "MIT", Commercial.YES, bundled=True)


@pytest.fixture(scope="module")
def detector() -> MtcnnDetector:
    return mtcnn.detector(mtcnn.load_nets())


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    models = Models(
        TorchEngine("cpu"),
        Weights(Path("none")),
        restorers=(restorer_model(PLAIN, tiny),),
        finders=(Model(replace(PLAIN, kind=Kind.MENDER), lambda *_: FindsDamage()),),
        menders=(Model(replace(PLAIN, kind=Kind.MENDER), lambda *_: Mends()),),
    )
    return Pipeline(models, LIMITS, min_face_px=24)


@pytest.fixture(scope="module")
def upright(pipeline: Pipeline) -> Pixels:
    """The upright portrait, restored."""
    restored = pipeline.restore(encode(Picture(portrait(), "PNG")).data, Options())
    return np.asarray(decode(restored.data, LIMITS).pixels, np.uint8)


def portrait() -> Pixels:
    return np.asarray(decode((Path(assets.__path__[0]) / "astronaut.png").read_bytes(), LIMITS).pixels, np.uint8)


def clockwise(pixels: Pixels, degrees: int) -> Pixels:
    return np.asarray(rotated(Picture(pixels, "PNG"), degrees).pixels, np.uint8)


def find(pixels: Pixels, detector: MtcnnDetector) -> Found:
    return find_in_any_orientation(pixels, detector, lambda photo: find_faces(photo, detector, min_face_px=18))


def alike(one: Pixels, other: Pixels) -> bool:
    """Whether two pictures differ by rounding alone: their faces were found at the same place, but counted from another
    corner.
    """
    off = np.abs(one.astype(int) - other)
    return bool(off.max() <= 1) and float((off > 0).mean()) < 0.02


# Coordinates


@pytest.mark.parametrize("quarters", range(4))
def test_turning_a_point_back_gives_the_same_point(quarters: int) -> None:
    photo = np.zeros((30, 50, 3), np.uint8)
    photo[7, 11] = 255
    y, x = np.argwhere(turned(photo, quarters)[..., 0])[0]
    there = Detection(np.array([x, y, x, y], np.float32), np.array([[x, y]] * 5, np.float32), 0.9)
    back = turned_back(there, quarters, 50, 30)
    np.testing.assert_array_equal(back.landmarks[0], [11, 7])
    np.testing.assert_array_equal(turned_along(back, (360 - 90 * quarters) % 360, 50, 30).landmarks, there.landmarks)


def test_turned_box_is_a_valid_box() -> None:
    face = Detection(np.array([10, 5, 20, 9], np.float32), np.full((5, 2), 7, np.float32), 0.9)
    np.testing.assert_array_equal(turned_along(face, 90, 50, 30).box, [20, 10, 24, 20])


@pytest.mark.parametrize("degrees", [0, 30, 75, 180])
def test_tilt_is_read_from_the_landmarks(degrees: float) -> None:
    face = face_at(200, 200, 150, degrees)
    assert tilt(face) == pytest.approx(degrees, abs=0.5)
    assert fit(face) == pytest.approx(2.0 if degrees < 50 else 1.0, abs=0.01)


# Which orientation is taken


def seen(score: float, turn: float = 0.0, size: float = 150) -> Detection:
    face = face_at(200, 200, size, turn)
    return Detection(face.box, face.landmarks, score)


def taken(*found: list[Detection]) -> int:
    """The rotation found for these faces upright and after one, three and two quarter turns."""
    looks = iter(found)
    return find_in_any_orientation(np.zeros((400, 400, 3), np.uint8), lambda *_: [], lambda _: next(looks)).rotation


def test_certain_upright_face_ends_the_search() -> None:
    assert taken([seen(0.995)]) == 0  # more looks would find the list at its end


def test_better_orientation_wins_over_a_false_detection() -> None:
    """As measured: hits on a turned face scored up to 0.98 or lay along tilted landmarks; the face scored more."""
    assert taken([seen(0.98)], [seen(0.999)], [], []) == 270
    assert taken([seen(0.99, 70)], [], [seen(0.985)], []) == 90
    assert taken([], [seen(0.9)], [], [seen(0.999)]) == 180


def test_doubtful_face_stays_upright_if_nothing_fits_better() -> None:
    assert taken([seen(0.9)], [seen(0.96)], [seen(0.99, 80)], []) == 0
    assert taken([], [], [], []) == 0


def test_small_false_detection_does_not_decide_the_orientation() -> None:
    assert taken([seen(0.999, size=30), seen(0.97)], [seen(0.9999)], [], []) == 270


def test_small_copy_is_searched_before_the_photo_itself() -> None:
    shown: list[tuple[int, ...]] = []

    def look(photo: Pixels) -> list[Detection]:
        shown.append(photo.shape[:2])
        return [seen(0.999)] if photo.shape[0] > photo.shape[1] else []

    found = find_in_any_orientation(np.zeros((1500, 2560, 3), np.uint8), lambda *_: [], look)
    assert shown == [(1500, 2560), (1280, 750), (1280, 750), (750, 1280), (2560, 1500)]
    assert found.rotation == 270


# The whole way


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.parametrize("degrees", ROTATIONS)
def test_turned_portrait_is_restored_like_the_upright_one(pipeline: Pipeline, upright: Pixels, degrees: int) -> None:
    lying = encode(Picture(clockwise(portrait(), 360 - degrees), "PNG")).data
    restored = pipeline.restore(lying, Options())
    assert (restored.report.restored, restored.report.rotation, restored.report.turned) == (1, degrees, False)
    result = np.asarray(decode(restored.data, LIMITS).pixels, np.uint8)
    assert alike(clockwise(result, degrees), upright)
    again = pipeline.restore(lying, Options(upright=True))
    assert again.report.turned
    assert again.report.faces[0].box == restored.report.faces[0].box  # as the photo was sent
    assert alike(np.asarray(decode(again.data, LIMITS).pixels, np.uint8), upright)


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.skipif(not PORTRAITS.is_dir(), reason="the folder of portraits is not beside the repository")
def test_portraits_are_found_in_all_orientations(detector: MtcnnDetector) -> None:
    folders = {"official": 140, "colour": 250, "large": 95}
    count = int(os.environ.get("MAGIC_TEST_PORTRAITS", "1"))  # of each folder; the whole set of 36 turned photos is 4
    files = [f for name, step in folders.items() for f in sorted((PORTRAITS / name).glob("*.jpg"))[::step][:count]]
    wrong = []
    for file in files:
        pixels = cv2.imread(str(file))
        assert pixels is not None
        photo = np.ascontiguousarray(pixels[..., ::-1]).astype(np.uint8)
        expected = find(photo, detector).faces
        for degrees in ROTATIONS:
            found = find(clockwise(photo, 360 - degrees), detector)
            height, width = photo.shape[:2]
            if degrees != 180:
                width, height = height, width
            faces = [turned_along(face, found.rotation, width, height) for face in found.faces]
            near = len(faces) == len(expected) == 1 and np.abs(faces[0].landmarks - expected[0].landmarks).max() < 3
            if found.rotation != degrees or not near:
                wrong.append((file.name, degrees))
    assert len(files) == 3 * count
    assert wrong == []
