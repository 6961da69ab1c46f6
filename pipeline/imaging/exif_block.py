"""EXIF's directories as raw entries, to copy them between TIFFs and the EXIF blocks of other files."""

import struct
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from magicmemory.core.errors import PhotoUnreadable
from magicmemory.pipeline.imaging.tiff_directory import Directory

SUB_DIRECTORIES: Final = (34665, 34853)  # EXIF, GPS
INTEROPERABILITY: Final = 40965  # a directory inside EXIF's
COLOR_SPACE: Final = 40961
_ADOBE_RGB, _R03 = 2, b"R03"  # what the colour space and the index say for it
_INDEX, _VERSION = 1, 2  # tags for interoperability
# What describes a photo in a TIFF's own directory; the rest describes its pixels.
DESCRIBING: Final = {270, 271, 272, 282, 283, 296, 305, 306, 315, 316, 33432, 40091, 40092, 40093, 40094, 40095}
_ACROSS, _DOWN, _RESOLUTION_UNIT = 282, 283, 296
_INCH: Final = 2  # the unit
_UNIT = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_NUMBER_BYTES = {3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8}
_MOST_BYTES = 65_536  # of one value


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag and its value: its bytes in the file's order, or the entries of a directory."""

    tag: int
    kind: int
    value: "bytes | tuple[Entry, ...]"


def entries_of(
    directory: Directory, *, wanted: Set[int] | None = None, unwanted: Set[int] = frozenset()
) -> tuple[Entry, ...]:
    """A directory's entries in the order of their tags, with EXIF's and GPS's directories below, and in EXIF's the one
    for interoperability.

    Args:
        directory: EXIF's first one, or a TIFF's.
        wanted: the tags to take, besides the directories below; None: all.
        unwanted: tags to leave out, there and below.

    Raises:
        struct.error, PhotoUnreadable: it points outside the file.
    """
    found = list[Entry]()
    for tag in sorted(set(directory.entries) - set(unwanted)):
        if tag in SUB_DIRECTORIES:
            start = directory.value(tag, 0)
            below = _plain_entries(Directory(directory.data, start), None, unwanted) if start else ()
            if below:
                found.append(Entry(tag, 4, below))
        else:
            found += _plain_entries(directory, {tag}, set() if wanted is None or tag in wanted else {tag})
    return tuple(found)


def _plain_entries(directory: Directory, wanted: Set[int] | None, unwanted: Set[int]) -> tuple[Entry, ...]:
    tags = set(directory.entries) if wanted is None else set(wanted)
    found = list[Entry]()
    for tag in sorted(tags - set(unwanted) - set(SUB_DIRECTORIES)):
        if tag == INTEROPERABILITY:
            found += _interoperability(directory)
            continue
        kind, count, at = directory.span(tag)
        size = count * _UNIT.get(kind, 0)
        if 0 < size <= _MOST_BYTES and at + size <= len(directory.data):
            found.append(Entry(tag, kind, directory.data[at : at + size]))
    return tuple(found)


def _interoperability(directory: Directory) -> list[Entry]:
    """Without the directory where it points outside the file: the rest of EXIF is whole."""
    try:
        start = directory.value(INTEROPERABILITY, 0)
        if not start:
            return []
        below = Directory(directory.data, start)
        kept = _plain_entries(below, below.entries.keys() & {_INDEX, _VERSION}, frozenset())
    except (struct.error, PhotoUnreadable):
        return []
    return [Entry(INTEROPERABILITY, 4, kept)] if kept else []


def little_endian(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Big-endian entries with their numbers turned round."""
    return tuple(
        Entry(entry.tag, entry.kind, little_endian(entry.value))
        if isinstance(entry.value, tuple)
        else Entry(entry.tag, entry.kind, _turned(entry.value, _NUMBER_BYTES.get(entry.kind, 1)))
        for entry in entries
    )


def _turned(value: bytes, size: int) -> bytes:
    return b"".join(value[at : at + size][::-1] for at in range(0, len(value), size)) if size > 1 else value


def is_adobe_rgb(entries: Sequence[Entry], order: str = "<") -> bool:
    """Whether EXIF says that the colours are those of Adobe RGB (1998)."""
    for entry in entries:
        if isinstance(entry.value, tuple):
            found = is_adobe_rgb(entry.value, order)
        elif entry.tag == _INDEX:
            found = entry.value.startswith(_R03)
        else:
            found = entry.tag == COLOR_SPACE and entry.value == struct.pack(order + "H", _ADOBE_RGB)
        if found:
            return True
    return False


def block_of(directory: Directory) -> bytes:
    """What a TIFF says of its photo, as a block of EXIF; empty where it says nothing."""
    entries = entries_of(directory, wanted=DESCRIBING)
    if not entries:
        return b""
    mark = b"II*\0" if directory.order == "<" else b"MM\0*"
    return mark + struct.pack(directory.order + "I", 8) + written(entries, 8, directory.order)


def with_resolution(exif: bytes, dpi: int) -> bytes:
    """A block of EXIF that says how large the photo is to be printed.

    Args:
        exif: the block, little-endian, or empty.
        dpi: pixels an inch.
    """
    each, unit = struct.pack("<II", dpi, 1), struct.pack("<H", _INCH)
    own = [Entry(_ACROSS, 5, each), Entry(_DOWN, 5, each), Entry(_RESOLUTION_UNIT, 3, unit)]
    others = entries_of(Directory(exif), unwanted={entry.tag for entry in own}) if exif else ()
    together = sorted([*others, *own], key=lambda entry: entry.tag)
    return b"II*\0" + struct.pack("<I", 8) + written(together, 8)


def written(entries: Sequence[Entry], at: int, order: str = "<", last: int = 0) -> bytes:
    """A directory that will stand at a place of a file, and behind it what does not fit into its entries.

    Args:
        entries: in the order of their tags.
        at: the place.
        order: `<` or `>`, as the values are.
        last: where the next directory stands.
    """
    head = [struct.pack(order + "H", len(entries))]
    body, behind = list[bytes](), at + 2 + 12 * len(entries) + 4
    for entry in entries:
        if isinstance(entry.value, tuple):
            below = written(entry.value, behind, order)
            head.append(struct.pack(order + "HHII", entry.tag, 4, 1, behind))
            body.append(below + bytes(len(below) % 2))
        else:
            count = len(entry.value) // _UNIT[entry.kind]
            start = struct.pack(order + "HHI", entry.tag, entry.kind, count)
            if len(entry.value) <= 4:
                head.append(start + entry.value.ljust(4, b"\0"))
                continue
            head.append(start + struct.pack(order + "I", behind))
            body.append(entry.value + bytes(len(entry.value) % 2))
        behind += len(body[-1])
    return b"".join([*head, struct.pack(order + "I", last), *body])
