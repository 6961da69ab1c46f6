"""Training examples for `photo-x2`: cuts of scenes, and the same at half their size, as programs and sites make it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image as Pillow

from training.damage import Image, Plane, noisy, resaved
from training.photo_data import Scene, cut, is_grey, to_bytes

MILD_SHARE = 0.6  # of the examples: they take more to learn
MOST_NOISE = 0.2  # severity, 0 to 1
MOST_JPEG = 0.35


def half(picture: Plane, rng: Generator) -> Plane:
    """Half its size: by area, or with an antialiased bicubic or Lanczos filter, which may ring."""
    height, width = picture.shape[:2]
    size = (width // 2, height // 2)
    if rng.random() < 0.4:
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
    how = Pillow.Resampling.BICUBIC if rng.random() < 0.5 else Pillow.Resampling.LANCZOS
    return np.asarray(Pillow.fromarray(to_bytes(picture)).resize(size, how), np.float32)


def soft(picture: Plane, rng: Generator) -> Plane:
    """The softness of a lens, or of a photo that was enlarged before."""
    sigma = rng.uniform(0.3, 1.0) if rng.random() < 0.75 else rng.uniform(1.0, 1.7)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def mildly_damaged(picture: Plane, rng: Generator) -> Plane:
    """A little noise, and JPEG."""
    grey = is_grey(picture)
    if rng.random() < 0.5:
        picture = noisy(picture, rng, MOST_NOISE * rng.random() ** 2, grey)
    return resaved(picture, rng, MOST_JPEG * rng.random(), grey)


def small_of(target: Image, rng: Generator, mild: bool) -> Image:
    """What a photo would look like at half its size, sound or mildly damaged."""
    picture = target.astype(np.float32)
    if rng.random() < (0.6 if mild else 0.3):
        picture = soft(picture, rng)
    picture = half(picture, rng)
    return to_bytes(mildly_damaged(picture, rng) if mild else picture)


def example(scene: Scene, rng: Generator, side: int) -> tuple[Image, Image]:
    """A small picture, and the same twice as large, `side` pixels; never a cut that was enlarged itself."""
    target = cut(scene, rng, side, smallest=1.0)
    if rng.random() < 0.15:
        grey = np.rint(target.astype(np.float32).mean(2, keepdims=True)).astype(np.uint8)
        target = np.repeat(grey, 3, axis=2)
    return small_of(target, rng, bool(rng.random() < MILD_SHARE)), target
