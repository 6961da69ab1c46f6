"""Colours that a file says without a profile: they mean the same light before and after."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from magicmemory.core.report import NoteKind
from magicmemory.pipeline.imaging import color_signal
from magicmemory.pipeline.imaging.color_signal import BT709, BT2020, DISPLAY_P3, SRGB_CURVE, ColorSignal, Curve
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.imaging.picture import Picture
from tests.support.photo_files import DEEP, GREY, LIMITS, RGB, chunk, png16, saved, srgb

ADOBE_RGB = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
SRGB_CHRM = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)


def gama(gamma: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(100_000 / gamma)))


def chrm(points: tuple[float, ...]) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in points)))


def cicp(primaries: int, transfer: int, matrix: int = 0, full: int = 1) -> bytes:
    return chunk(b"cICP", bytes([primaries, transfer, matrix, full]))


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    return data[:33] + b"".join(chunks) + data[33:]


def rgb_png(*chunks: bytes) -> bytes:
    return with_chunks(saved(RGB, "PNG"), *chunks)


def as_srgb(picture: Picture) -> NDArray[np.int64]:
    """The displayed colours as sRGB, by Little CMS."""
    image = Image.fromarray(picture.rgb8())
    if picture.icc is not None:
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(picture.icc)), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC)
        assert converted is not None
        image = converted
    return np.asarray(image).astype(int)


def light_of(signal: ColorSignal, pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The same, by the definition of the primaries and the curve. All whites in use here are D65."""
    assert isinstance(signal.transfer, Curve)
    values = pixels / 255
    if signal.narrow:
        values = ((pixels - 16.0) / 219).clip(0, 1)
    between = np.linalg.inv(BT709.to_xyz()) @ signal.primaries.to_xyz()
    return np.rint(color_signal.encoded_srgb((signal.transfer.to_light(values) @ between.T).clip(0, 1)) * 255).astype(
        int
    )


SIGNALS = {
    "P3": (cicp(12, 13), ColorSignal(DISPLAY_P3, SRGB_CURVE)),
    "BT.2020": (cicp(9, 1), ColorSignal(BT2020, Curve(2.4))),
    "BT.2020, sRGB's curve": (cicp(9, 13), ColorSignal(BT2020, SRGB_CURVE)),
    "linear": (cicp(1, 8), ColorSignal(BT709, Curve(1.0))),
    "narrow": (cicp(12, 13, full=0), ColorSignal(DISPLAY_P3, SRGB_CURVE, narrow=True)),
    "gamma 1": (gama(1.0), ColorSignal(BT709, Curve(1.0))),
    "gamma 1.8": (gama(1.8), ColorSignal(BT709, Curve(1.8))),
    "Adobe RGB": (gama(2.2) + chrm(ADOBE_RGB), color_signal.from_png(struct.pack(">I", 45455), chrm(ADOBE_RGB)[8:-4])),
}


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("kind", [None, "JPEG", "WEBP", "TIFF", "PNG"])
def test_color_signal_survives_decode_and_encode(name: str, kind: str | None) -> None:
    chunks, signal = SIGNALS[name]
    assert signal is not None
    again = decode(encode(decode(rgb_png(chunks), LIMITS), kind=kind).data, LIMITS)
    difference = np.abs(as_srgb(again) - light_of(signal, RGB))
    assert difference.mean() <= (2.0 if kind in {"JPEG", "WEBP"} else 1.0)


@pytest.mark.parametrize("name", ["P3", "linear", "gamma 1.8", "Adobe RGB"])
def test_color_signal_applies_to_sixteen_bits(name: str) -> None:
    chunks, signal = SIGNALS[name]
    assert signal is not None
    picture = decode(png16(DEEP, chunks), LIMITS)
    assert picture.pixels.dtype == np.uint16
    assert np.abs(as_srgb(picture) - light_of(signal, RGB)).mean() <= 1.0


