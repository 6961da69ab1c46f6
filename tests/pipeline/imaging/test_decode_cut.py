"""Files that end too early."""

import random

import numpy as np
import pytest

from magicmemory.core.errors import (
    NotAPhoto,
    PhotoTruncated,
    PhotoUnreadable,
    UserError,
)
from magicmemory.pipeline.imaging.decode import decode
from tests.support.photo_files import (
    COLOUR,
    LIMITS,
    RGB,
    differs,
    saved,
)


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
