"""Files that end too early."""

import random

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from magicmemory.core.errors import (
    NotAPhoto,
    PhotoTruncated,
    PhotoUnreadable,
    UserError,
)
from magicmemory.core.report import NoteKind
from magicmemory.pipeline.imaging.decode import decode
from tests.support.photo_files import (
    COLOUR,
    LIMITS,
    RGB,
    exif_with,
    saved,
    turned,
)


def cut_points(length: int) -> list[int]:
    dice = random.Random(length)
    return sorted({*range(1, min(length, 64)), *dice.sample(range(length), min(length, 60)), length - 3, length - 1})


@pytest.mark.parametrize("name", COLOUR)
def test_truncated_files_decode_or_give_a_named_error(name: str) -> None:
    data = COLOUR[name][1]()
    for at in cut_points(len(data)):
        try:
            decode(data[:at], LIMITS)
        except (PhotoTruncated, PhotoUnreadable, NotAPhoto):
            continue
        except UserError as error:
            pytest.fail(f"cut at {at} of {len(data)}: {error!r}")


NOISE = np.random.default_rng(3).integers(0, 255, (300, 400, 3), dtype=np.uint8)
SMOOTH = np.asarray(Image.fromarray(RGB).resize((400, 300), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("pixels", [NOISE, SMOOTH], ids=["noise", "smooth"])
@pytest.mark.parametrize("options", [{}, {"restart_marker_rows": 1}, {"subsampling": 0}], ids=str)
def test_jpeg_cut_anywhere_keeps_its_whole_part(pixels: NDArray[np.uint8], options: dict[str, int]) -> None:
    data = saved(pixels, "JPEG", quality=90, **options)
    whole = decode(data, LIMITS).pixels
    start = data.index(b"\xff\xda") + 14
    for part in (0.3, 0.5, 0.77, 0.99):
        picture = decode(data[: start + int((len(data) - start) * part)], LIMITS)
        assert picture.missing is not None
        left, top, right, bottom = picture.missing
        assert (left, right, bottom) == (0, 400, 300)
        assert (picture.pixels[: int(top) - 1] == whole[: int(top) - 1]).all(), "a row above is smoothed into"
        (note,) = picture.notes
        assert note.kind is NoteKind.INCOMPLETE
        # Of noise, each part takes as many bytes as another.
        if pixels is NOISE:
            assert note.count == pytest.approx(100 * (1 - part), abs=3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_missing_area_is_turned_with_the_picture(orientation: int) -> None:
    data = saved(turned(SMOOTH, orientation), "JPEG", quality=95, exif=b"Exif\0\0" + exif_with(orientation))
    whole = decode(data, LIMITS).pixels.astype(int)
    picture = decode(data[: len(data) * 2 // 3], LIMITS)
    assert picture.missing is not None
    left, top, right, bottom = (int(value) for value in picture.missing)
    assert 0.2 < (right - left) * (bottom - top) / (picture.width * picture.height) < 0.6
    inside = np.zeros(whole.shape[:2], bool)
    inside[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = True
    changed = np.abs(whole - picture.pixels).max(axis=2) > 0
    assert not changed[~inside].any()
    assert changed[inside].mean() > 0.6


@pytest.mark.parametrize("pixels", [RGB, NOISE, SMOOTH], ids=["small", "noise", "smooth"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}], ids=str)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_without_its_end_marker_is_whole(pixels: NDArray[np.uint8], options: dict[str, int], mode: str) -> None:
    data = saved(Image.fromarray(pixels).convert(mode), "JPEG", quality=90, **options)
    for cut in (1, 2):
        picture = decode(data[:-cut], LIMITS)
        assert (picture.pixels == decode(data, LIMITS).pixels).all()
        assert picture.missing is None
        assert picture.notes == ()


def test_truncated_progressive_jpeg_lacks_detail() -> None:
    data = saved(NOISE, "JPEG", progressive=True)
    picture = decode(data[: len(data) * 2 // 3], LIMITS)
    assert picture.missing is None
    assert [note.kind for note in picture.notes] == [NoteKind.COARSE]


def test_jpeg_with_almost_no_picture_is_refused() -> None:
    data = saved(NOISE, "JPEG")
    start = data.index(b"\xff\xda")
    for at in (start - 20, start, start + 14, start + 500):
        with pytest.raises(PhotoTruncated):
            decode(data[:at], LIMITS)
