"""A classical baseline for comparison: OpenCV's non-local means, then an unsharp mask.

"Fairly tuned" means: for each level, the setting with the best mean PSNR over training faces, found by a search
over `GRID`. `lite` gets no such help: it does not know the level.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from training.measures import psnr

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Setting:
    """Strengths of the two steps."""

    light: float  # non-local means of the brightness
    colour: float  # and of the colour
    sharpen: float  # unsharp mask's amount
    radius: float  # and its blur's sigma, pixels


GRID = tuple(
    Setting(light, light * colour, sharpen, radius)
    for light, colour, sharpen, radius in product(
        (0.0, 2.0, 4.0, 7.0, 11.0, 16.0, 23.0), (1.0, 2.0), (0.0, 0.25, 0.5, 1.0), (1.0, 2.0)
    )
    if (light or colour == 1.0) and (sharpen or radius == 1.0)
)


def classical(image: Image, setting: Setting) -> Image:
    """Denoise and sharpen `[height, width, 3]` RGB bytes."""
    return sharpen(denoise(image, setting.light, setting.colour), setting)


def denoise(image: Image, light: float, colour: float) -> Image:
    """Non-local means; strength 0 changes nothing."""
    if light <= 0:
        return image
    return np.asarray(cv2.fastNlMeansDenoisingColored(image, None, light, colour, 5, 15), np.uint8)


def sharpen(image: Image, setting: Setting) -> Image:
    """Unsharp mask; amount 0 changes nothing."""
    if setting.sharpen <= 0:
        return image
    work = image.astype(np.float32)
    soft = cv2.GaussianBlur(work, (0, 0), setting.radius)
    return np.clip(np.rint(work + setting.sharpen * (work - soft)), 0, 255).astype(np.uint8)


def tune(damaged: list[Image], clean: list[Image]) -> Setting:
    """The grid's best setting for these pairs, by PSNR."""
    best, best_score = GRID[0], -1.0
    ready: dict[tuple[float, float], list[Image]] = {}
    for setting in GRID:
        key = (setting.light, setting.colour)
        if key not in ready:
            ready[key] = [denoise(image, *key) for image in damaged]
        score = float(np.mean([psnr(sharpen(a, setting), b) for a, b in zip(ready[key], clean, strict=True)]))
        if score > best_score:
            best, best_score = setting, score
    return best
