"""JPEG XL animations by imagecodecs, one frame at a time: Pillow's plugin does not support frames."""

from typing import Any, cast

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import KindUnsupported, PageMissing
from magicmemory.pipeline.imaging.picture import Pixels

_MOST_FRAMES = 1 << 14
_CUT = "NEED_MORE_INPUT"  # what libjxl's binding says of a file that ends too early


def frame(data: bytes, number: int) -> tuple[Pixels, int]:
    """A frame, upright and drawn over those before it, and how many there are.

    Its shape is `[height, width]` or `[height, width, 2 to 4]`.

    Args:
        data: the file.
        number: of the frame, from 1.

    Raises:
        PageMissing: there is no such frame.
        KindUnsupported: floating point.
        Exception: anything that imagecodecs makes of a broken file.
    """
    first = imagecodecs.jpegxl_decode(data, 0, numthreads=1)
    if first.dtype not in (np.uint8, np.uint16):
        raise KindUnsupported(kind="JPEG XL (float)")
    frames = _frames(data, first)
    if number > frames:
        raise PageMissing(page=number, pages=frames)
    pixels = first if number == 1 else imagecodecs.jpegxl_decode(data, number - 1, numthreads=1)
    return cast(Pixels, pixels), frames


def ends_early(data: bytes) -> bool:
    """Whether a file that could not be decoded ends too early; a bare codestream says nowhere how long it is."""
    try:
        imagecodecs.jpegxl_decode(data, 0, numthreads=1)
    except (imagecodecs.JpegxlError, IndexError, ValueError) as error:
        return _CUT in str(error)
    return False


def _frames(data: bytes, like: NDArray[Any]) -> int:
    """How many frames there are, found by asking for later and later ones."""
    there, missing = 0, 1
    while missing < _MOST_FRAMES and _has(data, missing, like):
        there, missing = missing, 2 * missing
    while missing - there > 1:
        middle = (there + missing) // 2
        there, missing = (middle, missing) if _has(data, middle, like) else (there, middle)
    return there + 1


def _has(data: bytes, index: int, like: NDArray[Any]) -> bool:
    """Whether there is such a frame: of one that is not there, imagecodecs writes nothing and says nothing."""
    for mark in (0, 1):
        into = np.full_like(like, mark)
        imagecodecs.jpegxl_decode(data, index, numthreads=1, out=into)
        if (into != mark).any():
            return True
    return False
