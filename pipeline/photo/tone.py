"""Finds out whether a photo has faded, and brings its contrast and colours back.

A print fades as a whole: its black turns grey, its paper darkens or yellows, and the dyes of a colour print fade at
different speeds. So the darkest and the brightest places of the photo, and how far they lie apart, tell how much is
lost, and stretching each channel between them undoes most of it. A foggy or a high-key photo has a small range too, but
some place in it is nearly always dark or bright: the limits were set on sound photographs. A picture without light and
dark areas is a close view of one material, such as bricks or cloth, and counts as sound.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.blend import LUMA, tone_of
from magicmemory.pipeline.imaging.picture import Picture, Pixels

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_SIDE: Final = 384  # pixels; the longest side of the copy that is measured
_TAIL: Final = 0.05  # percent of the pixels that are darker than the black point, and brighter than the white point
_BLACK: Final = 0.03  # where the black point goes, 0 to 1: few photos reach 0 in their smoothed pixels
_WHITE: Final = 0.95
_LEAST_RANGE: Final = 0.15  # of a channel: a smaller one is stretched no further
_FEWEST: Final = 1000  # measured pixels
# The score of a photo: positive means faded. A logistic regression on 585 sound photographs and drawn fadings of them
# (`training/tone_evaluate.py`), shifted so that 2 % of the sound ones are above 0: many of these are flat indeed.
_WEIGHTS: Final = np.array(
    (21.3, 1.1, 12.0, -8.5), np.float32
)  # lifted black, lost white, lost range; and the constant
_LEAST_AREAS: Final = 0.15  # of its range; a sound photograph has more in large areas, but for one in two hundred
_GRID: Final = 8  # areas each way
_USUAL_RANGE: Final = 0.9  # of brightness in a sound photograph, 0 to 1: the median
_STRIP: Final = 0.2  # of the side: the widest paper border
_FLAT: Final = 15.0  # levels; the range of brightness in a row of plain paper
_THIN: Final = 0.015  # of the side: a narrower strip is no border


@dataclass(frozen=True, slots=True)
class Fading:
    """How a photo has faded.

    Attributes:
        black: `[3]`, each channel's black point, 0 to 1.
        white: `[3]`, each channel's white point, 0 to 1.
        score: positive where the photo has faded, negative where it is sound.
        lost: the share of a sound photo's range of brightness that is lost, 0 to 1.
        keeps_tone: a toned print (sepia, cyanotype) or a monochrome photo: all channels change alike.
    """

    black: Floats
    white: Floats
    score: float
    lost: float
    keeps_tone: bool

    @property
    def faded(self) -> bool:
        """Whether the photo has faded."""
        return self.score > 0


def fading_of(picture: Picture, ignored: Mask | None = None) -> Fading:
    """Measure how a photo has faded.

    Args:
        picture: the photo; its transparent pixels, and the part that is missing in its file, are not measured.
        ignored: `[height, width]`, pixels that are not the photo's own, such as scratches.
    """
    small, valid = _copy(picture, ignored)
    luma = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    rows, columns = _print(luma)
    inside, luma = small[rows, columns], luma[rows, columns]
    own = valid[rows, columns]
    if int(own.sum()) < _FEWEST:
        return _sound()
    dark, bright = _ends(luma, own)
    red, green, blue = (inside[..., channel] for channel in range(3))  # numpy is slow along three values
    lifted, _ = _ends(np.minimum(np.minimum(red, green), blue), own)
    _, brightest = _ends(np.maximum(np.maximum(red, green), blue), own)
    score = float(np.array((lifted, 1 - brightest, 1 - (bright - dark), 1), np.float32) @ _WEIGHTS)
    if _range_of_areas(luma, own) < _LEAST_AREAS * (bright - dark):
        score = min(score, -1.0)
    keeps_tone = picture.monochrome or (score > 0 and _is_toned(inside, dark, bright))
    ends = [(dark, bright)] * 3 if keeps_tone else [_ends(inside[..., channel], own) for channel in range(3)]
    return Fading(
        black=np.array([low for low, _ in ends], np.float32),
        white=np.array([high for _, high in ends], np.float32),
        score=score,
        lost=float(np.clip(1 - (bright - dark) / _USUAL_RANGE, 0, 1)),
        keeps_tone=keeps_tone,
    )


def with_contrast(picture: Picture, fading: Fading) -> Picture:
    """The photo with its contrast, and unless it keeps its tone its colours, brought back. Grey stays exactly grey."""
    knots = np.arange(picture.peak + 1, dtype=np.float32) / np.float32(picture.peak)
    # Never less contrast than before: black that is darker stays, and so does white that is brighter.
    low, high = np.minimum(fading.black, np.float32(_BLACK)), np.maximum(fading.white, np.float32(_WHITE))
    slope = (high - low) / np.maximum(fading.white - fading.black, np.float32(_LEAST_RANGE))
    curves = [(low[c] + (knots - fading.black[c]) * slope[c]).clip(0, 1) for c in range(3)]
    if fading.keeps_tone and not picture.monochrome:
        return replace(picture, pixels=_by_brightness(picture, curves[0] - knots))
    tables = [np.rint(curve * picture.peak).astype(picture.pixels.dtype) for curve in curves]
    pixels = np.empty_like(picture.pixels)
    for channel, table in enumerate(tables):
        pixels[..., channel] = table[picture.pixels[..., channel]]
    return replace(picture, pixels=pixels)


def _by_brightness(picture: Picture, change: Floats) -> Pixels:
    """All channels of a pixel changed alike, by its brightness; `change` has one value a level, as a share of 1."""
    pixels = np.empty_like(picture.pixels)
    levels = np.rint(change * picture.peak).astype(np.float32)
    for top in range(0, picture.height, 256):  # in bands: a large photo takes gigabytes as floats
        band = picture.pixels[top : top + 256].astype(np.float32)
        luma = np.rint(band @ LUMA).astype(np.int64).clip(0, picture.peak)
        pixels[top : top + 256] = (band + levels[luma][..., None]).clip(0, picture.peak)
    return pixels


def _copy(picture: Picture, ignored: Mask | None) -> tuple[NDArray[np.uint8], Mask]:
    """A smaller, slightly smoothed copy of 8 bits, and which of its pixels are the photo's own."""
    scale = min(1.0, _SIDE / max(picture.width, picture.height))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    pixels = picture.rgb8()
    small = pixels if scale == 1 else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    valid = np.ones((size[1], size[0]), np.bool_)
    other = None if ignored is None else ignored.astype(np.uint8)
    if picture.alpha is not None:
        clear = (picture.alpha < picture.peak // 2).astype(np.uint8)
        other = clear if other is None else other | clear
    if other is not None:
        shown = cv2.resize(other * np.uint8(255), size, interpolation=cv2.INTER_AREA)
        valid = np.asarray(cv2.dilate(shown, np.ones((3, 3), np.uint8)) < 8)
    if picture.missing is not None:
        left, top, right, bottom = (round(value * scale) for value in picture.missing)
        valid[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = False
    return np.asarray(cv2.blur(small, (3, 3)), np.uint8), valid


def _ends(levels: NDArray[np.uint8], own: Mask) -> tuple[float, float]:
    """The black and the white point of one channel, 0 to 1."""
    counts = np.bincount(levels[own], minlength=256).cumsum()
    tail = counts[-1] * (_TAIL / 100)
    return float(np.searchsorted(counts, tail, "right")) / 255, float(np.searchsorted(counts, counts[-1] - tail)) / 255


def _range_of_areas(luma: NDArray[np.uint8], own: Mask) -> float:
    """The range of brightness between large areas, 0 to 1; the darkest and the brightest hundredth do not count."""
    counted = own.astype(np.float32)
    share, total = (cv2.resize(x, (_GRID, _GRID), interpolation=cv2.INTER_AREA) for x in (counted, counted * luma))
    levels = total[share > 0.5] / share[share > 0.5]
    return float(np.ptp(np.percentile(levels, (1, 99)))) / 255 if levels.size else 0.0


def _print(luma: NDArray[np.uint8]) -> tuple[slice, slice]:
    """The rows and columns of the print within its paper border; everything where it has none.

    A strip of one brightness along a single edge may be sky, so a border has at least three sides of one brightness.
    """
    strips = [_strip(luma), _strip(luma[::-1]), _strip(luma.T), _strip(luma.T[::-1])]
    values = [value for width, value in strips if width]
    if len(values) < 3 or max(values) - min(values) > 2 * _FLAT:
        return slice(None), slice(None)
    (top, _), (bottom, _), (left, _), (right, _) = strips
    return slice(top, len(luma) - bottom), slice(left, luma.shape[1] - right)


def _strip(luma: NDArray[np.uint8]) -> tuple[int, float]:
    """How many rows from the first on are plain paper of one brightness, and that brightness, in levels."""
    most = int(len(luma) * _STRIP)
    width, paper = 0, 0.0
    for row in luma[:most]:
        low, middle, high = np.percentile(row, (5, 50, 95))
        paper = float(middle) if not width else paper
        if high - low > _FLAT or abs(middle - paper) > _FLAT:
            break
        width += 1
    return (0, 0.0) if width < _THIN * len(luma) else (min(width + 2, most), paper)


def _is_toned(pixels: NDArray[np.uint8], dark: float, bright: float) -> bool:
    """Whether the print has one tone. Fading also narrows the range of colours, so it is undone first."""
    stretch = np.float32(max(1.0, _USUAL_RANGE / max(bright - dark, _LEAST_RANGE)))
    small = cv2.resize(pixels, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32)
    stretched = (small - np.float32(255 * dark)) * stretch
    return tone_of(np.rint(stretched.clip(0, 255)).astype(np.uint8)) is not None


def _sound() -> Fading:
    """The fading of a photo with too little to measure."""
    return Fading(np.zeros(3, np.float32), np.ones(3, np.float32), -1.0, 0.0, keeps_tone=True)
