"""The PNG container: its chunks."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace

from magicmemory.core.errors import PhotoAnimated, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile, color_signal
from magicmemory.pipeline.imaging.color_signal import ColorSignal
from magicmemory.pipeline.imaging.container import MOST_PARTS, Container, exif_orientation
from magicmemory.pipeline.imaging.metadata import Metadata

_PNG_KEPT = {b"PLTE", b"tRNS", b"IDAT"}
_PNG_SAMPLES = {2: 3, 4: 2, 6: 4}  # of a pixel, by colour type
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"


_XMP = b"XML:com.adobe.xmp\0"
_COLOURS = {b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cLLI", b"mDCV", b"cLLi", b"mDCv"}
_MOST_COLOUR_BYTES = 1 << 20  # of a deflated profile


def png(data: bytes) -> Container:
    """Take the bare picture out of a PNG."""
    header, kept, orientation, complete = b"", [data[:8]], 1, False
    colours, exif, xmp = dict[bytes, bytes](), b"", b""
    for name, start, end in _png_chunks(data):
        content = data[start + 8 : end - 4]
        if name == b"IEND":
            complete = True
        elif name == b"IHDR" and not header:
            header = content
            kept.append(data[start:end])
        elif name == b"acTL" and len(content) >= 8 and int.from_bytes(content[:4], "big") > 1:
            raise PhotoAnimated
        elif name == b"eXIf":
            orientation, exif = exif_orientation(content), content
        elif name == b"iTXt" and content.startswith(_XMP):
            xmp = xmp or _text(content[len(_XMP) :])
        elif name in _COLOURS and len(content) <= _MOST_COLOUR_BYTES:
            colours.setdefault(name, content)
        elif name in _PNG_KEPT:
            kept.append(data[start:end] if end <= len(data) else chunk(name, content))
    deep = header[8:9] == b"\x10" and header[9:10] != b"\0"
    icc, signal = _png_colours(colours, b"GRAY" if header[9:10] in (b"\0", b"\4") else b"RGB ")
    metadata = Metadata(exif, xmp)
    size = None if complete or len(header) < 8 else struct.unpack_from(">II", header)
    return Container(
        b"".join([*kept, _PNG_END]), complete, orientation, icc, signal, size=size, deep=deep, metadata=metadata
    )


def with_all_rows(container: Container) -> Container:
    """A bare PNG that ends too early, with black in the rows that are not there. Its size must have been checked.

    Raises:
        PhotoTruncated: its rows are in Adam7's seven passes, of which none shows a part of the picture fully.
    """
    (_, first, header_end), *parts = _png_chunks(container.data)
    width, height, bits, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", container.data, first + 8)
    names = [(name, container.data[start:end]) for name, start, end in parts]
    packed = b"".join(part[8:-4] for name, part in names if name == b"IDAT")
    if interlaced:
        raise PhotoTruncated
    row_bytes = 1 + (width * bits * _PNG_SAMPLES.get(colour, 1) + 7) // 8
    rows = zlib.decompressobj().decompress(packed, row_bytes * height)
    whole = len(rows) // row_bytes
    if whole == height:
        return container
    filled = zlib.compress(rows[: whole * row_bytes].ljust(row_bytes * height, b"\0"), 1)
    before = b"".join(part for name, part in names if name not in (b"IDAT", b"IEND"))
    data = container.data[:header_end] + before + chunk(b"IDAT", filled) + _PNG_END
    return replace(container, data=data, whole_rows=whole)


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _text(content: bytes) -> bytes:
    """An iTXt chunk's text behind its keyword, which may be packed."""
    packed, rest = content[:1] == b"\1", content[2:]
    text = rest.partition(b"\0")[2].partition(b"\0")[2]
    return (_inflated(text) or b"") if packed else text


def _png_colours(chunks: dict[bytes, bytes], space: bytes) -> tuple[bytes | None, ColorSignal | None]:
    """The profile or the signal that counts. PNG's third edition ranks them: `cICP`, `iCCP`, `sRGB`, `gAMA` and `cHRM`.

    What says nothing usable is passed over for the next, as browsers do.
    """
    cicp = chunks.get(b"cICP", b"")
    if len(cicp) == 4 and cicp[2] == 0:  # RGB: no other matrix is allowed
        signal = color_signal.from_cicp(cicp[0], cicp[1], narrow=cicp[3] == 0)
        if signal is not None:
            return None, replace(signal, peak_nits=_peak_nits(chunks) or signal.peak_nits)
    if b"iCCP" in chunks:
        icc = color_profile.usable(_inflated(chunks[b"iCCP"].partition(b"\0")[2][1:]), space)
        if icc is not None:
            return icc, None
    if b"sRGB" in chunks:
        return None, None
    return None, color_signal.from_png(chunks.get(b"gAMA"), chunks.get(b"cHRM"))


def _peak_nits(chunks: dict[bytes, bytes]) -> float:
    """The brightest light that the file tells of, candela a square metre; 0 where it tells nothing."""
    light = chunks.get(b"cLLI", chunks.get(b"cLLi", b""))
    display = chunks.get(b"mDCV", chunks.get(b"mDCv", b""))
    if len(light) == 8 and (brightest := int.from_bytes(light[:4], "big")):
        return brightest / 10_000
    return int.from_bytes(display[16:20], "big") / 10_000 if len(display) == 24 else 0.0


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk; pixels are a chunk even where the file ends inside it."""
    at = 8
    for _ in range(MOST_PARTS):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if end > len(data) and (name != b"IDAT" or at + 8 >= len(data)):
            return
        yield name, at, end
        if name == b"IEND" or end > len(data):
            return
        at = end
    raise PhotoUnreadable


def _inflated(packed: bytes) -> bytes | None:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(packed, color_profile.MOST_BYTES)
    except zlib.error:  # a broken profile is no reason to refuse a photo
        return None
    return plain if inflater.eof else None
