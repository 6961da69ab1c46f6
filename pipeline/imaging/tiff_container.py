"""The TIFF container: its directories."""

import struct

from magicmemory.core.errors import PageMissing, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile, tiff_colors
from magicmemory.pipeline.imaging.container import ORIENTATION_TAG, Container, upright
from magicmemory.pipeline.imaging.exif_block import block_of
from magicmemory.pipeline.imaging.metadata import Metadata, iptc_of_photoshop
from magicmemory.pipeline.imaging.tiff_directory import (
    MOST_PAGES,
    MOST_VALUES,
    STRIP_BYTES,
    STRIP_OFFSETS,
    TILE_BYTES,
    TILE_OFFSETS,
    Directory,
)

_XMP, _IPTC, _PHOTOSHOP = 700, 33723, 34377
_ICC, _SUB_IFDS, _SUBFILE, _DNG = 34675, 330, 254, 50706
_WIDTH, _HEIGHT, _TILE_WIDTH, _TILE_HEIGHT = 256, 257, 322, 323
_SAMPLES, _ROWS_PER_STRIP, _PLANES, _SEPARATE = 277, 278, 284, 2
_BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 259, 262, 339
_BLACK_IS_ZERO, _PALETTE, _YCBCR = 1, 3, 6
_OF_PILLOW = {2, 3, 4, 6, 7}  # compressions: fax, JPEG
_SENSOR_DATA = {32803, 34892}  # photometrics of a camera's raw file: a colour filter array, linear raw
_REDUCED, _MASK = 1, 4  # of what a directory is: a smaller copy of another page, a mask for it
_UNSIGNED = {1, 4}  # sample formats: whole numbers, and "undefined"
_MOST_TILE_PIXELS = 1 << 26


def tiff(data: bytes, page: int = 1) -> Container:
    """Take one page out of a TIFF. Smaller copies and masks of a page are no pages.

    The orientation is left out, because some decoders apply it and some do not.
    """
    try:
        starts = _pages(data)
        if page > len(starts):
            raise PageMissing(page=page, pages=len(starts))
        file = Directory(data, starts[page - 1])
        bits, photometric = set(file.values(_BITS)), file.value(_PHOTOMETRIC, _BLACK_IS_ZERO)
        odd = _is_odd(file, bits, photometric)
        size = (file.value(_WIDTH, 0), file.value(_HEIGHT, 0)) if odd else None
        if odd and (not size or min(size) < 1 or _tile_pixels(file) > _MOST_TILE_PIXELS):
            raise PhotoUnreadable
        complete = file.complete()
        whole_rows, bare = _with_all_rows(file) if odd and not complete else (None, file.bare())
        return Container(
            bare,
            complete,
            upright(file.value(ORIENTATION_TAG, 1)),
            _tiff_icc(file),
            size=size,
            odd=odd,
            pages=len(starts),
            whole_rows=whole_rows,
            metadata=Metadata(_exif(file), file.raw(_XMP), file.raw(_IPTC) or iptc_of_photoshop(file.raw(_PHOTOSHOP))),
        )
    except struct.error:  # the directory lies outside the file, or points there
        raise PhotoTruncated from None


