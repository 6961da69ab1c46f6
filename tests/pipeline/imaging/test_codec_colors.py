"""Colours that no `colr` box says, but the codec's own header."""

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from magicmemory.core.report import NoteKind
from magicmemory.pipeline.imaging import codec_colors, color_signal
from magicmemory.pipeline.imaging.decode import decode
from tests.support.photo_files import LIMITS, RGB, heif_of_tiles, saved

BIG = np.asarray(Image.fromarray(RGB).resize((400, 300)))
P3, PQ = (12, 13), (9, 16)


def heif(primaries: int, transfer: int) -> bytes:
    return saved(BIG, "HEIF", **_options(primaries, transfer))


def heif_in_tiles(primaries: int, transfer: int) -> bytes:
    return heif_of_tiles(BIG, **_options(primaries, transfer))


def _options(primaries: int, transfer: int) -> dict[str, int]:
    return {"color_primaries": primaries, "transfer_characteristics": transfer, "matrix_coefficients": 6}


def avif(primaries: int, transfer: int) -> bytes:
    return bytes(imagecodecs.avif_encode(BIG, level=90, speed=10, primaries=primaries, transfer=transfer, matrix=6))


def without_box(data: bytes) -> bytes:
    assert b"colrnclx" in data
    return data.replace(b"colrnclx", b"freenclx")


@pytest.mark.slow
@pytest.mark.parametrize("make", [heif, heif_in_tiles, avif])
def test_the_stream_says_what_the_box_does_not(make) -> None:  # type: ignore[no-untyped-def]
    for code in (P3, (9, 1), (1, 4)):
        data = make(*code)
        with_box, without = decode(data, LIMITS), decode(without_box(data), LIMITS)
        assert with_box.icc is not None
        assert without.icc == with_box.icc
        assert (without.pixels == with_box.pixels).all()


@pytest.mark.slow
@pytest.mark.parametrize("make", [heif, heif_in_tiles, avif])
def test_a_high_range_that_the_stream_says_is_mapped(make) -> None:  # type: ignore[no-untyped-def]
    picture = decode(without_box(make(*PQ)), LIMITS)
    assert [note.kind for note in picture.notes] == [NoteKind.TONE_MAPPED]


@pytest.mark.slow
@pytest.mark.parametrize("make", [heif, avif])
def test_the_box_goes_before_the_stream(make) -> None:  # type: ignore[no-untyped-def]
    data = make(*P3)
    at = data.index(b"colrnclx") + 8
    srgb = data[:at] + b"\0\1\0\x0d" + data[at + 4 :]
    assert decode(srgb, LIMITS).icc is None


@pytest.mark.slow
def test_streams_that_say_nothing_are_srgb() -> None:
    assert decode(without_box(avif(2, 2)), LIMITS).icc is None


def test_broken_headers_say_nothing() -> None:
    whole = heif(*P3)
    at = whole.index(b"hvcC") + 4
    config = whole[at : at + int.from_bytes(whole[at - 8 : at - 4], "big") - 8]
    assert codec_colors.of_hevc(config) == P3
    assert color_signal.from_cicp(*P3) is not None
    dice = np.random.default_rng(1)
    for _ in range(500):
        broken = bytearray(config)
        for place in dice.integers(22, len(broken), 3):
            broken[place] = dice.integers(256)
        for reader in (codec_colors.of_hevc, codec_colors.of_av1):
            try:
                told = reader(bytes(broken[: dice.integers(1, len(broken))]))
            except IndexError:
                continue
            assert told is None or max(told) < 256
