"""Runs a network over a large picture in tiles, without visible seams."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.imaging.picture import Pixels

Floats = NDArray[np.float32]
TileFunction = Callable[[Floats], Floats]
"""`[side, side, 3]` in 0..1 to `[side * times, side * times, 3]` in 0..1."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """How a picture is cut into square tiles that fade into each other.

    Attributes:
        side: of a tile, pixels.
        overlap: pixels that neighbouring tiles share at least.
        fade: of which so many, in the middle, fade from the one into the other: a tile's edge has not seen beyond.
    """

    side: int
    overlap: int
    fade: int

    def apply(self, pixels: Pixels, times: int, function: TileFunction) -> Pixels:
        """`[height, width, 3]` RGB of any depth, run through `function` tile by tile, `times` wider and higher.

        Beside the result, the memory is a band of tiles. Where the picture is smaller than a tile, it is mirrored.
        """
        height, width = pixels.shape[:2]
        peak = np.iinfo(pixels.dtype).max
        result = np.empty((height * times, width * times, 3), pixels.dtype)
        for top, band in self._bands(pixels, times, function):
            rows = result[top : top + len(band)]
            rows[...] = np.rint(band[: len(rows), : width * times].clip(0, 1) * np.float32(peak))
        return result

    def _bands(self, pixels: Pixels, times: int, function: TileFunction) -> Iterator[tuple[int, Floats]]:
        """The result from top to bottom: each band's first row, and its pixels in 0..1."""
        side = self.side
        height, width = (max(length, side) for length in pixels.shape[:2])
        tops, down = self._along(height)
        lefts, across = self._along(width)
        waiting = np.zeros((side * times, width * times, 3), np.float32)
        for index, top in enumerate(tops):
            for left, fade in zip(lefts, across, strict=True):
                weight = np.repeat(down[index], times)[:, None, None] * np.repeat(fade, times)[None, :, None]
                tile = self._whole(pixels[top : top + side, left : left + side])
                waiting[:, left * times : (left + side) * times] += weight * function(tile)
            done = ((tops[index + 1] if index + 1 < len(tops) else top + side) - top) * times
            yield top * times, waiting[:done].copy()
            waiting = np.concatenate([waiting[done:], np.zeros_like(waiting[:done])])

    def _whole(self, pixels: Pixels) -> Floats:
        """A tile in 0..1, mirrored to its full side where the picture ends."""
        missing = [(0, self.side - pixels.shape[0]), (0, self.side - pixels.shape[1]), (0, 0)]
        whole = np.pad(pixels.astype(np.float32), missing, mode="symmetric")
        return whole / np.float32(np.iinfo(pixels.dtype).max)

    def _along(self, length: int) -> tuple[list[int], list[Floats]]:
        """Where tiles begin along one side, evenly, and the weight of each of their pixels. Weights add up to 1."""
        count = max(1, math.ceil((length - self.overlap) / (self.side - self.overlap)))
        starts = [round(i * (length - self.side) / max(1, count - 1)) for i in range(count)]
        weights = [np.ones(self.side, np.float32) for _ in starts]
        for i in range(count - 1):
            shared = starts[i] + self.side - starts[i + 1]
            ramp = ((np.arange(shared) + 0.5 - shared / 2) / self.fade + 0.5).clip(0, 1).astype(np.float32)
            weights[i + 1][:shared] *= ramp
            weights[i][-shared:] *= 1 - ramp
        return starts, weights


Part = tuple[slice, slice]  # rows and columns


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of a picture for a network that takes any size: it sees `seen`, and of its result `kept` is used.

    `seen` may go on beyond the picture, where `padded` mirrors it.
    """

    seen: Part
    kept: Part

    @property
    def within(self) -> Part:
        """`kept`, counted from the corner of `seen`."""
        rows, columns = (
            slice(kept.start - seen.start, kept.stop - seen.start)
            for seen, kept in zip(self.seen, self.kept, strict=True)
        )
        return rows, columns


def scaled(part: Part, times: int) -> Part:
    """The same part of a picture that is `times` wider and higher."""
    rows, columns = (slice(side.start * times, side.stop * times) for side in part)
    return rows, columns


def patches(height: int, width: int, most: int, margin: int, multiple: int) -> list[Patch]:
    """Cut a picture into parts as equal as can be, so that little is computed twice.

    A network that halves a picture makes something a little different of the same part at another place. So parts begin
    at multiples, and are a multiple wide and high; the last ones may go on beyond the picture.

    Args:
        height: of the picture, pixels.
        width: of the picture, pixels.
        most: the largest side of a part, pixels; about, because sides are multiples.
        margin: how far a network sees beyond what is kept, where the picture goes on; a multiple of `multiple`.
        multiple: of all sides, pixels.

    Returns:
        From top to bottom. What is kept covers the picture once. All have the same size.
    """
    down, across = (_spans(length, most, margin, multiple) for length in (height, width))
    return [Patch((rows[0], columns[0]), (rows[1], columns[1])) for rows in down for columns in across]


def _spans(length: int, most: int, margin: int, multiple: int) -> list[tuple[slice, slice]]:
    """What is seen and what is kept along one side."""
    count = 1 if length <= most else math.ceil(length / (most - 2 * margin))
    edges = [round(i * length / count / multiple) * multiple for i in range(count)] + [length]
    widest = max(high - low for low, high in pairwise(edges))
    side = _rounded_up(min(length, widest + 2 * margin), multiple)
    last = _rounded_up(max(0, length - side), multiple)
    starts = [min(max(0, low - margin), last) for low in edges[:-1]]
    return [
        (slice(start, start + side), slice(low, high))
        for start, (low, high) in zip(starts, pairwise(edges), strict=True)
    ]


def _rounded_up(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple


def padded(planes: Floats, multiple: int) -> Floats:
    """`[height, width, any]`, mirrored at the right and at the bottom to multiples of so many pixels."""
    missing = [(0, -planes.shape[0] % multiple), (0, -planes.shape[1] % multiple), (0, 0)]
    return planes if not any(after for _, after in missing) else np.pad(planes, missing, mode="symmetric")
