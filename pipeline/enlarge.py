"""Enlarging a photo: by Lanczos, or by a Real-ESRGAN network in tiles."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines import Runner
from magicmemory.pipeline.picture import Picture, Pixels

Floats = NDArray[np.float32]

TILE: Final = 192  # pixels each way that the network sees at a time: bounds the memory
_OVERLAP: Final = 48  # pixels that neighbouring tiles share at least
_FADE: Final = 16  # of which so many, in the middle, fade from the one into the other: edges have not seen beyond

LUMA: Final = np.array((0.299, 0.587, 0.114), np.float32)


class Upscaler(Protocol):
    """Something that enlarges pictures."""

    def __call__(self, pixels: Pixels, times: int) -> Pixels:
        """`[height, width, 3]` RGB, 8 or 16 bits, `times` wider and higher."""


def enlarged(picture: Picture, times: int, upscaler: Upscaler | None = None) -> Picture:
    """The picture, so many times wider and higher; the same picture for once.

    Pixel centres lie as `cv2.resize` puts them: x becomes `times * x + (times - 1) / 2`.

    Args:
        picture: the photo.
        times: 1, 2 or 4.
        upscaler: enlarges the colours; None: Lanczos does. Alpha is always Lanczos's.
    """
    if times == 1:
        return picture
    alpha = None if picture.alpha is None else _lanczos(picture.alpha, times)
    pixels = _lanczos(picture.pixels, times) if upscaler is None else upscaler(picture.pixels, times)
    if picture.monochrome and upscaler is not None:
        pixels = _grey(pixels)
    return replace(picture, pixels=pixels, alpha=alpha)


class TiledUpscaler:
    """A Real-ESRGAN network behind the `Upscaler` protocol: in tiles of one size that fade into each other."""

    def __init__(self, runner: Runner, scale: int) -> None:
        """
        Args:
            runner: the compiled network: `[1, 3, 192, 192]` in 0..1 to `scale` times that size.
            scale: how many times it enlarges. Any other size is made from its tiles by resizing.
        """
        self._runner = runner
        self._scale = scale

    def __call__(self, pixels: Pixels, times: int) -> Pixels:
        """See `Upscaler`."""
        height, width = pixels.shape[:2]
        peak = np.iinfo(pixels.dtype).max
        result = np.empty((height * times, width * times, 3), pixels.dtype)
        for top, band in self._bands(pixels, times):
            rows = result[top : top + len(band)]
            rows[...] = np.rint(band[: len(rows), : width * times].clip(0, 1) * np.float32(peak))
        return result

    def _bands(self, pixels: Pixels, times: int) -> Iterator[tuple[int, Floats]]:
        """The enlarged picture from top to bottom: each band's first row, and its pixels in 0..1."""
        height, width = (max(length, TILE) for length in pixels.shape[:2])
        tops, down = _tiling(height)
        lefts, across = _tiling(width)
        waiting = np.zeros((TILE * times, width * times, 3), np.float32)
        for index, top in enumerate(tops):
            for left, fade in zip(lefts, across, strict=True):
                weight = np.repeat(down[index], times)[:, None, None] * np.repeat(fade, times)[None, :, None]
                columns = slice(left * times, (left + TILE) * times)
                waiting[:, columns] += weight * self._tile(pixels[top : top + TILE, left : left + TILE], times)
            done = ((tops[index + 1] if index + 1 < len(tops) else top + TILE) - top) * times
            yield top * times, waiting[:done].copy()
            waiting = np.concatenate([waiting[done:], np.zeros_like(waiting[:done])])

    def _tile(self, pixels: Pixels, times: int) -> Floats:
        """One tile `[up to 192, up to 192, 3]`, enlarged to `[192 * times, 192 * times, 3]`, 0 to 1."""
        missing = [(0, TILE - pixels.shape[0]), (0, TILE - pixels.shape[1]), (0, 0)]
        whole = np.pad(pixels.astype(np.float32), missing, mode="symmetric") / np.float32(np.iinfo(pixels.dtype).max)
        made: Floats = self._runner(whole.transpose(2, 0, 1)[None])[0].transpose(1, 2, 0)
        if self._scale == times:
            return made
        smooth = cv2.INTER_AREA if self._scale > times else cv2.INTER_LANCZOS4
        return np.asarray(cv2.resize(made, (TILE * times, TILE * times), interpolation=smooth), np.float32)


def _tiling(length: int) -> tuple[list[int], list[Floats]]:
    """Where tiles begin along one side, evenly, and the weight of each of their pixels. Weights add up to 1."""
    count = max(1, math.ceil((length - _OVERLAP) / (TILE - _OVERLAP)))
    starts = [round(i * (length - TILE) / max(1, count - 1)) for i in range(count)]
    weights = [np.ones(TILE, np.float32) for _ in starts]
    for i in range(count - 1):
        shared = starts[i] + TILE - starts[i + 1]
        ramp = ((np.arange(shared) + 0.5 - shared / 2) / _FADE + 0.5).clip(0, 1).astype(np.float32)
        weights[i + 1][:shared] *= ramp
        weights[i][-shared:] *= 1 - ramp
    return starts, weights


def _lanczos(pixels: Pixels, times: int) -> Pixels:
    size = pixels.shape[1] * times, pixels.shape[0] * times
    wide = cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4)
    return wide.astype(np.uint8, copy=False) if pixels.dtype == np.uint8 else wide.astype(np.uint16, copy=False)


def _grey(pixels: Pixels) -> Pixels:
    """Three equal channels: a network may tint what came without colour."""
    luma = np.rint(pixels.astype(np.float32) @ LUMA).astype(pixels.dtype)
    return np.repeat(luma[..., None], 3, axis=-1)
