"""Decoding: everything people send comes out upright and right, and everything else as a named error."""

import io
import random
import struct
import time
import tracemalloc
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from magicmemory.core.errors import (
    FileTooLarge,
    NotAPhoto,
    PhotoAnimated,
    PhotoTooLarge,
    PhotoTruncated,
    PhotoUnreadable,
    UserError,
)
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.picture import Picture

pillow_heif.register_heif_opener()  # for writing; reading does without

LIMITS = DecodeLimits(max_bytes=20_000_000, max_pixels=64_000_000)
SMALL = DecodeLimits(max_bytes=20_000_000, max_pixels=1_000_000)
NAMED = (PhotoTruncated, PhotoUnreadable, NotAPhoto, PhotoAnimated, PhotoTooLarge, FileTooLarge)
WIDTH, HEIGHT = 48, 32


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
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


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


@pytest.mark.parametrize("name", COLOUR)
def test_colour_of_every_kind(name: str) -> None:
    kind, make, tolerance = COLOUR[name]
    picture = decode(make(), LIMITS)
    assert (picture.format, picture.monochrome, picture.alpha) == (kind, False, None)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.writeable, "torch warns of arrays that are not"
    assert differs(picture, RGB) <= tolerance


@pytest.mark.parametrize("name", MONOCHROME)
def test_monochrome_of_every_kind(name: str) -> None:
    make, tolerance = MONOCHROME[name]
    picture = decode(make(), LIMITS)
    assert picture.monochrome
    assert picture.peak == (65535 if "16-bit" in name else 255)
    assert differs(picture, repeated(GREY)) <= tolerance
    assert (picture.pixels[..., 0] == picture.pixels[..., 2]).all()


@pytest.mark.parametrize("name", ALPHA)
def test_alpha_of_every_kind(name: str) -> None:
    picture = decode(ALPHA[name](), LIMITS)
    assert picture.alpha is not None
    assert picture.alpha.dtype == picture.pixels.dtype
    lossy = name in {"heif", "avif"}
    assert np.abs(picture.alpha / (picture.peak / 255) - with_alpha(RGB)[..., 3]).mean() <= (2 if lossy else 0)
    assert differs(picture, RGB) <= (4 if lossy else 0)


@pytest.mark.parametrize("make", [png16, tiff16, lambda deep: tiff16(deep, 1), lambda deep: tiff16(deep, 8)])
def test_sixteen_bits_are_kept(make: Callable[[NDArray[np.uint16]], bytes]) -> None:
    picture = decode(make(DEEP), LIMITS)
    assert picture.pixels.dtype == np.uint16
    assert (picture.pixels == DEEP).all()


def test_sixteen_bits_big_endian_and_in_planes() -> None:
    data = tiff(rgb_tags(bits=16), DEEP.astype(">u2").tobytes(), ">")
    assert (decode(data, LIMITS).pixels == DEEP).all()


def test_sixteen_bit_grey_with_alpha_or_a_transparent_level() -> None:
    grey = DEEP[..., :1]
    picture = decode(png16(np.dstack([grey, DEEP[..., 1:2]])), LIMITS)
    assert picture.monochrome
    assert picture.alpha is not None
    assert (picture.alpha == DEEP[..., 1]).all()
    level = int(grey[3, 5, 0])
    picture = decode(png16(grey, chunk(b"tRNS", struct.pack(">H", level))), LIMITS)
    assert picture.alpha is not None
    assert ((picture.alpha == 0) == (grey[..., 0] == level)).all()


def test_sixteen_bit_colour_with_a_transparent_colour() -> None:
    colour = [int(value) for value in DEEP[4, 4]]
    picture = decode(png16(DEEP, chunk(b"tRNS", struct.pack(">3H", *colour))), LIMITS)
    assert picture.alpha is not None
    assert picture.alpha[4, 4] == 0
    assert (picture.pixels == DEEP).all()


