"""Removes grain, noise, halftone and compression artifacts from a whole photo; lines and textures stay.

`needs_cleaning` says whether there is anything to remove: a sound photo is left alone.

`photo` cleans photos. `TiledCleaner` runs `lite`'s faithful decoder, for a copy in which damaged faces are searched: it
was trained on portraits, and reveals more of them.
"""

from dataclasses import replace
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.blend import LUMA
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.imaging.tiles import Floats, Tiling

TILE: Final = 256  # pixels; side of the network's input, `lite`'s own size
TILING: Final = Tiling(side=TILE, overlap=64, fade=32)

_WINDOW: Final = 192  # pixels; side of the parts that are looked at
_SPECTRUM: Final = 128  # pixels; side of the squares whose spectrum is measured
_COARSEST: Final = 0.12  # cycles a pixel; slower patterns are picture
LEAST_CHANGE: Final = 3.5  # levels; `photo` changes 99 of 99 sound scenes of held-out sources by less
STRONG_CHANGE: Final = 14.0  # levels; counts as 1
_SQUARE: Final = 16  # pixels
_CALM: Final = 25  # percent of the squares; grain is in these too, fine detail is not
_MOST: Final = 60  # percent of the squares; what is changed more than these has texture too
_TINY: Final = 1e-6
_BLANK: Final = (8.0, 247.0)  # levels; darker and lighter squares show no grain: paper borders, a burnt-out sky
LEAST_PEAK: Final = 3.6  # of a halftone's spectrum over its surroundings, natural logarithm
STRONG_PEAK: Final = 9.0
LEAST_BLOCKS: Final = 0.25  # of JPEG's block borders over the steps inside


class Cleaner(Protocol):
    """Cleans pictures."""

    def __call__(self, pixels: Pixels) -> Pixels:
        """Clean `[height, width, 3]` RGB of 8 or 16 bits; the result has the same size and depth."""


class TiledCleaner:
    """A network behind the `Cleaner` protocol."""

    def __init__(self, runner: Runner) -> None:
        """
        Args:
            runner: the compiled network: `[1, 3, 256, 256]` RGB in [-1, 1], in and out.
        """
        self._runner = runner

    def __call__(self, pixels: Pixels) -> Pixels:
        """See `Cleaner`."""
        return TILING.apply(pixels, 1, self._tile)

    def _tile(self, tile: Floats) -> Floats:
        seen = tile.transpose(2, 0, 1)[None] * np.float32(2) - np.float32(1)
        made: Floats = self._runner(seen)[0].transpose(1, 2, 0)
        return (made + np.float32(1)) / np.float32(2)


def cleaned(picture: Picture, cleaner: Cleaner, strength: float = 1.0) -> Picture:
    """The cleaned photo, blended by `strength` (0 to 1; 0 returns the photo itself). Grey stays exactly grey.

    Grain is much the same everywhere. What the cleaner changes more than in most of the photo is texture as well, so
    there its change is scaled down.
    """
    if strength == 0:
        return picture
    pixels = cleaner(picture.pixels)
    taken = _taken(picture.pixels, pixels)
    for rows in _bands(picture.height):
        before, after = picture.pixels[rows].astype(np.float32), pixels[rows].astype(np.float32)
        if picture.monochrome:
            after = np.repeat((after @ LUMA)[..., None], 3, axis=-1)
        after -= before  # in place: a third of the time
        after *= np.float32(strength / 255) * taken[rows, :, None]
        after += before
        pixels[rows] = np.rint(after, out=after)
    return replace(picture, pixels=pixels)


def _bands(height: int) -> list[slice]:
    """A large photo takes gigabytes as floats."""
    return [slice(top, top + TILING.side) for top in range(0, height, TILING.side)]


