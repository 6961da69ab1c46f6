"""The boxes of ISO base media files: HEIF, AVIF, JPEG 2000, JPEG XL."""

from collections.abc import Iterator

from magicmemory.pipeline.imaging.container import MOST_PARTS

Box = tuple[bytes, int, int]
"""Name, start and end of the content."""


def complete(data: bytes) -> bool:
    """Whether the file's last box ends where the file does."""
    at = 0
    for _ in range(MOST_PARTS):
        if at + 8 > len(data):
            break
        at += _box_length(data, at, len(data))
    return at == len(data)


def _box_length(data: bytes, at: int, end: int) -> int:
    length = int.from_bytes(data[at : at + 4], "big")
    if length == 1:
        length = int.from_bytes(data[at + 8 : at + 16], "big")
    return max(length, 8) if length else end - at


def boxes(data: bytes, parent: Box) -> Iterator[Box]:
    """The boxes right inside another one, or inside `(b"", 0, len(data))`, the file."""
    _, at, end = parent
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            return
        length = _box_length(data, at, end)
        head = 16 if data[at : at + 4] == b"\0\0\0\1" else 8
        yield data[at + 4 : at + 8], at + head, min(at + length, end)
        at += length


def box_within(data: bytes, parent: Box, name: bytes) -> Box | None:
    """The first box of that name right inside another one."""
    return next((box for box in boxes(data, parent) if box[0] == name), None)
