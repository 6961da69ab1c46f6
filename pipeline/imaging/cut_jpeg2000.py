"""A JPEG 2000 that ends too early, made into one that OpenJPEG reads.

Its tiles stand one after the other, and each is a row of packets that add detail. What ends inside a packet is refused,
so the packet is filled up: with ones, which its arithmetic decoder takes for "nothing more" (ITU-T T.800, D.4.1).
Packets that are missing after it, and tiles without any, are read as empty.
"""

import io
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from magicmemory.core.errors import PhotoTruncated
from magicmemory.pipeline.imaging.container import MOST_PARTS, Container

_SOC, _SOT, _SOD, _EOC, _COD = b"\xff\x4f", b"\xff\x90", b"\xff\x93", b"\xff\xd9", b"\xff\x52"
_STREAM_BOX = b"jp2c"
_PART_HEAD_BYTES = 12
_MOST_TILES = 65_535
_MOST_PACKET_BYTES = 1 << 26
_BY_PLACE = {3, 4}  # the orders of packets that begin with a place or a component: the rest of the picture is missing
_LEAST_DETAIL = 0.25  # of the bytes of a picture of one tile: less shows no face


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a tile.

    Attributes:
        tile: its number.
        start: of its head in the codestream.
        length: with its head; 0 where it reaches to the end.
        parts: how many the tile has; 0 where the file does not say.
    """

    tile: int
    start: int
    length: int
    parts: int


def with_all_tiles(container: Container) -> Container:
    """A JPEG 2000 whose missing tiles are grey and whose missing details are smooth. Its size must have been checked.

    Raises:
        PhotoTruncated: it shows nothing.
    """
    data = container.data
    start = 0 if data.startswith(_SOC) else data.index(_STREAM_BOX) + 4
    stream = data[start:].removesuffix(_EOC)
    found = list(_parts(stream))
    cut = found[-1] if found and not _is_whole(found[-1], stream) else None
    across, tops = _grid(stream)
    lacking = _lacking(found, cut, across * len(tops))
    if not lacking:
        return container
    head = data[: start - 8] + bytes(4) + _STREAM_BOX if start else b""
    there = {part.tile for part in found}
    if len(lacking) == across * len(tops) and there >= lacking:
        if cut is not None:
            stream = _filled_up(head, stream, cut)
        return replace(container, data=head + stream + _EOC, coarse=True)
    if cut is not None:  # the rows of its tile do not count
        stream = stream[: cut.start]
        there = {part.tile for part in found[:-1]}
    stream += b"".join(_empty(tile) for tile in sorted(lacking - there))
    return replace(container, data=head + stream + _EOC, whole_rows=tops[min(lacking) // across])


def _parts(stream: bytes) -> Iterator[_Part]:
    """The parts whose data have begun."""
    at = 2
    for _ in range(MOST_PARTS):
        if stream[at : at + 2] == _SOT:
            break
        at += 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
    for _ in range(MOST_PARTS):
        if stream[at : at + 2] != _SOT or not _has_data(stream, at):
            return
        tile, length, _, parts = struct.unpack_from(">HIBB", stream, at + 4)
        yield _Part(tile, at, length, parts)
        if not length:
            return
        at += max(length, _PART_HEAD_BYTES)


def _has_data(stream: bytes, at: int) -> bool:
    at += _PART_HEAD_BYTES
    for _ in range(MOST_PARTS):
        if stream[at : at + 2] == _SOD:
            return True
        if at + 4 > len(stream):
            return False
        at += 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
    return False


def _is_whole(part: _Part, stream: bytes) -> bool:
    return bool(part.length) and part.start + part.length <= len(stream)


def _grid(stream: bytes) -> tuple[int, list[int]]:
    """How many tiles stand in a row, and the picture's row at which each row of tiles begins."""
    right, bottom, _, top, tile_width, tile_height, first_left, first_top = struct.unpack_from(">8I", stream, 8)
    across, down = -(-(right - first_left) // tile_width), -(-(bottom - first_top) // tile_height)
    if not 0 < across * down <= _MOST_TILES:
        raise PhotoTruncated
    return across, [max(0, first_top + row * tile_height - top) for row in range(down)]


def _lacking(found: list[_Part], cut: _Part | None, tiles: int) -> set[int]:
    """The tiles of which something is missing."""
    whole = Counter(part.tile for part in found if part is not cut)
    wanted = {part.tile: part.parts for part in found if part.parts}
    lacking = {tile for tile in range(tiles) if whole[tile] < wanted.get(tile, 1)}
    return lacking if cut is None else lacking | {cut.tile}


def _empty(tile: int) -> bytes:
    return _SOT + struct.pack(">HHIBB", 10, tile, _PART_HEAD_BYTES + 3, 0, 1) + _SOD + b"\0"  # one empty packet


def _filled_up(head: bytes, stream: bytes, cut: _Part) -> bytes:
    """The codestream with the packet in which it ends filled up.

    Where the packet ends, OpenJPEG tells: it refuses a part that ends earlier, before it decodes any pixels.

    Raises:
        PhotoTruncated: it has too little detail, or no length will do.
    """
    there = len(stream) - cut.start
    if cut.length and there < _LEAST_DETAIL * cut.length:
        raise PhotoTruncated
    # Its packets matter alone, so a large picture is decoded small; Pillow misses the smallest size of some.
    coding = stream.index(_COD, 0, cut.start)
    levels = max(0, stream[coding + 9] - 1)
    if stream[coding + 5] in _BY_PLACE:
        raise PhotoTruncated

    def ending(length: int, filling: bytes) -> bytes:
        part = stream[cut.start : cut.start + 6] + struct.pack(">I", length) + stream[cut.start + 10 :]
        return stream[: cut.start] + part + filling * (length - there)

    def is_read(length: int, filling: bytes) -> bool:
        return _is_read(head + ending(length, filling) + _EOC, levels)

    most = cut.length or there + _MOST_PACKET_BYTES
    short, long = there - 1, there
    while not is_read(long, b"\0"):
        if long >= most:
            raise PhotoTruncated
        short, long = long, min(most, there + max(64, 4 * (long - there)))
    while long - short > 1:
        middle = (short + long) // 2
        short, long = (short, middle) if is_read(middle, b"\0") else (middle, long)
    return ending(long, b"\xff" if is_read(long, b"\xff") else b"\0")


def _is_read(data: bytes, levels: int) -> bool:
    """Whether OpenJPEG reads it, that many times halved."""
    try:
        with Jpeg2KImageFile(io.BytesIO(data)) as image:
            image.reduce = levels
            image.load()
    except (OSError, ValueError):
        return False
    return True
