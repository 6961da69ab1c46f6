"""Generated small picture files of every format, with their expected pixels."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - registers the kind, for writing
from numpy.typing import NDArray
from PIL import Image, ImageCms

from magicmemory.core.errors import (
    FileTooLarge,
    NotAPhoto,
    PhotoAnimated,
    PhotoTooLarge,
    PhotoTruncated,
    PhotoUnreadable,
)
from magicmemory.pipeline.imaging.decode import DecodeLimits
from magicmemory.pipeline.imaging.exif_block import Entry, written
from magicmemory.pipeline.imaging.picture import Picture

pillow_heif.register_heif_opener()  # for writing; reading does without

LIMITS = DecodeLimits(max_bytes=20_000_000, max_pixels=64_000_000)
SMALL = DecodeLimits(max_bytes=20_000_000, max_pixels=1_000_000)
NAMED = (PhotoTruncated, PhotoUnreadable, NotAPhoto, PhotoAnimated, PhotoTooLarge, FileTooLarge)
WIDTH, HEIGHT = 48, 32


# The slow encoders in their fastest setting, with blocks as large as those of phones.
FAST: dict[str, dict[str, object]] = {
    "AVIF": {"speed": 10},
    "HEIF": {"enc_params": {"preset": "ultrafast", "x265:ctu": "64"}},
}


def scene(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Smooth colours that no turn or flip maps onto themselves, so that lossy kinds stay near them."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return (np.dstack([40 + 180 * x, 30 + 200 * y, 200 - 120 * x * y])).round().astype(np.uint8)


def grey_scene() -> NDArray[np.uint8]:
    return scene()[..., 0]


def with_alpha(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.dstack([pixels, scene()[..., 1]])


def saved(pixels: NDArray[np.uint8] | Image.Image, kind: str, **options: object) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, kind, **FAST.get(kind, {}) | options)
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def chunk_of_profile(icc: bytes) -> bytes:
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(icc))


def png(width: int, height: int, bits: int, colour: int, rows: bytes, extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


def png16(samples: NDArray[np.uint16], extra: bytes = b"") -> bytes:
    height, width, channels = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return png(width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], rows, extra)


def tiff16(samples: NDArray[np.uint16], compression: int = 5) -> bytes:
    bgr = cv2.cvtColor(samples, cv2.COLOR_RGB2BGR if samples.shape[2] == 3 else cv2.COLOR_RGBA2BGRA)
    return cv2.imencode(".tif", bgr, [cv2.IMWRITE_TIFF_COMPRESSION, compression])[1].tobytes()


def tiff(tags: dict[int, tuple[int, list[int]]], strip: bytes, order: str = "<", big: bool = False) -> bytes:
    """A TIFF of one strip, tag by tag; types 3 and 4 are 16 and 32 bits."""
    word, head = ("Q", 16) if big else ("I", 8)
    room = struct.calcsize("=" + word)
    tags = tags | {273: (4, [head]), 279: (4, [len(strip)])}
    body, directory = [strip, bytes(len(strip) % 2)], [struct.pack(order + ("Q" if big else "H"), len(tags))]
    at = head + sum(map(len, body))
    for tag, (kind, values) in sorted(tags.items()):
        content = struct.pack(f"{order}{len(values)}{ {1: 'B', 3: 'H', 4: 'I'}[kind] }", *values)
        entry = struct.pack(order + "HH" + word, tag, kind, len(values))
        if len(content) > room:
            body.append(content + bytes(len(content) % 2))
            content = struct.pack(order + word, at)
            at += len(body[-1])
        directory.append(entry + content.ljust(room, b"\0"))
    mark = b"II" if order == "<" else b"MM"
    start = struct.pack(order + ("HHHQ" if big else "HI"), *((43, 8, 0, at) if big else (42, at)))
    return b"".join([mark, start, *body, *directory, bytes(room)])


def rgb_tags(width: int = WIDTH, height: int = HEIGHT, bits: int = 8) -> dict[int, tuple[int, list[int]]]:
    return {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [bits] * 3),
        259: (3, [1]),
        262: (3, [2]),
        277: (3, [3]),
        278: (4, [height]),
    }


def exif_with(orientation: int, kind: int = 3) -> bytes:
    value = struct.pack("<HH", orientation, 0) if kind == 3 else struct.pack("<I", orientation)
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHI", 274, kind, 1) + value + bytes(4)


@cache  # Little CMS writes the time of day into it
def exif_colours(space: int, index: bytes, order: str = "<") -> bytes:
    """EXIF with every tag by which a camera says its colours and one more, as DCF has them."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    points = Entry(318, 5, struct.pack(order + "4I", 3127, 10_000, 3290, 10_000))
    names = (Entry(1, 2, index + b"\0"), Entry(2, 7, b"0100"))
    photo = (
        Entry(33437, 5, struct.pack(order + "2I", 28, 10)),
        Entry(40961, 3, struct.pack(order + "H", space)),
        Entry(40965, 4, names),
        Entry(42240, 5, struct.pack(order + "2I", 22, 10)),
    )
    entries = (Entry(271, 2, b"Voigtlander\0"), points, Entry(34665, 4, photo))
    return b"Exif\0\0" + mark + struct.pack(order + "I", 8) + written(entries, 8, order)


