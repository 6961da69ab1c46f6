"""TIFF: its directories."""

import itertools
import struct

from magicmemory.core.errors import PageMissing, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile
from magicmemory.pipeline.imaging.container import ORIENTATION_TAG, WHOLE_NUMBERS, Container, upright

_ICC, _SUB_IFDS, _SUBFILE, _DNG = 34675, 330, 254, 50706
_WIDTH, _HEIGHT, _TILE_WIDTH, _TILE_HEIGHT = 256, 257, 322, 323
_STRIP_OFFSETS, _STRIP_BYTES, _TILE_OFFSETS, _TILE_BYTES = 273, 279, 324, 325
_BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 259, 262, 339
_BLACK_IS_ZERO, _PALETTE, _YCBCR = 1, 3, 6
_OF_PILLOW = {2, 3, 4, 6, 7}  # compressions: fax, JPEG
_SENSOR_DATA = {32803, 34892}  # photometrics of a camera's raw file: a colour filter array, linear raw
_REDUCED, _MASK = 1, 4  # of what a directory is: a smaller copy of another page, a mask for it
_UNSIGNED = {1, 4}  # sample formats: whole numbers, and "undefined"
_TIFF_SINGLE = {256, 257, 259, 262, 266, 277, 278, 284, 292, 293, 317, 322, 323, 332, 512, 513, 514, 531}
_TIFF_LISTS = {258, 273, 279, 320, 324, 325, 338, 339, 347, 519, 520, 521, 529, 530, 532}
_TYPE_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}  # others have one
_MOST_TAGS = 1_000
_MOST_VALUES = 1 << 18  # of one tag: a strip for each row of the tallest photo is 65,000
_MOST_PAGES = 10_000
_MOST_TILE_PIXELS = 1 << 26


class Directory:
    """One of a TIFF's directories, as its raw entries by tag; the first one where `start` is 0."""

    def __init__(self, data: bytes, start: int = 0) -> None:
        self.data, self.order = data, "<" if data[:2] == b"II" else ">"
        self.big = data[2:4] in (b"+\0", b"\0+")
        self.word, self.entry_bytes = ("Q", 20) if self.big else ("I", 12)
        if not start:
            (start,) = self.unpack(self.word, 8 if self.big else 4)
        self.start = start
        (count,) = self.unpack("Q" if self.big else "H", start)
        if count > _MOST_TAGS:
            raise PhotoUnreadable
        first = start + (8 if self.big else 2)
        places = range(first, first + count * self.entry_bytes, self.entry_bytes)
        self.end = first + count * self.entry_bytes
        self.entries = {self.unpack("H", at)[0]: at for at in reversed(places)}

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        """Numbers at a place of the file, in its byte order. Raises `struct.error` outside the file."""
        try:
            return struct.unpack_from(self.order + form, self.data, at)
        except OverflowError:  # an offset beyond what a machine can address
            raise struct.error from None

    def span(self, tag: int) -> tuple[int, int, int]:
        """Type, number of values and place of a tag's values."""
        at = self.entries[tag]
        (kind,) = self.unpack("H", at + 2)
        (count,) = self.unpack(self.word, at + 4)
        value_at = at + 4 + struct.calcsize("=" + self.word)
        if count * _TYPE_BYTES.get(kind, 1) > struct.calcsize("=" + self.word):
            (value_at,) = self.unpack(self.word, value_at)
        return kind, count, value_at

    def values(self, tag: int) -> tuple[int, ...]:
        """A tag's whole numbers; none where it is not there, is of another type, or has too many."""
        if tag not in self.entries:
            return ()
        kind, count, at = self.span(tag)
        if kind not in WHOLE_NUMBERS or count > _MOST_VALUES:
            return ()
        return self.unpack(f"{count}{WHOLE_NUMBERS[kind]}", at)

    def value(self, tag: int, default: int) -> int:
        """The first of a tag's values."""
        return next(iter(self.values(tag)), default)

    def next_start(self) -> int:
        """Where the next directory starts; 0 behind the last one."""
        try:
            return self.unpack(self.word, self.end)[0]
        except struct.error:  # the file ends right behind its last directory
            return 0

    def bare(self) -> bytes:
        """The file with a new directory at its end, which has only what the pixels need, and no next page."""
        tags = sorted(
            tag
            for tag in self.entries
            if self.span(tag)[1] <= (_MOST_VALUES if tag in _TIFF_LISTS else tag in _TIFF_SINGLE)
        )
        entries = [self.data[self.entries[tag] : self.entries[tag] + self.entry_bytes] for tag in tags]
        padding = bytes(-len(self.data) % 8)
        start = struct.pack(self.order + self.word, len(self.data) + len(padding))
        head = self.data[: 8 if self.big else 4] + start
        count = struct.pack(self.order + ("Q" if self.big else "H"), len(entries))
        end = bytes(len(start))
        return b"".join([head, self.data[len(head) :], padding, count, *entries, end])

    def complete(self) -> bool:
        """Whether all strips or tiles lie inside the file."""
        for offsets, lengths in ((_STRIP_OFFSETS, _STRIP_BYTES), (_TILE_OFFSETS, _TILE_BYTES)):
            pairs = itertools.zip_longest(self.values(offsets), self.values(lengths), fillvalue=0)
            if any(start + length > len(self.data) for start, length in pairs):
                return False
        return True


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
        if odd and not complete:  # tifffile would show black where the file has ended
            raise PhotoTruncated
        return Container(
            file.bare(),
            complete,
            upright(file.value(ORIENTATION_TAG, 1)),
            _tiff_icc(file),
            size=size,
            odd=odd,
            pages=len(starts),
        )
    except struct.error:  # the directory lies outside the file, or points there
        raise PhotoTruncated from None


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
    while directory is not None and directory.start not in seen and len(seen) < _MOST_PAGES:
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
        return None
    _, count, at = file.span(_ICC)
    return file.data[at : at + count] if count <= color_profile.MOST_BYTES else None
