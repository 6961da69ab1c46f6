"""Profiles of linear light and the like: the picture is decoded as a screen shows it, with the same colours."""

import numpy as np
import pytest

from magicmemory.pipeline.imaging import color_profile, unusual_curve
from magicmemory.pipeline.imaging.color_signal import BT709, DISPLAY_P3, SRGB_CURVE, ColorSignal, Curve, icc_profile
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from tests.pipeline.imaging.test_color_signal import as_srgb, light_of
from tests.support.photo_files import DEEP, GREY, LIMITS, RGB, chunk_of_profile, png16, saved, srgb
from tests.support.table_profiles import linear_table_profile

LINEAR = {"BT.709": ColorSignal(BT709, Curve(1.0)), "P3": ColorSignal(DISPLAY_P3, Curve(1.0))}


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "16 bits"])
def test_linear_profile_becomes_srgbs_curve(name: str, kind: str) -> None:
    signal = LINEAR[name]
    icc = icc_profile(signal)
    assert icc is not None
    if kind == "16 bits":
        picture = decode(png16(DEEP, chunk_of_profile(icc)), LIMITS)
        assert picture.pixels.dtype == np.uint16
    else:
        picture = decode(saved(RGB, kind, icc_profile=icc, **({} if kind == "TIFF" else {"quality": 98})), LIMITS)
    wanted = icc_profile(ColorSignal(signal.primaries, SRGB_CURVE))
    assert (picture.icc is None) == (wanted is None)
    stored = light_of(ColorSignal(BT709, Curve(1.0)), RGB)  # of the same primaries: only the curve
    assert np.abs(picture.rgb8() - stored).mean() <= (2.5 if kind in {"JPEG", "WEBP"} else 0.6)
    again = decode(encode(picture).data, LIMITS)
    assert np.abs(as_srgb(again) - light_of(signal, RGB)).mean() <= (3.0 if kind in {"JPEG", "WEBP"} else 0.8)


def test_linear_grey_profile_becomes_srgb() -> None:
    icc = color_profile.grey_of(icc_profile(LINEAR["P3"]) or b"")
    picture = decode(saved(GREY, "PNG", icc_profile=icc), LIMITS)
    assert picture.icc is None
    assert picture.monochrome
    assert np.abs(picture.pixels - light_of(LINEAR["BT.709"], np.dstack([GREY] * 3))).max() <= 1


@pytest.mark.parametrize("depth", [8, 16])
def test_linear_table_becomes_display_p3(depth: int) -> None:
    icc = linear_table_profile()
    extra = chunk_of_profile(icc)
    picture = decode(saved(RGB, "PNG", icc_profile=icc) if depth == 8 else png16(DEEP, extra), LIMITS)
    assert picture.peak == (1 << depth) - 1
    assert picture.icc == icc_profile(ColorSignal(DISPLAY_P3, SRGB_CURVE))
    assert np.abs(as_srgb(picture) - light_of(LINEAR["BT.709"], RGB)).mean() <= 1.0


@pytest.mark.parametrize("gamma", [1.7, 1.8, 2.2, 2.4, 2.8])
def test_usual_profile_is_kept(gamma: float) -> None:
    icc = icc_profile(ColorSignal(DISPLAY_P3, Curve(gamma)))
    picture = decode(saved(RGB, "PNG", icc_profile=icc), LIMITS)
    assert picture.icc == icc
    assert (picture.pixels == RGB).all()


def test_profile_that_cannot_convert_is_kept() -> None:
    assert not unusual_curve.is_unusual(srgb())
    assert not unusual_curve.is_unusual(srgb().replace(b"rTRC", b"xTRC").replace(b"gTRC", b"yTRC"))
