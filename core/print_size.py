"""Sizes of prints: how much a photo is enlarged for one, and up to which size it prints sharp.

A photo is printed whole, as large as the paper holds it, along the paper or across. Printers work at 300 dots an inch.
Enlarging twice draws edges well enough for that, so that 150 pixels an inch of the photo's own are sharp; beyond it an
enlarged photo gets larger but not sharper.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from magicmemory.core.errors import PrintSizeUnusable

Unit = Literal["cm", "in"]

DPI: Final = 300  # what printers work at
OWN_DPI: Final = 150  # of the photo's own pixels: fewer look soft
LARGEST_TIMES: Final = 4
SMALLEST_CM: Final = 3.0
LARGEST_CM: Final = 150.0
INCH_CM: Final = 2.54
_TOLERANCE: Final = 0.99  # papers in inches are named in round centimetres too
_SIDE: Final = r"\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*"
_SIZE: Final = re.compile(rf"{_SIDE}[x×*]{_SIDE}(cm|in|inch|inches|\")\s*")


@dataclass(frozen=True, slots=True)
class PrintSize:
    """A paper.

    Attributes:
        short: the shorter side.
        long: the longer side.
        unit: of both.
    """

    short: float
    long: float
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "PrintSize":
        """The size that a person wrote: `13x18cm`, `5x7in`.

        Raises:
            PrintSizeUnusable: it is no size, or a side is shorter than 3 or longer than 150 centimetres.
        """
        size = cls.read(text)
        if not SMALLEST_CM <= size.inches[0] * INCH_CM <= size.inches[1] * INCH_CM <= LARGEST_CM:
            raise PrintSizeUnusable
        return size

    @classmethod
    def read(cls, text: str) -> "PrintSize":
        """A size of any length of sides, such as that up to which a tiny photo prints sharp.

        Raises:
            PrintSizeUnusable: it is no size.
        """
        found = _SIZE.fullmatch(text.lower())
        if found is None:
            raise PrintSizeUnusable
        sides = sorted(float(side.replace(",", ".")) for side in found.groups()[:2])
        return cls(sides[0], sides[1], "cm" if found[3] == "cm" else "in")

    def __str__(self) -> str:
        return f"{self.short:g}x{self.long:g}{self.unit}"

    @property
    def title(self) -> str:
        """As people read it: `13 × 18 cm`. It is the same in every language."""
        return f"{self.short:g} × {self.long:g} {self.unit}"

    @property
    def inches(self) -> tuple[float, float]:
        """The shorter and the longer side, inches."""
        inch = INCH_CM if self.unit == "cm" else 1.0
        return self.short / inch, self.long / inch

    def dpi(self, width: int, height: int) -> float:
        """Pixels an inch of a photo of so many pixels that is printed on it."""
        short, long = self.inches
        return max(min(width, height) / short, max(width, height) / long)


OFFERED: Final = tuple(map(PrintSize.parse, ("10x15cm", "13x18cm", "20x25cm", "30x40cm")))
"""What buttons offer: the usual papers, which are about 4x6, 5x7, 8x10 and 12x16 inches."""
PAPERS: Final[dict[Unit, tuple[PrintSize, ...]]] = {
    "cm": tuple(
        PrintSize.parse(f"{size}cm")
        for size in ("6x9", "9x13", "10x15", "13x18", "15x20", "20x25", "20x30", "30x40", "40x50", "50x70", "70x100")
    ),
    "in": tuple(
        PrintSize.parse(f"{size}in") for size in ("2.5x3.5", "3.5x5", "4x6", "5x7", "6x8", "8x10", "8x12", "11x14")
    )
    + tuple(PrintSize.parse(f"{size}in") for size in ("12x16", "16x20", "20x28", "24x36")),
}


def times_for(size: PrintSize, width: int, height: int, most_pixels: int) -> int:
    """How many times a photo is enlarged: 1, 2 or 4, as few as give 300 dots an inch.

    Args:
        size: of the print.
        width: of the photo, pixels.
        height: of the photo, pixels.
        most_pixels: of the result; where it would have more, the photo is enlarged less.
    """
    times = 1
    while (
        times < LARGEST_TIMES
        and round(size.dpi(width, height) * times) < DPI
        and width * height * (2 * times) ** 2 <= most_pixels
    ):
        times *= 2
    return times


def sharp_size(width: int, height: int, times: int, unit: Unit) -> PrintSize:
    """The largest paper on which a photo prints sharp.

    Args:
        width: of the photo before it was enlarged, pixels.
        height: of it, pixels.
        times: how many times it was enlarged.
        unit: of the paper.

    Returns:
        A usual paper; where all are too large, the photo's own proportions, in steps of half a centimetre or a tenth
        of an inch.
    """
    wanted = max(OWN_DPI, DPI / times)
    fitting = [paper for paper in PAPERS[unit] if paper.dpi(width, height) >= wanted * _TOLERANCE]
    if fitting:
        return fitting[-1]
    step, inch = (0.5, INCH_CM) if unit == "cm" else (0.1, 1.0)
    # A whisker more, so that rounding never takes a step off.
    short, long = (max(step, (side / wanted * inch / step + 1e-6) // 1 * step) for side in sorted((width, height)))
    return PrintSize(round(short, 1), round(long, 1), unit)


def prints_sharp(size: PrintSize, width: int, height: int, times: int) -> bool:
    """Whether a photo prints sharp at a size; the arguments are those of `sharp_size`."""
    return size.dpi(width, height) >= max(OWN_DPI, DPI / times) * _TOLERANCE