def _with_all_rows(file: Directory) -> tuple[int, bytes]:
    """How many rows are whole in a page that ends too early, and the bare file, in which the others are empty.

    Rows without compression are whole one by one, others by strip or tile.

    Raises:
        PhotoTruncated: it has more rows, strips or tiles than can be told apart.
    """
    width, height = file.value(_WIDTH, 0), file.value(_HEIGHT, 0)
    tiled = TILE_OFFSETS in file.entries
    places, lengths = (TILE_OFFSETS, TILE_BYTES) if tiled else (STRIP_OFFSETS, STRIP_BYTES)
    segments = file.segments()
    planes = file.value(_SAMPLES, 1) if file.value(_PLANES, 1) == _SEPARATE else 1
    rows_each = min(height, file.value(_TILE_HEIGHT if tiled else _ROWS_PER_STRIP, height))
    across = -(-width // max(1, file.value(_TILE_WIDTH, width))) if tiled else 1
    if (
        min(rows_each, planes) < 1
        or len(segments) != planes * across * -(-height // rows_each)
        or planes * height > MOST_VALUES
    ):
        raise PhotoTruncated
    changed = dict[int, list[int]]()
    if not tiled and file.value(_COMPRESSION, 1) == 1:
        bits = file.values(_BITS) or (1,)
        row_bytes = (width * (bits[0] if planes > 1 else sum(bits)) + 7) // 8
        strips = len(segments) // planes
        segments = [
            (segments[plane * strips + row // rows_each][0] + row % rows_each * row_bytes, row_bytes)
            for plane in range(planes)
            for row in range(height)
        ]
        rows_each, changed[_ROWS_PER_STRIP] = 1, [1]
    down, whole = across * -(-height // rows_each), height
    for number, (start, length) in enumerate(segments):
        if start + length > len(file.data):
            segments[number] = 0, 0
            whole = min(whole, number % down // across * rows_each)
    changed[places], changed[lengths] = (list(numbers) for numbers in zip(*segments, strict=True))
    return whole, file.bare(changed)


def _exif(file: Directory) -> bytes:
    try:
        return block_of(file)
    except (struct.error, PhotoUnreadable):  # what a photo is called must not decide whether it is shown
        return b""


def is_camera_raw(data: bytes) -> bool:
    """Whether a TIFF is a camera's raw file (DNG, NEF, ARW, CR2, PEF): its first page is a thumbnail, or no picture."""
    if data[8:10] == b"CR":
        return True
    try:
        first = Directory(data)
        thumbnail = any(value & _REDUCED for value in first.values(_SUBFILE)) and _SUB_IFDS in first.entries
        if thumbnail or _DNG in first.entries:
            return True
        parts = [first, *(Directory(data, start) for start in first.values(_SUB_IFDS)[:8] if start)]
        return any(part.value(_PHOTOMETRIC, 0) in _SENSOR_DATA for part in parts)
    except (struct.error, PhotoUnreadable):
        return False


def _pages(data: bytes) -> list[int]:
    """Where the directories of the pages start."""
    directory: Directory | None = Directory(data)
    starts, seen = list[int](), set[int]()
    while directory is not None and directory.start not in seen and len(seen) < MOST_PAGES:
        seen.add(directory.start)
        if not directory.value(_SUBFILE, 0) & (_REDUCED | _MASK):
            starts.append(directory.start)
        start = directory.next_start()
        try:
            directory = Directory(data, start) if start else None
        except (struct.error, PhotoUnreadable):  # what lies behind the pages found so far is broken
            directory = None
    return starts or [Directory(data).start]


def _is_odd(file: Directory, bits: set[int], photometric: int) -> bool:
    """Whether tifffile reads it. Pillow reads palettes, faxes and JPEG's compression, which tifffile leaves half done.

    Of the rest, Pillow reads some wrongly, some at half their depth, and some not at all.
    """
    if file.big and file.order == ">":  # Pillow does not know the large kind in this order
        return True
    if not set(file.values(_SAMPLE_FORMAT)) <= _UNSIGNED:
        return True
    if file.value(_COMPRESSION, 1) in _OF_PILLOW or photometric in {_PALETTE, _YCBCR}:
        return not bits <= {1, 2, 4, 8}
    return True


def _tile_pixels(file: Directory) -> int:
    return file.value(_TILE_WIDTH, 0) * file.value(_TILE_HEIGHT, 0)


def _tiff_icc(file: Directory) -> bytes | None:
    if _ICC not in file.entries:
        return tiff_colors.profile_of(file)
    _, count, at = file.span(_ICC)
    return file.data[at : at + count] if count <= color_profile.MOST_BYTES else None
