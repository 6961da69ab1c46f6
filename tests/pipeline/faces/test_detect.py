"""Face detection at all sizes: the sample portrait in many places, and real photos if available."""

import importlib.resources
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from magicmemory.pipeline import assets
from magicmemory.pipeline.faces.detect import Detection, find_faces, merge, reading_order, tile_corners
from magicmemory.pipeline.faces.mtcnn_detector import MtcnnDetector
from magicmemory.pipeline.models import mtcnn

pytestmark = pytest.mark.slow

Pixels = NDArray[np.uint8]

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_photos = pytest.mark.skipif(
    not DATA.is_dir(),
    reason="photos of groups may not be shipped: the sample portrait, pasted many times, stands in for them above",
)

FACE = np.array([180, 59, 269, 174])  # in the sample portrait
HEAD = (110, 20, 340, 240)  # a cut-out of it round the head


@pytest.fixture(scope="module")
def detector() -> Iterator[MtcnnDetector]:
    """In one thread: on a busy machine two spend most of their time waiting for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield mtcnn.detector(mtcnn.load_nets())
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    return read(importlib.resources.files(assets) / "astronaut.png")


def read(file: Traversable) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None, file
    return np.ascontiguousarray(pixels[:, :, ::-1], np.uint8)


def canvas(width: int, height: int) -> Pixels:
    """A coarse-grained gradient."""
    ramp = np.linspace(40, 200, width)[None, :, None] + np.linspace(-30, 30, height)[:, None, None]
    tile = np.random.default_rng(1).normal(0, 6, (256, 256, 1))
    grain = np.tile(tile, (height // 256 + 1, width // 256 + 1, 1))[:height, :width]
    return np.repeat(np.clip(ramp + grain, 0, 255).astype(np.uint8), 3, axis=2)


def paste(onto: Pixels, portrait: Pixels, middle: tuple[float, float], face_height: float) -> NDArray[np.float64]:
    """Puts the head onto a picture, the face's middle near a point; returns the face's box there."""
    scale = face_height / (FACE[3] - FACE[1])
    left, top, right, bottom = HEAD
    head = cv2.resize(portrait[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    face = (FACE - [left, top, left, top]) * scale
    x, y = (round(m - (face[i] + face[i + 2]) / 2) for i, m in enumerate(middle))
    onto[y : y + head.shape[0], x : x + head.shape[1]] = head
    return np.asarray(face + np.array([x, y, x, y]), np.float64)


def overlap(a: Sequence[float] | NDArray[np.generic], b: Sequence[float] | NDArray[np.generic]) -> float:
    """Intersection over union."""
    one, other = np.asarray(a, float), np.asarray(b, float)
    sides = np.maximum(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0)
    shared = float(sides.prod())
    return shared / float((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - shared)


def face_at(left: float, top: float, right: float, bottom: float, score: float = 0.9) -> Detection:
    return Detection(np.array([left, top, right, bottom], np.float32), np.zeros((5, 2), np.float32), score)


def boxes(faces: list[Detection]) -> list[list[int]]:
    return [face.box.round().astype(int).tolist() for face in faces]


# The sample portrait


def test_the_portrait_has_one_face_with_its_landmarks_in_order(detector: MtcnnDetector, portrait: Pixels) -> None:
    (face,) = find_faces(portrait, detector, min_face_px=12)
    assert overlap(face.box, FACE) > 0.85
    assert face.score > 0.99
    assert face.box.dtype == face.landmarks.dtype == np.float32
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    # Within 4 px of where a person points, in a face 115 px high.
    seen = [(204, 100), (246, 103), (224, 128), (202, 139), (245, 141)]
    np.testing.assert_allclose(face.landmarks, seen, atol=4)


def test_the_mirrored_portrait_has_the_mirrored_face(detector: MtcnnDetector, portrait: Pixels) -> None:
    (face,) = find_faces(portrait, detector, min_face_px=40)
    (mirrored,) = find_faces(portrait[:, ::-1], detector, min_face_px=40)
    turned = 511 - mirrored.landmarks[[1, 0, 2, 4, 3], 0]
    np.testing.assert_allclose(turned, face.landmarks[:, 0], atol=2)


@pytest.mark.parametrize("degrees", [-30, 30])
def test_a_tilted_head_is_found(detector: MtcnnDetector, portrait: Pixels, degrees: float) -> None:
    turn = cv2.getRotationMatrix2D((224, 116), degrees, 0.7)
    turned = np.asarray(cv2.warpAffine(portrait, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    (face,) = find_faces(turned, detector, min_face_px=24)
    (upright,) = find_faces(portrait, detector, min_face_px=24)
    expected = upright.landmarks @ turn[:, :2].T + turn[:, 2]
    np.testing.assert_allclose(face.landmarks, expected, atol=5)


def test_a_face_that_the_border_cuts_is_found_inside_the_photo(detector: MtcnnDetector, portrait: Pixels) -> None:
    cut = portrait[:, 200:]  # a quarter of the face is gone
    (face,) = find_faces(cut, detector, min_face_px=24)
    height, width = cut.shape[:2]
    assert (face.box >= 0).all()
    assert (face.box <= [width - 1, height - 1] * 2).all()
    assert overlap(face.box, [0, 59, 69, 174]) > 0.6


def test_faces_under_the_limit_are_left_out(detector: MtcnnDetector, portrait: Pixels) -> None:
    assert len(find_faces(portrait, detector, min_face_px=80)) == 1
    assert find_faces(portrait, detector, min_face_px=100) == []


def test_the_same_photo_gives_the_same_faces(detector: MtcnnDetector, portrait: Pixels) -> None:
    one, other = (find_faces(portrait, detector, min_face_px=30) for _ in range(2))
    assert [face.score for face in one] == [face.score for face in other]
    np.testing.assert_array_equal(one[0].landmarks, other[0].landmarks)


# Photos larger than what a detector is shown


def test_small_faces_in_24_megapixels_are_found_once_each(detector: MtcnnDetector, portrait: Pixels) -> None:
    """On the seams, on their crossings, in a tile's middle and in the corners; and one that only the whole shows."""
    photo = canvas(6000, 4000)
    corners = list(tile_corners(6000, 4000, 1280, 169))
    x, y = sorted({x for x, _ in corners})[1], sorted({y for _, y in corners})[1]  # where second tiles begin
    seams = [(x, 700), (x + 84, 1900), (x, y), (x + 100, 600), (3000, y + 40)]
    middles = [(70, 70), (5900, 3900), (2000, 640), *seams]
    heights = [30, 30, 34, 40, 50, 45, 60, 36]
    expected = [paste(photo, portrait, m, h) for m, h in zip(middles, heights, strict=True)]
    expected.append(paste(photo, portrait, (4700, 2400), 700))
    faces = find_faces(photo, detector, min_face_px=20)
    assert len(faces) == len(expected)
    for box in expected:
        assert max(overlap(face.box, box) for face in faces) > 0.7
    assert [face.score for face in reading_order(faces[::-1])] == [face.score for face in faces]


