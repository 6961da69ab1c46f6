"""A directory of a TIFF, or of a block of EXIF: its tags and where their values are."""

import itertools
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from magicmemory.core.errors import PhotoUnreadable
from magicmemory.pipeline.imaging.container import WHOLE_NUMBERS
from magicmemory.pipeline.imaging.metadata import MOST_BYTES

MOST_PAGES: Final = 10_000
STRIP_OFFSETS: Final = 273
STRIP_BYTES: Final = 279
TILE_OFFSETS: Final = 324
TILE_BYTES: Final = 325
_TIFF_SINGLE = {256, 257, 259, 262, 266, 277, 278, 284, 292, 293, 317, 322, 323, 332, 512, 513, 514, 531}
_TIFF_LISTS = {258, 273, 279, 320, 324, 325, 338, 339, 347, 519, 520, 521, 529, 530, 532}
_TYPE_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}  # others have one
_MOST_TAGS = 1_000
MOST_VALUES: Final = 1 << 18  # of one tag: a strip for each row of the tallest photo is 65,000


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
        if kind not in WHOLE_NUMBERS or count > MOST_VALUES:
            return ()
        return self.unpack(f"{count}{WHOLE_NUMBERS[kind]}", at)

    def raw(self, tag: int) -> bytes:
        """The bytes of a tag's values; none where it is not there or has too many."""
        if tag not in self.entries:
            return b""
        kind, count, at = self.span(tag)
        size = count * _TYPE_BYTES.get(kind, 1)
        return self.data[at : at + size] if size <= MOST_BYTES else b""

    def value(self, tag: int, default: int) -> int:
        """The first of a tag's values."""
        return next(iter(self.values(tag)), default)

    def next_start(self) -> int:
        """Where the next directory starts; 0 behind the last one."""
        try:
            return self.unpack(self.word, self.end)[0]
        except struct.error:  # the file ends right behind its last directory
            return 0

    def bare(self, changed: Mapping[int, list[int]] = MappingProxyType({})) -> bytes:
        """The file with a new directory at its end, which has only what the pixels need, and no next page.

        Args:
            changed: whole numbers that take the place of a tag's own.
        """
        tags = sorted(
            tag
            for tag in self.entries
            if self.span(tag)[1] <= (MOST_VALUES if tag in _TIFF_LISTS else tag in _TIFF_SINGLE)
        )
        body = self.data + bytes(-len(self.data) % 8)
        entries = list[bytes]()
        for tag in tags:
            entry = self.data[self.entries[tag] : self.entries[tag] + self.entry_bytes]
            if numbers := changed.get(tag):
                values = struct.pack(f"{self.order}{len(numbers)}{self.word}", *numbers)
                if len(numbers) > 1:  # they stand outside the entry
                    place = struct.pack(self.order + self.word, len(body))
                    body += values + bytes(-len(values) % 8)
                    values = place
                entry = struct.pack(self.order + "HH" + self.word, tag, 16 if self.big else 4, len(numbers)) + values
            entries.append(entry)
        start = struct.pack(self.order + self.word, len(body))
        head = self.data[: 8 if self.big else 4] + start
        count = struct.pack(self.order + ("Q" if self.big else "H"), len(entries))
        end = bytes(len(start))
        return b"".join([head, body[len(head) :], count, *entries, end])

    def segments(self) -> list[tuple[int, int]]:
        """Place and length of each strip or tile."""
        pairs = list[tuple[int, int]]()
        for offsets, lengths in ((STRIP_OFFSETS, STRIP_BYTES), (TILE_OFFSETS, TILE_BYTES)):
            pairs += itertools.zip_longest(self.values(offsets), self.values(lengths), fillvalue=0)
        return pairs

    def complete(self) -> bool:
        """Whether all strips or tiles lie inside the file."""
        return all(start + length <= len(self.data) for start, length in self.segments())