def bmp_with_profile(pixels: NDArray[np.uint8], icc: bytes) -> bytes:
    """A BMP of the fifth version."""
    height, width = pixels.shape[:2]
    stored = np.zeros((height, -(-width * 3 // 4) * 4), np.uint8)
    stored[:, : width * 3] = pixels[::-1, :, ::-1].reshape(height, -1)
    header = struct.pack("<IiiHHIIiiII", 124, width, height, 1, 24, 0, stored.size, 2835, 2835, 0, 0)
    header += bytes(16) + b"DEBM" + bytes(48) + struct.pack("<4I", 4, 124 + stored.size, len(icc), 0)
    start = b"BM" + struct.pack("<IHHI", 138 + stored.size + len(icc), 0, 0, 138)
    return start + header + stored.tobytes() + icc


def test_profile_of_a_bmp_is_kept() -> None:
    icc = color_signal.icc_profile(ColorSignal(DISPLAY_P3, SRGB_CURVE))
    assert icc is not None
    data = bmp_with_profile(RGB, icc)
    picture = decode(data, LIMITS)
    assert picture.icc == icc
    assert (picture.pixels == RGB).all()
    assert decode(data[:-100], LIMITS).icc is None


def test_color_signal_applies_to_one_channel() -> None:
    picture = decode(with_chunks(saved(GREY, "PNG"), gama(1.0)), LIMITS)
    assert picture.monochrome
    signal = ColorSignal(BT709, Curve(1.0))
    assert np.abs(as_srgb(picture) - light_of(signal, np.dstack([GREY] * 3))).mean() <= 0.6
    carried = decode(encode(decode(with_chunks(saved(GREY, "PNG"), gama(1.8)), LIMITS)).data, LIMITS)
    assert carried.icc is not None
    assert carried.icc[16:20] == b"GRAY"


@pytest.mark.parametrize(
    ("chunks", "says"),
    [
        ([cicp(12, 13), gama(1.0)], "P3"),
        ([gama(1.0), cicp(12, 13)], "P3"),
        ([chunk(b"sRGB", b"\0"), gama(1.0)], "sRGB"),
        ([gama(2.2)], "sRGB"),
        ([gama(2.2), chrm(SRGB_CHRM)], "sRGB"),
        ([chrm(ADOBE_RGB)], "sRGB"),
        ([cicp(2, 2), gama(1.8)], "gamma 1.8"),
        ([cicp(99, 13), gama(1.8)], "gamma 1.8"),
        ([cicp(12, 13, matrix=9), gama(1.8)], "gamma 1.8"),
        ([chunk(b"gAMA", bytes(4))], "sRGB"),
        ([chunk(b"gAMA", b"x"), chunk(b"cHRM", b"y")], "sRGB"),
        ([gama(1.8), chrm((0.3, 0.3) * 4)], "sRGB"),
        ([gama(1.8), chrm((0.0,) * 8)], "sRGB"),
    ],
)
def test_png_color_chunks_have_the_standard_precedence(chunks: list[bytes], says: str) -> None:
    """The order is PNG's third edition's, as Chromium follows it."""
    wanted = ColorSignal(BT709, SRGB_CURVE) if says == "sRGB" else SIGNALS[says][1]
    assert wanted is not None
    assert np.abs(as_srgb(decode(rgb_png(*chunks), LIMITS)) - light_of(wanted, RGB)).mean() <= 0.6


def test_cicp_precedes_icc_and_icc_precedes_gamma() -> None:
    with_profile = saved(RGB, "PNG", icc_profile=srgb())
    assert decode(with_chunks(with_profile, gama(1.0)), LIMITS).icc == srgb()
    picture = decode(with_chunks(with_profile, cicp(12, 13)), LIMITS)
    assert picture.icc == color_signal.icc_profile(ColorSignal(DISPLAY_P3, SRGB_CURVE))


def test_srgb_needs_no_profile() -> None:
    assert decode(rgb_png(cicp(1, 13)), LIMITS).icc is None
    assert decode(rgb_png(), LIMITS).icc is None


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    primaries=st.sampled_from([1, 4, 5, 6, 7, 8, 9, 11, 12, 22]),
    transfer=st.sampled_from([1, 4, 5, 6, 7, 11, 12, 13, 14, 15, 17]),
)
def test_generated_profiles_describe_their_signal(primaries: int, transfer: int) -> None:
    signal = color_signal.from_cicp(primaries, transfer)
    assert signal is not None
    icc = color_signal.icc_profile(signal)
    if icc is None:
        return
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc)).profile
    assert profile.version == 4.3
    assert profile.xcolor_space == "RGB "
    colorants = (profile.red_colorant, profile.green_colorant, profile.blue_colorant)
    white = np.sum([colorant[0] for colorant in colorants if colorant is not None], axis=0)
    assert white == pytest.approx([0.9642, 1.0, 0.8249], abs=2e-4)
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2)
    greys = as_srgb(Picture(ramp, "PNG", icc=icc))
    assert isinstance(signal.transfer, Curve)
    wanted = color_signal.encoded_srgb(signal.transfer.to_light(np.arange(256) / 255).clip(0, 1)) * 255
    assert np.abs(greys[0, :, 1] - wanted).max() <= 1.5
    assert np.ptp(greys, axis=2).max() <= 1, "greys stay grey"


def heif_or_avif(kind: str, primaries: int, transfer: int, matrix: int = 1, full: int = 1) -> bytes:
    data = saved(RGB, kind, quality=95)
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HHHB", primaries, transfer, matrix, full << 7) + data[at + 7 :]


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize("code", [(12, 13), (9, 1), (9, 2), (9, 14), (2, 4), (1, 8)])
def test_nclx_is_read_from_heif_and_avif(kind: str, code: tuple[int, int]) -> None:
    signal = color_signal.from_nclx(*code)
    assert signal is not None
    data = heif_or_avif(kind, *code)
    plain = decode(heif_or_avif(kind, 1, 13), LIMITS)
    picture = decode(data, LIMITS)
    assert plain.icc is None
    assert np.abs(as_srgb(picture) - light_of(signal, plain.rgb8())).mean() <= 1.0
    again = decode(encode(picture).data, LIMITS)
    assert np.abs(as_srgb(again) - as_srgb(picture)).mean() <= 2.0


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_icc_precedes_nclx(kind: str) -> None:
    data = saved(RGB, kind, quality=95, icc_profile=srgb())
    assert decode(data, LIMITS).icc == srgb()


GAIN_MAPS = {
    "Ultra HDR": lambda: _with_app1(b'http://ns.adobe.com/xap/1.0/\0<x hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/">'),
    "Apple": lambda: _with_app1(b"http://ns.adobe.com/xap/1.0/\0<HDRGainMap:HDRGainMapVersion>"),
    "ISO 21496-1": lambda: _with_app1(b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0", 0xE2),
}


def _with_app1(content: bytes, marker: int = 0xE1) -> bytes:
    data = saved(RGB, "JPEG", quality=95)
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + data[2:] + data


@pytest.mark.parametrize("name", GAIN_MAPS)
def test_gain_map_is_dropped_and_noted(name: str) -> None:
    picture = decode(GAIN_MAPS[name](), LIMITS)
    assert [note.kind for note in picture.notes] == [NoteKind.GAIN_MAP]
    assert np.abs(picture.rgb8().astype(int) - RGB).mean() <= 2
