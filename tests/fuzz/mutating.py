"""Makes broken files from whole ones: changes random bytes, or parts of the format.

A changed byte in a PNG ends at its checksum, and one in a TIFF mostly in the pixels. So half of the changes know the
format: they drop, repeat, exchange and alter whole parts, and correct lengths and checksums, to pass the first check.
"""

import random
import re
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise

EXTREMES = (b"\0", b"\xff", bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\1", b"\x80", b"\1\0")
HEAD = 400  # where the trouble is, so half of the changes go there
MOST_BYTES = 200_000  # repeated parts may be repeated again
PNG_HEAD = 8
GIF_TRAILER = b";"


def mutant(kind: str, data: bytes, dice: random.Random) -> bytes:
    """One broken form of a file of a kind, as `sniff` names it."""
    split = _PARTS.get(kind)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        if split is not None and dice.random() < 0.5:
            data = _parts_changed(split(data), dice, is_png=kind == "PNG")
        elif data:
            data = _bytes_changed(data, dice)
        if len(data) > MOST_BYTES:
            break
    return data


def _bytes_changed(data: bytes, dice: random.Random) -> bytes:
    made = bytearray(data)
    at = dice.randrange(min(len(made), HEAD) if dice.random() < 0.5 else len(made))
    span = dice.choice((1, 2, 4, 16, 100))
    match dice.randrange(8):
        case 0:
            made[at] ^= 1 << dice.randrange(8)
        case 1:
            made[at] = dice.randrange(256)
        case 2:
            extreme = dice.choice(EXTREMES)
            made[at : at + len(extreme)] = extreme
        case 3:
            del made[at : at + span]
        case 4:
            made[at:at] = made[at : at + span]
        case 5:
            made[at:at] = dice.randbytes(span)
        case 6:
            other = dice.randrange(len(made))
            made[at : at + span] = made[other : other + span]
        case 7:
            del made[at:]
    return bytes(made)


def _parts_changed(parts: list[bytes], dice: random.Random, *, is_png: bool) -> bytes:
    """`parts` are the file's, the first of them its head, which stays."""
    if len(parts) < 2:
        return b"".join(parts)
    at, other = (dice.randrange(1, len(parts)) for _ in range(2))
    match dice.randrange(6):
        case 0:
            del parts[at]
        case 1:
            parts.insert(other, parts[at])
        case 2:
            parts[at], parts[other] = parts[other], parts[at]
        case 3:
            parts[at:at] = [parts[at]] * min(dice.choice((2, 50, 300)), MOST_BYTES // (len(parts[at]) + 1))
        case _ if parts[at]:
            parts[at] = _bytes_changed(parts[at], dice)
            if is_png:
                parts[at] = _png_mended(parts[at])
    return b"".join(parts)


def _png_mended(chunk: bytes) -> bytes:
    """With the right length and checksum."""
    name, content = chunk[4:8].ljust(4, b"x"), chunk[8:-4]
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _cut(data: bytes, starts: list[int]) -> list[bytes]:
    """The pieces that begin at these places; the first begins at 0."""
    places = sorted({0, *(start for start in starts if 0 < start < len(data)), len(data)})
    return [data[start:end] for start, end in pairwise(places)]


def _png(data: bytes) -> list[bytes]:
    starts, at = [], PNG_HEAD
    while at + 12 <= len(data):
        starts.append(at)
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return _cut(data, starts)


def _jpeg(data: bytes) -> list[bytes]:
    """Also inside the pixels, at restart markers."""
    return _cut(data, [at for at in range(2, len(data) - 1) if data[at] == 0xFF and data[at + 1] not in (0, 0xFF)])


def _riff(data: bytes) -> list[bytes]:
    starts, at = [], 12
    while at + 8 <= len(data):
        starts.append(at)
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return _cut(data, starts)


def _boxes(data: bytes) -> list[bytes]:
    """ISO boxes, and those inside the ones that hold others."""
    starts: list[int] = []
    ends = [(0, len(data))]
    while ends:
        at, end = ends.pop()
        while at + 8 <= end:
            starts.append(at)
            length = max(8, int.from_bytes(data[at : at + 4], "big"))
            inside = {b"meta": 12, b"iprp": 8, b"ipco": 8, b"iinf": 14, b"jp2h": 8}.get(data[at + 4 : at + 8])
            if inside:
                ends.append((at + inside, min(end, at + length)))
            at += length
    return _cut(data, starts)


def _tiff(data: bytes) -> list[bytes]:
    """The entries of the first directory."""
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    try:
        (start,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
        (count,) = struct.unpack_from(order + ("Q" if big else "H"), data, start)
    except (struct.error, OverflowError):
        return [data]
    first, entry = start + (8 if big else 2), 20 if big else 12
    return _cut(data, [start, *(first + entry * number for number in range(min(count, 100)))])


def _pdf(data: bytes) -> list[bytes]:
    """Its objects."""
    return _cut(data, [found.start() for found in re.finditer(rb"\d+ \d+ obj\b|\bxref\b|\btrailer\b", data)])


_PARTS: dict[str, Callable[[bytes], list[bytes]]] = {
    "PNG": _png,
    "JPEG": _jpeg,
    "WEBP": _riff,
    "HEIF": _boxes,
    "AVIF": _boxes,
    "JPEG2000": _boxes,
    "JXL": _boxes,
    "TIFF": _tiff,
    "RAW": _tiff,
    "PDF": _pdf,
}
