"""Encodes an upright photo as the file that its sender gets."""

import io
import struct
import zlib
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np
from PIL import Image

from magicmemory.pipeline.imaging import color_profile
from magicmemory.pipeline.imaging.exif_block import Entry, entries_of, with_resolution, written
from magicmemory.pipeline.imaging.metadata import Metadata, photoshop_of_iptc
from magicmemory.pipeline.imaging.picture import Picture, Pixels, eight_bits
from magicmemory.pipeline.imaging.png_container import chunk
from magicmemory.pipeline.imaging.tiff_directory import Directory

_EXTENSIONS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif"}
_LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383}
_JPEG_QUALITY = 95
_JPEG_QUALITY_OF_OTHERS = 98  # a JPEG's own steps are met again; what was never a JPEG would lose grain at 95
_WEBP_QUALITY = 98
_OF_JPEGS = {"JPEG", "RAW", "PDF"}
_PNG_EFFORT = 3  # of 9: higher ones take several times as long for a few per cent
_TIFF_EFFORT = 3
_TIFF_STRIP_BYTES = 1 << 18
_MOST_SEGMENT_BYTES = 65_533  # of a JPEG
_MOST_DPI = 65_535  # of a JPEG
_INCH_M = 0.0254


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture file.

    Attributes:
        data: the file's bytes.
        extension: with its dot, `.jpg`.
        media_type: `image/jpeg`.
    """

    data: bytes
    extension: str
    media_type: str


def encode(picture: Picture, *, kind: str | None = None) -> Encoded:
    """Write a photo as the kind of file it came in, or as one that every chat program opens.

    JPEG, PNG, WebP and TIFF stay what they are while the kind can hold the photo; the others become JPEG. A
    photo with alpha or 16 bits, or one too wide for the kind, becomes PNG. A monochrome photo gets one
    channel (in WebP, which has no such thing, three equal ones; in a 16-bit file with alpha too). The colour
    profile is kept, for one channel as a grey profile made of it. What `picture.metadata` holds is written as
    far as the kind can hold it (IPTC: JPEG and TIFF); an orientation is not, because the pixels are upright.
    `picture.dpi` is written where the kind has a place for it, and into the EXIF.

    Args:
        picture: the photo.
        kind: `JPEG`, `PNG`, `WEBP` or `TIFF` where the kind matters more than the rest: JPEG and WebP then
            get 8 bits, and a JPEG gets white where the photo is transparent. The sides' limit goes on
            holding.
    """
    if kind is None:
        kind = picture.format if picture.format in _EXTENSIONS else "JPEG"
        deep, transparent = picture.peak > 255, picture.alpha is not None
        if (deep and kind in {"JPEG", "WEBP"}) or (transparent and kind == "JPEG"):
            kind = "PNG"
    if max(picture.width, picture.height) > _LONGEST_SIDE.get(kind, 1 << 31):
        kind = "PNG"
    picture = _with_resolution(picture, kind)
    if kind == "WEBP":
        webp = _webp(picture)
        return encode(picture, kind="PNG") if webp is None else _file("WEBP", webp)
    writers = {"JPEG": _jpeg, "PNG": _png if picture.peak == 255 else _png16, "TIFF": _tiff}
    return _file(kind, writers[kind](picture))


def _with_resolution(picture: Picture, kind: str) -> Picture:
    """The photo with its resolution in the EXIF, which must not say another; WebP and TIFF have no other place."""
    told = picture.metadata
    if picture.dpi is None or not (told.exif or kind in {"WEBP", "TIFF"}):
        return picture
    return replace(picture, metadata=replace(told, exif=with_resolution(told.exif, picture.dpi)))


def _file(kind: str, data: bytes) -> Encoded:
    return Encoded(data, _EXTENSIONS[kind], f"image/{kind.lower()}")


def _channels(picture: Picture, *, grey_alpha: bool = True) -> tuple[Pixels, bytes | None]:
    """The file's samples, `[height, width]` or `[height, width, 2 to 4]`, and the profile they are in."""
    icc, alpha = picture.icc, picture.alpha
    single = picture.monochrome and (grey_alpha or alpha is None)
    if single and icc is not None and color_profile.space(icc) != b"GRAY":
        icc = color_profile.grey_of(icc)
        single = icc is not None
    if not single and icc is not None and color_profile.space(icc) != b"RGB ":
        icc = None
    colours = picture.pixels[..., :1] if single else picture.pixels
    samples = np.dstack([colours, alpha]) if alpha is not None else np.ascontiguousarray(colours)
    return cast(Pixels, samples[..., 0] if samples.shape[2] == 1 else samples), icc


def _saved(samples: Pixels, kind: str, icc: bytes | None, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(samples).save(file, kind, icc_profile=icc, **options)
    return file.getvalue()


def _jpeg(picture: Picture) -> bytes:
    """Colour at full resolution: a restored photo's colours have been through one subsampling already."""
    picture = eight_bits(picture)
    if picture.alpha is not None:
        share = picture.alpha[..., None] / np.float32(255)
        white = (picture.pixels * share + 255 * (1 - share) + 0.5).astype(np.uint8)
        picture = replace(picture, pixels=white, alpha=None)
    samples, icc = _channels(picture)
    quality = _JPEG_QUALITY if picture.format in _OF_JPEGS else _JPEG_QUALITY_OF_OTHERS
    each = picture.dpi and min(picture.dpi, _MOST_DPI)
    resolution = {"dpi": (each, each)} if each else {}
    file = _saved(samples, "JPEG", icc, quality=quality, subsampling="4:4:4", **resolution)
    return _jpeg_with(picture.metadata, file)


def _jpeg_with(metadata: Metadata, data: bytes) -> bytes:
    """The file with its metadata in segments behind JFIF's; a block that no segment can hold is left out."""
    blocks = [
        (0xE1, b"Exif\0\0" + metadata.exif if metadata.exif else b""),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + metadata.xmp if metadata.xmp else b""),
        (0xED, photoshop_of_iptc(metadata.iptc) if metadata.iptc else b""),
    ]
    at = 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2
    segments = [
        bytes([0xFF, code]) + struct.pack(">H", len(block) + 2) + block
        for code, block in blocks
        if 0 < len(block) <= _MOST_SEGMENT_BYTES
    ]
    return b"".join([data[:at], *segments, data[at:]])


