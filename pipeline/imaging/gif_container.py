"""The GIF container: its blocks."""

import struct

from magicmemory.core.errors import PageMissing, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import cut_gif
from magicmemory.pipeline.imaging.container import MOST_PARTS, Container


def gif(data: bytes, page: int = 1) -> Container:
    """The first frame alone, and of its extensions the one that names the transparent colour.

    For a later page the file goes on whole, because a frame may be drawn over the ones before it.
    """
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
                frames = 1 + _frames(data, end)
                if page > frames:
                    raise PageMissing(page=page, pages=frames)
                frame, rows = data[start:end], None
                if not complete:
                    frame, rows = cut_gif.with_all_pixels(
                        frame, at - start, (width, height), interlaced=bool(flags & 0x40)
                    )
                    rows = None if rows is None else top + rows
                bare = data if page > 1 else b"".join([*kept, control, frame, b";"])
                return Container(bare, complete, 1, size=size, pages=frames, whole_rows=rows)
            else:
                raise PhotoUnreadable
    except (IndexError, struct.error):  # the file ends inside a block
        raise PhotoTruncated from None
    raise PhotoUnreadable


def _frames(data: bytes, at: int) -> int:
    """How many whole frames lie behind a place."""
    frames = 0
    try:
        for _ in range(MOST_PARTS):
            if data[at] == ord("!"):
                at = _gif_blocks(data, at + 2)
            elif data[at] == ord(","):
                at = _gif_blocks(data, at + 11 + _gif_palette(data[at + 9]))
                frames += at <= len(data)
            else:
                return frames
    except IndexError:
        return frames
    return frames


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
