"""What cannot be decoded, or must not be, ends as a named error, soon, and in little memory."""

import random
import struct
import time
import tracemalloc
import zlib

import imagecodecs
import numpy as np
import pytest
from PIL import Image, PngImagePlugin, TiffImagePlugin

from magicmemory.core.errors import (
    FileTooLarge,
    KindUnsupported,
    NotAPhoto,
    PhotoAnimated,
    PhotoTooLarge,
    PhotoTruncated,
    PhotoUnreadable,
    PreviewMissing,
)
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from tests.support.photo_files import (
    COLOUR,
    DEEP,
    GREY,
    HEIGHT,
    LIMITS,
    NAMED,
    RGB,
    WIDTH,
    behind_start,
    chunk,
    differs,
    exif_with,
    large,
    png,
    repeated,
    rgb_tags,
    saved,
    segment,
    srgb,
    tiff,
)


def boxes(brand: bytes, *compatible: bytes) -> bytes:
    content = brand + bytes(4) + b"".join(compatible)
    return struct.pack(">I", len(content) + 8) + b"ftyp" + content + bytes(100)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"hello, I am a text",
        b"RIFF\x24\0\0\0WAVEfmt " + bytes(50),
        b"OggS" + bytes(100),
        b"BMW is a make of car, and this is a text",
        boxes(b"M4A "),
        bytes(1000),
        b"\xff" * 1000,
    ],
)
def test_non_photos_are_refused(data: bytes) -> None:
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
def test_animations_and_videos_are_refused(data: bytes) -> None:
    with pytest.raises(PhotoAnimated):
        decode(data, LIMITS)


def raw_photo() -> bytes:
    """A camera's raw file: a thumbnail first, the picture in a sub-directory."""
    return tiff(rgb_tags() | {254: (4, [1]), 330: (4, [8])}, RGB.tobytes())


@pytest.mark.parametrize("data", [boxes(b"crx ", b"isom"), b"FUJIFILMCCD-RAW" + bytes(100), raw_photo()])
def test_raw_file_without_a_preview_is_refused(data: bytes) -> None:
    with pytest.raises(PreviewMissing):
        decode(data, LIMITS)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (saved(Image.fromarray(GREY.astype(np.float32)), "TIFF"), "TIFF (32-bit float)"),
        (saved(Image.fromarray(GREY.astype(np.int32)), "TIFF"), "TIFF (signed)"),
        (b"8BPS" + bytes(100), "Photoshop (PSD)"),
        (saved(RGB, "JPEG2000").replace(b"colr\1\0\0\0\0\0\x10", b"colr\1\0\0\0\0\0\x0e"), "JPEG 2000 (LAB)"),
        (imagecodecs.jpegls_encode(RGB), "JPEG-LS"),
        (imagecodecs.jpeg8_encode(DEEP >> 4, bitspersample=12), "JPEG (12-bit)"),
        (imagecodecs.ljpeg_encode(DEEP[..., 0]), "JPEG (16-bit)"),
        (saved(RGB, "JPEG").replace(b"\xff\xc0", b"\xff\xc5"), "JPEG (hierarchical)"),
    ],
)
def test_unsupported_formats_are_named(data: bytes, kind: str) -> None:
    with pytest.raises(KindUnsupported) as told:
        decode(data, LIMITS)
    assert told.value.parameters == {"kind": kind}


@pytest.mark.parametrize("data", [b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(100), b"\x00\x00\x00\x0cJXL \r\n\x87\n"])
def test_container_without_a_picture_is_truncated(data: bytes) -> None:
    with pytest.raises(PhotoTruncated):
        decode(data, LIMITS)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\x0a" + bytes(100),
        b"%PDF-1.7\n" + bytes(100),
        saved(RGB, "BMP")[:26] + bytes(4) + saved(RGB, "BMP")[30:],
        tiff(rgb_tags() | {259: (3, [99])}, RGB.tobytes()),
        png(0, 10, 8, 2, b""),
        png(5, 5, 7, 2, bytes(200)),
    ],
)
def test_unreadable_files_are_refused(data: bytes) -> None:
    with pytest.raises(PhotoUnreadable):
        decode(data, LIMITS)


def test_file_over_the_byte_limit_is_refused() -> None:
    data = saved(RGB, "PNG")
    assert decode(data, DecodeLimits(len(data), 10_000)).width == WIDTH
    with pytest.raises(FileTooLarge) as raised:
        decode(data, DecodeLimits(len(data) - 1, 10_000))
    assert set(raised.value.parameters) == {"limit_mb"}


@pytest.mark.processes
@pytest.mark.parametrize("name", COLOUR)
def test_picture_over_the_pixel_limit_is_refused(name: str) -> None:
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
def test_huge_size_in_a_header_allocates_nothing(data: bytes) -> None:
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(PhotoTooLarge):
        decode(data, LIMITS)
    assert time.process_time() - started < 1
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(("at", "lie"), [(10, struct.pack("<I", 1 << 27)), (28, struct.pack("<H", 65_535))])
def test_truncated_bmp_that_lies_about_its_pixels_allocates_nothing(at: int, lie: bytes) -> None:
    """Where they begin, and how many bits each has."""
    tracemalloc.start()
    with pytest.raises((PhotoTruncated, PhotoUnreadable)):
        decode(patched(saved(large(RGB), "BMP"), at, lie)[:2_000], LIMITS)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_huge_picture_in_a_tiny_file_is_refused() -> None:
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


def test_oversized_metadata_are_dropped() -> None:
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
def test_looping_containers_end_soon(data: bytes) -> None:
    started = time.process_time()
    with pytest.raises(NAMED):
        decode(data, LIMITS)
    assert time.process_time() - started < 3


def test_endless_scans_are_refused() -> None:
    data = saved(RGB, "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    with pytest.raises(PhotoUnreadable):
        decode(data[:at] + data[at:-2] * 1_000 + data[-2:], LIMITS)


def test_data_after_the_picture_are_ignored() -> None:
    for kind in ("JPEG", "PNG", "GIF", "BMP"):
        data = saved(GREY, kind) + b"PK\x03\x04" + random.Random(1).randbytes(5_000)
        assert differs(decode(data, LIMITS), repeated(GREY)) <= 2
