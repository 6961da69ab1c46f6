"""The file around a photo: takes out what the pixels need, so that no library ever sees the rest.

Text, thumbnails, maker notes, second pictures and trailing archives are where bombs hide, and where libraries
warn, loop or fail over things that nobody misses. A container is walked here, in bounded steps; orientation
and colour profile are read on the way; and what is left goes to the decoder.
"""

import itertools
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from magicmemory.core.errors import PhotoAnimated, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile

_MOST_PARTS = 65_536  # chunks of a PNG: 20 MB in libpng's 8 KB chunks are 2,500
_MOST_SEGMENTS = 4_096  # of a JPEG: a phone's depth map in 64 KB segments takes 100
_MOST_SCANS = 64  # of a progressive JPEG, each of which costs a walk over all pixels; usual are 10
_MOST_EXIF_ENTRIES = 1_000
_MOST_RUN_LENGTH_BYTES = 1 << 20  # of a packed BMP, which Pillow unpacks in Python


@dataclass(frozen=True, slots=True)
class Container:
    """A picture file's bare picture, and what the file said of it.

    Attributes:
        data: the file with only what its decoder needs.
        complete: False where the file ends before it says it does.
        orientation: as in EXIF, 1 (upright) to 8; None where only the decoder can tell.
        icc: the colour profile as found, not yet checked.
        size: width and height in pixels where the file had to be asked before a library may see it, else
            None.
        deep: 16 bits in each of several channels, which Pillow would cut to 8.
        negative: Pillow hands the samples out inverted.
    """

    data: bytes
    complete: bool = True
    orientation: int | None = None
    icc: bytes | None = None
    size: tuple[int, int] | None = None
    deep: bool = False
    negative: bool = False


def unwrap(kind: str, data: bytes) -> Container:
    """Take the bare picture out of a file of a kind that `sniff` named.

    Raises:
        PhotoAnimated: it has several frames that follow each other in time.
        PhotoTruncated: it ends before there is anything to decode.
        PhotoUnreadable: it breaks its format's rules beyond use.
    """
    return _UNWRAP[kind](data)


