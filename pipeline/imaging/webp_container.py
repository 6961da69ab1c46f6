"""The WebP container: its RIFF chunks."""

from collections.abc import Iterator
from functools import partial

from magicmemory.core.errors import PhotoAnimated, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging.container import MOST_PARTS, Container
from magicmemory.pipeline.imaging.metadata import Metadata

_EXIF_FLAG, _XMP_FLAG = 8, 4
_PICTURES = (b"VP8 ", b"VP8L")


def webp(data: bytes) -> Container:
    """The size is read here, because libwebp reserves the canvas while it opens the file."""
    complete = 8 + int.from_bytes(data[4:8], "little") <= len(data)
    head = data[12:32].ljust(20, b"\0")
    if head[:4] == b"VP8X":
        if head[8] & 2 and _webp_frames(data) > 1:
            raise PhotoAnimated
        size = 1 + int.from_bytes(head[12:15], "little"), 1 + int.from_bytes(head[15:18], "little")
    elif head[:4] == b"VP8L":
        bits = int.from_bytes(head[9:13], "little")
        size = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        size = int.from_bytes(head[14:16], "little") & 0x3FFF, int.from_bytes(head[16:18], "little") & 0x3FFF
    whole = None if complete else _whole_picture(data)
    there = complete or whole is not None
    filled = None if there else partial(_filled, data, size)
    return Container(whole or data, there, size=size, filled=filled, metadata=_metadata(data))


def _filled(data: bytes, size: tuple[int, int], filling: bytes) -> bytes:
    """A file that ends inside its picture, with other bytes behind; more than were there, because they say more.

    Raises:
        PhotoTruncated: it ends before its picture begins.
    """
    kept = list[bytes]()
    for name, start, end in _chunks(data):
        if name in _PICTURES:
            content = (data[start:end] + filling).ljust(end - start + size[0] * size[1], b"\0")
            return _riff([*kept, _chunk(name, content)])
        kept.append(_chunk(name, data[start:end], only_picture=name == b"VP8X"))
    raise PhotoTruncated


def _whole_picture(data: bytes) -> bytes | None:
    """A file that ends too early, up to the end of its picture; None where the picture itself is not whole."""
    kept = list[bytes]()
    for name, start, end in _chunks(data):
        if end > len(data):
            return None
        kept.append(_chunk(name, data[start:end], only_picture=name == b"VP8X"))
        if name in _PICTURES:
            return _riff(kept)
    return None


def _chunk(name: bytes, content: bytes, *, only_picture: bool = False) -> bytes:
    if only_picture:  # what follows the picture is left out
        if not content:
            raise PhotoUnreadable
        content = bytes([content[0] & ~(_EXIF_FLAG | _XMP_FLAG)]) + content[1:]
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def _riff(chunks: list[bytes]) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _metadata(data: bytes) -> Metadata:
    found = dict[bytes, bytes]()
    for name, start, end in _chunks(data):
        if name in (b"EXIF", b"XMP "):
            found.setdefault(name, data[start:end])
    return Metadata(found.get(b"EXIF", b""), found.get(b"XMP ", b""))


def _webp_frames(data: bytes) -> int:
    return sum(name == b"ANMF" for name, _, _ in _chunks(data))


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content."""
    at = 12
    for _ in range(MOST_PARTS):
        if at + 8 > len(data):
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], at + 8, at + 8 + length
        at += 8 + length + length % 2
    raise PhotoUnreadable
