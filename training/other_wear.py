"""A second recipe of wear and grain, which training never sees: it tells whether a network learnt damage or a recipe.

It shares no code with `print_wear`: nets of cracks are borders of Voronoi cells, specks are peaks of a random field,
lines are Bezier curves that Pillow draws at four times the size. Pictures are uint8 RGB `[height, width, 3]`.
"""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

Image = NDArray[np.uint8]
Share = NDArray[np.float64]  # [height, width], 0 to 1

_FINER = 4  # times, at which Pillow draws


def worn_otherwise(image: Image, rng: Generator) -> tuple[Image, NDArray[np.bool_]]:
    """A worn print, and where wear changes it by more than 9 levels."""
    height, width = image.shape[:2]
    paint = image.astype(np.float64)
    covers = [_curves, _specks, _specks, _net, _patches, _crease]
    for index in rng.permutation(len(covers))[: int(rng.integers(2, 5))]:
        share = covers[index](height, width, rng)
        tone = rng.choice((245.0, 225.0, 25.0, 60.0), p=(0.4, 0.25, 0.2, 0.15))
        paint += (share * rng.uniform(0.55, 1.0))[..., None] * (tone + rng.normal(0, 6, (height, width, 1)) - paint)
    result = np.clip(np.rint(paint), 0, 255).astype(np.uint8)
    apart = np.abs(result.astype(int) - image.astype(int)).max(2)
    return result, apart > 9


def worn_plainly(image: Image, rng: Generator) -> tuple[Image, NDArray[np.bool_]]:
    """A print with opaque lines, specks and flakes, and where they change it by more than 40 levels: all see it."""
    height, width = image.shape[:2]
    canvas, pen = _drawn(height, width)
    for _ in range(int(rng.integers(2, 9))):
        start, turn = rng.uniform((0, 0), (width, height)), rng.uniform(0, 2 * np.pi)
        turns = turn + np.cumsum(rng.normal(0, rng.choice((0.01, 0.08)), 40))
        steps = rng.uniform(2, 18) * np.stack([np.cos(turns), np.sin(turns)], 1)
        path = (start + np.cumsum(steps, 0)) * _FINER
        pen.line([(float(x), float(y)) for x, y in path], fill=255, width=round(_FINER * rng.uniform(1.5, 5)))
    for most, count in ((3.5, rng.integers(10, 80)), (20.0, rng.integers(0, 7))):  # specks; flakes
        for _ in range(int(count)):
            middle, reach = rng.uniform((0, 0), (width, height)), rng.uniform(0.4, 1.0) * most
            turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
            rough = reach * (1 + 0.25 * cv2.GaussianBlur(rng.standard_normal((24, 1)), (0, 0), 1.2)[:, 0])
            rim = (middle + rough[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)) * _FINER
            pen.polygon([(float(x), float(y)) for x, y in rim], fill=255)
    share = _share(canvas, 0.4)[..., None]
    tone = 240.0 if image.mean() < 140 else 20.0
    paint = image + share * (tone + rng.normal(0, 6, (height, width, 1)) - image)
    result = np.clip(np.rint(paint), 0, 255).astype(np.uint8)
    return result, np.abs(result.astype(int) - image.astype(int)).max(2) > 40


