"""RetinaFace finds facexlib's faces, and drops faces that cannot be aligned."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.detect import find_faces
from magicmemory.pipeline.faces.retinaface_anchors import MEAN_BGR, priors
from magicmemory.pipeline.faces.retinaface_detector import RetinaFaceDetector
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.retinaface import RETINAFACE_MOBILE
from magicmemory.pipeline.models.weights import Weights

Floats = NDArray[np.float32]

SHARED = Path(__file__).parents[4] / "shared" / "data"
LIMITS = DecodeLimits(50_000_000, 50_000_000)
# What six independent detectors agree on in the group photo, from the surest.
KNOWN = {(172, 104, 251, 215), (370, 426, 437, 521), (381, 127, 452, 223)}


def heads(anchor: int, score: float, eyes_apart_px: float) -> Floats:
    """The network's output for a 96-pixel picture with one face at one anchor."""
    anchors = priors(96, 96)
    rows = np.zeros((1, len(anchors), 15), np.float32)
    rows[0, anchor, 4] = score
    rows[0, anchor, 5] = eyes_apart_px / (0.1 * anchors[anchor, 2])
    return rows


def detect(rows: Floats, pixels: NDArray[np.uint8], min_face_px: float) -> list[float]:
    seen: list[Floats] = []

    def run(*inputs: Floats) -> Floats:
        seen.append(inputs[0])
        return rows

    found = RetinaFaceDetector(run)(pixels, min_face_px)
    mean = np.array(MEAN_BGR, np.float32)[:, None, None]
    np.testing.assert_allclose(seen[0][0] + mean, pixels[..., ::-1].transpose(2, 0, 1), atol=1e-4)
    return [face.short_side for face in found]


def test_unsure_small_and_eyeless_detections_are_dropped() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    large = len(priors(96, 96)) - 1
    assert detect(heads(large, 0.99, 200), pixels, 24) == pytest.approx([512])
    assert detect(heads(large, 0.96, 200), pixels, 24) == [], "not sure enough"
    assert detect(heads(large, 0.99, 4), pixels, 24) == [], "no eyes to align by"
    assert detect(heads(0, 0.99, 10), pixels, 24) == [], "too small"
    assert detect(heads(0, 0.99, 10), pixels, 12) == pytest.approx([16])


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.skipif(
    not SHARED.is_dir(),
    reason="RetinaFace's weights may not be shipped: models/test_golden.py proves the network on seeded ones",
)
def test_three_faces_of_the_group_photo_are_found() -> None:
    weights = Weights(SHARED / "weights", allow_unverified=True)
    detector = Models(TorchEngine("cpu"), weights).detector(RETINAFACE_MOBILE.facts.name)
    photo = decode((SHARED / "photos" / "group3_10045.png").read_bytes(), LIMITS).rgb8()
    found = find_faces(photo, detector, min_face_px=24)
    assert len(found) == len(KNOWN), "the round newel post is no face"
    for face in found:
        off = min(np.abs(face.box - box).max() for box in np.array(sorted(KNOWN)))
        assert off <= 4
        left, right = face.landmarks[0], face.landmarks[1]
        assert left[0] < right[0]