def _taken(before: Pixels, after: Pixels) -> NDArray[np.uint8]:
    """How much of a cleaner's change to take, `[height, width]`, 0 to 255."""
    parts = [_changes(before[rows], after[rows]) for rows in _bands(len(before))]
    change, light = (np.concatenate(planes) for planes in zip(*parts, strict=True))
    shown = _shows_grain(light)
    most = float(np.percentile(change[shown], _MOST)) if shown.any() else 255.0
    share = np.rint(255 * (most / np.maximum(change, _TINY)).clip(0, 1)).astype(np.uint8)
    return np.asarray(cv2.resize(share, before.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def needs_cleaning(pixels: Pixels, cleaner: Cleaner) -> dict[str, float]:
    """How much a photo needs to be cleaned, judged by some parts of it.

    Args:
        pixels: `[height, width, 3]` RGB of 8 or 16 bits.
        cleaner: `photo`, for which the limits were measured. What it would change says more than a measure of noise,
            which takes grass for grain.

    Returns:
        `grain`, `jpeg` and `halftone`, 0 (none that matters) to 1 (strong). All 0: the photo stays as it is.
    """
    windows = _windows(pixels)
    peak = np.float32(np.iinfo(pixels.dtype).max / 255)
    found = {"grain": 0.0, "jpeg": 0.0, "halftone": 0.0}
    change = _least_change(windows, cleaner)
    if change <= LEAST_CHANGE:
        return found
    planes = [np.asarray(window.astype(np.float32) @ LUMA / peak, np.float32) for window in windows]
    dots = (_halftone_peak(planes) - LEAST_PEAK) / (STRONG_PEAK - LEAST_PEAK)
    if dots > 0:  # fabric has such peaks too, but the cleaner changes it little
        found["halftone"] = min(1.0, dots)
    else:
        blocks = max((_blockiness(plane) for plane in planes), default=0.0) > LEAST_BLOCKS
        found["jpeg" if blocks else "grain"] = min(1.0, (change - LEAST_CHANGE) / (STRONG_CHANGE - LEAST_CHANGE))
    return found


def _windows(pixels: Pixels) -> list[Pixels]:
    """Up to five parts, over the photo as the black fields over a chessboard."""
    height, width = pixels.shape[:2]
    tops, lefts = (_evenly(length, min(3, max(1, length // _WINDOW))) for length in (height, width))
    return [
        pixels[top : top + _WINDOW, left : left + _WINDOW]
        for row, top in enumerate(tops)
        for column, left in enumerate(lefts)
        if (row + column) % 2 == 0
    ]


def _evenly(length: int, count: int) -> list[int]:
    room = max(0, length - _WINDOW)
    return [round(room * (i + 0.5) / count) for i in range(count)]


def _least_change(windows: list[Pixels], cleaner: Cleaner) -> float:
    """What the cleaner changes in the calm squares, in levels: fine detail that it takes is not there, but grain is."""
    parts = [_changes(window, cleaner(window)) for window in windows]
    change, light = (np.concatenate([plane.ravel() for plane in planes]) for planes in zip(*parts, strict=True))
    shown = _shows_grain(light)
    return float(np.percentile(change[shown], _CALM)) if shown.any() else 0.0


def _changes(before: Pixels, after: Pixels) -> tuple[Floats, Floats]:
    """How much each square of a picture was changed (root of the mean square) and how light it was, both in levels."""
    peak = np.iinfo(before.dtype).max / 255
    apart = cv2.absdiff(before, after)
    squared = cv2.multiply(apart, apart, scale=peak**-2, dtype=cv2.CV_32F)
    change, light = np.sqrt(_in_squares(squared).mean(2)), _in_squares(before) @ LUMA / np.float32(peak)
    return np.asarray(change, np.float32), np.asarray(light, np.float32)


def _shows_grain(light: Floats) -> NDArray[np.bool_]:
    return (light > _BLANK[0]) & (light < _BLANK[1])


def _in_squares(samples: NDArray[Any]) -> Floats:
    """The means of a picture's squares `[height, width, 3]`, of which it has at least one."""
    size = max(1, samples.shape[1] // _SQUARE), max(1, samples.shape[0] // _SQUARE)
    return np.asarray(cv2.resize(samples, size, interpolation=cv2.INTER_AREA), np.float32)


def _halftone_peak(planes: list[Floats]) -> float:
    """How far a pattern that is everywhere stands out of the spectrum, as a logarithm."""
    side, powers = _SPECTRUM, []
    hann = np.hanning(side)[:, None] * np.hanning(side)[None, :]
    for plane in planes:
        if min(plane.shape) < side:
            continue
        part = plane[:side, :side]
        fine = part - cv2.GaussianBlur(part, (0, 0), 4)
        powers.append(np.abs(np.fft.rfft2(fine * hann)) ** 2)
    if not powers:
        return 0.0
    power = np.fft.fftshift(np.log(np.median(powers, axis=0) + 1), axes=0).astype(np.float32)
    around = cv2.blur(cv2.medianBlur(power, 5), (9, 9))
    rows = np.fft.fftshift(np.fft.fftfreq(side))[:, None]
    columns = np.fft.rfftfreq(side)[None, :]
    excess = power - around
    excess[(np.hypot(rows, columns) < _COARSEST) | (np.abs(rows) < 2 / side) | (columns < 2 / side)] = (
        0  # not the grid of JPEG
    )
    return float(np.sort(excess.ravel())[-3])  # dots have more than one peak


def _blockiness(plane: Floats) -> float:
    """How much the steps at the borders of 8x8 blocks stand out, of all steps."""
    if min(plane.shape) < 32:
        return 0.0
    least = np.inf
    for steps in (np.abs(np.diff(plane, axis=1)), np.abs(np.diff(plane.T, axis=1))):
        over = np.minimum(steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2, 12).mean(0)
        phases = over[: len(over) // 8 * 8].reshape(-1, 8).mean(0)
        best = int(phases.argmax())
        apart = float(phases[best] - np.delete(phases, best).mean())
        least = min(least, apart / (float(np.minimum(steps, 30).mean()) + 0.3))
    return float(least)