def grained_otherwise(image: Image, rng: Generator) -> Image:
    """Grain, noise, halftone or JPEG."""
    kind = rng.choice(("grain", "noise", "jpeg", "halftone", "both"), p=(0.3, 0.2, 0.2, 0.1, 0.2))
    paint = image.astype(np.float64)
    height, width = image.shape[:2]
    grey = np.ptp(image, axis=2).max() == 0
    if kind in ("grain", "both"):
        field = rng.laplace(0, 1, (height // 2 + 1, width // 2 + 1))
        large = Pillow.fromarray(field.astype(np.float32)).resize((width, height), Pillow.Resampling.BICUBIC)
        coarse = np.asarray(large) + rng.normal(0, 0.7, (height, width))
        paint += rng.uniform(4, 14) * (coarse / coarse.std())[..., None]
    if kind == "noise":
        planes = 1 if grey else 3
        paint += rng.uniform(5, 18) * rng.standard_t(6, (height, width, planes)) * np.sqrt((paint + 20) / 150)
    if kind == "halftone":
        y, x = np.mgrid[0:height, 0:width]
        pitch, lean = rng.uniform(3, 5), np.deg2rad(rng.choice((15, 45, 75)))
        u, v = (x * np.cos(lean) + y * np.sin(lean)) / pitch, (y * np.cos(lean) - x * np.sin(lean)) / pitch
        round_ = np.hypot(u - np.rint(u), v - np.rint(v)) / 0.707
        paint = 0.65 * paint + 0.35 * 255 / (1 + np.exp(-9 * (paint / 255 - 1 + round_[..., None])))
    result = Pillow.fromarray(np.clip(np.rint(paint), 0, 255).astype(np.uint8))
    if kind in ("jpeg", "both"):
        stored = BytesIO()
        result.save(stored, "JPEG", quality=int(rng.integers(25, 75)))
        result = Pillow.open(stored).convert("RGB")
    shown = np.array(result)
    return np.repeat(shown[..., 1:2], 3, 2) if grey else shown


def _drawn(height: int, width: int) -> tuple[Pillow.Image, ImageDraw.ImageDraw]:
    canvas = Pillow.new("L", (width * _FINER, height * _FINER))
    return canvas, ImageDraw.Draw(canvas)


def _share(canvas: Pillow.Image, blur: float) -> Share:
    small = canvas.resize((canvas.width // _FINER, canvas.height // _FINER), Pillow.Resampling.BOX)
    return np.asarray(small.filter(ImageFilter.GaussianBlur(blur)), np.float64) / 255


def _curves(height: int, width: int, rng: Generator) -> Share:
    """Scratches and hairs: cubic curves."""
    canvas, pen = _drawn(height, width)
    for _ in range(int(rng.integers(3, 16))):
        start = rng.uniform((0, 0), (width, height))
        reach = rng.uniform(20, 0.7 * max(height, width))
        turn = rng.uniform(0, 2 * np.pi)
        end = start + reach * np.array([np.cos(turn), np.sin(turn)])
        sway = rng.normal(0, reach * rng.choice((0.01, 0.05, 0.3)), (2, 2))
        middle = start + (end - start) / 3 + sway[0], start + 2 * (end - start) / 3 + sway[1]
        t = np.linspace(0, 1, 60)[:, None]
        path = (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * middle[0] + 3 * (1 - t) * t**2 * middle[1] + t**3 * end
        thick = max(1, round(_FINER * float(rng.choice((0.7, 1.2, 2, 3.5, 5), p=(0.3, 0.3, 0.2, 0.12, 0.08)))))
        pen.line(
            [(float(x) * _FINER, float(y) * _FINER) for x, y in path], fill=int(rng.integers(120, 256)), width=thick
        )
    return _share(canvas, rng.uniform(0.2, 0.8))


def _specks(height: int, width: int, rng: Generator) -> Share:
    """Dust: the peaks of a random field."""
    size = rng.uniform(0.8, 2.2)
    field = cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), size)
    many = cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), 60.0)
    field = field / field.std() + 0.5 * many / many.std()
    edge = np.quantile(field, 1 - rng.uniform(0.0003, 0.004))
    return np.asarray(np.clip((field - edge) * 3, 0, 1), np.float64)


def _net(height: int, width: int, rng: Generator) -> Share:
    """A net of cracks over a part of the print: the borders of Voronoi cells, with a lit side."""
    count = int(rng.integers(6, 30))
    points = rng.uniform((0, 0), (width, height), (count, 2)).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = [cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 6.0) * 60 for _ in "xy"]
    first = np.full((height, width), np.inf, np.float32)
    second = first.copy()
    for px, py in points:
        far = np.hypot(x + wave[0] - px, y + wave[1] - py)
        second = np.minimum(second, np.maximum(first, far))
        first = np.minimum(first, far)
    line = np.clip(rng.uniform(0.8, 2.2) - (second - first), 0, 1)
    part = cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), 70.0)
    return np.asarray(line * (part > np.quantile(part, rng.uniform(0.3, 0.8))), np.float64)


def _patches(height: int, width: int, rng: Generator) -> Share:
    """Flakes: where two random fields agree."""
    fine = cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), rng.uniform(4, 9))
    rough = cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), 1.5)
    field = fine / fine.std() + 0.25 * rough / rough.std()
    edge = np.quantile(field, 1 - rng.uniform(0.001, 0.01))
    return np.asarray(np.clip((field - edge) * 5, 0, 1), np.float64)


def _crease(height: int, width: int, rng: Generator) -> Share:
    """A fold across the print, broken."""
    canvas, pen = _drawn(height, width)
    upright = rng.random() < 0.5
    length, at = (height, rng.uniform(0.1, 0.9) * width) if upright else (width, rng.uniform(0.1, 0.9) * height)
    along = np.arange(0, length + 12, 6.0)
    across = at + np.cumsum(rng.normal(0, 0.8, len(along)))
    for i in range(len(along) - 1):
        if rng.random() < 0.75:
            ends = [(along[i], across[i]), (along[i + 1], across[i + 1])]
            ends = [(b, a) if upright else (a, b) for a, b in ends]
            pen.line([(a * _FINER, b * _FINER) for a, b in ends], fill=255, width=int(rng.uniform(3, 16)))
    return _share(canvas, rng.uniform(0.3, 1.0))
