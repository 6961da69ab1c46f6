"""Removes grain, noise, halftone and compression artifacts from a whole photo; lines and textures stay.

`lite`'s faithful decoder runs at the photo's own size, in tiles. It was trained on portraits with their backgrounds and
clothes only, so large changes are left out: they are more likely to be mistakes.
"""

from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.blend import LUMA
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.imaging.tiles import Floats, Tiling

TILE: Final = 256  # pixels; side of the network's input, `lite`'s own size
TILING: Final = Tiling(side=TILE, overlap=64, fade=32)


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
    """The cleaned photo, blended by `strength` (0 to 1; 0 returns the photo itself). Grey stays exactly grey."""
    if strength == 0:
        return picture
    pixels = cleaner(picture.pixels)
    if strength < 1 or picture.monochrome:
        for top in range(0, picture.height, TILING.side):  # in bands: a large photo takes gigabytes as floats
            rows = slice(top, top + TILING.side)
            before, after = picture.pixels[rows].astype(np.float32), pixels[rows].astype(np.float32)
            if picture.monochrome:
                after = np.repeat((after @ LUMA)[..., None], 3, axis=-1)
            pixels[rows] = np.rint(before + np.float32(strength) * (after - before))
    return replace(picture, pixels=pixels)
