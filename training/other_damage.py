"""A family of recipes that training never sees: it tells whether `lite` learnt damage or the recipes of its trainer.

It shares no code and no library with `damage` and `more_damage`: Pillow and NumPy instead of OpenCV, box blurs, medians
and a posterised palette, noise in lines and of single pixels, WebP. Pictures are RGB, `[height, width, 3]`, uint8.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageFilter

Image = NDArray[np.uint8]
# `spoil_otherwise` takes the severities of `damage.Level`; the same number harms about as much.


def spoil_otherwise(image: Image, rng: Generator, severity: float) -> Image:
    """Damage a picture.

    Args:
        image: the clean picture.
        rng: draws everything.
        severity: 0.15 is mild, 1.15 the worst that still shows a face.
    """
    height, width = image.shape[:2]
    picture = Pillow.fromarray(image)
    if rng.random() < 0.75:
        picture = _blurred(picture, rng, severity)
    factor = rng.uniform(1.0, 1.15 + 3.6 * severity)
    shrink = (Pillow.Resampling.NEAREST, Pillow.Resampling.BOX, Pillow.Resampling.HAMMING)[int(rng.integers(3))]
    picture = picture.resize((max(20, int(width / factor)), max(20, int(height / factor))), shrink)
    if rng.random() < 0.85:
        picture = _noisy(picture, rng, severity / factor**0.5)
    if rng.random() < 0.3:
        picture = picture.filter(ImageFilter.MedianFilter(3))
    if rng.random() < 0.4:
        picture = picture.filter(ImageFilter.UnsharpMask(rng.uniform(0.7, 2), int(40 + 90 * severity), 2))
    if rng.random() < 0.8:
        picture = _stored(picture, rng, severity)
    enlarge = (Pillow.Resampling.NEAREST, Pillow.Resampling.BILINEAR, Pillow.Resampling.BICUBIC)
    picture = picture.resize((width, height), enlarge[int(rng.choice(3, p=(0.15, 0.45, 0.4)))])
    return np.asarray(picture, np.uint8)


def _blurred(picture: Pillow.Image, rng: Generator, severity: float) -> Pillow.Image:
    """Box blurs, once or three times; three are nearly a Gaussian."""
    times = int(rng.choice((1, 3)))
    radius = rng.uniform(0.2 + 0.6 * severity, 0.5 + 3.2 * severity) / times**0.5
    for _ in range(times):
        picture = picture.filter(ImageFilter.BoxBlur(radius))
    return picture


def _noisy(picture: Pillow.Image, rng: Generator, severity: float) -> Pillow.Image:
    """Noise of Laplace's distribution, in lines of a scanner, or of single pixels."""
    work = np.asarray(picture, np.float64)
    height, width = work.shape[:2]
    kind, strength = rng.random(), rng.uniform(1 + 4 * severity, 3 + 20 * severity)
    planes = int(rng.choice((1, 3)))
    if kind < 0.6:
        work = work + rng.laplace(0, strength / 2**0.5, (height, width, planes))
    elif kind < 0.8:
        lines = rng.normal(0, strength / 2, (1, width, planes)) + rng.normal(0, strength / 2, (height, 1, planes))
        work = work + lines + rng.uniform(-strength, strength, (height, width, planes)) / 2
    else:
        struck = rng.random((height, width, 1)) < 0.004 + 0.03 * severity
        work = np.where(struck, rng.choice((20.0, 235.0), (height, width, 1)), work)
    return Pillow.fromarray(np.clip(np.rint(work), 0, 255).astype(np.uint8))


def _stored(picture: Pillow.Image, rng: Generator, severity: float) -> Pillow.Image:
    """Stored as WebP, or with a palette, and opened again."""
    if rng.random() < 0.2:
        levels = int(rng.uniform(40, 90) / (0.4 + severity))
        return picture.quantize(max(16, levels), dither=Pillow.Dither.FLOYDSTEINBERG).convert("RGB")
    stored = BytesIO()
    picture.save(stored, "WEBP", quality=int(rng.uniform(max(5.0, 80 - 70 * severity), 92 - 45 * severity)), method=2)
    with Pillow.open(stored) as opened:
        return opened.convert("RGB")
