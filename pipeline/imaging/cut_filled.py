"""How much is missing of a picture whose coded data end too early, for codecs that go on with any bytes.

VP8, VP8L, AV1 and HEVC code a picture from top to bottom, and their decoders take any bytes for pixels. So the file is
filled up and decoded, several times with other bytes after its end: rows that differ depend on what is missing.
"""

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import PhotoTruncated
from magicmemory.pipeline.imaging.container import Container
from magicmemory.pipeline.imaging.cut import Cut
from magicmemory.pipeline.imaging.picture import Pixels
from magicmemory.pipeline.imaging.readers import Samples

_CHANGED_BYTES = (16, 4, 2, 1)  # of a filling; the rest are zeros, which decoders stumble over least
_TRIES = 16
_WANTED = 3  # decoded fillings that are compared
_BLOCK = {"WEBP": 16}  # rows that are coded together; the last block may be the same with every filling
_LARGEST_BLOCK = 64
_QUARTER_TURNS = {1: 0, 6: 1, 3: 2, 8: 3}  # counter-clockwise, from the picture as it is shown to the stored one


def read(kind: str, container: Container, reader: Callable[[Container], Samples]) -> tuple[Samples, Cut]:
    """The picture with grey where it is missing, and what is missing.

    Args:
        kind: as `sniff` names it.
        container: one whose `filled` makes a file of it.
        reader: from a container to its samples.

    Raises:
        PhotoTruncated: no other filling can be decoded.
        Exception: anything that a library makes of a broken file.
    """
    assert container.filled is not None
    found = reader(replace(container, data=container.filled(b"")))
    pixels = _as_stored(found.pixels, container.stored)
    changed, decoded = np.zeros(len(pixels), bool), 1
    for number in range(_TRIES):
        if decoded == _WANTED:
            break
        filling = random.Random(number).randbytes(_CHANGED_BYTES[number % len(_CHANGED_BYTES)])
        other = _decoded(container, filling, reader)
        if other is not None and other.shape == found.pixels.shape:
            changed |= _changed_rows(pixels, _as_stored(other, container.stored))
            decoded += 1
    if decoded < 2:
        raise PhotoTruncated
    rows = np.flatnonzero(changed)
    first = int(rows[0]) if len(rows) else len(pixels)
    top = max(0, first - _BLOCK.get(kind, _LARGEST_BLOCK))
    _paint(pixels[top:])
    return found, Cut(top, 1 - top / len(pixels), coarse=False)


def _decoded(container: Container, filling: bytes, reader: Callable[[Container], Samples]) -> Pixels | None:
    assert container.filled is not None
    try:
        return reader(replace(container, data=container.filled(filling))).pixels
    except Exception:  # anything: it is one of several tries
        return None


def _as_stored(pixels: Pixels, orientation: int) -> Pixels:
    """A view of the shown picture, turned as its file stores it."""
    turned: Pixels = np.rot90(pixels, _QUARTER_TURNS[orientation])
    return turned


def _changed_rows(one: Pixels, other: Pixels) -> NDArray[np.bool_]:
    return np.array([not np.array_equal(row, changed) for row, changed in zip(one, other, strict=True)])


def _paint(missing: Pixels) -> None:
    """Grey, and opaque: what a decoder makes of other bytes looks like a damage of the photo."""
    peak = np.iinfo(missing.dtype).max
    missing[...] = peak // 2
    if missing.ndim == 3 and missing.shape[2] in (2, 4):
        missing[..., -1] = peak
