"""The JPEG preview that a camera writes into its raw file.

Raw data of a sensor need a developer's decisions about light and colour. The preview is the camera's own picture, in
most files at full size. It is found by its bytes, in every maker's kind of file: DNG, NEF, ARW, CR2, CR3, RAF and more.
"""

import re
import struct
from dataclasses import dataclass

from magicmemory.core.errors import PhotoUnreadable, PreviewMissing
from magicmemory.pipeline.imaging.container import exif_orientation
from magicmemory.pipeline.imaging.exif_block import entries_of, is_adobe_rgb
from magicmemory.pipeline.imaging.jpeg_container import segments
from magicmemory.pipeline.imaging.tiff_directory import Directory

_START = re.compile(rb"\xff\xd8\xff[\xc0\xc4\xdb\xdd\xe0-\xef\xfe]")
_MOST_CANDIDATES = 64
_FRAMES = {0xC0, 0xC1, 0xC2}  # what a preview is; the lossless 0xC3 is the sensor's data
_SMALLEST_PIXELS = 320 * 240  # smaller ones are thumbnails
_CANON_BOX = b"CMT1"  # holds the TIFF with the orientation in a CR3
_EXIF_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Preview:
    """A camera's own picture.

    Attributes:
        data: its file.
        orientation: what the raw file gives, 1 to 8.
        adobe_rgb: the raw file says that the camera made its pictures in Adobe RGB.
    """

    data: bytes
    orientation: int
    adobe_rgb: bool


def largest_preview(data: bytes) -> Preview:
    """The largest JPEG in a raw file.

    Raises:
        PreviewMissing: there is none of a useful size.
    """
    best, most = b"", 0
    at, tried = 0, 0
    while tried < _MOST_CANDIDATES and (found := _START.search(data, at)) is not None:
        tried += 1
        start = found.start()
        size, end = _jpeg_at(data, start)
        if size > most:
            best, most = data[start:end], size
        at = end if size else start + 2
    if most < _SMALLEST_PIXELS:
        raise PreviewMissing
    return Preview(best, _orientation(data), _is_adobe_rgb(data))


def _jpeg_at(data: bytes, start: int) -> tuple[int, int]:
    """Pixels and end of the JPEG that starts there; 0 pixels where it is none, or not whole."""
    pixels = 0
    try:
        for code, _, body, end in segments(data, start):
            if code is None and not pixels:
                return 0, start
            if code in _FRAMES:
                height, width = struct.unpack_from(">HH", data, body + 1)
                pixels = height * width
            if code == 0xD9:
                return pixels, end
    except (PhotoUnreadable, struct.error):
        return 0, start
    return 0, start


def _orientation(data: bytes) -> int:
    at = data.find(_CANON_BOX, 0, 1 << 20)
    if data[4:8] == b"ftyp" and at >= 0:
        return exif_orientation(data[at + 4 : at + 4 + _EXIF_BYTES])
    return exif_orientation(data[:2] + (b"*\0" if data[:2] == b"II" else b"\0*") + data[4:_EXIF_BYTES])


def _is_adobe_rgb(data: bytes) -> bool:
    """What EXIF says in raw files that are built like TIFF; a CR3 or RAF has it elsewhere."""
    if data[:2] not in (b"II", b"MM"):
        return False
    try:
        return is_adobe_rgb(entries_of(Directory(data), wanted=frozenset()), "<" if data[:2] == b"II" else ">")
    except (struct.error, PhotoUnreadable):
        return False
