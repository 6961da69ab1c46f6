"""RetinaFace's anchors, decoding and suppression, and, with trained weights, facexlib's own faces."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from magicmemory.pipeline.faces import retinaface_anchors
from magicmemory.pipeline.models import retinaface
from magicmemory.pipeline.models.checkpoint import fill
from tests.golden import ours

SHARED = Path(__file__).parents[4] / "shared" / "data"
WEIGHTS = SHARED / "weights" / retinaface.MOBILENET025.file


def test_anchors_cover_every_cell_of_odd_sizes_too() -> None:
    anchors = retinaface_anchors.priors(33, 70)
    assert len(anchors) == 2 * (5 * 9 + 3 * 5 + 2 * 3)
    np.testing.assert_array_equal(anchors[:3], [[4, 4, 16, 16], [4, 4, 32, 32], [12, 4, 16, 16]])
    np.testing.assert_array_equal(anchors[-1], [80, 48, 512, 512])


def test_rows_of_the_network_are_the_anchors() -> None:
    network = ours.network("retinaface_mobile025")
    with torch.no_grad():
        boxes, scores, landmarks = network(torch.zeros(2, 3, 45, 70))
    count = len(retinaface_anchors.priors(45, 70))
    assert boxes.shape == (2, count, 4)
    assert scores.shape == (2, count)
    assert landmarks.shape == (2, count, 10)


def test_decoding_moves_and_scales_anchors() -> None:
    anchors = np.array([[100, 50, 20, 20], [101, 50, 20, 20], [300, 50, 40, 40], [9, 9, 16, 16]], dtype=np.float32)
    boxes = np.zeros((4, 4), dtype=np.float32)
    boxes[2] = [1.0, -1.0, np.log(2.0) / 0.2, 0.0]
    landmarks = np.zeros((4, 10), dtype=np.float32)
    landmarks[2, 2:4] = [5.0, 10.0]
    scores = np.array([0.98, 0.99, 0.975, 0.97], dtype=np.float32)
    found = retinaface_anchors.decode(boxes, scores, landmarks, anchors)
    # The first is under the second, the last is not above the threshold.
    np.testing.assert_allclose(found.scores, [0.99, 0.975])
    np.testing.assert_allclose(found.boxes, [[91, 40, 111, 60], [264, 26, 344, 66]], atol=1e-4)
    np.testing.assert_allclose(found.landmarks[0], [[101, 50]] * 5)
    np.testing.assert_allclose(found.landmarks[1], [[300, 50], [320, 90], [300, 50], [300, 50], [300, 50]])


def test_empty_result_keeps_its_shapes() -> None:
    anchors = retinaface_anchors.priors(32, 32)
    found = retinaface_anchors.decode(
        np.zeros((len(anchors), 4)), np.zeros(len(anchors)), np.zeros((len(anchors), 10)), anchors
    )
    assert (found.boxes.shape, found.landmarks.shape, found.scores.shape) == ((0, 4), (0, 5, 2), (0,))


@pytest.fixture(scope="module")
def trained() -> retinaface.RetinaFace:
    if not WEIGHTS.exists():
        pytest.skip(f"{WEIGHTS.name} may not be shipped: test_golden.py proves the network on seeded weights")
    network = retinaface.RetinaFace(retinaface.MobileNet())
    fill(network, retinaface.MOBILENET025.read(WEIGHTS), WEIGHTS.name)
    return network.eval()


def faces_of(network: retinaface.RetinaFace, photo: Path) -> retinaface_anchors.Detections:
    image: Any = cv2.imread(str(photo), cv2.IMREAD_COLOR)
    if image is None:
        pytest.skip(f"{photo.name} is a photo of people that may not be shipped")
    pixels = image.astype(np.float32) - np.array(retinaface_anchors.MEAN_BGR, dtype=np.float32)
    with torch.no_grad():
        boxes, scores, landmarks = network(torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy()))
    return retinaface_anchors.decode(boxes[0], scores[0], landmarks[0], retinaface_anchors.priors(*image.shape[:2]))


@pytest.mark.slow
@pytest.mark.parametrize("photo", sorted(json.loads((ours.DATA / "detections.json").read_text())))
def test_faces_equal_facexlib(trained: retinaface.RetinaFace, photo: str) -> None:
    rows = json.loads((ours.DATA / "detections.json").read_text())[photo]
    wanted = np.array(rows, dtype=np.float32).reshape(-1, 15)
    found = faces_of(trained, SHARED / "photos" / photo)
    assert len(found.boxes) == len(wanted)
    np.testing.assert_allclose(found.boxes, wanted[:, :4], rtol=0, atol=0.5)
    np.testing.assert_allclose(found.scores, wanted[:, 4], rtol=0, atol=1e-3)
    np.testing.assert_allclose(found.landmarks.reshape(-1, 10), wanted[:, 5:], rtol=0, atol=0.5)


def test_the_three_known_faces(trained: retinaface.RetinaFace) -> None:
    found = faces_of(trained, SHARED / "photos" / "group3_10045.png")
    wanted = [[172, 104, 251, 215], [370, 426, 437, 521], [381, 127, 452, 223]]
    np.testing.assert_allclose(found.boxes[np.argsort(found.boxes[:, 0])], wanted, rtol=0, atol=1.0)