def test_face_on_a_tile_seam_is_counted_once(detector: MtcnnDetector, portrait: Pixels) -> None:
    """A moderate photo and small tiles, so that every kind of seam runs through or beside a face."""
    for x in range(230, 420, 45):
        photo = canvas(620, 420)
        box = paste(photo, portrait, (x, 200), 48)
        (face,) = find_faces(photo, detector, min_face_px=20, max_side=320)
        assert overlap(face.box, box) > 0.7, x


def test_copied_faces_are_all_found_in_reading_order(detector: MtcnnDetector, portrait: Pixels) -> None:
    photo = canvas(700, 500)
    places = [(120, 110), (300, 125), (520, 100), (160, 370), (420, 360)]
    expected = [paste(photo, portrait, place, 60) for place in places]
    faces = find_faces(photo, detector, min_face_px=20)
    assert len(faces) == len(expected)
    assert all(overlap(face.box, box) > 0.7 for face, box in zip(faces, expected, strict=True))


def test_two_faces_cheek_to_cheek_stay_two(detector: MtcnnDetector, portrait: Pixels) -> None:
    left, top, right, bottom = 172, 45, 277, 190  # hardly more than the face
    face = portrait[top:bottom, left:right]
    photo = canvas(600, 400)
    photo[100 : 100 + face.shape[0], 150 : 150 + 2 * face.shape[1]] = np.hstack([face, face])
    assert len(find_faces(photo, detector, min_face_px=20)) == 2


