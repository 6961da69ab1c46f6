"""Encoding keeps the format and everything that it can hold, and drops private metadata."""

import io
import struct
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from magicmemory.pipeline.imaging import color_profile
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import Encoded, encode
from magicmemory.pipeline.imaging.metadata import NO_METADATA, Metadata
from magicmemory.pipeline.imaging.picture import Picture

LIMITS = DecodeLimits(max_bytes=200_000_000, max_pixels=64_000_000)
KINDS = ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF"]
MEDIA = {"JPEG": (".jpg", "image/jpeg"), "PNG": (".png", "image/png")} | {
    "WEBP": (".webp", "image/webp"),
    "TIFF": (".tif", "image/tiff"),
}
WIDTH, HEIGHT = 61, 43


def scene() -> NDArray[np.uint8]:
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    return (np.dstack([40 + 180 * x, 30 + 200 * y, 200 - 120 * x * y])).round().astype(np.uint8)


RGB = scene()
GREY = np.dstack([RGB[..., 0]] * 3)
ALPHA = np.ascontiguousarray(RGB[..., 1])
DEEP = RGB.astype(np.uint16) * 257 + 3
DEEP_GREY = np.dstack([DEEP[..., 0]] * 3)
DEEP_ALPHA = np.ascontiguousarray(DEEP[..., 1])


@cache  # Little CMS writes the time of day into it
def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def opened(encoded: Encoded) -> Image.Image:
    image = Image.open(io.BytesIO(encoded.data))
    image.load()
    return image


def again(picture: Picture, kind: str | None = None) -> Picture:
    return decode(encode(picture, kind=kind).data, LIMITS)


def levels(one: Picture, two: Picture) -> float:
    return float(np.abs(one.rgb8().astype(int) - two.rgb8()).mean())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("alpha", "deep", "wanted"),
    [
        (False, False, {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "TIFF": "TIFF"}),
        (True, False, {"JPEG": "PNG", "PNG": "PNG", "WEBP": "WEBP", "TIFF": "TIFF", "other": "PNG"}),
        (False, True, {"JPEG": "PNG", "PNG": "PNG", "WEBP": "PNG", "TIFF": "TIFF", "other": "PNG"}),
        (True, True, {"JPEG": "PNG", "PNG": "PNG", "WEBP": "PNG", "TIFF": "TIFF", "other": "PNG"}),
    ],
)
def test_format_is_kept_if_it_can_hold_the_photo(kind: str, alpha: bool, deep: bool, wanted: dict[str, str]) -> None:
    picture = Picture(DEEP if deep else RGB, kind, alpha=(DEEP_ALPHA if deep else ALPHA) if alpha else None)
    encoded = encode(picture)
    expected = wanted.get(kind, wanted.get("other", "JPEG"))
    assert (encoded.extension, encoded.media_type) == MEDIA[expected]
    back = decode(encoded.data, LIMITS)
    assert back.format == expected
    assert back.peak == picture.peak
    assert (back.alpha is not None) == alpha


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(
    "picture",
    [
        Picture(RGB, "x"),
        Picture(RGB, "x", alpha=ALPHA),
        Picture(GREY, "x", monochrome=True),
        Picture(GREY, "x", monochrome=True, alpha=ALPHA),
        Picture(DEEP, "x"),
        Picture(DEEP, "x", alpha=DEEP_ALPHA),
        Picture(DEEP_GREY, "x", monochrome=True),
        Picture(DEEP_GREY, "x", monochrome=True, alpha=DEEP_ALPHA),
    ],
)
def test_lossless_formats_lose_nothing(kind: str, picture: Picture) -> None:
    back = again(picture, kind)
    assert back.pixels.dtype == picture.pixels.dtype
    assert (back.pixels == picture.pixels).all()
    assert back.monochrome == picture.monochrome
    assert (back.alpha is None) == (picture.alpha is None)
    assert back.alpha is None or (back.alpha == picture.alpha).all()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_formats_lose_little(kind: str) -> None:
    for picture in (Picture(RGB, kind), Picture(GREY, kind, monochrome=True)):
        back = again(picture)
        assert levels(back, picture) < 2.5
        assert back.monochrome == picture.monochrome
    back = again(Picture(RGB, "WEBP", alpha=ALPHA))
    assert back.alpha is not None
    assert (back.alpha == ALPHA).all()


@pytest.mark.parametrize(
    ("kind", "grey", "deep", "mode"),
    [
        ("JPEG", GREY, False, "L"),
        ("PNG", GREY, False, "L"),
        ("TIFF", GREY, False, "L"),
        ("PNG", DEEP_GREY, True, "I;16"),
        ("TIFF", DEEP_GREY, True, "I;16"),
    ],
)
def test_monochrome_photos_get_one_channel(kind: str, grey: NDArray[np.uint8], deep: bool, mode: str) -> None:
    assert opened(encode(Picture(grey, kind, monochrome=True))).mode == mode


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("deep", [False, True])
def test_profiles_are_written(kind: str, deep: bool) -> None:
    encoded = encode(Picture(DEEP if deep else RGB, kind, icc=srgb()))
    assert opened(encoded).info["icc_profile"] == srgb()
    assert decode(encoded.data, LIMITS).icc == srgb()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_grey_profile_is_derived_from_the_colour_profile(kind: str) -> None:
    back = again(Picture(GREY, kind, monochrome=True, icc=srgb()))
    assert back.icc is not None
    assert color_profile.space(back.icc) == b"GRAY"
    assert again(back, "PNG").icc == back.icc


