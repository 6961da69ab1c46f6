"""Whole files of every kind that is decoded, small ones, for the fuzzer to break."""

import io
import struct
import zlib
from collections.abc import Callable

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from tests.support.photo_files import (
    ALPHA,
    COLOUR,
    DEEP,
    MONOCHROME,
    NEWER,
    RGB,
    behind_start,
    chunk,
    exif_colours,
    exif_with,
    heif_of_tiles,
    large,
    png16,
    rgb_tags,
    saved,
    segment,
    srgb,
    tiff,
    tiff16,
    with_alpha,
)


def _phone_jpeg() -> bytes:
    """As a phone writes one: EXIF with a thumbnail, XMP, a profile, a second picture behind the first."""
    thumbnail = saved(RGB[::2, ::2], "JPEG")
    exif = segment(0xE1, b"Exif\0\0" + exif_with(6) + thumbnail)
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>")
    return behind_start(saved(RGB, "JPEG", icc_profile=srgb()), exif, xmp) + thumbnail


def _full_png() -> bytes:
    """With everything that an editor writes."""
    plain = saved(RGB, "PNG", icc_profile=srgb())
    extra = chunk(b"eXIf", exif_with(8)) + chunk(b"tEXt", b"Title\0x") + chunk(b"pHYs", bytes(9))
    extra += chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 1000)) + chunk(b"gAMA", struct.pack(">I", 45455))
    return plain[:33] + extra + plain[33:]


def _tiled_tiff() -> bytes:
    image = Image.fromarray(RGB)
    return saved(image, "TIFF", compression="tiff_lzw", tiffinfo={322: 16, 323: 16}, icc_profile=srgb())


def _bilevel_tiff() -> bytes:
    return saved(Image.fromarray(RGB).convert("1"), "TIFF", compression="group4")


def planar_tiff(samples: NDArray[np.generic], packed: str | None, photometric: str = "rgb") -> bytes:
    file = io.BytesIO()
    planes = np.ascontiguousarray(np.moveaxis(samples, 2, 0))
    tifffile.imwrite(file, planes, photometric=photometric, planarconfig="separate", compression=packed, metadata=None)
    return file.getvalue()


def _tiff_of_colours() -> bytes:
    """With its own tags for primaries, white point and curve."""
    file, curve = io.BytesIO(), [level * level for level in range(256)]
    points = (64, 100, 33, 100, 21, 100, 71, 100, 15, 100, 6, 100)
    tags = [(318, 5, 2, (31, 100, 33, 100), True), (319, 5, 6, points, True), (301, 3, 256, curve, True)]
    tifffile.imwrite(file, RGB, photometric="rgb", metadata=None, extratags=tags)
    return file.getvalue()


def _with_colours(cicp: bytes) -> bytes:
    plain = saved(RGB, "PNG")
    return plain[:33] + chunk(b"cICP", cicp) + chunk(b"cHRM", bytes(range(32))) + plain[33:]


def _flat_pdf() -> bytes:
    """A page by a scanner's own program: pixels packed by Flate with a predictor, a table of grey colours, a mask."""
    rows = zlib.compress(b"".join(b"\2" + row.tobytes() for row in np.diff(RGB, axis=0, prepend=RGB[:1] * 0)))
    grey, drawn = zlib.compress(RGB[..., 1].tobytes()), b"q 96 0 0 64 0 0 cm /P Do Q q 20 0 0 20 4 4 cm /G Do Q"
    picture = b"<</Type/XObject/Subtype/Image/Width 48/Height 32/BitsPerComponent 8/Filter/FlateDecode"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 96 64]/Rotate 90/Contents 6 0 R"
        b"/Resources<</XObject<</P 4 0 R/G 5 0 R>>>>>>",
        picture + b"/ColorSpace/DeviceRGB/DecodeParms<</Predictor 15/Colors 3/Columns 48>>/SMask 5 0 R"
        b"/Length %d>>stream\n%s\nendstream" % (len(rows), rows),
        picture + b"/ColorSpace/DeviceGray/Length %d>>stream\n%s\nendstream" % (len(grey), grey),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(parts, 1))
    return b"%PDF-1.5\n" + body + b"trailer<</Root 1 0 R/Size 7>>\n%%EOF\n"