def test_palette_with_transparency() -> None:
    image = Image.fromarray(RGB).quantize(16)
    one = decode(saved(image, "PNG", transparency=3), LIMITS)
    assert one.alpha is not None
    assert ((one.alpha == 0) == (np.asarray(image) == 3)).all()
    several = decode(saved(image, "PNG", transparency=bytes(range(0, 256, 16))), LIMITS)
    assert several.alpha is not None
    assert (several.alpha == np.asarray(image) * 16).all()
    gif = decode(saved(image, "GIF", transparency=3), LIMITS)
    assert gif.alpha is not None
    assert ((gif.alpha == 0) == (np.asarray(image) == 3)).all()


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_one_transparent_colour(mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    colour = image.getpixel((7, 9))
    picture = decode(saved(image, "PNG", transparency=colour), LIMITS)
    assert picture.alpha is not None
    assert picture.alpha[9, 7] == 0
    assert picture.alpha.max() == 255
    assert picture.monochrome == (mode != "RGB")


def test_ten_bits_of_a_heif_become_eight() -> None:
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (WIDTH, HEIGHT), DEEP.tobytes()).save(file, quality=95)
    picture = decode(file.getvalue(), LIMITS)
    assert picture.pixels.dtype == np.uint8
    assert differs(picture, RGB) <= 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF"])
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (30_000, 2)])
def test_odd_sizes(kind: str, size: tuple[int, int]) -> None:
    size = min(size[0], {"WEBP": 16_383, "HEIF": 1_000}.get(kind, 30_000)), size[1]
    picture = decode(saved(Image.new("L" if kind == "GIF" else "RGB", size, 99), kind), LIMITS)
    assert (picture.width, picture.height) == size


def test_several_threads_at_a_time() -> None:
    files = [make() for _, make, _ in COLOUR.values()] + [make() for make in ALPHA.values()]
    alone = [decode(data, LIMITS) for data in files]
    filters = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda data: decode(data, LIMITS), files * 4))
    assert warnings.filters == filters, "the lock keeps the process's warnings as they are"
    for one, other in zip(alone * 4, together, strict=True):
        assert (one.pixels == other.pixels).all()


def test_an_alpha_channel_that_hides_nothing_is_left_out() -> None:
    opaque = np.dstack([RGB, np.full_like(GREY, 255)])
    assert decode(saved(opaque, "PNG"), LIMITS).alpha is None


