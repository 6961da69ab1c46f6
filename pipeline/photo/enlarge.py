"""Enlarges a photo with a network in tiles: `photo-x2`, or Real-ESRGAN; or with Lanczos."""

from dataclasses import replace
from functools import partial
from typing import Final, Protocol

import cv2
import numpy as np

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.imaging.tiles import Floats, Patch, Tiling, patches, scaled
from magicmemory.pipeline.photo.network_patches import MULTIPLE, run_patches

TILE: Final = 192  # pixels; side of the network's input, which bounds the memory
TILING: Final = Tiling(side=TILE, overlap=48, fade=16)

LARGEST_PART: Final = 768  # pixels; the largest side of what `photo-x2` sees at once, which bounds the memory
SEEN_AROUND: Final = 48  # pixels; beyond them nothing changes what it makes by half a level, so there is no seam

LUMA: Final = np.array((0.299, 0.587, 0.114), np.float32)


class Upscaler(Protocol):
    """Enlarges pictures."""

    def __call__(self, pixels: Pixels, times: int) -> Pixels:
        """Enlarge `[height, width, 3]` RGB of 8 or 16 bits to `times` its width and height."""


def enlarged(picture: Picture, times: int, upscaler: Upscaler | None = None) -> Picture:
    """The picture at `times` its width and height; the same picture if `times` is 1.

    Pixel centres follow `cv2.resize`: x becomes `times * x + (times - 1) / 2`.

    Args:
        picture: the photo.
        times: 1, 2 or 4.
        upscaler: enlarges the colours; None: Lanczos. Alpha is always enlarged with Lanczos.
    """
    if times == 1:
        return picture
    alpha = None if picture.alpha is None else _lanczos(picture.alpha, times)
    pixels = _lanczos(picture.pixels, times) if upscaler is None else upscaler(picture.pixels, times)
    if picture.monochrome and upscaler is not None:
        pixels = _grey(pixels)
    return replace(picture, pixels=pixels, alpha=alpha)


def side_by_side(before: Picture, after: Picture) -> Picture:
    """The two pictures side by side, as a PNG. `before` is enlarged to `after`'s size if it is smaller."""
    before = enlarged(before, after.width // before.width)
    gap = np.full((after.height, max(4, after.width // 100), 3), after.peak, after.pixels.dtype)
    pixels = np.hstack([before.pixels, gap, after.pixels])
    return replace(after, pixels=pixels, alpha=None, format="PNG")


class TiledUpscaler:
    """A Real-ESRGAN network behind the `Upscaler` protocol, in tiles of one size with blended seams."""

    def __init__(self, runner: Runner, scale: int) -> None:
        """
        Args:
            runner: the compiled network: `[1, 3, 192, 192]` in 0..1 to `scale` times that size.
            scale: the network's factor. For other factors its tiles are resized.
        """
        self._runner = runner
        self._scale = scale

    def __call__(self, pixels: Pixels, times: int) -> Pixels:
        """See `Upscaler`."""
        return TILING.apply(pixels, times, partial(self._tile, times))

    def _tile(self, times: int, tile: Floats) -> Floats:
        """One tile `[192, 192, 3]`, enlarged to `[192 * times, 192 * times, 3]`, 0 to 1."""
        made: Floats = self._runner(tile.transpose(2, 0, 1)[None])[0].transpose(1, 2, 0)
        if self._scale == times:
            return made
        smooth = cv2.INTER_AREA if self._scale > times else cv2.INTER_LANCZOS4
        return np.asarray(cv2.resize(made, (TILE * times, TILE * times), interpolation=smooth), np.float32)


class DoublingUpscaler:
    """A network that enlarges twice behind the `Upscaler` protocol. For four times it runs twice."""

    def __init__(self, runner: Runner) -> None:
        """
        Args:
            runner: the compiled network: `[n, 3, height, width]` RGB in 0..1 to twice that size, any size.
        """
        self._runner = runner

    def __call__(self, pixels: Pixels, times: int) -> Pixels:
        """See `Upscaler`."""
        while times > 1:
            pixels, times = self._doubled(pixels), times // 2
        return pixels

    def _doubled(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        peak = np.float32(np.iinfo(pixels.dtype).max)
        result = np.empty((2 * height, 2 * width, 3), pixels.dtype)

        def planes(part: Patch) -> Floats:
            return np.asarray(pixels[part.seen].astype(np.float32) / peak, np.float32)

        parts = patches(height, width, LARGEST_PART, SEEN_AROUND, MULTIPLE)
        for part, made in run_patches(self._runner, parts, planes, times=2, together=1):
            result[scaled(part.kept, 2)] = np.rint(made.clip(0, 1) * peak)
        return result


def _lanczos(pixels: Pixels, times: int) -> Pixels:
    size = pixels.shape[1] * times, pixels.shape[0] * times
    wide = cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4)
    return wide.astype(np.uint8, copy=False) if pixels.dtype == np.uint8 else wide.astype(np.uint16, copy=False)


def _grey(pixels: Pixels) -> Pixels:
    """Three equal channels: a network may tint a grey photo."""
    luma = np.rint(pixels.astype(np.float32) @ LUMA).astype(pixels.dtype)
    return np.repeat(luma[..., None], 3, axis=-1)
