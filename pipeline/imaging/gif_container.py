"""GIF: its blocks."""

import struct

from magicmemory.core.errors import PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging.container import MOST_PARTS, Container


def gif(data: bytes) -> Container:
    """The first frame alone, and of its extensions the one that names the transparent colour."""
    try:
        at = 13 + _gif_palette(data[10])
        kept, control = [data[:at]], b""
        for _ in range(MOST_PARTS):
            start, what = at, data[at]
            if what == ord("!"):
                at = _gif_blocks(data, at + 2)
                control = data[start:at] if data[start + 1] == 0xF9 else control
            elif what == ord(","):
                left, top, width, height, flags = struct.unpack_from("<HHHHB", data, at + 1)
                screen_width, screen_height = struct.unpack_from("<HH", data, 6)
                size = max(screen_width, left + width), max(screen_height, top + height)
                at += 10 + _gif_palette(flags)
                complete = _gif_ends(data, at + 1)
                end = _gif_blocks(data, at + 1) if complete else len(data)
                return Container(b"".join([*kept, control, data[start:end], b";"]), complete, 1, size=size)
            else:
                raise PhotoUnreadable
    except (IndexError, struct.error):  # the file ends inside a block
        raise PhotoTruncated from None
    raise PhotoUnreadable


def _gif_palette(flags: int) -> int:
    return 6 << (flags & 7) if flags & 0x80 else 0


def _gif_blocks(data: bytes, at: int) -> int:
    """The place after a chain of blocks, each led by its length; IndexError where the file ends first."""
    while length := data[at]:
        at += 1 + length
    return at + 1


def _gif_ends(data: bytes, at: int) -> bool:
    try:
        return _gif_blocks(data, at) <= len(data)
    except IndexError:
        return False