def test_a_single_coloured_pixel_makes_a_colour_photo() -> None:
    pixels = repeated(GREY)
    pixels[17, 29, 1] ^= 1
    assert not decode(saved(pixels, "PNG"), LIMITS).monochrome


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "TIFF deflate", "AVIF", "PNG 16", "TIFF 16"])
def test_every_orientation(kind: str, orientation: int) -> None:
    image = turned(RGB, orientation)
    exif = Image.Exif()
    exif[274] = orientation
    if kind == "PNG 16":
        data = png16(np.asarray(image).astype(np.uint16) * 257, chunk(b"eXIf", exif_with(orientation)))
    elif kind == "TIFF 16":
        samples = np.ascontiguousarray(np.asarray(image), "<u2") * np.uint16(257)
        tags = rgb_tags(image.width, image.height, 16) | {274: (3, [orientation])}
        data = tiff(tags, samples.tobytes())
    elif kind == "TIFF deflate":
        data = saved(image, "TIFF", tiffinfo={274: orientation}, compression="tiff_adobe_deflate")
    elif kind == "TIFF":
        data = saved(image, "TIFF", tiffinfo={274: orientation})
    else:
        data = saved(image, kind, exif=exif.tobytes(), quality=95)
    assert differs(decode(data, LIMITS), RGB) <= (4 if kind in {"JPEG", "WEBP", "AVIF"} else 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heif_is_turned_once(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = saved(turned(RGB, orientation), "HEIF", exif=exif.tobytes(), quality=90)
    assert differs(decode(data, LIMITS), RGB) <= 4


@pytest.mark.parametrize("exif", [exif_with(9), exif_with(0), b"II*\0", b"MM\0*\xff\xff\xff\xff", b"rubbish", b""])
def test_senseless_exif_means_upright(exif: bytes) -> None:
    data = behind_start(saved(RGB, "JPEG", quality=95), segment(0xE1, b"Exif\0\0" + exif))
    assert differs(decode(data, LIMITS), RGB) <= 2


def test_orientation_as_a_long_number() -> None:
    data = saved(turned(RGB, 6), "JPEG", quality=95)
    data = behind_start(data, segment(0xE1, b"Exif\0\0" + exif_with(6, kind=4)))
    assert differs(decode(data, LIMITS), RGB) <= 3


def test_inks_without_adobes_marker_are_not_inverted() -> None:
    inks = 255 - np.dstack([RGB, np.full_like(GREY, 255)])
    data = saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=95)
    at = data.index(b"\xff\xee")
    plain = data[:at] + data[at + 16 :]
    assert differs(decode(data, LIMITS), RGB) <= 3
    assert differs(decode(plain, LIMITS), np.zeros_like(RGB)) < 110, "the same numbers, read as inks"
    inverted = saved(Image.fromarray(255 - inks, "CMYK"), "JPEG", quality=95)
    assert differs(decode(inverted[:at] + inverted[at + 16 :], LIMITS), RGB) <= 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF", "PNG 16", "TIFF 16"])
def test_profiles_are_carried(kind: str) -> None:
    icc = srgb()
    if kind == "PNG 16":
        data = png16(DEEP, chunk(b"iCCP", b"x\0\0" + zlib.compress(icc)))
    elif kind == "TIFF 16":
        tags = rgb_tags(bits=16) | {34675: (1, list(icc))}
        data = tiff(tags, DEEP.astype("<u2").tobytes())
    else:
        data = saved(RGB, kind, icc_profile=icc)
    assert decode(data, LIMITS).icc == icc


@pytest.mark.parametrize(
    "icc",
    [b"", b"x" * 500, srgb()[:200], as_space(srgb(), b"CMYK"), as_space(srgb(), b"GRAY"), srgb() + bytes(5 << 20)],
    ids=["none", "rubbish", "cut", "for inks", "for greys", "huge"],
)
def test_useless_profiles_are_dropped(icc: bytes) -> None:
    for kind in ("JPEG", "PNG", "TIFF"):
        picture = decode(saved(RGB, kind, icc_profile=icc), LIMITS)
        assert picture.icc is None
        assert differs(picture, RGB) <= 3


def test_a_useless_profile_for_inks_is_dropped() -> None:
    image = Image.fromarray(RGB).convert("CMYK")
    for icc in (as_space(srgb(), b"CMYK"), srgb(), b"rubbish"):
        picture = decode(saved(image, "JPEG", quality=95, icc_profile=icc), LIMITS)
        assert picture.icc is None
        assert differs(picture, RGB) <= 3


# Refusals


def boxes(brand: bytes, *compatible: bytes) -> bytes:
    content = brand + bytes(4) + b"".join(compatible)
    return struct.pack(">I", len(content) + 8) + b"ftyp" + content + bytes(100)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"hello, I am a text",
        b"%PDF-1.7\n" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"RIFF\x24\0\0\0WAVEfmt " + bytes(50),
        b"OggS" + bytes(100),
        b"BMW is a make of car, and this is a text",
        boxes(b"M4A "),
        bytes(1000),
        b"\xff" * 1000,
    ],
)
def test_what_is_no_photo(data: bytes) -> None:
    with pytest.raises(NotAPhoto):
        decode(data, LIMITS)


@pytest.mark.parametrize(
    "data",
    [
        boxes(b"isom", b"mp41"),
        boxes(b"qt  "),
        boxes(b"3gp5"),
        boxes(b"hevc", b"heic"),
        boxes(b"msf1", b"hevc"),
        bytes(4) + b"moov" + bytes(100),
        b"\x1aE\xdf\xa3" + bytes(100),
        b"RIFF\x24\0\0\0AVI LIST" + bytes(50),
        b"FLV\x01" + bytes(100),
        b"\x00\x00\x01\xba" + bytes(100),
        (b"G" + bytes(187)) * 4,
        saved(Image.fromarray(RGB), "WEBP", save_all=True, append_images=[Image.fromarray(255 - RGB)]),
        saved(Image.fromarray(RGB), "PNG", save_all=True, append_images=[Image.fromarray(255 - RGB)]),
        saved(Image.fromarray(RGB), "AVIF", save_all=True, append_images=[Image.fromarray(255 - RGB)]),
    ],
)
def test_what_moves(data: bytes) -> None:
    with pytest.raises(PhotoAnimated):
        decode(data, LIMITS)