def exif_orientation(exif: bytes) -> int:
    """Orientation in a block of EXIF, 1 to 8; 1 where there is none or it makes no sense."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    try:
        if order is None:
            return 1
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * min(count, _MOST_EXIF_ENTRIES), 12):
            tag, kind = struct.unpack_from(order + "HH", tiff, at)
            if tag == _ORIENTATION:
                return _upright(struct.unpack_from(order + _NUMBERS.get(kind, "H"), tiff, at + 8)[0])
    except struct.error:  # it points outside itself
        return 1
    return 1


def _upright(orientation: int) -> int:
    return orientation if orientation in range(1, 9) else 1


# ------------------------------------------------------------------------------------------------------- JPEG

_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # not a stuffed 00, a restart marker or a fill byte
_END, _SCAN, _COMMENT, _APP0, _APP1, _APP2, _ADOBE, _APP15 = 0xD9, 0xDA, 0xFE, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_BARE = {0x01, 0xD8}  # markers without a length


def _jpeg(data: bytes) -> Container:
    kept, profiles, orientation = [data[:2]], dict[int, bytes](), 0
    scans, adobe, complete = 0, False, False
    for code, start, body, end in _jpeg_segments(data):
        complete = code == _END
        scans += code == _SCAN
        if scans > _MOST_SCANS:
            raise PhotoUnreadable
        content = data[body:end] if code in (_APP1, _APP2, _ADOBE) else b""
        if code == _APP1 and not orientation and content.startswith(b"Exif\0\0"):
            orientation = exif_orientation(content)
        elif code == _APP2 and content.startswith(b"ICC_PROFILE\0") and len(content) > 14:
            profiles.setdefault(content[12], content[14:])
        elif code == _ADOBE:
            adobe = adobe or content.startswith(b"Adobe")
        metadata = code == _COMMENT or (code in range(_APP0 + 1, _APP15 + 1) and code != _ADOBE)
        filling = code is None and not scans  # which Pillow would step through byte by byte
        if not metadata and not filling:
            kept.append(data[start:end])
    icc = b"".join(profiles[number] for number in sorted(profiles)) or None
    # Pillow takes every four-channel JPEG for Adobe's, which holds its inks inverted.
    return Container(b"".join(kept), complete, orientation or 1, icc, negative=not adobe)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int | None, int, int, int]]:
    """Marker, start, start of content, end. What lies between segments has no marker, nor has a cut one."""
    at = 2
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


# -------------------------------------------------------------------------------------------------------- PNG

_PNG_KEPT = {b"PLTE", b"tRNS", b"IDAT"}
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"


def _png(data: bytes) -> Container:
    header, kept, orientation, icc, complete = b"", [data[:8]], 1, None, False
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
            orientation = exif_orientation(content)
        elif name == b"iCCP":
            icc = _inflated(content.partition(b"\0")[2][1:])
        elif name in _PNG_KEPT:
            kept.append(data[start:end])
    deep = header[8:9] == b"\x10" and header[9:10] != b"\0"
    return Container(b"".join([*kept, _PNG_END]), complete, orientation, icc, deep=deep)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    for _ in range(_MOST_PARTS):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return
        name = data[at + 4 : at + 8]
        yield name, at, end
        if name == b"IEND":
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


# -------------------------------------------------------------------------------------------------------- GIF


def _gif(data: bytes) -> Container:
    """The first frame alone, and of its extensions the one that names the transparent colour."""
    try:
        at = 13 + _gif_palette(data[10])
        kept, control = [data[:at]], b""
        for _ in range(_MOST_PARTS):
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


# ------------------------------------------------------------------------------------------------------- WebP


def _webp(data: bytes) -> Container:
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
    return Container(data, complete, size=size)


def _webp_frames(data: bytes) -> int:
    at, frames = 12, 0
    for _ in range(_MOST_PARTS):
        if at + 8 > len(data) or frames > 1:
            return frames
        frames += data[at : at + 4] == b"ANMF"
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    raise PhotoUnreadable


# ------------------------------------------------------------------------------------------------------- TIFF

_ORIENTATION, _ICC, _SUB_IFDS, _SUBFILE, _DNG = 274, 34675, 330, 254, 50706
_STRIP_OFFSETS, _STRIP_BYTES, _TILE_OFFSETS, _TILE_BYTES = 273, 279, 324, 325
_BITS, _COMPRESSION, _PHOTOMETRIC = 258, 259, 262
_WHITE_IS_ZERO, _RGB = 0, 2
_TIFF_BITS = {1, 2, 4, 8, 16}  # 12 would come out dark, in the low bits of 16
_TIFF_SINGLE = {256, 257, 259, 262, 266, 277, 278, 284, 292, 293, 317, 322, 323, 332, 512, 513, 514, 531}
_TIFF_LISTS = {258, 273, 279, 320, 324, 325, 338, 339, 347, 519, 520, 521, 529, 530, 532}
_NUMBERS = {1: "B", 3: "H", 4: "I", 16: "Q"}  # TIFF's type numbers of whole numbers
_TYPE_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}  # others have one
_MOST_TAGS = 1_000
_MOST_VALUES = 1 << 18  # of one tag: a strip for each row of the tallest photo is 65,000


class _Tiff:
    """A TIFF's first directory, as its raw entries by tag."""

    def __init__(self, data: bytes) -> None:
        self.data, self.order = data, "<" if data[:2] == b"II" else ">"
        self.big = data[2:4] in (b"+\0", b"\0+")
        self.word, self.entry_bytes = ("Q", 20) if self.big else ("I", 12)
        (start,) = self.unpack(self.word, 8 if self.big else 4)
        (count,) = self.unpack("Q" if self.big else "H", start)
        if count > _MOST_TAGS:
            raise PhotoUnreadable
        first = start + (8 if self.big else 2)
        places = range(first, first + count * self.entry_bytes, self.entry_bytes)
        self.entries = {self.unpack("H", at)[0]: at for at in reversed(places)}

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        try:
            return struct.unpack_from(self.order + form, self.data, at)
        except OverflowError:  # an offset beyond what a machine can address
            raise struct.error from None

    def span(self, tag: int) -> tuple[int, int, int]:
        """Type, number of values and place of a tag's values."""
        at = self.entries[tag]
        (kind,) = self.unpack("H", at + 2)
        (count,) = self.unpack(self.word, at + 4)
        value_at = at + 4 + struct.calcsize("=" + self.word)
        if count * _TYPE_BYTES.get(kind, 1) > struct.calcsize("=" + self.word):
            (value_at,) = self.unpack(self.word, value_at)
        return kind, count, value_at

    def values(self, tag: int) -> tuple[int, ...]:
        if tag not in self.entries:
            return ()
        kind, count, at = self.span(tag)
        if kind not in _NUMBERS or count > _MOST_VALUES:
            return ()
        return self.unpack(f"{count}{_NUMBERS[kind]}", at)

    def bare(self) -> bytes:
        """The file with a new directory at its end, which has only what the pixels need, and no next page."""
        tags = sorted(
            tag
            for tag in self.entries
            if self.span(tag)[1] <= (_MOST_VALUES if tag in _TIFF_LISTS else tag in _TIFF_SINGLE)
        )
        entries = [self.data[self.entries[tag] : self.entries[tag] + self.entry_bytes] for tag in tags]
        padding = bytes(-len(self.data) % 8)
        start = struct.pack(self.order + self.word, len(self.data) + len(padding))
        head = self.data[: 8 if self.big else 4] + start
        count = struct.pack(self.order + ("Q" if self.big else "H"), len(entries))
        end = bytes(len(start))
        return b"".join([head, self.data[len(head) :], padding, count, *entries, end])

    def complete(self) -> bool:
        """Whether all strips or tiles lie inside the file."""
        for offsets, lengths in ((_STRIP_OFFSETS, _STRIP_BYTES), (_TILE_OFFSETS, _TILE_BYTES)):
            pairs = itertools.zip_longest(self.values(offsets), self.values(lengths), fillvalue=0)
            if any(start + length > len(self.data) for start, length in pairs):
                return False
        return True


