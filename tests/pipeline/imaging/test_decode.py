"""Decoding: everything people send comes out upright and right."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image

from magicmemory.pipeline.imaging.decode import decode
from tests.support.photo_files import (
    ALPHA,
    COLOUR,
    DEEP,
    GREY,
    HEIGHT,
    LIMITS,
    MONOCHROME,
    RGB,
    WIDTH,
    as_space,
    behind_start,
    chunk,
    differs,
    exif_with,
    png16,
    repeated,
    rgb_tags,
    saved,
    segment,
    srgb,
    tiff,
    tiff16,
    turned,
    with_alpha,
)


@pytest.mark.parametrize("name", COLOUR)
def test_colour_photos_of_every_format_are_decoded(name: str) -> None:
    kind, make, tolerance = COLOUR[name]
    picture = decode(make(), LIMITS)
    assert (picture.format, picture.monochrome, picture.alpha) == (kind, False, None)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.writeable, "torch warns of arrays that are not"
    assert differs(picture, RGB) <= tolerance


@pytest.mark.parametrize("name", MONOCHROME)
def test_monochrome_photos_of_every_format_are_decoded(name: str) -> None:
    make, tolerance = MONOCHROME[name]
    picture = decode(make(), LIMITS)
    assert picture.monochrome
    assert picture.peak == (65535 if "16-bit" in name else 255)
    assert differs(picture, repeated(GREY)) <= tolerance
    assert (picture.pixels[..., 0] == picture.pixels[..., 2]).all()


@pytest.mark.parametrize("name", ALPHA)
def test_alpha_of_every_format_is_decoded(name: str) -> None:
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


def test_sixteen_bits_are_read_big_endian_and_planar() -> None:
    data = tiff(rgb_tags(bits=16), DEEP.astype(">u2").tobytes(), ">")
    assert (decode(data, LIMITS).pixels == DEEP).all()


def test_sixteen_bit_grey_with_transparency_is_decoded() -> None:
    grey = DEEP[..., :1]
    picture = decode(png16(np.dstack([grey, DEEP[..., 1:2]])), LIMITS)
    assert picture.monochrome
    assert picture.alpha is not None
    assert (picture.alpha == DEEP[..., 1]).all()
    level = int(grey[3, 5, 0])
    picture = decode(png16(grey, chunk(b"tRNS", struct.pack(">H", level))), LIMITS)
    assert picture.alpha is not None
    assert ((picture.alpha == 0) == (grey[..., 0] == level)).all()


def test_sixteen_bit_colour_with_transparency_is_decoded() -> None:
    colour = [int(value) for value in DEEP[4, 4]]
    picture = decode(png16(DEEP, chunk(b"tRNS", struct.pack(">3H", *colour))), LIMITS)
    assert picture.alpha is not None
    assert picture.alpha[4, 4] == 0
    assert (picture.pixels == DEEP).all()


def test_palette_with_transparency_is_decoded() -> None:
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
def test_one_transparent_colour_is_decoded(mode: str) -> None:
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
def test_odd_sizes_are_decoded(kind: str, size: tuple[int, int]) -> None:
    size = min(size[0], {"WEBP": 16_383, "HEIF": 1_000}.get(kind, 30_000)), size[1]
    picture = decode(saved(Image.new("L" if kind == "GIF" else "RGB", size, 99), kind), LIMITS)
    assert (picture.width, picture.height) == size


def test_decode_works_in_several_threads() -> None:
    files = [make() for _, make, _ in COLOUR.values()] + [make() for make in ALPHA.values()]
    alone = [decode(data, LIMITS) for data in files]
    filters = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda data: decode(data, LIMITS), files * 4))
    assert warnings.filters == filters, "the lock keeps the process's warnings as they are"
    for one, other in zip(alone * 4, together, strict=True):
        assert (one.pixels == other.pixels).all()


def test_opaque_alpha_channel_is_dropped() -> None:
    opaque = np.dstack([RGB, np.full_like(GREY, 255)])
    assert decode(saved(opaque, "PNG"), LIMITS).alpha is None


def test_one_coloured_pixel_makes_a_colour_photo() -> None:
    pixels = repeated(GREY)
    pixels[17, 29, 1] ^= 1
    assert not decode(saved(pixels, "PNG"), LIMITS).monochrome


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "TIFF deflate", "AVIF", "PNG 16", "TIFF 16"])
def test_every_exif_orientation_is_applied(kind: str, orientation: int) -> None:
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
def test_heif_orientation_is_applied_once(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = saved(turned(RGB, orientation), "HEIF", exif=exif.tobytes(), quality=90)
    assert differs(decode(data, LIMITS), RGB) <= 4


@pytest.mark.parametrize("exif", [exif_with(9), exif_with(0), b"II*\0", b"MM\0*\xff\xff\xff\xff", b"rubbish", b""])
def test_invalid_exif_means_upright(exif: bytes) -> None:
    data = behind_start(saved(RGB, "JPEG", quality=95), segment(0xE1, b"Exif\0\0" + exif))
    assert differs(decode(data, LIMITS), RGB) <= 2


def test_orientation_stored_as_a_long_is_read() -> None:
    data = saved(turned(RGB, 6), "JPEG", quality=95)
    data = behind_start(data, segment(0xE1, b"Exif\0\0" + exif_with(6, kind=4)))
    assert differs(decode(data, LIMITS), RGB) <= 3


def test_cmyk_without_adobes_marker_is_read_as_in_browsers() -> None:
    inks = Image.fromarray(RGB).convert("CMYK")
    data = saved(inks, "JPEG", quality=95)  # Pillow stores them inverted, as Adobe does
    at = data.index(b"\xff\xee")
    plain = data[:at] + data[at + 16 :]
    assert differs(decode(data, LIMITS), RGB) <= 3
    assert differs(decode(plain, LIMITS), RGB) <= 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF", "PNG 16", "TIFF 16"])
def test_profiles_are_kept(kind: str) -> None:
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
def test_unusable_profiles_are_dropped(icc: bytes) -> None:
    for kind in ("JPEG", "PNG", "TIFF"):
        picture = decode(saved(RGB, kind, icc_profile=icc), LIMITS)
        assert picture.icc is None
        assert differs(picture, RGB) <= 3


def test_unusable_cmyk_profile_is_dropped() -> None:
    image = Image.fromarray(RGB).convert("CMYK")
    for icc in (as_space(srgb(), b"CMYK"), srgb(), b"rubbish"):
        picture = decode(saved(image, "JPEG", quality=95, icc_profile=icc), LIMITS)
        assert picture.icc is None
        assert differs(picture, RGB) <= 3


# Refusals


@pytest.mark.slow
def test_photo_of_24_megapixels_is_decoded() -> None:
    pixels = cv2.resize(RGB, (6000, 4000), interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
    picture = decode(saved(pixels, "JPEG", quality=92), LIMITS)
    assert (picture.width, picture.height) == (6000, 4000)
