"""MTCNN's search: the sizes, crops and canvases that its networks get; and non-maximum suppression."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces import detect, mtcnn_detector
from magicmemory.pipeline.models import mtcnn
from magicmemory.pipeline.sample import portrait

Floats = NDArray[np.float32]


def test_pyramid_goes_from_the_smallest_face_to_the_whole_picture() -> None:
    sizes = mtcnn_detector.pyramid(640, 480, 20)
    assert sizes[0] == (320, 240)  # a face 20 px wide, 24 px high, is 12 px there
    assert min(sizes[-1]) >= mtcnn_detector.PNET_CELL
    assert min(sizes[-1]) * 0.709 < mtcnn_detector.PNET_CELL
    assert mtcnn_detector.pyramid(640, 480, 3)[0] == (640, 480)  # never enlarged
    assert mtcnn_detector.pyramid(2000, 5, 12) == []


@pytest.mark.parametrize(("width", "height"), [(640, 480), (641, 479), (1154, 866), (97, 1203), (30, 23)])
def test_pictures_have_the_sizes_of_the_pyramid_and_the_right_scales(width: int, height: int) -> None:
    """The picture's values are its coordinates, so a pixel's value shows which place it stands for."""
    rows, columns = np.mgrid[0:height, 0:width]
    photo = np.stack([columns * (250 / width), rows * (250 / height), rows * 0], 2).astype(np.uint8)
    sizes = mtcnn_detector.pyramid(width, height, 12)
    pictures, scales = mtcnn_detector.scaled_pictures(mtcnn_detector.halvings(photo), sizes)
    assert [(picture.shape[1], picture.shape[0]) for picture in pictures] == sizes
    for picture, (across, down) in zip(pictures, scales, strict=True):
        x, y = picture.shape[1] // 2, picture.shape[0] // 2
        expected = ((x + 0.5) * across - 0.5) * (250 / width), ((y + 0.5) * down - 0.5) * (250 / height)
        # Whole values cost half a level each time that the picture is scaled.
        np.testing.assert_allclose(picture[y, x, :2], expected, atol=2)


def test_halving_averages_squares_and_repeats_an_odd_border() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (7, 9, 3), np.uint8)
    half = mtcnn_detector.halved(picture).astype(float)
    whole = np.pad(picture.astype(float), ((0, 1), (0, 1), (0, 0)), "edge")
    expected = whole.reshape(4, 2, 5, 2, 3).mean((1, 3))
    assert half.shape == expected.shape
    np.testing.assert_allclose(half[:3, :4], expected[:3, :4], atol=0.5)
    inner = mtcnn_detector.halved(picture[:6, :8])
    np.testing.assert_array_equal(inner, half[:3, :4])
    np.testing.assert_allclose(half[-1, :4], expected[-1, :4], atol=0.5)


@pytest.mark.parametrize(("width", "height"), [(1154, 866), (783, 1146), (1600, 1200), (4000, 3000)])
def test_canvases_are_hardly_larger_than_the_pyramid(width: int, height: int) -> None:
    random = np.random.default_rng(6)
    sizes = mtcnn_detector.pyramid(width, height, 18)
    pictures = [random.integers(0, 256, (h, w, 3), np.uint8) for w, h in sizes]
    packed = sum(canvas.shape[0] * canvas.shape[1] for canvas, _ in mtcnn_detector.packed(pictures))
    assert packed < 1.3 * sum(w * h for w, h in sizes)


@pytest.mark.slow
def test_several_threads_find_the_same_as_one() -> None:
    face = portrait()[20:240, 110:340]
    photo = np.random.default_rng(7).integers(90, 140, (500, 700, 3), np.uint8)
    for left, side in ((20, 60), (150, 110), (330, 200)):
        photo[80 : 80 + side, left : left + side] = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    pnet, rnet, onet = mtcnn.load_nets()
    strips = mtcnn.CropStrip(rnet, mtcnn_detector.RNET_SIDE), mtcnn.CropStrip(onet, mtcnn_detector.ONET_SIDE)
    propose, refine, output = (TorchEngine("cpu").compile(net, (), "") for net in (mtcnn.ProposalMap(pnet), *strips))
    several = mtcnn_detector.MtcnnDetector(propose, refine, output, threads=4)
    expected = mtcnn_detector.MtcnnDetector(propose, refine, output)(photo, 14)
    assert len(expected) == 3
    with ThreadPoolExecutor(3) as threads:
        for found in threads.map(lambda _: several(photo, 14), range(6)):
            for face_then, face_now in zip(expected, found, strict=True):
                assert face_now.score == face_then.score
                np.testing.assert_array_equal(face_now.box, face_then.box)
                np.testing.assert_array_equal(face_now.landmarks, face_then.landmarks)


def test_squares_keep_the_middle_and_the_longer_side() -> None:
    boxes = np.array([[10, 20, 30, 60], [0, 0, 8, 4]], np.float32)
    np.testing.assert_allclose(mtcnn_detector.squared(boxes), [[0, 20, 40, 60], [0, -2, 8, 6]])


@pytest.mark.parametrize("side", [9.7, 24, 50, 133.3, 260])
def test_crops_show_their_square_to_a_fraction_of_a_pixel(side: float) -> None:
    """The picture's values are its coordinates, so a crop's values show where its pixels came from."""
    rows, columns = np.mgrid[0:250, 0:250].astype(np.uint8)
    levels = mtcnn_detector.halvings(np.stack([columns, rows, rows], 2))
    left, top = 61.3, 40.8
    if left + side > 250:
        left, top = -30.4, -20.6
    crop = mtcnn_detector.cut(levels, np.array([[left, top, left + side, top + side]], np.float32), 24)[0].astype(float)
    centres = (np.arange(24) + 0.5) * side / 24 - 0.5
    for channel, start, axis in ((0, left, 0), (1, top, 1)):
        expected = start + centres
        inside = (expected > 4) & (expected < 245)
        found = crop[..., channel].mean(axis) if left > 0 else crop[12, :, 0] if channel == 0 else crop[:, 12, 1]
        # Whole values cost half a pixel each time that the picture is halved or cut.
        np.testing.assert_allclose(found[inside], expected[inside], atol=1.5)
        assert abs((found - expected)[inside].mean()) < 0.75


def test_crops_over_the_border_are_grey_outside() -> None:
    levels = mtcnn_detector.halvings(np.full((100, 100, 3), 255, np.uint8))
    crop = mtcnn_detector.cut(levels, np.array([[-48, 20, 48, 116]], np.float32), 48)[0]
    assert (crop[:, :23] == 127).all()
    assert (crop[:38, 26:] == 255).all()


def test_faces_under_the_given_limit_are_dropped() -> None:
    detector = mtcnn.detector(mtcnn.load_nets())
    noise = np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)
    assert detector(noise, 12) == []
    assert detector(np.zeros((11, 11, 3), np.uint8), 1) == []
    assert detector(noise[:, ::-1], 12) == []  # any strides


def test_every_square_lies_whole_in_one_piece() -> None:
    random = np.random.default_rng(1)
    pictures = [random.integers(0, 256, (h, w, 3), np.uint8) for h, w in ((1100, 700), (530, 340), (12, 40), (260, 12))]
    seen: list[NDArray[np.bool_]] = [np.zeros(picture.shape[:2], bool) for picture in pictures]
    for canvas, pieces in mtcnn_detector.packed(pictures):
        assert canvas.shape[1] == mtcnn_detector.CANVAS
        assert canvas.shape[0] in mtcnn_detector.CANVAS_HEIGHTS
        taken = np.zeros(canvas.shape[:2], int)
        for p in pieces:
            assert p.x % 2 == p.y % 2 == p.left % 2 == p.top % 2 == 0
            part = pictures[p.level][p.top : p.top + p.height, p.left : p.left + p.width]
            assert (canvas[p.y : p.y + p.height, p.x : p.x + p.width] == part).all()
            taken[p.y : p.y + p.height, p.x : p.x + p.width] += 1
            rows, columns = p.height - mtcnn_detector.PNET_CELL + 1, p.width - mtcnn_detector.PNET_CELL + 1
            seen[p.level][p.top : p.top + rows, p.left : p.left + columns] = True
        assert taken.max() == 1
    for mask in seen:
        squares = mask[: mask.shape[0] - mtcnn_detector.PNET_CELL + 1, : mask.shape[1] - mtcnn_detector.PNET_CELL + 1]
        assert np.asarray(squares)[::2, ::2].all()  # P-Net looks at every other place


def test_flat_picture_is_skipped() -> None:
    sky = np.tile(np.linspace(90, 180, 900)[:, None, None], (1, 700, 3)).astype(np.uint8)
    assert list(mtcnn_detector.packed([sky])) == []


# Non-maximum suppression


def boxes_and_scores(n: int, seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 100, (n, 2))
    boxes = np.concatenate([corner, corner + random.uniform(5, 60, (n, 2))], 1)
    return boxes.astype(np.float32), random.uniform(0, 1, n).astype(np.float32)


def overlap_of(a: Floats, b: Floats, *, contained: bool) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [float((c[2] - c[0]) * (c[3] - c[1])) for c in (a, b)]
    return float(width * height) / (min(areas) if contained else sum(areas) - float(width * height))


@pytest.mark.parametrize("contained", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_suppression_keeps_the_best_and_drops_only_what_overlaps_them(seed: int, contained: bool) -> None:
    boxes, scores = boxes_and_scores(60, seed)
    stay = detect.suppress(boxes, scores, 0.4, contained=contained)
    assert stay[0] == scores.argmax()
    assert (np.diff(scores[stay]) <= 0).all()
    for n, i in enumerate(stay):
        assert all(overlap_of(boxes[i], boxes[j], contained=contained) <= 0.4001 for j in stay[:n])
    for i in set(range(60)) - set(stay.tolist()):
        better = [j for j in stay if scores[j] >= scores[i]]
        assert any(overlap_of(boxes[i], boxes[j], contained=contained) > 0.3999 for j in better)


def test_suppression_handles_no_equal_and_many_boxes() -> None:
    assert len(detect.suppress(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.5)) == 0
    same = np.tile(np.array([[0, 0, 9, 9]], np.float32), (4, 1))
    assert detect.suppress(same, np.ones(4, np.float32), 0.5).tolist() == [0]
    apart = same + np.arange(4, dtype=np.float32)[:, None] * 20
    assert detect.suppress(apart, np.array([1, 4, 2, 3], np.float32), 0.5, most=2).tolist() == [1, 3]