def _tiff(data: bytes) -> Container:
    """The first page. Camera raws, whose first page is a thumbnail, are refused rather than shrunk.

    The orientation is left out, because some decoders apply it and some do not.
    """
    try:
        tiff = _Tiff(data)
        thumbnail = any(value & 1 for value in tiff.values(_SUBFILE)) and _SUB_IFDS in tiff.entries
        bits = set(tiff.values(_BITS))
        if thumbnail or _DNG in tiff.entries or not bits <= _TIFF_BITS:
            raise PhotoUnreadable
        orientation = next(iter(tiff.values(_ORIENTATION)), 1)
        photometric = next(iter(tiff.values(_PHOTOMETRIC)), None)
        sixteen = bits == {16}
        return Container(
            tiff.bare(),
            tiff.complete(),
            _upright(orientation),
            _tiff_icc(tiff),
            deep=sixteen and photometric == _RGB,
            negative=sixteen and photometric == _WHITE_IS_ZERO,
        )
    except struct.error:  # the directory lies outside the file, or points there
        raise PhotoTruncated from None


def _tiff_icc(tiff: _Tiff) -> bytes | None:
    if _ICC not in tiff.entries:
        return None
    _, count, at = tiff.span(_ICC)
    return tiff.data[at : at + count] if count <= color_profile.MOST_BYTES else None


# -------------------------------------------------------------------------------------------- BMP, HEIF, AVIF


def _bmp(data: bytes) -> Container:
    if data[30:34] in (b"\1\0\0\0", b"\2\0\0\0") and len(data) > _MOST_RUN_LENGTH_BYTES:
        raise PhotoUnreadable
    complete = int.from_bytes(data[2:6], "little") <= len(data)
    return Container(data, complete, 1)


def _boxes(data: bytes) -> Container:
    """HEIF and AVIF go on whole; their boxes point at each other all over the file."""
    at = 0
    for _ in range(_MOST_PARTS):
        if at + 8 > len(data):
            break
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        at = at + max(length, 8) if length else len(data)
    return Container(data, complete=at == len(data))


def _heif(data: bytes) -> Container:
    # libheif turns the picture as the container says, and the standard wants EXIF's word ignored.
    bare = _boxes(data)
    return Container(data, bare.complete, 1)


_UNWRAP: dict[str, Callable[[bytes], Container]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _webp,
    "TIFF": _tiff,
    "BMP": _bmp,
    "HEIF": _heif,
    "AVIF": _boxes,
}
