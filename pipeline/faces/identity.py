"""Measures whether a restored face still shows the same person."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.align import resample

Floats = NDArray[np.float32]

ARCFACE_PX = 112  # the side of the crop that ArcFace is given, pixels
# Left eye, right eye, nose, left and right mouth corner in that crop: InsightFace's template.
ARCFACE_TEMPLATE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))


class Identity(Protocol):
    """Compares two pictures of a face."""

    def __call__(self, before: Floats, after: Floats, landmarks: Floats) -> float:
        """The similarity of two pictures of a face, -1 to 1; photos of one person score above about 0.3.

        Args:
            before: the aligned face, `[512, 512, 3]` RGB, 0 to 255.
            after: the same, restored.
            landmarks: `[5, 2]`, eyes, nose and mouth corners in both.
        """


class NetworkIdentity:
    """ArcFace behind the `Identity` protocol."""

    def __init__(self, runner: Runner) -> None:
        """
        Args:
            runner: the compiled `models.arcface.ArcFace`.
        """
        self._runner = runner

    def __call__(self, before: Floats, after: Floats, landmarks: Floats) -> float:
        """See `Identity`."""
        matrix = _to_template(landmarks)
        one, two = (self._runner(_seen(face, matrix))[0] for face in (before, after))
        return round(float(np.clip(one @ two, -1, 1)), 4)


def _to_template(landmarks: Floats) -> NDArray[np.float64]:
    target = np.array(ARCFACE_TEMPLATE, np.float64)
    matrix, _ = cv2.estimateAffinePartial2D(landmarks.astype(np.float64), target, method=cv2.LMEDS)
    if matrix is None:  # landmarks in one point; the crop is upright anyway
        scale = ARCFACE_PX / 512
        return np.array([[scale, 0, 0], [0, scale, 0]])
    return np.asarray(matrix, np.float64)


def _seen(face: Floats, matrix: NDArray[np.float64]) -> Floats:
    """The face as ArcFace's input: `[1, 3, 112, 112]`, BGR in [-1, 1]."""
    small = resample(face, matrix, (ARCFACE_PX, ARCFACE_PX), cv2.BORDER_REFLECT_101).clip(0, 255)
    planes = small[..., ::-1].transpose(2, 0, 1)[None] / np.float32(127.5) - np.float32(1)
    return np.asarray(planes, np.float32)
