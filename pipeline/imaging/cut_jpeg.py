"""Finds the missing area of a truncated JPEG.

libjpeg fills areas without data with grey. So the file is decoded a second time, with other bytes after the end of the
data: pixels that differ are missing. If none differ, only the end marker is missing.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from magicmemory.pipeline.imaging.container import Container
from magicmemory.pipeline.imaging.cut import Cut
from magicmemory.pipeline.imaging.jpeg_container import END

_OTHER_BYTES = bytes(range(1, 251)) * 16  # no 0xFF, which would begin a marker
_UNIT = 16  # rows and columns that are coded together, at most in usual files


def missing(container: Container) -> Cut:
    """Find out what is missing in a JPEG that `unwrap` gave an end marker.

    Raises:
        Exception: anything that Pillow makes of a broken file.
    """
    cut = container.data.removesuffix(END)
    one, other = _decoded(cut + END), _decoded(cut + _OTHER_BYTES + END)
    height, width = one.shape[:2]
    changed = (one != other).reshape(height, width, -1).any(axis=2)
    rows = np.flatnonzero(changed.any(axis=1))
    if container.progressive and container.scans > 1:
        return Cut(height, 0.0, coarse=bool(len(rows)))
    if not len(rows):
        return Cut(height, 0.0, coarse=False)
    # One row and one column before are smoothed into, where colours have half the resolution.
    top = (int(rows[0]) + 1) // _UNIT * _UNIT
    left = (int(np.flatnonzero(changed[top : top + _UNIT].any(axis=0))[0]) + 1) // _UNIT * _UNIT
    whole = top * width + left * min(_UNIT, height - top)
    return Cut(top, 1 - whole / (width * height), coarse=container.progressive)


def _decoded(data: bytes) -> NDArray[np.uint8]:
    with JpegImageFile(io.BytesIO(data)) as image:
        image.load()
        return np.asarray(image)
