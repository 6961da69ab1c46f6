"""A frame of a GIF that ends too early: how many of its rows are there, and codes that stand for the rest."""

from collections.abc import Iterator
from dataclasses import dataclass

from magicmemory.core.errors import PhotoTruncated

_MOST_CODES = 4096
_MOST_WIDTH = 12  # bits of a code
_BLOCK_BYTES = 255
_MOST_BYTES = 8 << 20  # of codes, which are read in Python


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the codes reach.

    Attributes:
        pixels: that they stand for.
        bits: after which the next code would stand.
        width: of that code, in bits.
        ended: the end code was met.
    """

    pixels: int
    bits: int
    width: int
    ended: bool


def with_all_pixels(frame: bytes, at: int, size: tuple[int, int], *, interlaced: bool) -> tuple[bytes, int | None]:
    """The frame filled up with its first colour, and how many of its rows are whole; None if all are.

    Args:
        frame: from its image descriptor to the end of the file.
        at: where its codes begin: the byte with their first width.
        size: its width and height in pixels.
        interlaced: whether rows are stored in four passes.

    Raises:
        PhotoTruncated: the rows are in passes, or the codes cannot be read.
    """
    if interlaced or at >= len(frame) or not 1 <= frame[at] < _MOST_WIDTH:
        raise PhotoTruncated
    first_width = frame[at] + 1
    packed = _unblocked(frame, at + 1)
    if len(packed) > _MOST_BYTES:
        raise PhotoTruncated
    there = _progress(packed, first_width)
    wanted = size[0] * size[1]
    codes = [] if there.ended else [(1 << first_width - 1, there.width), *_run(wanted - there.pixels, first_width)]
    packed = _appended(packed, there.bits, codes)
    blocks = [packed[start : start + _BLOCK_BYTES] for start in range(0, len(packed), _BLOCK_BYTES)]
    filled = b"".join([frame[: at + 1], *(bytes([len(block)]) + block for block in blocks), b"\0"])
    rows = there.pixels // max(1, size[0])
    return filled, None if rows >= size[1] else rows


def _unblocked(data: bytes, at: int) -> bytes:
    blocks = list[bytes]()
    while at < len(data) and data[at]:
        blocks.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(blocks)


def _progress(packed: bytes, first_width: int) -> _Progress:
    """Read the codes (LZW), but only the lengths of what they stand for.

    Raises:
        PhotoTruncated: a code stands for nothing.
    """
    clear = 1 << first_width - 1
    lengths = [1] * clear + [0, 0]
    width, before, pixels, held, held_bits, at = first_width, 0, 0, 0, 0, 0
    while True:
        while held_bits < width and at < len(packed):
            held |= packed[at] << held_bits
            held_bits, at = held_bits + 8, at + 1
        if held_bits < width:
            return _Progress(pixels, 8 * at - held_bits, width, False)
        code = held & ((1 << width) - 1)
        if code == clear + 1:
            return _Progress(pixels, 8 * at - held_bits, width, True)
        held, held_bits = held >> width, held_bits - width
        if code == clear:
            del lengths[clear + 2 :]
            width, before = first_width, 0
            continue
        if code > len(lengths) or (code == len(lengths) and not before):
            raise PhotoTruncated
        if before and len(lengths) < _MOST_CODES:
            lengths.append(before + 1)
            width += len(lengths) == 1 << width and width < _MOST_WIDTH
        before = lengths[code]
        pixels += before


def _run(pixels: int, first_width: int) -> Iterator[tuple[int, int]]:
    """Codes and their widths, after a clear code, for that many pixels of the first colour; then the end code."""
    clear = 1 << first_width - 1
    width, following, longest = first_width, clear + 2, 0
    while pixels > 0:
        if following == _MOST_CODES:
            yield clear, width
            width, following, longest = first_width, clear + 2, 0
        length = min(longest + 1, pixels)  # each code may stand for one pixel more than the one before
        yield (0 if length == 1 else clear + length), width
        pixels -= length
        if longest:
            following += 1
            width += following == 1 << width and width < _MOST_WIDTH
        longest = max(longest, length)
    yield clear + 1, width


def _appended(packed: bytes, bits: int, codes: list[tuple[int, int]]) -> bytes:
    """The first bits of some bytes, with codes behind them."""
    made = bytearray(packed[: -(-bits // 8)])
    held_bits = bits % 8
    held = made.pop() & ((1 << held_bits) - 1) if held_bits else 0
    for code, width in codes:
        held |= code << held_bits
        held_bits += width
        while held_bits >= 8:
            made.append(held & 255)
            held, held_bits = held >> 8, held_bits - 8
    return bytes(made) + (bytes([held]) if held_bits else b"")
