"""JPEG 2000 and JPEG XL: their size, profile and end, before a library reserves memory for them."""

import struct
from collections.abc import Callable

from magicmemory.core.errors import KindUnsupported, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile
from magicmemory.pipeline.imaging.container import Container
from magicmemory.pipeline.imaging.isobmff_boxes import box_within, boxes, complete

_SIZ = b"\xff\x4f\xff\x51"  # the start of a codestream, and the marker of its size
_EOC = b"\xff\xd9"  # the end of a codestream
_PROFILES = (2, 3)  # of a `colr` box: a profile follows
_ENUMERATED, _LAB = 1, b"\0\0\0\x0e"  # of a `colr` box: CIE L*a*b*, whose samples OpenJPEG gives as they are
_JXL_START = b"\xff\x0a"
_JXL_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_JXL_SIDE_BITS = (9, 13, 18, 30)
_JXL_HEADER_BYTES = 32
_MOST_SAMPLES = 4  # of a pixel: Pillow knows no more


def jpeg2000(data: bytes) -> Container:
    """Read a JPEG 2000's container, or its bare codestream.

    Raises:
        KindUnsupported: its samples are no RGB, grey, YCC or CMYK.
        PhotoTruncated, PhotoUnreadable: see `unwrap`.
    """
    try:
        if data.startswith(_SIZ):
            ended = _ended(data)
            return Container(ended, ended == data, 1, size=_codestream_size(data, 0))
        header = box_within(data, (b"", 0, len(data)), b"jp2h")
        stream = box_within(data, (b"", 0, len(data)), b"jp2c")
        if header is None or stream is None:
            raise PhotoTruncated
        icc = None
        for name, start, end in boxes(data, header):
            if name == b"colr" and data[start] in _PROFILES and end - start - 3 <= color_profile.MOST_BYTES:
                icc = icc or data[start + 3 : end]
            if name == b"colr" and data[start] == _ENUMERATED and data[start + 3 : start + 7] == _LAB:
                raise KindUnsupported(kind="JPEG 2000 (LAB)")
        # The codestream's own size counts: it is what the decoder reserves.
        size = _codestream_size(data, stream[1])
        ended = _ended(data) if stream[2] >= len(data) else data
        return Container(ended, complete(data) and ended == data, 1, icc, size=size)
    except (struct.error, IndexError):
        raise PhotoTruncated from None


def _ended(data: bytes) -> bytes:
    """A codestream, or a file that ends with one, with an end marker. OpenJPEG tells whether more is missing."""
    if data.rstrip(b"\0").endswith(_EOC):
        return data
    return data.removesuffix(_EOC[:1]) + _EOC


def _codestream_size(data: bytes, at: int) -> tuple[int, int]:
    if data[at : at + 4] != _SIZ:
        raise PhotoUnreadable
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
    (samples,) = struct.unpack_from(">H", data, at + 40)
    if right <= left or bottom <= top or not 0 < samples <= _MOST_SAMPLES:
        raise PhotoUnreadable
    return right - left, bottom - top


def jxl(data: bytes) -> Container:
    """Read a JPEG XL's container, or its bare codestream."""
    if data.startswith(_JXL_START):
        size, animated = _jxl_header(data[2 : 2 + _JXL_HEADER_BYTES])
        return Container(data, size=size, animated=animated)
    for name, start, _ in boxes(data, (b"", 0, len(data))):
        first = start + 4 if name == b"jxlp" else start  # a part begins with its number
        if name in (b"jxlc", b"jxlp") and data[first : first + 2] == _JXL_START:
            size, animated = _jxl_header(data[first + 2 : first + 2 + _JXL_HEADER_BYTES])
            return Container(data, complete(data), size=size, animated=animated)
    raise PhotoTruncated


def _jxl_header(header: bytes) -> tuple[tuple[int, int], bool]:
    """Width and height, and whether there may be several frames: the start of ISO/IEC 18181-1's headers.

    Bits count from the lowest of each byte.
    """
    value, at = int.from_bytes(header, "little"), 0

    def take(bits: int) -> int:
        nonlocal at
        taken = value >> at & ((1 << bits) - 1)
        at += bits
        return taken

    size = _jxl_size(take)
    plain = take(1) or not take(1)  # all is as usual, or no more than colours is said
    if plain:
        return size, False
    take(3)  # orientation
    if take(1):
        _jxl_size(take)  # at which it wants to be shown
    has_preview = take(1)  # which no encoder writes; what follows it is not worth reading
    return size, bool(take(1)) and not has_preview


def _jxl_size(take: Callable[[int], int]) -> tuple[int, int]:
    small = take(1)
    height = _jxl_side(take, small)
    ratio = take(3)
    if not ratio:
        return _jxl_side(take, small), height
    over, under = _JXL_RATIOS[ratio - 1]
    return height * over // under, height


def _jxl_side(take: Callable[[int], int], small: int) -> int:
    return 8 * (1 + take(5)) if small else 1 + take(_JXL_SIDE_BITS[take(2)])
