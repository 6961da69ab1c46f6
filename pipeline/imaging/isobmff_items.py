"""HEIF's and AVIF's items: where their data lie, and the tiles of a picture (ISO/IEC 23008-12)."""

import struct
from dataclasses import dataclass

from magicmemory.pipeline.imaging.container import MOST_PARTS
from magicmemory.pipeline.imaging.isobmff_boxes import Box, box_within, boxes

_IN_FILE, _IN_META = 0, 1  # where an item's data lie
_WORDS = {0: "", 4: "I", 8: "Q"}


@dataclass(frozen=True, slots=True)
class Tiles:
    """The tiles of a picture, row by row.

    Attributes:
        items: their numbers; none where the picture has no tiles.
        across: how many stand in a row.
    """

    items: tuple[int, ...] = ()
    across: int = 1


def cut_items(data: bytes, meta: Box) -> dict[int, int]:
    """The items whose data end behind the file's end, and where they do.

    Raises:
        struct.error: the table points outside the file.
    """
    ends = {
        item: max((start + length for start, length in extents), default=0)
        for item, (where, extents) in _extents(data, meta).items()
        if where == _IN_FILE
    }
    return {item: end for item, end in ends.items() if end > len(data)}


def tiles_of(data: bytes, meta: Box, picture: int) -> Tiles:
    """The tiles of a picture. Raises `struct.error` where a table points outside the file."""
    references = box_within(data, meta, b"iref")
    where, extents = _extents(data, meta).get(picture, (_IN_FILE, []))
    idat = box_within(data, meta, b"idat")
    if references is None or not extents or (where == _IN_META and idat is None):
        return Tiles()
    grid = extents[0][0] + (idat[1] if where == _IN_META and idat else 0)
    across = 1 + data[grid + 3]
    wide = "I" if data[references[1]] else "H"
    size = struct.calcsize(">" + wide)
    for name, start, _ in boxes(data, (b"iref", references[1] + 4, references[2])):
        if name == b"dimg" and struct.unpack_from(">" + wide, data, start)[0] == picture:
            (count,) = struct.unpack_from(">H", data, start + size)
            return Tiles(struct.unpack_from(f">{count}{wide}", data, start + size + 2), across)
    return Tiles()


def first_bytes(data: bytes, meta: Box, item: int, count: int) -> bytes:
    """The start of an item's data. Raises `struct.error` where a table points outside the file."""
    where, extents = _extents(data, meta).get(item, (_IN_META, []))
    start, length = extents[0] if extents and where == _IN_FILE else (0, 0)
    return data[start : start + min(length, count)]


def _extents(data: bytes, meta: Box) -> dict[int, tuple[int, list[tuple[int, int]]]]:
    """Where each item's data lie: in the file or in `meta`, and there the place and length of each part."""
    iloc = box_within(data, meta, b"iloc")
    if iloc is None:
        return {}
    version, at = data[iloc[1]], iloc[1] + 4
    offset_bytes, length_bytes = data[at] >> 4, data[at] & 15
    base_bytes, index_bytes = data[at + 1] >> 4, data[at + 1] & 15
    if not {offset_bytes, length_bytes, base_bytes, index_bytes} <= _WORDS.keys():
        return {}
    wide = "I" if version == 2 else "H"
    (count,) = struct.unpack_from(">" + wide, data, at + 2)
    at += 2 + struct.calcsize(">" + wide)
    head = ">" + wide + ("H" if version else "") + "H" + _WORDS[base_bytes] + "H"
    part = ">" + (_WORDS[index_bytes] if version else "") + _WORDS[offset_bytes] + _WORDS[length_bytes]
    found, left = dict[int, tuple[int, list[tuple[int, int]]]](), MOST_PARTS
    for _ in range(min(count, MOST_PARTS)):
        item, *middle, parts = struct.unpack_from(head, data, at)
        at += struct.calcsize(head)
        left -= parts
        if left < 0:
            return found
        extents = list[tuple[int, int]]()
        for _ in range(parts):
            numbers = struct.unpack_from(part, data, at)
            at += struct.calcsize(part)
            length = numbers[-1] if length_bytes else 0
            offset = numbers[-2 if length_bytes else -1] if offset_bytes else 0
            extents.append(((middle[-1] if base_bytes else 0) + offset, length))
        found[item] = (middle[0] & 15 if version else _IN_FILE, extents)
    return found