def raw_photo() -> bytes:
    """What a camera's raw file looks like: a thumbnail first, the picture in a directory below."""
    return tiff(rgb_tags() | {254: (4, [1]), 330: (4, [8])}, RGB.tobytes())


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(100),
        b"\xff\x0a" + bytes(100),
        boxes(b"crx ", b"isom"),
        b"8BPS" + bytes(100),
        b"\x00\x00\x01\x00" + bytes(100),
        saved(Image.fromarray(GREY.astype(np.float32)), "TIFF"),
        saved(Image.fromarray(GREY.astype(np.int32)), "TIFF"),
        tiff(rgb_tags() | {50706: (1, [1, 4, 0, 0])}, RGB.tobytes()),
        raw_photo(),
        saved(RGB, "BMP")[:26] + bytes(4) + saved(RGB, "BMP")[30:],
        tiff(rgb_tags() | {259: (3, [99])}, RGB.tobytes()),
        tiff(rgb_tags() | {258: (3, [12]), 262: (3, [1]), 277: (3, [1])}, bytes(WIDTH * HEIGHT * 2)),
        png(0, 10, 8, 2, b""),
        png(5, 5, 7, 2, bytes(200)),
    ],
)
def test_what_cannot_be_read(data: bytes) -> None:
    with pytest.raises(PhotoUnreadable):
        decode(data, LIMITS)


def test_too_many_bytes() -> None:
    data = saved(RGB, "PNG")
    assert decode(data, DecodeLimits(len(data), 10_000)).width == WIDTH
    with pytest.raises(FileTooLarge) as raised:
        decode(data, DecodeLimits(len(data) - 1, 10_000))
    assert set(raised.value.parameters) == {"limit_mb"}


@pytest.mark.parametrize("name", COLOUR)
def test_too_many_pixels(name: str) -> None:
    data = COLOUR[name][1]()
    with pytest.raises(PhotoTooLarge) as raised:
        decode(data, DecodeLimits(20_000_000, WIDTH * HEIGHT - 1))
    assert set(raised.value.parameters) == {"megapixels", "limit_megapixels"}
    assert decode(data, DecodeLimits(20_000_000, WIDTH * HEIGHT)).width == WIDTH


def patched(data: bytes, at: int, content: bytes) -> bytes:
    return data[:at] + content + data[at + len(content) :]


def gif_far_away() -> bytes:
    """One pixel at (65,000, 65,000)."""
    data = saved(Image.new("P", (1, 1)), "GIF")
    return patched(data, data.rindex(b",") + 1, struct.pack("<HH", 65_000, 65_000))


@pytest.mark.parametrize(
    "data",
    [
        png(30_000, 30_000, 8, 2, b""),
        png(2**31 - 1, 2**31 - 1, 16, 6, b""),
        tiff(rgb_tags(30_000, 30_000), b"abc"),
        tiff(rgb_tags(2**32 - 1, 2**32 - 1, 16), b"abc"),
        patched(saved(RGB, "WEBP", lossless=True), 21, b"\xff\xff\xff\x0f"),
        patched(saved(RGB, "WEBP", lossless=True, icc_profile=srgb()), 24, b"\xff" * 6),
        patched(saved(RGB, "BMP"), 18, struct.pack("<ii", 30_000, -30_000)),
        patched(saved(GREY, "GIF"), 6, b"\xff\xff\xff\xff"),
        gif_far_away(),
    ],
    ids=["png", "png 16", "tiff", "tiff 16", "webp", "webp canvas", "bmp", "gif", "gif far away"],
)
def test_a_header_that_promises_too_much_costs_nothing(data: bytes) -> None:
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(PhotoTooLarge):
        decode(data, LIMITS)
    assert time.process_time() - started < 1
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_real_picture_in_a_tiny_file_is_stopped_by_its_size() -> None:
    data = saved(Image.new("1", (12_000, 12_000)), "PNG")
    assert len(data) < 100_000
    with pytest.raises(PhotoTooLarge):
        decode(data, LIMITS)


def test_text_bombs_in_a_png_are_not_unpacked() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000), 9))
    international = chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(20_000_000), 9))
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(20_000_000), 9))
    plain = saved(RGB, "PNG")
    data = plain[:33] + bomb * 50 + international * 50 + profile + plain[33:]
    tracemalloc.start()
    picture = decode(data, LIMITS)
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()
    assert (picture.pixels == RGB).all()
    assert picture.icc is None


