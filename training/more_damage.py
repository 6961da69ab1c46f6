"""Damage beyond `damage.spoil`: strong blur, two generations of copies, and what phones and scanners do.

The second order, that is blur, resizing, noise and JPEG twice, is Real-ESRGAN's (Wang et al., "Real-ESRGAN",
ICCVW 2021). A last recipe, `random_damage.scrambled`, has its own module. Sizes are pixels of a crop of 256. All
randomness comes from the given generator. Pictures are RGB, `[height, width, 3]`, uint8.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator

from training.damage import Image, Level, Plane, as_bytes, blurred, convolved, is_grey, noisy, resaved, soften, spoil
from training.random_damage import scrambled

_ENLARGE = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
_SHRINK = (cv2.INTER_NEAREST, cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


def spoil_variously(image: Image, rng: Generator, level: Level) -> Image:
    """Damage a picture by `damage.spoil` or by one of this module's recipes; severity 0 returns a copy."""
    if level.high <= 0:
        return image.copy()
    recipe = RECIPES[int(rng.choice(len(RECIPES), p=_SHARES))]
    return recipe(image, rng, level)


def copied_twice(image: Image, rng: Generator, level: Level) -> Image:
    """Two generations of blur, resizing, noise and JPEG, each milder than one of `damage.spoil`."""
    severity, grey = float(rng.uniform(level.low, level.high)), is_grey(image)
    work: Plane = image.astype(np.float32)
    for part in (0.6 * severity, 0.45 * severity):
        if rng.random() < 0.7:
            work = blurred(work, rng, 0.8 * part)
        factor = float(np.exp(rng.uniform(np.log(0.8), np.log(1.2 + 4 * part))))
        size = (max(24, round(image.shape[1] / factor)), max(24, round(image.shape[0] / factor)))
        work = cv2.resize(work, size, interpolation=int(rng.choice(_SHRINK[1:]))).astype(np.float32)
        work = noisy(work, rng, part, grey)
        if rng.random() < 0.8:
            work = resaved(work, rng, part, grey)
        work = _resized(work, image, int(rng.choice(_ENLARGE, p=(0.1, 0.3, 0.4, 0.2))))
    return as_bytes(work)


def out_of_focus(image: Image, rng: Generator, level: Level) -> Image:
    """Strong blur, by a Gaussian of up to 6 pixels, a lens's disc or a shake, then a little noise and JPEG."""
    severity, grey = float(rng.uniform(level.low, level.high)), is_grey(image)
    work: Plane = image.astype(np.float32)
    kind = rng.random()
    if kind < 0.45:
        work = soften(work, rng.uniform(0.4 + 2 * severity, 0.8 + 4.6 * severity))
    elif kind < 0.8:
        work = convolved(work, _disc(rng.uniform(0.7 + 2.2 * severity, 1.2 + 5 * severity)))
    else:
        work = blurred(work, rng, 1.3 * severity)
    if rng.random() < 0.7:
        work = noisy(work, rng, 0.25 * severity, grey)
    if rng.random() < 0.7:
        work = resaved(work, rng, 0.5 * severity, grey)
    return as_bytes(work)


def by_phone(image: Image, rng: Generator, level: Level) -> Image:
    """A phone's or scanner's picture, forwarded: blotches of colour, a noise filter, halos of sharpening, JPEG."""
    severity, grey = float(rng.uniform(level.low, level.high)), is_grey(image)
    work: Plane = image.astype(np.float32)
    if rng.random() < 0.6:
        work = blurred(work, rng, 0.5 * severity)
    factor = float(rng.uniform(1, 1.2 + 2.5 * severity))
    size = (max(32, round(image.shape[1] / factor)), max(32, round(image.shape[0] / factor)))
    work = cv2.resize(work, size, interpolation=int(rng.choice(_SHRINK))).astype(np.float32)
    work = noisy(work, rng, 0.5 * severity, grey)
    if not grey and rng.random() < 0.6:
        work = _blotchy(work, rng, severity)
    if rng.random() < 0.5:
        filtered = cv2.bilateralFilter(work, 5, 12 + 60 * severity, rng.uniform(1, 2.5))
        work = np.asarray(filtered, np.float32)
    if rng.random() < 0.6:
        halo = work - soften(work, rng.uniform(0.6, 1.8))
        work = np.asarray(work + rng.uniform(0.3, 0.6 + 1.4 * severity) * halo, np.float32)
    work = resaved(work.clip(0, 255), rng, severity / factor**0.5, grey)
    return as_bytes(_resized(work, image, int(rng.choice(_ENLARGE, p=(0.15, 0.35, 0.3, 0.2)))))


def _resized(work: Plane, image: Image, interpolation: int) -> Plane:
    return np.asarray(cv2.resize(work, (image.shape[1], image.shape[0]), interpolation=interpolation), np.float32)


def _disc(radius: float) -> Plane:
    """The kernel of a lens out of focus, with a soft rim."""
    reach = int(np.ceil(radius)) + 1
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return np.asarray(np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1), np.float32)


def _blotchy(work: Plane, rng: Generator, severity: float) -> Plane:
    """Noise of the colour alone, in blotches, as a sensor's that was smoothed."""
    blotches = soften(rng.standard_normal(work.shape, dtype=np.float32), rng.uniform(1, 3.5))
    blotches -= blotches.mean(axis=2, keepdims=True)
    return np.asarray(work + rng.uniform(2, 5 + 9 * severity) * blotches / (blotches.std() + 1e-6), np.float32)


Recipe = Callable[[Image, Generator, Level], Image]
RECIPES: tuple[Recipe, ...] = (spoil, copied_twice, out_of_focus, by_phone, scrambled)
_SHARES = (0.32, 0.13, 0.14, 0.14, 0.27)