def _png(picture: Picture) -> bytes:
    samples, icc = _channels(picture)
    return _png_with(picture, None, _saved(samples, "PNG", icc, compress_level=_PNG_EFFORT))


def _png_with(picture: Picture, icc: bytes | None, data: bytes) -> bytes:
    """The file with a profile, its resolution and metadata in chunks behind its header."""
    metadata, per_metre = picture.metadata, round((picture.dpi or 0) / _INCH_M)
    chunks = [
        chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)) if per_metre else b"",
        chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc)) if icc else b"",
        chunk(b"eXIf", metadata.exif) if metadata.exif else b"",
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp) if metadata.xmp else b"",
    ]
    header_end = 8 + 25
    return b"".join([data[:header_end], *chunks, data[header_end:]])


def _png16(picture: Picture) -> bytes:
    """By OpenCV, because Pillow has no 16-bit colour."""
    samples, icc = _channels(picture, grey_alpha=False)
    if samples.ndim == 3:
        to_bgr = cv2.COLOR_RGB2BGR if samples.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
        samples = cast(Pixels, cv2.cvtColor(samples, to_bgr))
    _, file = cv2.imencode(".png", samples, [cv2.IMWRITE_PNG_COMPRESSION, _PNG_EFFORT])
    return _png_with(picture, icc, file.tobytes())


def _webp(picture: Picture) -> bytes | None:
    """None where libwebp cannot: its first partition holds 512 KB, and a large, grainy photo needs more."""
    picture = eight_bits(picture)
    icc = picture.icc if picture.icc is not None and color_profile.space(picture.icc) == b"RGB " else None
    samples = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
    try:
        told = picture.metadata
        return _saved(cast(Pixels, samples), "WEBP", icc, quality=_WEBP_QUALITY, method=2, exif=told.exif, xmp=told.xmp)
    except ValueError:
        return None


def _tiff(picture: Picture) -> bytes:
    """Deflated strips with horizontal differences; written here because Pillow has no 16-bit colour."""
    samples, icc = _channels(picture, grey_alpha=picture.peak == 255)
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, -1)
    channels, bits = samples.shape[2], samples.itemsize * 8
    rows = max(1, _TIFF_STRIP_BYTES // (width * channels * samples.itemsize))
    strips = [_tiff_strip(samples[at : at + rows]) for at in range(0, height, rows)]
    short, long, undefined = 3, 4, 7
    starts = np.cumsum([8, *(len(strip) for strip in strips)])[:-1]
    tags: list[tuple[int, int, bytes]] = [
        (256, long, struct.pack("<I", width)),
        (257, long, struct.pack("<I", height)),
        (258, short, struct.pack(f"<{channels}H", *[bits] * channels)),
        (259, short, struct.pack("<H", 8)),  # deflate
        (262, short, struct.pack("<H", 1 if channels <= 2 else 2)),  # black is zero, RGB
        (273, long, starts.astype("<u4").tobytes()),
        (277, short, struct.pack("<H", channels)),
        (278, long, struct.pack("<I", rows)),
        (279, long, np.array([len(strip) for strip in strips], "<u4").tobytes()),
        (317, short, struct.pack("<H", 2)),  # horizontal differences
    ]
    if picture.alpha is not None:
        tags.append((338, short, struct.pack("<H", 2)))  # the last channel is alpha, not premultiplied
    if icc is not None:
        tags.append((34675, undefined, icc))
    return _tiff_file(strips, [Entry(tag, kind, value) for tag, kind, value in tags] + _tiff_metadata(picture.metadata))


def _tiff_metadata(metadata: Metadata) -> list[Entry]:
    """EXIF's tags in the file's own directory, as TIFF has them, XMP and IPTC."""
    entries = list[Entry]()
    if metadata.exif[:4] == b"II*\0":
        entries += entries_of(Directory(metadata.exif))
    if metadata.xmp:
        entries.append(Entry(700, 1, metadata.xmp))
    if metadata.iptc:
        entries.append(Entry(33723, 7, metadata.iptc))
    return entries


def _tiff_strip(rows: Pixels) -> bytes:
    differences = rows.copy()
    differences[:, 1:] -= rows[:, :-1]  # wraps around, as it should
    return zlib.compress(differences.astype(f"<u{differences.itemsize}", copy=False).tobytes(), _TIFF_EFFORT)


def _tiff_file(strips: list[bytes], entries: list[Entry]) -> bytes:
    """The strips, then the directory with what belongs to it."""
    body = b"".join([*strips, bytes(sum(map(len, strips)) % 2)])
    at = 8 + len(body)
    directory = written(sorted(entries, key=lambda entry: entry.tag), at)
    return b"".join([b"II*\0", struct.pack("<I", at), body, directory])