@cache  # Little CMS writes the time of day into it
def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def as_space(profile: bytes, space: bytes) -> bytes:
    return profile[:16] + space + profile[20:]


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def behind_start(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def differs(picture: Picture, wanted: NDArray[np.uint8]) -> float:
    """Mean difference in levels of 255."""
    assert picture.pixels.shape == wanted.shape, (picture.pixels.shape, wanted.shape)
    return float(np.abs(picture.rgb8().astype(int) - wanted).mean())


def repeated(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.dstack([grey] * 3)


def turned(pixels: NDArray[np.uint8], orientation: int) -> Image.Image:
    """The scene as a camera stores it that writes this orientation."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = Image.fromarray(pixels)
    return image.transpose(undo[orientation]) if orientation in undo else image


RGB, GREY = scene(), grey_scene()
DEEP = RGB.astype(np.uint16) * 257 + 3

COLOUR: dict[str, tuple[str, Callable[[], bytes], float]] = {
    "jpeg": ("JPEG", lambda: saved(RGB, "JPEG", quality=95), 2),
    "jpeg 4:4:4": ("JPEG", lambda: saved(RGB, "JPEG", quality=95, subsampling=0), 2),
    "jpeg progressive": ("JPEG", lambda: saved(RGB, "JPEG", quality=95, progressive=True), 2),
    "jpeg with restarts": ("JPEG", lambda: saved(RGB, "JPEG", quality=95, restart_marker_blocks=2), 2),
    "jpeg cmyk": ("JPEG", lambda: saved(Image.fromarray(RGB).convert("CMYK"), "JPEG", quality=95), 3),
    "jpeg of several pictures": (
        "JPEG",
        lambda: saved(
            Image.fromarray(RGB), "MPO", quality=95, save_all=True, append_images=[Image.fromarray(255 - RGB)]
        ),
        2,
    ),
    "png": ("PNG", lambda: saved(RGB, "PNG"), 0),
    "png interlaced": ("PNG", lambda: interlaced(), 0),
    "png palette": ("PNG", lambda: saved(Image.fromarray(RGB).quantize(256), "PNG"), 6),
    "webp": ("WEBP", lambda: saved(RGB, "WEBP", quality=95), 4),
    "webp lossless": ("WEBP", lambda: saved(RGB, "WEBP", lossless=True), 0),
    "webp with profile": ("WEBP", lambda: saved(RGB, "WEBP", quality=95, icc_profile=srgb()), 4),
    "heif": ("HEIF", lambda: saved(RGB, "HEIF", quality=90), 4),
    "avif": ("AVIF", lambda: saved(RGB, "AVIF", quality=95), 4),
    "tiff": ("TIFF", lambda: saved(RGB, "TIFF"), 0),
    "tiff lzw": ("TIFF", lambda: saved(RGB, "TIFF", compression="tiff_lzw"), 0),
    "tiff deflate": ("TIFF", lambda: saved(RGB, "TIFF", compression="tiff_adobe_deflate"), 0),
    "tiff packbits": ("TIFF", lambda: saved(RGB, "TIFF", compression="packbits"), 0),
    "tiff jpeg": ("TIFF", lambda: saved(RGB, "TIFF", compression="jpeg", quality=95), 3),
    "tiff cmyk": ("TIFF", lambda: saved(Image.fromarray(RGB).convert("CMYK"), "TIFF"), 2),
    "tiff palette": ("TIFF", lambda: saved(Image.fromarray(RGB).quantize(256), "TIFF"), 6),
    "tiff big-endian": ("TIFF", lambda: tiff(rgb_tags(), RGB.tobytes(), ">"), 0),
    "tiff of the large kind": ("TIFF", lambda: tiff(rgb_tags(), RGB.tobytes(), big=True), 0),
    "tiff of two pages": (
        "TIFF",
        lambda: saved(Image.fromarray(RGB), "TIFF", save_all=True, append_images=[Image.fromarray(255 - RGB)]),
        0,
    ),
    "bmp": ("BMP", lambda: saved(RGB, "BMP"), 0),
    "bmp palette": ("BMP", lambda: saved(Image.fromarray(RGB).quantize(256), "BMP"), 6),
    "gif": ("GIF", lambda: saved(Image.fromarray(RGB).quantize(256), "GIF"), 6),
    "gif animated": (
        "GIF",
        lambda: saved(
            Image.fromarray(RGB).quantize(256), "GIF", save_all=True, append_images=[Image.fromarray(255 - RGB)]
        ),
        6,
    ),
}
MONOCHROME: dict[str, tuple[Callable[[], bytes], float]] = {
    "jpeg": (lambda: saved(GREY, "JPEG", quality=95), 2),
    "jpeg of three channels": (lambda: saved(repeated(GREY), "JPEG", quality=95), 2),
    "png": (lambda: saved(GREY, "PNG"), 0),
    "png 16-bit": (lambda: saved(Image.fromarray(GREY.astype(np.uint16) * 257), "PNG"), 0),
    "png grey palette": (lambda: saved(Image.fromarray(GREY).convert("P"), "PNG"), 0),
    "webp": (lambda: saved(repeated(GREY), "WEBP", quality=95), 2),
    "webp lossless": (lambda: saved(repeated(GREY), "WEBP", lossless=True), 0),
    "heif": (lambda: saved(GREY, "HEIF", quality=90), 4),
    "tiff": (lambda: saved(GREY, "TIFF"), 0),
    "tiff 16-bit": (lambda: saved(Image.fromarray(GREY.astype(np.uint16) * 257), "TIFF"), 0),
    "tiff 16-bit lzw": (
        lambda: saved(Image.fromarray(GREY.astype(np.uint16) * 257), "TIFF", compression="tiff_lzw"),
        0,
    ),
    "tiff 16-bit big-endian": (lambda: grey_tiff(1, GREY.astype(">u2") * np.uint16(257), ">"), 0),
    "tiff 16-bit, white is zero": (lambda: grey_tiff(0, 65535 - GREY.astype("<u2") * np.uint16(257), "<"), 0),
    "tiff, white is zero": (lambda: grey_tiff(0, 255 - GREY, "<"), 0),
    "bmp": (lambda: saved(GREY, "BMP"), 0),
    "gif": (lambda: saved(GREY, "GIF"), 0),
}
ALPHA: dict[str, Callable[[], bytes]] = {
    "png": lambda: saved(with_alpha(RGB), "PNG"),
    "png 16-bit": lambda: png16(with_alpha(RGB).astype(np.uint16) * 257),
    "webp": lambda: saved(with_alpha(RGB), "WEBP", lossless=True, exact=True),
    "tiff": lambda: saved(with_alpha(RGB), "TIFF"),
    "tiff deflate": lambda: saved(with_alpha(RGB), "TIFF", compression="tiff_adobe_deflate"),
    "tiff 16-bit": lambda: tiff16(with_alpha(RGB).astype(np.uint16) * 257),
    "heif": lambda: saved(with_alpha(RGB), "HEIF", quality=90),
    "avif": lambda: saved(with_alpha(RGB), "AVIF", quality=95),
}


def interlaced() -> bytes:
    """A PNG in Adam7's seven passes; neither Pillow nor OpenCV writes one."""
    rows = b""
    for x, y, step_x, step_y in [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]:  # fmt: skip
        rows += b"".join(b"\0" + row.tobytes() for row in RGB[y::step_y, x::step_x])
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


def grey_tiff(photometric: int, samples: NDArray[np.integer], order: str) -> bytes:
    tags = rgb_tags() | {258: (3, [samples.itemsize * 8]), 262: (3, [photometric]), 277: (3, [1])}
    return tiff(tags, samples.tobytes(), order)


def heif_of_tiles(pixels: NDArray[np.uint8] | Image.Image, side: int = 64, **options: object) -> bytes:
    """As phones write them."""
    before = pillow_heif.options.GRID_TILE_SIZE
    pillow_heif.options.GRID_TILE_SIZE = side
    try:
        data = saved(pixels, "HEIF", quality=80, **options)
    finally:
        pillow_heif.options.GRID_TILE_SIZE = before
    assert b"grid" in data
    return data


def pdf_of(*pages: NDArray[np.uint8], resolution: int = 150) -> bytes:
    """A scanned PDF: each page is a picture."""
    first, *rest = (Image.fromarray(page) for page in pages)
    return saved(first, "PDF", resolution=resolution, save_all=True, append_images=rest)


def raw_of(preview: bytes, thumbnail: bytes, orientation: int = 1) -> bytes:
    """As a camera writes a DNG: a thumbnail first, a sensor's data and a preview in directories below."""
    sensor = rgb_tags() | {254: (4, [1]), 330: (4, [8]), 50706: (1, [1, 4, 0, 0]), 274: (3, [orientation])}
    return tiff(sensor, RGB.tobytes() + thumbnail + bytes(100) + preview + bytes(100))


def large(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ten times as large, for previews, which thumbnails are too small for."""
    return np.asarray(Image.fromarray(pixels).resize((WIDTH * 10, HEIGHT * 10), Image.Resampling.BICUBIC))


NEWER: dict[str, tuple[str, Callable[[], bytes], float]] = {
    "jpeg 2000": ("JPEG2000", lambda: saved(RGB, "JPEG2000"), 0),
    "jpeg 2000, lossy": ("JPEG2000", lambda: saved(RGB, "JPEG2000", irreversible=True, quality_layers=[5]), 6),
    "jpeg 2000, codestream": ("JPEG2000", lambda: saved(RGB, "JPEG2000", no_jp2=True), 0),
    "jpeg xl": ("JXL", lambda: saved(RGB, "JXL", quality=95), 4),
    "jpeg xl lossless": ("JXL", lambda: saved(RGB, "JXL", lossless=True), 0),
    "jpeg xl in boxes": ("JXL", lambda: saved(RGB, "JXL", lossless=True, use_container=True), 0),
    "jpeg xl of a jpeg": ("JXL", lambda: _jxl_of_jpeg(), 2),
    "raw": ("RAW", lambda: raw_of(saved(large(RGB), "JPEG", quality=95), saved(RGB, "JPEG")), 2),
    "pdf": ("PDF", lambda: pdf_of(RGB), 2),
}
"""Kinds that are read beside those that chats know: kind, maker, and how far from `RGB` (or it, enlarged) they are."""


def _jxl_of_jpeg() -> bytes:
    from pillow_jxl import Encoder

    make: Any = Encoder  # its stub lacks what the library takes
    encoder = make("RGB", lossless=True, use_container=True)
    return bytes(encoder(saved(RGB, "JPEG", quality=95), WIDTH, HEIGHT, jpeg_encode=True))