def test_grey_profile_keeps_the_same_greys() -> None:
    grey = color_profile.grey_of(srgb())
    assert grey is not None
    ramp = np.arange(256, dtype=np.uint8)[None]
    source, target = ImageCms.ImageCmsProfile(io.BytesIO(grey)), ImageCms.createProfile("sRGB")
    to_srgb = ImageCms.profileToProfile(Image.fromarray(ramp), source, target, outputMode="RGB")
    assert to_srgb is not None
    assert np.abs(np.asarray(to_srgb).astype(int) - ramp[..., None]).max() <= 1


def test_profile_without_a_common_curve_keeps_three_channels() -> None:
    tagged = bytearray(srgb())
    at = tagged.index(b"gTRC")
    _, length = struct.unpack(">II", tagged[at + 4 : at + 12])
    other = b"para\0\0\0\0\0\0\0\0\0\x01\x80\0".ljust(length, b"\0")
    tagged[at + 4 : at + 12] = struct.pack(">II", len(tagged), length)
    icc = bytes(tagged) + other
    icc = struct.pack(">I", len(icc)) + icc[4:]
    encoded = encode(Picture(GREY, "PNG", monochrome=True, icc=icc))
    assert opened(encoded).mode == "RGB"
    assert decode(encoded.data, LIMITS).monochrome


def test_grey_profile_is_dropped_from_a_colour_photo() -> None:
    grey = color_profile.grey_of(srgb())
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        assert "icc_profile" not in opened(encode(Picture(RGB, kind, icc=grey))).info


def test_private_metadata_are_not_passed_on() -> None:
    exif = Image.Exif()
    exif[274], exif[271] = 6, "SECRETMAKE"
    exif.get_ifd(0x8825)[1] = "N"
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        file = io.BytesIO()
        Image.fromarray(RGB).save(file, kind, exif=exif.tobytes(), comment=b"SECRETMAKE")
        assert b"SECRETMAKE" in file.getvalue() or kind == "TIFF"
        encoded = encode(decode(file.getvalue(), LIMITS))
        assert b"SECRETMAKE" not in encoded.data
        image = opened(encoded)
        assert image.size == (HEIGHT, WIDTH), "upright"
        assert image.getexif().get(274, 1) == 1
        assert "exif" not in image.info


def test_requested_format_is_used() -> None:
    picture = Picture(DEEP, "TIFF", alpha=DEEP_ALPHA)
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        back = again(picture, kind)
        assert back.format == kind
        assert back.peak == (255 if kind in {"JPEG", "WEBP"} else 65535)
    clear = Picture(np.zeros_like(RGB), "PNG", alpha=np.zeros_like(ALPHA))
    assert again(clear, "JPEG").pixels.min() > 250, "white shows through"


def test_photo_too_large_for_a_format_changes_format() -> None:
    long = Picture(np.zeros((1, 16_384, 3), np.uint8), "WEBP")
    assert encode(long).extension == ".png"
    longer = Picture(np.zeros((65_501, 1, 3), np.uint8), "JPEG")
    assert encode(longer).extension == ".png"
    assert encode(Picture(np.zeros((65_500, 1, 3), np.uint8), "JPEG")).extension == ".jpg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (2, 3)])
def test_tiny_and_narrow_photos_are_encoded(kind: str, size: tuple[int, int]) -> None:
    shallow = Picture(np.full((*size, 3), 77, np.uint8), kind, alpha=np.full(size, 5, np.uint8))
    deep = Picture(np.full((*size, 3), 77, np.uint16), kind, alpha=np.full(size, 5, np.uint16))
    for picture in (shallow, deep):
        back = again(picture)
        assert back.pixels.shape == picture.pixels.shape


def test_tiff_of_many_strips_is_read_by_other_readers() -> None:
    pixels = cv2.resize(DEEP, (700, 600), interpolation=cv2.INTER_CUBIC).astype(np.uint16, copy=False)
    data = encode(Picture(pixels, "TIFF")).data
    assert len(data) < pixels.nbytes / 2
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    assert (read[..., ::-1] == pixels).all()
    eight = (pixels // 257).astype(np.uint8)
    assert (np.asarray(opened(encode(Picture(eight, "TIFF")))) == eight).all()


@pytest.mark.slow
def test_photo_of_24_megapixels_survives_a_round_trip() -> None:
    pixels = cv2.resize(RGB, (6000, 4000), interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
    large = Picture(pixels, "JPEG")
    encoded = encode(large)
    assert encoded.extension == ".jpg"
    back = decode(encoded.data, LIMITS)
    assert back.pixels.shape == large.pixels.shape
    step = np.s_[::50, ::50]
    assert np.abs(back.pixels[step].astype(int) - large.pixels[step]).mean() < 1.5


@pytest.mark.parametrize("exif", [False, True])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "PNG 16", "TIFF", "WEBP"])
def test_resolution_of_a_print_is_written_and_an_earlier_one_is_not(kind: str, exif: bool) -> None:
    block = Image.Exif()
    block[282] = block[283] = 72.0
    block[270] = "A caption"
    told = Metadata(exif=block.tobytes().removeprefix(b"Exif\0\0")) if exif else NO_METADATA
    photo = Picture(DEEP if kind == "PNG 16" else RGB, kind.split()[0], metadata=told, dpi=305)
    image = opened(encode(photo))
    if kind != "WEBP":  # it has no other place than EXIF
        assert image.info["dpi"] == pytest.approx((305, 305), abs=0.02)
    found = image.getexif()
    if exif or kind in ("WEBP", "TIFF"):
        assert [found[tag] for tag in (282, 283, 296)] == [305, 305, 2]
    assert found.get(270) == ("A caption" if exif else None)
