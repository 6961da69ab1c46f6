"""Sizes of prints: what people write, how much a photo is enlarged for one, and up to which size it prints sharp."""

import pytest

from magicmemory.core.errors import PrintSizeUnusable
from magicmemory.core.options import Options
from magicmemory.core.print_size import OFFERED, PrintSize, prints_sharp, sharp_size, times_for

MUCH = 64_000_000


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("13x18cm", "13x18cm"),
        ("18 × 13 CM", "13x18cm"),
        ("5x7in", "5x7in"),
        ('7x5"', "5x7in"),
        ("8,5x11inch", "8.5x11in"),
    ],
)
def test_a_size_is_stored_in_one_way(written: str, stored: str) -> None:
    assert Options(print_size=written).print_size == stored
    assert str(PrintSize.parse(stored)) == stored


@pytest.mark.parametrize("written", ["13x18", "", "abc", "0x5cm", "2x5cm", "100x151cm", "13x18mm", "-5x7in", "60x61in"])
def test_other_sizes_are_refused(written: str) -> None:
    with pytest.raises(PrintSizeUnusable):
        Options(print_size=written)


def test_a_job_without_a_print_keeps_its_identity() -> None:
    assert "print_size" not in Options().model_dump_json()
    assert Options(print_size="5x7in").fingerprint() != Options().fingerprint()
    assert Options.model_validate_json(Options(print_size="5x7in").model_dump_json()).print_size == "5x7in"
    assert (Options(upscale=2).most_upscale, Options(print_size="5x7in").most_upscale) == (2, 4)


@pytest.mark.parametrize(
    ("width", "height", "most", "times"),
    [
        (1800, 1200, MUCH, 1),  # 300 dots an inch at 6x4 inches
        (1200, 1790, MUCH, 1),  # the longer side fits the paper: 298 dots along it, 300 across
        (900, 600, MUCH, 2),
        (500, 400, MUCH, 4),
        (100, 100, MUCH, 4),  # never more
        (900, 600, 900 * 600 * 4 - 1, 1),  # the result would be too large
        (500, 400, 500 * 400 * 16 - 1, 2),
    ],
)
def test_a_photo_is_enlarged_as_little_as_the_print_needs(width: int, height: int, most: int, times: int) -> None:
    assert times_for(PrintSize.parse("4x6in"), width, height, most) == times


@pytest.mark.parametrize(
    ("width", "height", "times", "unit", "sharp"),
    [
        (900, 600, 2, "cm", "10x15cm"),  # 150 of its own pixels an inch
        (900, 600, 4, "cm", "10x15cm"),  # larger, not sharper
        (900, 600, 2, "in", "4x6in"),
        (900, 600, 1, "in", "2x3in"),  # 300 are needed where nothing is enlarged
        (300, 300, 4, "in", "2x2in"),  # smaller than every paper
        (100, 70, 4, "cm", "1x1.5cm"),
    ],
)
def test_sharp_is_what_the_photos_own_pixels_allow(width: int, height: int, times: int, unit: str, sharp: str) -> None:
    size = sharp_size(width, height, times, PrintSize.parse(f"10x10{unit}").unit)
    assert str(size) == sharp
    assert prints_sharp(size, width, height, times)
    assert PrintSize.read(str(size)) == size


def test_buttons_offer_sizes_of_which_each_has_a_title() -> None:
    assert [size.title for size in OFFERED] == ["10 × 15 cm", "13 × 18 cm", "20 × 25 cm", "30 × 40 cm"]
