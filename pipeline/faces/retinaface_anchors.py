"""RetinaFace's anchors: from the network's raw heads to boxes and landmarks in pixels.

facexlib, for restoration, detects at the photo's own size, keeps scores above 0.97, suppresses overlaps above 0.4 and
drops faces with eyes under 5 pixels apart.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]

# Subtracted from a BGR picture of 0..255 before the network.
MEAN_BGR = (104.0, 117.0, 123.0)

# Each level's stride in pixels and the sides of its two square anchors.
LEVELS = ((8, (16, 32)), (16, (64, 128)), (32, (256, 512)))
_VARIANCE_PLACE, _VARIANCE_SIZE = 0.1, 0.2


class Detections(NamedTuple):
    """Faces in a photo, the surest first."""

    boxes: Floats  # [n, 4]: left, top, right, bottom in pixels; may reach over the edge
    landmarks: Floats  # [n, 5, 2]: x, y in pixels of left eye, right eye, nose, left and right mouth corner, as seen
    scores: Floats  # [n]: 0..1


def priors(height: int, width: int) -> Floats:
    """The anchors of a picture of this size: [n, 4], centre x, centre y, width, height in pixels."""
    rows = []
    for stride, sides in LEVELS:
        y, x, side = np.meshgrid(
            (np.arange(-(-height // stride)) + 0.5) * stride,
            (np.arange(-(-width // stride)) + 0.5) * stride,
            np.array(sides, dtype=np.float64),
            indexing="ij",
        )
        rows.append(np.stack([x, y, side, side], axis=-1).reshape(-1, 4))
    return np.concatenate(rows).astype(np.float32)


def decode(
    boxes: ArrayLike,
    scores: ArrayLike,
    landmarks: ArrayLike,
    anchors: Floats,
    threshold: float = 0.97,
    overlap: float = 0.4,
) -> Detections:
    """One picture's faces from one picture's raw heads.

    Args:
        boxes: [n, 4], as the network gives them for one picture.
        scores: [n], likewise.
        landmarks: [n, 10], likewise.
        anchors: [n, 4], `priors` of the picture's size.
        threshold: faces must score above it.
        overlap: of two faces whose intersection over union is above it, the surer one stays.
    """
    all_scores = np.asarray(scores, dtype=np.float32)
    kept = np.flatnonzero(all_scores > threshold)
    kept = kept[np.argsort(-all_scores[kept], kind="stable")]
    place, size = anchors[kept, :2], anchors[kept, 2:]
    raw = np.asarray(boxes, dtype=np.float32)[kept]
    centre = place + raw[:, :2] * _VARIANCE_PLACE * size
    half = size * np.exp(raw[:, 2:] * _VARIANCE_SIZE) / 2
    corners = np.concatenate([centre - half, centre + half], axis=1)
    points = np.asarray(landmarks, dtype=np.float32)[kept].reshape(-1, 5, 2)
    points = place[:, None] + points * _VARIANCE_PLACE * size[:, None]
    chosen = suppress(corners, overlap)
    return Detections(corners[chosen], points[chosen], all_scores[kept][chosen])


def suppress(boxes: Floats, overlap: float) -> NDArray[np.int64]:
    """Indices of the boxes that stay, in order; boxes are [n, 4] left, top, right, bottom, the surest first."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    waiting = np.arange(len(boxes))
    chosen = []
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        chosen.append(best)
        top_left = np.maximum(boxes[best, :2], boxes[waiting, :2])
        bottom_right = np.minimum(boxes[best, 2:], boxes[waiting, 2:])
        common = np.clip(bottom_right - top_left, 0, None).prod(axis=1)
        waiting = waiting[common / (areas[best] + areas[waiting] - common) <= overlap]
    return np.array(chosen, dtype=np.int64)
