"""Recognises a picture that shows nothing, before networks search it."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

# A face whose darkest and lightest pixels are nearer to each other is found by no detector.
MAX_DIFFERENCE: Final = 4  # levels of 255


def is_plain(pixels: NDArray[np.uint8]) -> bool:
    """Whether all pixels of a picture `[height, width, 3]` RGB have nearly the colour of the first.

    A few rows settle it for most photos, so only plain pictures are read whole.
    """
    some = np.ascontiguousarray(pixels[:: max(1, len(pixels) // 16)])
    return _is_plain(some) and _is_plain(pixels)


def _is_plain(pixels: NDArray[np.uint8]) -> bool:
    first = pixels[0, 0].astype(int)
    alike = cv2.inRange(pixels, first - MAX_DIFFERENCE, first + MAX_DIFFERENCE)
    return cv2.countNonZero(alike) == alike.size