@pytest.mark.parametrize("shape", [(1, 1), (5, 2000), (2000, 5), (20, 20), (11, 3000), (12, 12)])
def test_tiny_pictures_have_no_faces(detector: MtcnnDetector, shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    assert find_faces(picture, detector, min_face_px=12) == []


@pytest.mark.parametrize("value", [0, 128, 255])
def test_blank_pictures_have_no_faces(detector: MtcnnDetector, value: int) -> None:
    assert find_faces(np.full((300, 400, 3), value, np.uint8), detector, min_face_px=12) == []


def test_noise_has_no_faces(detector: MtcnnDetector) -> None:
    random = np.random.default_rng(3)
    noise = random.integers(0, 256, (400, 500, 3), np.uint8)
    assert find_faces(noise, detector, min_face_px=12) == []
    blurred = np.asarray(cv2.GaussianBlur(noise, (0, 0), 4), np.float32)
    soft = ((blurred - blurred.min()) * (255 / np.ptp(blurred))).astype(np.uint8)
    assert find_faces(soft, detector, min_face_px=12) == []
    assert find_faces(canvas(500, 400), detector, min_face_px=12) == []


# Without a network


class Painted:
    """A detector that finds squares of pure red, and remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[tuple[int, ...], float]] = []

    def __call__(self, pixels: Pixels, min_face_px: float) -> list[Detection]:
        self.shown.append((pixels.shape, min_face_px))
        red = ((pixels[..., 0] > 200) & (pixels[..., 1] < 60)).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(red)
        found = []
        for left, top, width, height, _ in stats[1:count]:
            box = np.array([left, top, left + width - 1, top + height - 1], np.float32)
            points = np.repeat((box[:2] + box[2:])[None] / np.float32(2), 5, axis=0)
            found.append(Detection(box, points, 0.9))
        return [face for face in found if face.short_side >= min_face_px]


def test_pictures_given_to_a_detector_are_bounded() -> None:
    detector = Painted()
    find_faces(np.zeros((4000, 6000, 3), np.uint8), detector, min_face_px=12)
    assert all(max(shape[:2]) <= 1280 for shape, _ in detector.shown)
    assert sum(shape[0] * shape[1] for shape, _ in detector.shown) < 45e6
    assert detector.shown[0] == ((853, 1280, 3), 12)
    assert detector.shown[1][1] == pytest.approx(21.9, abs=0.1)


def test_small_photo_is_given_once_unchanged() -> None:
    detector = Painted()
    find_faces(np.zeros((900, 1280, 3), np.uint8), detector, min_face_px=14)
    assert detector.shown == [((900, 1280, 3), 14)]


def test_coordinates_refer_to_the_photo() -> None:
    photo = np.zeros((2000, 3000, 3), np.uint8)
    squares = [(100, 100, 40), (930, 500, 60), (1500, 1200, 500)]
    for left, top, side in squares:
        photo[top : top + side, left : left + side, 0] = 255
    faces = find_faces(photo, Painted(), min_face_px=20, max_side=1000)
    assert len(faces) == 3
    for face, (left, top, side) in zip(faces, squares, strict=True):
        np.testing.assert_allclose(face.box, [left, top, left + side - 1, top + side - 1], atol=3)
        np.testing.assert_allclose(face.landmarks[0], [left + (side - 1) / 2, top + (side - 1) / 2], atol=1.5)


@pytest.mark.parametrize(("width", "height"), [(1281, 700), (6000, 4000), (300, 5000), (1280, 1280), (1400, 1281)])
def test_tiles_cover_the_photo_and_overlap(width: int, height: int) -> None:
    corners = list(tile_corners(width, height, 1280, 170))
    for length, starts in ((width, {x for x, _ in corners}), (height, {y for _, y in corners})):
        ordered = sorted(starts)
        assert ordered[0] == 0
        assert max(ordered[-1] + 1280, length) == max(1280, length)
        assert all(b - a <= 1280 - 170 for a, b in pairwise(ordered))


def test_merging_keeps_neighbours_and_drops_repeats() -> None:
    one, again = face_at(100, 100, 160, 180), face_at(103, 98, 162, 179, 0.99)
    neighbour, inside = face_at(150, 105, 210, 185), face_at(110, 110, 130, 135, 1.0)
    assert boxes(merge([one, again, neighbour, inside])) == boxes([one, neighbour])
    assert merge([]) == []


def test_reading_order_is_by_rows_for_any_input_order() -> None:
    top = [face_at(10, 20, 50, 70), face_at(100, 5, 150, 60), face_at(300, 30, 340, 75)]
    below = [face_at(40, 120, 90, 180), face_at(200, 110, 260, 190)]
    rows = boxes([*top, *below])
    for order in ([4, 2, 0, 3, 1], [1, 3, 2, 4, 0]):
        assert boxes(reading_order([[*top, *below][i] for i in order])) == rows
    assert reading_order([]) == []


# Real photos


@needs_photos
def test_three_people_are_found_but_not_the_newel_post(detector: MtcnnDetector) -> None:
    photo = read(DATA / "photos" / "group3_10045.png")
    faces = find_faces(photo, detector, min_face_px=12)
    known = [(172, 104, 251, 215), (381, 127, 452, 223), (370, 426, 437, 521)]
    assert len(faces) == 3, boxes(faces)
    assert all(overlap(face.box, box) >= 0.7 for face, box in zip(faces, known, strict=True)), boxes(faces)


@needs_photos
@pytest.mark.parametrize(("folder", "step"), [("colour", 78), ("official", 43), ("large", 30)])
def test_portraits_have_one_face(detector: MtcnnDetector, folder: str, step: int) -> None:
    """A sample of each folder; of the whole 99 in 100 have one."""
    files = sorted((DATA / "portraits" / folder).glob("*.jpg"))[::step]
    counts = {file.name: len(find_faces(read(file), detector, min_face_px=16)) for file in files}
    assert sum(count != 1 for count in counts.values()) <= 1, counts


@needs_photos
def test_all_faces_in_old_photos_are_found(detector: MtcnnDetector) -> None:
    photos = DATA / "photos"
    counts = {
        "Solvay_conference_1927_0018.png": 1,
        "Blake_Lively.jpg": 2,
        "old_a.png": 1,
        "old_b.png": 1,
        "old_d.png": 0,
    }
    for name, count in counts.items():
        assert len(find_faces(read(photos / name), detector, min_face_px=16)) == count, name
    portraits = sorted((photos / "before1906").glob("*.jpg"))[::6]
    assert [len(find_faces(read(p), detector, min_face_px=16)) for p in portraits] == [1] * 4
