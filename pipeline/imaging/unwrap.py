"""From a file of a known kind to its bare picture."""

from collections.abc import Callable

from magicmemory.core.errors import PageMissing, PhotoUnreadable
from magicmemory.pipeline.imaging.container import Container
from magicmemory.pipeline.imaging.gif_container import gif
from magicmemory.pipeline.imaging.isobmff_container import avif, heif
from magicmemory.pipeline.imaging.jpeg2000_container import jpeg2000, jxl
from magicmemory.pipeline.imaging.jpeg_container import jpeg
from magicmemory.pipeline.imaging.png_container import png
from magicmemory.pipeline.imaging.tiff_container import tiff
from magicmemory.pipeline.imaging.webp_container import webp

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
    return Container(data, complete, 1)


_UNWRAP: dict[str, Callable[[bytes], Container]] = {
    "JPEG": jpeg,
    "PNG": png,
    "WEBP": webp,
    "BMP": _bmp,
    "HEIF": heif,
    "AVIF": avif,
    "JPEG2000": jpeg2000,
    "JXL": jxl,
}
_PAGED: dict[str, Callable[[bytes, int], Container]] = {"TIFF": tiff, "GIF": gif}
_READER_PICKS = {"HEIF"}
