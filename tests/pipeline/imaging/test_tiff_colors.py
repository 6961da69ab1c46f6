"""Colours that a TIFF states by its own tags mean the same light before and after."""

import io
import struct
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms

from magicmemory.pipeline.imaging.color_signal import BT709, DISPLAY_P3, SRGB_CURVE, ColorSignal, Curve, Primaries
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from tests.pipeline.imaging.test_color_signal import as_srgb, light_of
from tests.support.photo_files import DEEP, GREY, LIMITS, RGB, saved, srgb

ADOBE = Primaries((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), (0.3127, 0.3290))
Tag = tuple[int, int, int, Any, bool]


def points(primaries: Primaries) -> list[Tag]:
    colours = (*primaries.red, *primaries.green, *primaries.blue)
    return [(318, 5, 2, ratios(primaries.white), True), (319, 5, 6, ratios(colours), True)]


def ratios(values: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(number for value in values for number in (round(value * 10_000), 10_000))


def table(curve: Curve, bits: int = 8, times: int = 1) -> Tag:
    light = np.rint(curve.to_light(np.linspace(0, 1, 1 << bits)) * 65535).astype(int).tolist()
    return (301, 3, len(light) * times, light * times, True)


def tiff(samples: NDArray[Any], *tags: Tag, **options: Any) -> bytes:
    file = io.BytesIO()
    photometric = "rgb" if samples.ndim == 3 else "minisblack"
    tifffile.imwrite(file, samples, photometric=photometric, metadata=None, extratags=tags, **options)
    return file.getvalue()


SIGNALS = {
    "primaries": (points(ADOBE), ColorSignal(ADOBE, Curve(2.2))),
    "primaries and sRGB's curve": (
        [*points(DISPLAY_P3), table(SRGB_CURVE, times=3)],
        ColorSignal(DISPLAY_P3, SRGB_CURVE),
    ),
    "primaries and a curve": ([*points(ADOBE), table(Curve(1.8))], ColorSignal(ADOBE, Curve(1.8))),
    "a curve": ([table(Curve(1.8), times=3)], ColorSignal(BT709, Curve(1.8))),
    "linear light": ([*points(DISPLAY_P3), table(Curve(1.0))], ColorSignal(DISPLAY_P3, Curve(1.0))),
}


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("order", "<>")
def test_tags_survive_decode_and_encode(name: str, order: str) -> None:
    tags, signal = SIGNALS[name]
    picture = decode(tiff(RGB, *tags, byteorder=order), LIMITS)
    wanted = light_of(signal, RGB)
    assert np.abs(as_srgb(picture) - wanted).mean() <= 1.0
    for kind in (None, "PNG", "JPEG"):
        again = decode(encode(picture, kind=kind).data, LIMITS)
        assert np.abs(as_srgb(again) - wanted).mean() <= (2.0 if kind == "JPEG" else 1.0)


def test_a_table_of_sixteen_bits_becomes_a_small_profile() -> None:
    picture = decode(tiff(DEEP, *points(ADOBE), table(Curve(1.8), bits=16, times=3)), LIMITS)
    assert picture.pixels.dtype == np.uint16
    assert np.abs(as_srgb(picture) - light_of(ColorSignal(ADOBE, Curve(1.8)), RGB)).mean() <= 1.0
    assert picture.icc is not None
    assert len(picture.icc) < 10_000


def test_a_curve_applies_to_grey() -> None:
    picture = decode(tiff(GREY, table(Curve(1.8))), LIMITS)
    assert picture.icc is not None
    one_channel = Image.fromarray(picture.rgb8()[..., 1])
    profile, screen = ImageCms.ImageCmsProfile(io.BytesIO(picture.icc)), ImageCms.createProfile("sRGB")
    shown = ImageCms.profileToProfile(one_channel, profile, screen, outputMode="RGB")
    wanted = light_of(ColorSignal(BT709, Curve(1.8)), np.dstack([GREY] * 3))
    assert np.abs(np.asarray(shown).astype(int) - wanted).mean() <= 1.0
    assert decode(tiff(255 - GREY, table(Curve(2.2))), LIMITS).icc is None


@pytest.mark.parametrize(
    "tags",
    [
        points(BT709),
        [*points(BT709), table(Curve(2.2))],
        [table(SRGB_CURVE)],
        points(ADOBE)[:1],
        points(ADOBE)[1:],
        [(318, 5, 2, (0, 0) * 2, True), points(ADOBE)[1]],
        [(318, 5, 2, (9, 1) * 2, True), points(ADOBE)[1]],
        [points(ADOBE)[0], (319, 5, 6, (3, 10) * 6, True)],
        [points(ADOBE)[0], (319, 5, 6, (0, 10) * 6, True)],
        [points(ADOBE)[0], (319, 3, 6, (1,) * 6, True)],
        [(301, 3, 255, [0] * 255, True)],
        [(301, 3, 256, list(range(255, -1, -1)), True)],
        [(301, 3, 256, [7] * 256, True)],
    ],
)
def test_tags_that_say_srgb_or_nothing_usable_change_nothing(tags: list[Tag]) -> None:
    picture = decode(tiff(RGB, *tags), LIMITS)
    assert picture.icc is None
    assert (picture.pixels == RGB).all()


def test_a_tag_outside_the_file_changes_nothing() -> None:
    data = bytearray(tiff(RGB, *points(ADOBE)))
    at = data.index(struct.pack("<HHI", 319, 5, 6))
    data[at + 8 : at + 12] = struct.pack("<I", 1 << 30)
    assert decode(bytes(data), LIMITS).icc is None


def test_icc_precedes_the_tags() -> None:
    assert decode(tiff(RGB, *points(ADOBE), iccprofile=srgb()), LIMITS).icc == srgb()
    assert decode(saved(RGB, "TIFF"), LIMITS).icc is None
