"""TIFF: its directories."""

import itertools
import struct

from magicmemory.core.errors import PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile
from magicmemory.pipeline.imaging.container import ORIENTATION_TAG, WHOLE_NUMBERS, Container, upright

_ICC, _SUB_IFDS, _SUBFILE, _DNG = 34675, 330, 254, 50706
_STRIP_OFFSETS, _STRIP_BYTES, _TILE_OFFSETS, _TILE_BYTES = 273, 279, 324, 325
_BITS, _COMPRESSION, _PHOTOMETRIC = 258, 259, 262
_WHITE_IS_ZERO, _RGB = 0, 2
_TIFF_BITS = {1, 2, 4, 8, 16}  # 12 would come out dark, in the low bits of 16
_TIFF_SINGLE = {256, 257, 259, 262, 266, 277, 278, 284, 292, 293, 317, 322, 323, 332, 512, 513, 514, 531}
_TIFF_LISTS = {258, 273, 279, 320, 324, 325, 338, 339, 347, 519, 520, 521, 529, 530, 532}
_TYPE_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}  # others have one
_MOST_TAGS = 1_000
_MOST_VALUES = 1 << 18  # of one tag: a strip for each row of the tallest photo is 65,000


class _Tiff:
    """A TIFF's first directory, as its raw entries by tag."""

    def __init__(self, data: bytes) -> None:
        self.data, self.order = data, "<" if data[:2] == b"II" else ">"
        self.big = data[2:4] in (b"+\0", b"\0+")
        self.word, self.entry_bytes = ("Q", 20) if self.big else ("I", 12)
        (start,) = self.unpack(self.word, 8 if self.big else 4)
        (count,) = self.unpack("Q" if self.big else "H", start)
        if count > _MOST_TAGS:
            raise PhotoUnreadable
        first = start + (8 if self.big else 2)
        places = range(first, first + count * self.entry_bytes, self.entry_bytes)
        self.entries = {self.unpack("H", at)[0]: at for at in reversed(places)}

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
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
        if tag not in self.entries:
            return ()
        kind, count, at = self.span(tag)
        if kind not in WHOLE_NUMBERS or count > _MOST_VALUES:
            return ()
        return self.unpack(f"{count}{WHOLE_NUMBERS[kind]}", at)

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


def tiff(data: bytes) -> Container:
    """The first page. Camera raws, whose first page is a thumbnail, are refused rather than shrunk.

    The orientation is left out, because some decoders apply it and some do not.
    """
    try:
        file = _Tiff(data)
        thumbnail = any(value & 1 for value in file.values(_SUBFILE)) and _SUB_IFDS in file.entries
        bits = set(file.values(_BITS))
        if thumbnail or _DNG in file.entries or not bits <= _TIFF_BITS:
            raise PhotoUnreadable
        orientation = next(iter(file.values(ORIENTATION_TAG)), 1)
        photometric = next(iter(file.values(_PHOTOMETRIC)), None)
        sixteen = bits == {16}
        return Container(
            file.bare(),
            file.complete(),
            upright(orientation),
            _tiff_icc(file),
            deep=sixteen and photometric == _RGB,
            negative=sixteen and photometric == _WHITE_IS_ZERO,
        )
    except struct.error:  # the directory lies outside the file, or points there
        raise PhotoTruncated from None


def _tiff_icc(file: _Tiff) -> bytes | None:
    if _ICC not in file.entries:
        return None
    _, count, at = file.span(_ICC)
    return file.data[at : at + count] if count <= color_profile.MOST_BYTES else None
