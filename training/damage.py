"""Synthetic damage as in old, re-saved and badly taken photos.

The order is the usual one of blind face restoration (Wang et al., "GFPGAN", CVPR 2021; Wang et al.,
"Real-ESRGAN", ICCVW 2021): print and scratches, blur, downscale, noise, JPEG, and back to size. Unlike there,
both pictures of a pair get the tone (grey, sepia, faded): the network learns to clean, not to invent colour or
contrast.

All randomness comes from the given generator, so a seed repeats the damage exactly. Pictures are RGB,
`[height, width, 3]`, uint8.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]  # [height, width, 3] or [height, width], 0 to 255

_SHRINK = (cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)
_ENLARGE = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Level:
    """A severity range: 0 is nearly clean, 1 is the worst that still shows a face."""

    name: str
    low: float
    high: float


Mix = tuple[tuple[float, Level], ...]  # levels with their shares

# The mix for training. Mild damage and clean pairs are frequent: otherwise the network learns to smooth everything.
TRAINING_MIX: Mix = (
    (0.10, Level("clean", 0.0, 0.0)),
    (0.22, Level("mild", 0.02, 0.3)),
    (0.32, Level("medium", 0.25, 0.65)),
    (0.25, Level("heavy", 0.6, 1.15)),
    (0.11, Level("worst", 0.95, 1.2)),
)


def tone(image: Image, rng: Generator) -> Image:
    """Give a clean picture the tone of an old one: grey, sepia or toned, faded. Often leaves it in colour."""
    kind = rng.choice(("colour", "grey", "toned", "faded"), p=(0.62, 0.18, 0.14, 0.06))
    if kind == "colour":
        return image
    work: Plane = image.astype(np.float32)
    if kind in ("grey", "toned"):
        work = np.repeat(np.asarray(work @ _LUMA, np.float32)[..., None], 3, axis=2)
    if kind == "toned":
        green = rng.uniform(0.78, 0.95)
        shade = np.array([1.0, green, green * rng.uniform(0.65, 0.97)], np.float32)
        turned = 255 * (work / 255) ** (1 / shade) * np.sqrt(shade)  # brown dark tones, cream paper
        work = turned.astype(np.float32)
    if kind == "faded" or rng.random() < 0.35:
        span = rng.uniform(0.45, 0.9)
        work = work * span + rng.uniform(0, 255 * (1 - span))
    return as_bytes(work)


def wear(image: Image, rng: Generator) -> Image:
    """Wear of an old print: long scratches, cracks of folds, dust, spots and missing flakes.

    Unlike the faint lines of `spoil`, these hide what is below, so the network has to fill them in.
    """
    height, width = image.shape[:2]
    paint = image.astype(np.float32)
    for _ in range(int(rng.integers(1, 4))):  # layers, each of one colour
        cover = np.zeros((height, width), np.float32)
        for _ in range(int(rng.integers(0, 5))):
            _line(cover, rng, bend=0.15 if rng.random() < 0.6 else 0.7)
        for _ in range(int(rng.integers(0, 10))):
            _spot(cover, rng)
        cover = np.minimum(soften(cover[..., None], rng.uniform(0.4, 0.9)) * 1.15, 1.0)
        colour = rng.uniform(200, 255) if rng.random() < 0.85 else rng.uniform(5, 70)
        paint += cover * (colour - paint)
    return as_bytes(paint)


def lettered(image: Image, rng: Generator) -> Image:
    """Draw letters and straight lines over a clean picture; they are content that must stay."""
    drawn = image.copy()
    height, width = drawn.shape[:2]
    for _ in range(int(rng.integers(1, 6))):
        colour = [int(value) for value in rng.integers(0, 256, 3)]
        at, to = ((int(rng.integers(width)), int(rng.integers(height))) for _ in range(2))
        thick = int(rng.integers(1, 4))
        if rng.random() < 0.5:
            text = "".join(chr(code) for code in rng.integers(48, 123, int(rng.integers(2, 9))))
            cv2.putText(drawn, text, at, int(rng.integers(0, 8)), rng.uniform(0.3, 1.6), colour, thick, cv2.LINE_AA)
        else:
            cv2.line(drawn, at, to, colour, thick, cv2.LINE_AA)
    return drawn


def _line(cover: Plane, rng: Generator, bend: float) -> None:
    """Draw one scratch (nearly straight) or crack (`bend` large), one to four pixels wide, into `cover`."""
    height, width = cover.shape[:2]
    point, heading = rng.uniform(0, (width, height)), rng.uniform(0, 2 * np.pi)
    points = [point]
    for _ in range(int(rng.integers(2, 12))):
        heading += rng.normal(0, bend)
        points.append(points[-1] + rng.uniform(4, 28) * np.array([np.cos(heading), np.sin(heading)]))
    line = np.rint(np.array(points) * 8).astype(np.int32)
    thickness = int(rng.choice((1, 2, 3, 4), p=(0.5, 0.28, 0.14, 0.08)))
    cv2.polylines(cover, [line], False, float(rng.uniform(0.4, 1.0)), thickness, cv2.LINE_AA, 3)


def _spot(cover: Plane, rng: Generator) -> None:
    """Draw one speck of dust, or sometimes a larger flake."""
    height, width = cover.shape[:2]
    centre = (int(rng.integers(width)), int(rng.integers(height)))
    size = rng.uniform(0.5, 2.2, 2) if rng.random() < 0.8 else rng.uniform(1.5, 6.0, 2)
    axes = (int(np.ceil(size[0])), int(np.ceil(size[1])))
    cv2.ellipse(cover, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.4, 1.0)), -1, cv2.LINE_AA)


def spoil(image: Image, rng: Generator, level: Level) -> Image:
    """Damage a picture; the result has the same shape. A level of severity 0 returns a copy."""
    severity = float(rng.uniform(level.low, level.high))
    if severity <= 0:
        return image.copy()
    work: Plane = image.astype(np.float32)
    grey = is_grey(image)
    if rng.random() < 0.06 + 0.06 * severity:
        work = printed(work, rng, severity)
    if rng.random() < 0.12:
        work = _scratch(work, rng, severity)
    if rng.random() < 0.7 + 0.2 * severity:
        work = blurred(work, rng, severity)
    work = _small_and_back(work, rng, severity, grey)
    if rng.random() < 0.25:
        work = noisy(work, rng, 0.5 * severity, grey)
    if rng.random() < 0.2:
        work = resaved(work, rng, 0.7 * severity, grey)
    return as_bytes(work)


def is_grey(image: Image) -> bool:
    """Whether all three colours are equal everywhere."""
    return bool((image[..., 0] == image[..., 1]).all() and (image[..., 1] == image[..., 2]).all())


def as_bytes(work: Plane) -> Image:
    """Rounded and limited to 0..255."""
    return np.clip(np.rint(work), 0, 255).astype(np.uint8)


def blurred(work: Plane, rng: Generator, severity: float) -> Plane:
    """Anisotropic Gaussian blur, or straight motion blur."""
    if rng.random() < 0.2:
        return _motion(work, rng, severity)
    strong = rng.uniform(0.25 + 0.7 * severity, 0.5 + 3.0 * severity)
    weak = strong if rng.random() < 0.5 else strong * rng.uniform(0.4, 1.0)
    angle = rng.uniform(0, np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    inverse = turn @ np.diag([strong**-2, weak**-2]) @ turn.T
    reach = max(1, int(np.ceil(3 * strong)))
    axis = np.arange(-reach, reach + 1)
    grid = np.stack(np.meshgrid(axis, axis), -1)
    kernel = np.exp(-0.5 * np.einsum("hwi,ij,hwj->hw", grid, inverse, grid))
    return convolved(work, kernel)


def _motion(work: Plane, rng: Generator, severity: float) -> Plane:
    length = rng.uniform(1.5 + 2 * severity, 3 + 11 * severity)
    angle = rng.uniform(0, np.pi)
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 8 * reach):
        x, y = reach + step * np.cos(angle), reach + step * np.sin(angle)
        left, top = int(x), int(y)
        for column, row in ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)):
            kernel[row, column] += (1 - abs(x - column)) * (1 - abs(y - row))
    return convolved(work, kernel)


def soften(planes: Plane, sigma: float) -> Plane:
    """Plain Gaussian blur of `[height, width, any]`."""
    return np.asarray(cv2.GaussianBlur(planes, (0, 0), sigma), np.float32).reshape(planes.shape)


def convolved(work: Plane, kernel: NDArray[np.floating]) -> Plane:
    """`[height, width, 3]` under a kernel, which is brought to the sum 1."""
    kernel = (kernel / kernel.sum()).astype(np.float32)
    return cv2.filter2D(work, -1, kernel, borderType=cv2.BORDER_REFLECT_101).astype(np.float32)


def _small_and_back(work: Plane, rng: Generator, severity: float, grey: bool) -> Plane:
    """Noise and JPEG at the size at which the photo was stored, one to eight times smaller."""
    height, width = work.shape[:2]
    factor = 1.0
    if rng.random() < 0.55 + 0.35 * severity:
        factor = float(np.exp(rng.uniform(np.log(0.7 + severity), np.log(1.1 + 6.9 * severity**1.5))))
    size = (max(16, round(width / factor)), max(16, round(height / factor)))
    if factor != 1.0:
        shrink = int(rng.choice(_SHRINK)) if factor > 1 else cv2.INTER_CUBIC
        work = cv2.resize(work, size, interpolation=shrink).astype(np.float32)
    easier = severity / max(1.0, factor) ** 0.5  # the same noise damages a smaller picture more
    if rng.random() < 0.7:
        work = noisy(work, rng, easier, grey)
    if rng.random() < 0.75:
        work = resaved(work, rng, easier, grey)
    if factor != 1.0:
        enlarge = int(rng.choice(_ENLARGE)) if factor > 1 else cv2.INTER_AREA
        work = cv2.resize(work, (width, height), interpolation=enlarge).astype(np.float32)
    return work


def _light(work: Plane) -> Plane:
    """Mean of the colours, `[height, width, 1]`; several times faster than the general mean over an axis."""
    return np.asarray((work[..., :1] + work[..., 1:2] + work[..., 2:]) / 3, np.float32)


def noisy(work: Plane, rng: Generator, severity: float, grey: bool) -> Plane:
    """Gaussian, Poisson (signal-dependent) or film grain (correlated, mostly of the luminance)."""
    work = np.clip(work, 0, 255)
    height, width = work.shape[:2]
    sigma = rng.uniform(0.8 + 7 * severity, 3 + 27 * severity)
    kind = rng.choice(("gauss", "poisson", "grain"), p=(0.4, 0.25, 0.35))
    planes = 1 if grey or rng.random() < 0.5 else 3
    noise = rng.standard_normal((height, width, planes), dtype=np.float32)
    if kind == "grain":
        spread = rng.uniform(0.4, 1.3)
        noise = soften(noise, spread)
        noise /= noise.std() + 1e-6
        light = _light(work) / 255
        noise *= 0.5 + 2 * light * (1 - light)  # grain shows most in the middle tones
    elif kind == "poisson":
        noise *= np.sqrt(np.maximum(work[..., :1] if planes == 1 else _light(work), 4) / 128)
    elif planes == 3 and rng.random() < 0.4:
        noise = soften(noise, rng.uniform(0.4, 1.0))  # like a phone's noise filter
        noise /= noise.std() + 1e-6
    return work + sigma * noise


def resaved(work: Plane, rng: Generator, severity: float, grey: bool) -> Plane:
    """JPEG at quality 95 down to 10; sometimes saved twice with a shifted grid."""
    for _ in range(2 if rng.random() < 0.25 else 1):
        quality = int(rng.uniform(max(10.0, 88 - 85 * severity), 96 - 40 * severity))
        shift = int(rng.integers(0, 8)) if rng.random() < 0.5 else 0
        padded = cv2.copyMakeBorder(as_bytes(work), shift, 0, shift, 0, cv2.BORDER_REFLECT_101)
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
        if rng.random() < 0.3:
            options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
        stored = cv2.imencode(".jpg", padded[..., 0] if grey else padded, options)[1]
        opened = cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR)
        assert opened is not None
        if grey:
            opened = np.repeat(opened[..., None], 3, axis=2)
        work = opened[shift:, shift:].astype(np.float32)
    return work


def printed(work: Plane, rng: Generator, severity: float) -> Plane:
    """Halftone: dots that grow with darkness, blurred by paper and lens."""
    height, width = work.shape[:2]
    period = rng.uniform(2.2, 4.5)
    angle = rng.uniform(0, np.pi / 2)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    along = 2 * np.pi / period * (columns * np.cos(angle) + rows * np.sin(angle))
    across = 2 * np.pi / period * (rows * np.cos(angle) - columns * np.sin(angle))
    screen = (np.cos(along) + np.cos(across))[..., None] * 64
    hard = rng.uniform(1, 3)
    dots = np.clip((work - 127.5 + screen) * hard + 127.5, 0, 255).astype(np.float32)
    share = rng.uniform(0.1, 0.25 + 0.5 * severity)
    return soften(work * (1 - share) + dots * share, rng.uniform(0.4, 0.9))


def _scratch(work: Plane, rng: Generator, severity: float) -> Plane:
    """A few thin light or dark lines and specks, as on a stored print."""
    height, width = work.shape[:2]
    cover = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 3 + int(4 * severity)))):
        start = rng.uniform(0, (width, height))
        heading = rng.uniform(0, 2 * np.pi)
        points = [start]
        for _ in range(int(rng.integers(2, 6))):
            heading += rng.normal(0, 0.25)
            points.append(points[-1] + rng.uniform(8, 40) * np.array([np.cos(heading), np.sin(heading)]))
        line = np.rint(np.array(points) * 8).astype(np.int32)
        cv2.polylines(cover, [line], False, float(rng.uniform(0.3, 0.9)), 1, cv2.LINE_AA, 3)
    for _ in range(int(rng.integers(0, 2 + int(8 * severity)))):
        centre = rng.uniform(0, (width, height)).astype(int)
        cv2.circle(cover, (int(centre[0]), int(centre[1])), int(rng.integers(0, 2)), float(rng.uniform(0.3, 0.9)), -1)
    cover = soften(cover[..., None], 0.5)
    paint = 235.0 if rng.random() < 0.7 else 25.0
    return work * (1 - cover) + paint * cover
