"""The JPEG container: its segments."""

import re
from collections.abc import Iterator
from typing import Final

from magicmemory.core.errors import KindUnsupported, PhotoUnreadable
from magicmemory.pipeline.imaging.container import Container, exif_orientation
from magicmemory.pipeline.imaging.metadata import Metadata, iptc_of_photoshop

_MOST_SEGMENTS = 4_096  # a phone's depth map in 64 KB segments takes 100
_MOST_SCANS = 64  # of a progressive JPEG, each of which costs a walk over all pixels; usual are 10

_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # not a stuffed 00, a restart marker or a fill byte
_END, _SCAN, _COMMENT, _APP0, _APP1, _APP2, _APP13, _ADOBE, _APP15 = (
    0xD9,
    0xDA,
    0xFE,
    0xE0,
    0xE1,
    0xE2,
    0xED,
    0xEE,
    0xEF,
)
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
# Ultra HDR, ISO 21496-1, and Apple's: each names the second picture in the first one's metadata.
_GAIN_MAPS = (b"http://ns.adobe.com/hdr-gain-map/", b"urn:iso:std:iso:ts:21496:-1", b"HDRGainMap")
_PROGRESSIVE = 0xC2
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the first byte of their content is the depth
_UNREAD_FRAMES = {0xCB: "lossless, arithmetic", **dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF), "hierarchical")}
_JPEG_LS_FRAME = 0xF7
_MOST_BITS = 16
END: Final = b"\xff\xd9"
_BARE = {0x01, 0xD8}  # markers without a length


def jpeg(data: bytes) -> Container:
    """Take the bare picture out of a JPEG.

    Raises:
        KindUnsupported: its kind of coding, or its depth, is one that libjpeg-turbo does not decode through Pillow.
        PhotoUnreadable: it has too many parts.
    """
    kept, profiles, orientation = [data[:2]], dict[int, bytes](), 0
    scans, gain_map, complete, progressive = 0, False, False, False
    exif, xmp, iptc = b"", b"", b""
    for code, start, body, end in segments(data):
        complete = code == _END
        _check_frame(code, data[body : body + 1])
        scans += code == _SCAN
        progressive = progressive or code == _PROGRESSIVE
        if scans > _MOST_SCANS:
            raise PhotoUnreadable
        content = data[body:end] if code in (_APP1, _APP2, _APP13) else b""
        gain_map = gain_map or any(mark in content for mark in _GAIN_MAPS)
        if code == _APP1 and not orientation and content.startswith(b"Exif\0\0"):
            orientation, exif = exif_orientation(content), content
        elif code == _APP1 and content.startswith(_XMP):
            xmp = xmp or content[len(_XMP) :]
        elif code == _APP13:
            iptc = iptc or iptc_of_photoshop(content)
        elif code == _APP2 and content.startswith(b"ICC_PROFILE\0") and len(content) > 14:
            profiles.setdefault(content[12], content[14:])
        metadata = code == _COMMENT or (code in range(_APP0 + 1, _APP15 + 1) and code != _ADOBE)
        filling = code is None and not scans  # which Pillow would step through byte by byte
        if not metadata and not filling:
            kept.append(data[start:end])
    icc = b"".join(profiles[number] for number in sorted(profiles)) or None
    if not complete:
        kept.append(END)
    return Container(
        b"".join(kept),
        complete,
        orientation or 1,
        icc,
        gain_map=gain_map,
        scans=scans,
        progressive=progressive,
        metadata=Metadata(exif, xmp, iptc),
    )


def _check_frame(code: int | None, depth: bytes) -> None:
    if code == _JPEG_LS_FRAME:
        raise KindUnsupported(kind="JPEG-LS")
    if code in _UNREAD_FRAMES:
        raise KindUnsupported(kind=f"JPEG ({_UNREAD_FRAMES[code]})")
    if code in _FRAMES and depth and 8 < depth[0] <= _MOST_BITS:
        raise KindUnsupported(kind=f"JPEG ({depth[0]}-bit)")


def segments(data: bytes, start: int = 0) -> Iterator[tuple[int | None, int, int, int]]:
    """Marker, start, start of content, end, of the JPEG at `start`. What lies between segments has no marker, nor has
    a cut one.
    """
    at = start + 2
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None:
            yield None, at, at, len(data)
            return
        code, start, body = found[1][0], found.start(), found.end()
        if start > at:
            yield None, at, at, start
        if code == _END or code in _BARE:
            yield code, start, body, body
            if code == _END:
                return
            at = body
            continue
        length = int.from_bytes(data[body : body + 2], "big")
        if length < 2 or body + length > len(data):
            yield None, start, body, len(data)
            return
        at = body + length
        yield code, start, body + 2, at
    raise PhotoUnreadable