def test_heaps_of_metadata_are_dropped() -> None:
    jpeg = saved(RGB, "JPEG", quality=95)
    exif = segment(0xE1, b"Exif\0\0" + exif_with(1) + bytes(65_000))
    data = behind_start(jpeg, *[exif, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"x" * 60_000)] * 50)
    assert differs(decode(data, LIMITS), RGB) <= 2
    information = PngImagePlugin.PngInfo()
    for number in range(500):
        information.add_text(f"key {number}", "x" * 1000)
    assert (decode(saved(RGB, "PNG", pnginfo=information), LIMITS).pixels == RGB).all()
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory[270] = "x" * 1_000_000
    directory[700] = bytes(1_000_000)
    assert (decode(saved(RGB, "TIFF", tiffinfo=directory), LIMITS).pixels == RGB).all()


@pytest.mark.parametrize(
    "data",
    [
        behind_start(saved(RGB, "JPEG"), *[segment(0xFE, b"")] * 1_000_000),
        saved(RGB, "PNG")[:33] + chunk(b"teSt", b"") * 1_000_000,
        saved(GREY, "GIF")[:13] + bytes(768) + b"!\xfe\x00" * 1_000_000,
        saved(GREY, "GIF")[:13] + bytes(768) + b"!\xfe" + b"\x01x" * 2_000_000,
        b"RIFF\xff\xff\xff\x00WEBPVP8X\x0a\0\0\0\x02\0\0\0\x09\0\0\x09\0\0" + b"ABCD\0\0\0\0" * 1_000_000,
        b"\xff\xd8" + b"\xff" * 5_000_000,
        boxes(b"heic", b"mif1") + b"\0\0\0\x08free" * 1_000_000,
        b"II*\0\x08\0\0\0\xff\xff" + bytes(5_000_000),
        b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0" + b"\xff" * 5_000_000,
    ],
    ids=["jpeg", "png", "gif", "gif comment", "webp", "fill", "heif", "tiff", "large tiff"],
)
def test_endless_containers_end_soon(data: bytes) -> None:
    started = time.process_time()
    with pytest.raises(NAMED):
        decode(data, LIMITS)
    assert time.process_time() - started < 3


def test_endless_scans_are_refused() -> None:
    data = saved(RGB, "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    with pytest.raises(PhotoUnreadable):
        decode(data[:at] + data[at:-2] * 1_000 + data[-2:], LIMITS)


def test_what_lies_behind_the_picture_does_not_matter() -> None:
    for kind in ("JPEG", "PNG", "GIF", "BMP"):
        data = saved(GREY, kind) + b"PK\x03\x04" + random.Random(1).randbytes(5_000)
        assert differs(decode(data, LIMITS), repeated(GREY)) <= 2


def cut_points(length: int) -> list[int]:
    dice = random.Random(length)
    return sorted({*range(1, min(length, 64)), *dice.sample(range(length), min(length, 60)), length - 3, length - 1})


@pytest.mark.parametrize("name", COLOUR)
def test_cut_files(name: str) -> None:
    data = COLOUR[name][1]()
    for at in cut_points(len(data)):
        try:
            decode(data[:at], LIMITS)
        except (PhotoTruncated, PhotoUnreadable, NotAPhoto):
            continue
        except UserError as error:
            pytest.fail(f"cut at {at} of {len(data)}: {error!r}")


@pytest.mark.parametrize("name", ["jpeg", "jpeg progressive", "png", "webp", "webp lossless", "tiff", "gif", "bmp"])
def test_a_file_cut_in_half_says_so(name: str) -> None:
    make = COLOUR[name][1]
    data = make()
    for part in (0.5, 0.8, 0.95):
        with pytest.raises(PhotoTruncated):
            decode(data[: int(len(data) * part)], LIMITS)


def test_a_large_jpeg_cut_anywhere_says_so() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    for options in ({}, {"progressive": True}, {"restart_marker_rows": 1}):
        data = saved(noise, "JPEG", **options)
        for at in range(1000, len(data) - 1000, 5000):
            with pytest.raises(PhotoTruncated):
                decode(data[:at], LIMITS)


def test_a_jpeg_without_its_end_marker_is_whole() -> None:
    assert differs(decode(saved(RGB, "JPEG", quality=95)[:-2], LIMITS), RGB) <= 2


def test_a_photo_of_24_megapixels() -> None:
    pixels = cv2.resize(RGB, (6000, 4000), interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
    picture = decode(saved(pixels, "JPEG", quality=92), LIMITS)
    assert (picture.width, picture.height) == (6000, 4000)