def _raw_with(start: bytes) -> bytes:
    preview = saved(large(RGB), "JPEG", quality=60, exif=b"Exif\0\0" + exif_with(3))
    return start + bytes(100) + saved(RGB, "JPEG") + bytes(50) + preview + bytes(200)


TWELVE = rgb_tags() | {258: (3, [12]), 262: (3, [1]), 277: (3, [1])}

MORE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "jpeg of a phone": ("JPEG", _phone_jpeg),
    "jpeg of Adobe RGB": (
        "JPEG",
        lambda: behind_start(saved(RGB, "JPEG"), segment(0xE1, exif_colours(65535, b"R03", ">"))),
    ),
    "jpeg cmyk with profile": (
        "JPEG",
        lambda: saved(Image.fromarray(RGB).convert("CMYK"), "JPEG", icc_profile=srgb()[:16] + b"CMYK" + srgb()[20:]),
    ),
    "png of an editor": ("PNG", _full_png),
    "png 16": ("PNG", lambda: png16(DEEP)),
    "tiff 16": ("TIFF", lambda: tiff16(DEEP)),
    "tiff in tiles": ("TIFF", _tiled_tiff),
    "tiff 16 in planes": ("TIFF", lambda: planar_tiff(DEEP, "lzw")),
    "tiff of lab": ("TIFF", lambda: planar_tiff(RGB, None, "cielab")),
    "tiff of colours": ("TIFF", _tiff_of_colours),
    "tiff of 12 bits": ("TIFF", lambda: tiff(TWELVE, bytes(range(250)) * (48 * 32 * 3 // 2 // 250 + 1))),
    "png of P3": ("PNG", lambda: _with_colours(b"\x0c\x0d\0\1")),
    "png of PQ": ("PNG", lambda: _with_colours(b"\x09\x10\0\1")),
    "gif of frames": ("GIF", lambda: COLOUR["gif animated"][1]()),
    "tiff of a fax": ("TIFF", _bilevel_tiff),
    "heif with a profile": ("HEIF", lambda: saved(RGB, "HEIF", icc_profile=srgb(), exif=b"Exif\0\0" + exif_with(3))),
    "heif of odd sides": ("HEIF", lambda: saved(RGB[:31, :47], "HEIF", quality=40)),
    "heif of tiles": ("HEIF", lambda: heif_of_tiles(RGB, 16)),
    "jxl of frames": ("JXL", lambda: bytes(imagecodecs.jpegxl_encode(np.stack([RGB, 255 - RGB]), lossless=True))),
    "pdf of a fax": ("PDF", lambda: saved(Image.fromarray(RGB).convert("1"), "PDF", resolution=72)),
    "pdf of jpeg 2000": ("PDF", lambda: saved(Image.fromarray(with_alpha(RGB)), "PDF", resolution=72)),
    "pdf of flat pixels": ("PDF", _flat_pdf),
    "raw of fuji": ("RAW", lambda: _raw_with(b"FUJIFILMCCD-RAW 0201")),
    "raw of canon": ("RAW", lambda: _raw_with(struct.pack(">I", 24) + b"ftypcrx \0\0\0\1crx isom")),
    "avif of grey": ("AVIF", lambda: saved(np.ascontiguousarray(RGB[..., 1]), "AVIF", exif=exif_with(5))),
}


def seeds() -> dict[str, tuple[str, bytes]]:
    """Each file's name, kind and bytes."""
    found = {name: (kind, make()) for name, (kind, make, _) in COLOUR.items()}
    found |= {name: (kind, make()) for name, (kind, make, _) in NEWER.items()}
    found |= {f"grey {name}": (_kind(name), make()) for name, (make, _) in MONOCHROME.items()}
    found |= {f"alpha {name}": (_kind(name), make()) for name, make in ALPHA.items()}
    return found | {name: (kind, make()) for name, (kind, make) in MORE.items()}


def _kind(name: str) -> str:
    return name.split()[0].rstrip(",").upper()
