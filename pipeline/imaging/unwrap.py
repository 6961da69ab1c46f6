"""Extracts the bare picture from a file of a known kind."""

import struct
from collections.abc import Callable
from dataclasses import replace

from magicmemory.core.errors import PageMissing, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile
from magicmemory.pipeline.imaging.container import Container
from magicmemory.pipeline.imaging.gif_container import gif
from magicmemory.pipeline.imaging.isobmff_container import avif, heif
from magicmemory.pipeline.imaging.jpeg2000_container import jpeg2000, jxl
from magicmemory.pipeline.imaging.jpeg_container import jpeg
from magicmemory.pipeline.imaging.png_container import png
from magicmemory.pipeline.imaging.tiff_container import tiff
from magicmemory.pipeline.imaging.webp_container import webp

_BMP_FIFTH_BYTES, _BMP_EMBEDDED = 124, b"DEBM"  # `MBED`, as a little-endian number
_BMP_BITS = {1, 2, 4, 8, 16, 24, 32}  # a pixel
_BMP_HEAD_BYTES = 54  # from the third version on
_MOST_RUN_LENGTH_BYTES = 1 << 20  # of a packed BMP, which Pillow unpacks in Python


def unwrap(kind: str, data: bytes, page: int = 1) -> Container:
    """Take the bare picture out of a file of a kind that `sniff` named.

    Args:
        kind: as `sniff` names it, but neither `RAW` nor `PDF`.
        data: the file.
        page: from 1; in a HEIF the reader picks it.

    Raises:
        PageMissing: there is no such page.
        PhotoAnimated: it has several frames that follow each other in time.
        PhotoTruncated: it ends before there is anything to decode.
        PhotoUnreadable: it breaks its format's rules beyond use.
    """
    if kind in _PAGED:
        return _PAGED[kind](data, page)
    if page > 1 and kind not in _READER_PICKS:
        raise PageMissing(page=page, pages=1)
    return _UNWRAP[kind](data)


def _bmp(data: bytes) -> Container:
    if data[30:34] in (b"\1\0\0\0", b"\2\0\0\0") and len(data) > _MOST_RUN_LENGTH_BYTES:
        raise PhotoUnreadable
    complete = int.from_bytes(data[2:6], "little") <= len(data)
    icc = _bmp_icc(data)
    if complete or len(data) < _BMP_HEAD_BYTES or data[14] < _BMP_HEAD_BYTES - 14:
        return Container(data, complete, 1, icc)
    width, height = struct.unpack_from("<ii", data, 18)
    return Container(data, complete, 1, icc, size=(max(width, 0), abs(height)))


def _bmp_icc(data: bytes) -> bytes | None:
    """The profile in a BMP of the fifth version. Browsers pass over the primaries and gammas of the fourth."""
    if data[14] != _BMP_FIFTH_BYTES or data[70:74] != _BMP_EMBEDDED or len(data) < 14 + _BMP_FIFTH_BYTES:
        return None
    start, length = struct.unpack_from("<II", data, 126)
    return data[14 + start : 14 + start + length] if length <= color_profile.MOST_BYTES else None


def bmp_with_all_rows(container: Container) -> Container:
    """A BMP that ends too early, with zeros in the rows that are not there. Its size must have been checked.

    Raises:
        PhotoTruncated: its header is older, its pixels are packed, or it has none of them.
        PhotoUnreadable: no pixel has that many bits.
    """
    data = container.data
    if container.size is None or data[30:34] in (b"\1\0\0\0", b"\2\0\0\0"):
        raise PhotoTruncated
    start, stored_height, bits = struct.unpack_from("<I", data, 10)[0], *struct.unpack_from("<i2xH", data, 22)
    if bits not in _BMP_BITS:
        raise PhotoUnreadable
    if start >= len(data):
        raise PhotoTruncated
    width, height = container.size
    row_bytes = (width * bits + 31) // 32 * 4
    whole = min(height, max(0, len(data) - start) // row_bytes) if row_bytes else 0
    data = data[: start + whole * row_bytes].ljust(start + height * row_bytes, b"\0")
    upside_down = 4 if stored_height > 0 else 1
    return replace(container, data=data, whole_rows=None if whole == height else whole, stored=upside_down)


_UNWRAP: dict[str, Callable[[bytes], Container]] = {
    "JPEG": jpeg,
    "PNG": png,
    "WEBP": webp,
    "BMP": _bmp,
    "AVIF": avif,
    "JPEG2000": jpeg2000,
    "JXL": jxl,
}
_READER_PICKS = {"JXL"}
_PAGED: dict[str, Callable[[bytes, int], Container]] = {"TIFF": tiff, "GIF": gif, "HEIF": heif}
