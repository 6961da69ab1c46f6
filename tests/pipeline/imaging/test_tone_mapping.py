"""PQ and HLG become the standard range as SMPTE ST 2094-50 says; the figures were read off Chromium 156."""

import io

import imagecodecs
import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray

from magicmemory.core.report import NoteKind
from magicmemory.pipeline.imaging.color_signal import BT709, BT2020, DISPLAY_P3, SRGB_CURVE, ColorSignal, HighRange
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.tone_mapping import tone_mapped
from tests.pipeline.imaging.test_color_signal import as_srgb, cicp
from tests.support.photo_files import LIMITS, chunk, png16

NITS = np.array([0, 1, 5, 10, 26, 50, 100, 150, 203, 300, 400, 600, 1000, 2000, 4000, 10000.0])
CHROMIUM_PQ_GREY = [0, 8, 29, 43, 72, 98, 136, 164, 187, 211, 223, 239, 255, 255, 255, 255]
CHROMIUM_PQ_RED_709 = [0, 8, 29, 43, 72, 98, 136, 164, 187, 223, 248, 255, 255, 255, 255, 255]
CHROMIUM_HLG_GREY = [0, 3, 16, 31, 46, 61, 76, 91, 107, 126, 150, 179, 207, 225, 241, 255]


def pq(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    power = (nits / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def grey(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    row = np.rint(values * 65535).astype(np.uint16)
    return np.repeat(row[None, :, None], 3, axis=2)


def test_pq_greys_equal_chromiums() -> None:
    mapped, signal = tone_mapped(grey(pq(NITS)), ColorSignal(BT2020, HighRange.PQ))
    assert signal == ColorSignal(DISPLAY_P3, SRGB_CURVE)
    assert np.abs(mapped[0, :, 1] / 257 - CHROMIUM_PQ_GREY).max() <= 1
    assert np.ptp(mapped.astype(int), axis=2).max() <= 2, "greys stay grey"


def test_gain_follows_the_largest_bt2020_component() -> None:
    red = grey(pq(NITS))
    red[..., 1:] = 0
    mapped, signal = tone_mapped(red, ColorSignal(BT709, HighRange.PQ))
    assert signal.is_srgb
    assert np.abs(mapped[0, :, 0] / 257 - CHROMIUM_PQ_RED_709).max() <= 1


def test_hlg_greys_equal_chromiums() -> None:
    mapped, _ = tone_mapped(grey(np.linspace(0, 1, 16)), ColorSignal(BT2020, HighRange.HLG))
    assert np.abs(mapped[0, :, 1] / 257 - CHROMIUM_HLG_GREY).max() <= 1


def test_dimmer_picture_keeps_more_of_its_light() -> None:
    values = grey(pq(NITS))
    bright, _ = tone_mapped(values, ColorSignal(BT2020, HighRange.PQ))
    dim, _ = tone_mapped(values, ColorSignal(BT2020, HighRange.PQ, peak_nits=203))
    assert (dim >= bright).all()
    assert dim[0, 8, 0] > 65500, "its peak is the screen's white"
    for levels in (bright, dim):
        assert (np.diff(levels[0, :, 0].astype(int)) >= 0).all()


def test_pq_png_is_noted() -> None:
    wide = np.repeat(np.repeat(grey(pq(NITS)), 4, axis=1), 4, axis=0)
    picture = decode(png16(wide, cicp(9, 16)), LIMITS)
    assert [note.kind for note in picture.notes] == [NoteKind.TONE_MAPPED]
    assert np.abs(as_srgb(picture)[1, 1::4, 1] - CHROMIUM_PQ_GREY).max() <= 1
    brightest = chunk(b"cLLI", (203 * 10_000).to_bytes(4, "big") + bytes(4))
    assert as_srgb(decode(png16(wide, cicp(9, 16) + brightest), LIMITS))[1, 4 * 8 + 1, 1] == 255


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_ten_bits_of_pq_keep_their_steps_until_they_are_mapped(kind: str) -> None:
    ramp = np.repeat(np.repeat(grey(np.linspace(0.3, 0.6, 256)), 2, axis=1), 64, axis=0)
    if kind == "HEIF":
        file = io.BytesIO()
        pillow_heif.encode(
            "RGB;16", ramp.shape[1::-1], ramp.tobytes(), file, quality=100, chroma=444,
            color_primaries=9, transfer_characteristics=16, matrix_coefficients=9, full_range_flag=1,
        )  # fmt: skip
        data = file.getvalue()
    else:
        samples = np.ascontiguousarray(ramp >> 6)
        data = bytes(imagecodecs.avif_encode(samples, level=98, bitspersample=10, primaries=9, transfer=16, matrix=9))
    picture = decode(data, LIMITS)
    assert picture.pixels.dtype == np.uint8
    wanted, _ = tone_mapped(ramp, ColorSignal(BT2020, HighRange.PQ))
    assert np.abs(picture.pixels[32, :, 1] - wanted[0, :, 1] / 257).mean() <= 0.6
