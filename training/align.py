"""Face landmarks, and the aligned crop that all training programs use.

The crop is the one the product makes: a five-point similarity to the FFHQ 512 template. It is cut at 512
pixels (with a margin) and halved by area, exactly as `lite` halves its input, so training sees the same
resampling as use does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]  # [height, width, 3], RGB, 0 to 255
Points = NDArray[np.float32]  # [5, 2]: eye, eye, nose, mouth corner, mouth corner; the picture's left first
Finder = Callable[[Image], Points | None]

TEMPLATE: Points = np.array(
    [
        (192.98138, 239.94708),
        (318.90277, 240.1936),
        (256.63416, 314.01935),
        (201.26117, 371.41043),
        (313.08905, 371.15118),
    ],
    np.float32,
)
MARGIN = 32  # pixels around the 512-pixel crop, so that training can shift and turn it


def read_rgb(path: Path) -> Image:
    """Read a picture as RGB.

    Raises:
        ValueError: the file is not a picture OpenCV can read.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is not a readable picture")
    return np.ascontiguousarray(picture[:, :, ::-1]).astype(np.uint8, copy=False)


def yunet_finder(model: Path, score: float = 0.7) -> Finder:
    """Landmarks by YuNet through OpenCV (Wu et al., "YuNet", Machine Intelligence Research 2023).

    The finder returns None where there is no face, or where a second face is not clearly smaller.
    """
    detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), score, 0.3, 50)

    def find(image: Image) -> Points | None:
        height, width = image.shape[:2]
        pad = int(0.2 * max(height, width))  # YuNet finds a head that fills the picture better with a border
        padded = cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REFLECT_101)
        scale = min(1.0, 480 / max(padded.shape[:2]))
        small = cv2.resize(padded, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        detector.setInputSize((small.shape[1], small.shape[0]))
        found = detector.detect(np.ascontiguousarray(small[:, :, ::-1]))[1]
        if found is None:
            return None
        rows = [row for row in found if _inside(row, small.shape, pad * scale)]
        rows.sort(key=lambda row: -float(row[2] * row[3]))
        if not rows or (len(rows) > 1 and rows[1][2] * rows[1][3] > 0.4 * rows[0][2] * rows[0][3]):
            return None
        points = rows[0][4:14].reshape(5, 2) / scale - pad
        return np.asarray(points, np.float32)

    return find


def _inside(row: NDArray[np.float32], shape: tuple[int, ...], pad: float) -> bool:
    """Whether a box's centre is in the picture, not in its mirrored border."""
    x, y = row[0] + row[2] / 2, row[1] + row[3] / 2
    return bool(pad <= x < shape[1] - pad and pad <= y < shape[0] - pad)


def crop(image: Image, points: Points, margin: int = MARGIN) -> Image:
    """Cut the aligned face at half the template's size: `[256 + margin, 256 + margin, 3]`."""
    whole = crop_whole(image, points, margin)
    side = whole.shape[0] // 2
    return np.asarray(cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def crop_whole(image: Image, points: Points, margin: int = 0) -> Image:
    """Cut the aligned face at the template's size: `[512 + 2 * margin, 512 + 2 * margin, 3]`."""
    matrix, _ = cv2.estimateAffinePartial2D(points, TEMPLATE + margin, method=cv2.LMEDS)
    if matrix is None:
        raise ValueError("the five points do not define a similarity")
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    if scale < 0.6:  # warping alone would alias
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        matrix, _ = cv2.estimateAffinePartial2D(points * scale, TEMPLATE + margin, method=cv2.LMEDS)
        image = np.asarray(small, np.uint8)
    side = 512 + 2 * margin
    warped = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, np.uint8)


def eye_distance(points: Points) -> float:
    """Pixels between the eyes in the source picture; the template's own is 126 at 512 pixels."""
    return float(np.linalg.norm(points[1] - points[0]))
