"""The WebP container: its RIFF chunks."""

from collections.abc import Iterator

from magicmemory.core.errors import PhotoAnimated, PhotoUnreadable
from magicmemory.pipeline.imaging.container import MOST_PARTS, Container
from magicmemory.pipeline.imaging.metadata import Metadata

_EXIF_FLAG, _XMP_FLAG = 8, 4


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
    return Container(whole or data, complete or whole is not None, size=size, metadata=_metadata(data))


def _whole_picture(data: bytes) -> bytes | None:
    """A file that ends too early, up to the end of its picture; None where the picture itself is not whole."""
    kept = list[bytes]()
    for name, start, end in _chunks(data):
        if end > len(data):
            return None
        content = data[start:end]
        if name == b"VP8X":  # what follows the picture is left out
            content = bytes([content[0] & ~(_EXIF_FLAG | _XMP_FLAG)]) + content[1:]
        kept.append(name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2))
        if name in (b"VP8 ", b"VP8L"):
            body = b"WEBP" + b"".join(kept)
            return b"RIFF" + len(body).to_bytes(4, "little") + body
    return None


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
