"""Damage by random primitives in random order, from which a network learns to expect anything.

This is domain randomisation (Tobin et al., "Domain Randomization", IROS 2017): instead of imitating cameras and codecs
more closely, each property of the damage is drawn from a range wider than any of them has. Blur has a random kernel,
resizing a random chain, noise a random spectrum, marginal and colour, a codec a random transform and block, and levels
are quantised at random. The number and order of steps are random too, as in BSRGAN (Zhang et al., "Designing a
Practical Degradation Model for Deep Blind Image Super-Resolution", ICCV 2021).

`scrambled` at last mixes some of the clean picture back in when the damage is worse than the level asks for. All
randomness comes from the given generator. Pictures are RGB, `[height, width, 3]`, uint8; steps take floats, 0 to 255.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.damage import Image, Level, Plane, as_bytes, convolved, is_grey, resaved, soften

SMALLEST = 24  # pixels of a picture's shorter side between two resizings
LONGEST = 10  # waves of noise per side; longer ones would be light and shade, which must stay
JPEG_2000_SIDES = (32, 192)  # pixels: a smaller side has fewer halvings than OpenCV asks for, a larger one is slow
_KERNELS = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4, cv2.INTER_AREA)
_TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], np.float32)
_TO_RGB = np.linalg.inv(_TO_YCC).astype(np.float32)
_NOTHING = np.zeros((0, 0), np.float32)  # for `cv2.gemm` to add


def scrambled(image: Image, rng: Generator, level: Level) -> Image:
    """Two to four different random steps in random order; the result has the same shape."""
    severity, grey = float(rng.uniform(level.low, level.high)), is_grey(image)
    work: Plane = image.astype(np.float32)
    steps = int(rng.integers(2, 5))
    each = severity * (0.9 + 0.6 * severity) * (2.2 / steps) ** 0.5
    for number in rng.choice(len(STEPS), steps, replace=False, p=STEP_SHARES):
        work = STEPS[number](work, rng, each)
        if grey:
            work = np.repeat(work.mean(axis=2, keepdims=True), 3, axis=2)
    if work.shape != image.shape:
        work = _moved(work, image.shape[1], image.shape[0], int(rng.choice(_KERNELS[:4], p=(0.1, 0.35, 0.35, 0.2))))
    most = 19.0 * (severity + 0.06) ** 0.75 * float(np.exp(rng.normal(0, 0.35)))
    apart = work[::2, ::3].clip(0, 255) - image[::2, ::3]  # a sixth of the pixels tells enough
    found = float(np.sqrt(np.mean(apart * apart)))
    if found > most:
        work = image + (work - image) * (most / found)
    return as_bytes(work)


def shaped_blur(work: Plane, rng: Generator, severity: float) -> Plane:
    """A kernel of random size, shape, tail and roughness, and sometimes sharpening after it."""
    strong = rng.uniform(0.4 + 0.3 * severity, 0.8 + 3.2 * severity) * _smallness(work)
    weak = strong * rng.uniform(0.15, 1.0) if rng.random() < 0.6 else strong
    reach = min(12, max(1, int(np.ceil(2.2 * strong))))
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    along = (columns * np.cos(angle) + rows * np.sin(angle)) / (1.3 * strong + 0.2)
    across = (rows * np.cos(angle) - columns * np.sin(angle)) / (1.3 * weak + 0.2)
    kernel = np.exp(-((along**2 + across**2) ** (rng.uniform(0.7, 5.0) / 2)))  # from a peak with tails to a disc
    if rng.random() < 0.5:
        rough = rng.standard_normal(kernel.shape, dtype=np.float32)
        rough = soften(rough[..., None], rng.uniform(0.5, 2.0))[..., 0]
        kernel = kernel * np.exp(rng.uniform(0.3, 1.5) * (rough - rough.mean()) / (rough.std() + 1e-6))
    kernel = _centred(kernel)
    return _sharpened(convolved(work, kernel), rng, severity) if rng.random() < 0.35 else convolved(work, kernel)


def _centred(kernel: NDArray[np.floating]) -> NDArray[np.float32]:
    """The kernel with its centre of mass in the middle; otherwise the picture would move."""
    reach = len(kernel) // 2
    axis = np.arange(-reach, reach + 1)
    kernel = kernel / kernel.sum()
    x, y = float((kernel.sum(axis=0) * axis).sum()), float((kernel.sum(axis=1) * axis).sum())
    back = np.array([[1, 0, -x], [0, 1, -y]], np.float64)
    return np.maximum(cv2.warpAffine(kernel.astype(np.float32), back, kernel.shape[::-1]), 0) + np.float32(1e-9)


def _sharpened(work: Plane, rng: Generator, severity: float) -> Plane:
    halo = work - soften(work, rng.uniform(0.5, 2.5))
    return np.asarray(work + rng.uniform(0.2, 0.6 + 1.2 * severity) * halo, np.float32)


def resampled(work: Plane, rng: Generator, severity: float) -> Plane:
    """Smaller, or back to larger, with a random factor, kernel and phase, with or without a filter before."""
    height, width = work.shape[:2]
    factor = float(np.exp(rng.uniform(-0.4, 0.25 + 1.1 * severity)))
    across = factor * float(np.exp(rng.normal(0, 0.05)))
    small = (max(SMALLEST, round(width / across)), max(SMALLEST, round(height / factor)))
    if max(small) > 1.3 * max(height, width):
        return work
    if factor > 1 and rng.random() < 0.5:
        work = soften(work, rng.uniform(0.2, 0.6) * factor)
    kernel, phase = int(rng.choice(_KERNELS)), rng.uniform(-0.5, 0.5, 2)
    if kernel == cv2.INTER_AREA:
        return _moved(work, *small, kernel)
    shrunk = _moved(work, *small, kernel, phase)
    if rng.random() < 0.5:
        return _moved(shrunk, *small, int(rng.choice(_KERNELS[1:4])), -phase)
    return _moved(shrunk, width, height, int(rng.choice(_KERNELS[:4])), -phase * (width / small[0], height / small[1]))


def _moved(work: Plane, width: int, height: int, kernel: int, phase: NDArray[np.float64] | None = None) -> Plane:
    """Resize to a size, its grid moved by `phase` pixels of the new size."""
    across, down = width / work.shape[1], height / work.shape[0]
    if phase is None:
        return np.asarray(cv2.resize(work, (width, height), interpolation=kernel), np.float32)
    x, y = (across - 1) / 2 + phase[0], (down - 1) / 2 + phase[1]
    matrix = np.array([[across, 0, x], [0, down, y]], np.float64)
    moved = cv2.warpAffine(work, matrix, (width, height), flags=kernel, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.float32)


def coloured_noise(work: Plane, rng: Generator, severity: float) -> Plane:
    """Noise of a random spectrum, marginal, covariance of the colours and dependence on the brightness."""
    height, width = work.shape[:2]
    planes = 1 if rng.random() < 0.4 else 3
    fields = _fields(height, width, planes, rng)
    kind = rng.random()
    if kind < 0.55:  # flat below 1, heavy-tailed above
        power = float(np.exp(rng.uniform(np.log(0.4), np.log(2.2))))
        fields = np.copysign(cv2.pow(np.abs(fields), power).reshape(fields.shape), fields)
    elif kind < 0.75:  # impulses: what exceeds a threshold; those of a coloured field are dashes and clumps
        beyond = np.maximum(np.abs(fields) - np.float32(rng.uniform(1.5, 3.0)), 0)
        heights = cv2.pow(beyond, rng.uniform(0.3, 1.0)).reshape(fields.shape)
        fields = (
            np.copysign(heights, fields)
            if rng.random() < 0.6
            else np.asarray(heights * rng.choice((-1, 1)), np.float32)
        )
    colours = rng.standard_normal((3, planes)).astype(np.float32) * np.float32(rng.choice((0.2, 0.5, 1.0)))
    colours[:, 0] += np.float32(rng.choice((0.0, 1.0, 1.5)))
    noise = np.asarray(cv2.transform(fields, colours), np.float32)
    spread = float(noise.std())
    if spread < 1e-6:
        return work
    sigma = rng.uniform(0.8 + 4 * severity, 3 + 24 * severity) * _smallness(work) ** 0.5
    if rng.random() < 0.5:
        light = np.clip(work[..., 1:2] / 255, 0.02, 1)
        noise = np.asarray(noise * (2 * light if rng.random() < 0.5 else 1.6 - 1.3 * light), np.float32)
    if rng.random() < 0.1:
        return np.asarray(work.clip(0, 255) * (1 + noise * (sigma / spread / 128)), np.float32)
    return np.asarray(work + noise * (sigma / spread), np.float32)


def _fields(height: int, width: int, planes: int, rng: Generator) -> NDArray[np.float32]:
    """One or three Gaussian fields of one random spectrum and variance 1, `[height, width, planes]`."""
    if rng.random() < 0.3:
        return rng.standard_normal((height, width, planes), dtype=np.float32)
    size = cv2.getOptimalDFTSize(max(height, width))
    distance, angle = _frequencies(size)
    gain = -rng.uniform(0, 1.5) * distance - 3 * np.maximum(np.log(LONGEST) - distance, 0)
    if rng.random() < 0.4:  # a band: grain, moiré-like waves, blotches
        gain = gain - ((distance - rng.uniform(np.log(LONGEST), np.log(size / 2))) / rng.uniform(0.15, 1.0)) ** 2
    if rng.random() < 0.35:  # streaks along an angle
        gain = gain - (np.sin(angle - rng.uniform(0, np.pi)) / rng.uniform(0.02, 0.5)) ** 2
    filtered = rng.standard_normal((size, size, 2), dtype=np.float32) * np.exp(gain - gain.max())[..., None]
    both = np.asarray(cv2.idft(filtered), np.float32)  # the real and the imaginary part are independent
    both /= both.std() + 1e-12
    if planes == 1:
        return np.ascontiguousarray(both[:height, :width, :1])
    shift = rng.integers(size // 4, size - size // 4, 2)
    third = np.roll(both[..., :1], shift, axis=(0, 1))
    return np.ascontiguousarray(np.concatenate([both, third], axis=2)[:height, :width])


@lru_cache(maxsize=64)
def _frequencies(size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logarithm of the distance from zero, in waves per side from 1, and the angle, `[size, size]`."""
    waves = np.fft.fftfreq(size, 1 / size).astype(np.float32)
    rows, columns = np.meshgrid(waves, waves, indexing="ij")
    return np.log(np.maximum(np.hypot(rows, columns), 1)), np.arctan2(rows, columns)


def requantised(work: Plane, rng: Generator, severity: float) -> Plane:
    """Few levels of each colour, unevenly spread or not, with or without dithering."""
    levels = max(6.0, float(np.exp(rng.uniform(np.log(8), np.log(48)))) / (0.5 + severity))
    bend = float(np.exp(rng.normal(0, 0.3)))
    bent = 255 * np.asarray(cv2.pow(np.clip(work, 0, 255) / 255, bend), np.float32)
    step = 255 / levels
    dither = rng.uniform(-step / 2, step / 2, (1, 1, 3)).astype(np.float32)  # moves the levels
    if rng.random() < 0.6:
        shape = (*work.shape[:2], 1 if rng.random() < 0.5 else 3)
        dither = dither + step * rng.uniform(0.3, 1.0) * (rng.random(shape, dtype=np.float32) - 0.5)
    coarse = np.clip(np.rint((bent + dither) / step) * step, 0, 255)
    return np.asarray(255 * cv2.pow(coarse.astype(np.float32) / 255, 1 / bend), np.float32)


def transform_coded(work: Plane, rng: Generator, severity: float) -> Plane:
    """A codec that nobody uses: blocks of a random size, a cosine or Hadamard transform, coarse steps, a filter."""
    height, width = work.shape[:2]
    size = int(rng.choice((4, 8, 16, 32), p=(0.3, 0.3, 0.25, 0.15)))
    basis = _basis(size, bool(rng.random() < 0.8))
    index = np.arange(size, dtype=np.float32)
    rise = 1 + rng.uniform(0, 3.0) / size * (index[:, None] + index)  # of the steps towards the fine detail
    steps = rng.uniform(4 + 6 * severity, 10 + 70 * severity) * rise ** rng.uniform(1, 2)
    dead = float(rng.uniform(0.5, 0.8))  # what is below this share of a step becomes zero
    planes = np.asarray(cv2.transform(work, _TO_YCC), np.float32)
    light, colour = planes[..., :1], planes[..., 1:]
    grids = 2 if rng.random() < 0.4 else 1  # the mean over two grids leaves edges as a filter of block edges does
    light = np.mean([_coded(light, basis, steps, dead, rng) for _ in range(grids)], axis=0, dtype=np.float32)
    coarse = steps * rng.uniform(0.8, 2.5)
    if rng.random() < 0.75:
        half = _moved(colour, (width + 1) // 2, (height + 1) // 2, cv2.INTER_AREA)
        kernel = cv2.INTER_NEAREST if rng.random() < 0.3 else cv2.INTER_LINEAR
        colour = _moved(_coded(half, basis, coarse, dead, rng), width, height, kernel)
    else:
        colour = _coded(colour, basis, coarse, dead, rng)
    return np.asarray(cv2.transform(np.concatenate([light, colour], axis=2), _TO_RGB), np.float32)


def _coded(planes: Plane, basis: Plane, steps: Plane, dead: float, rng: Generator) -> Plane:
    """`[height, width, planes]` transformed in blocks at a random place, quantised, and transformed back."""
    size = len(basis)
    top, left = (int(value) for value in rng.integers(0, size, 2))
    bottom, right = -(planes.shape[0] + top) % size, -(planes.shape[1] + left) % size
    padded = cv2.copyMakeBorder(planes, top, bottom, left, right, cv2.BORDER_REFLECT_101)
    whole = np.asarray(padded, np.float32).reshape(*padded.shape[:2], -1).transpose(2, 0, 1)
    count, height, width = whole.shape
    rows = _times(whole, basis.T).reshape(whole.shape)
    found = _times(rows.transpose(0, 2, 1), basis.T)
    found = found.reshape(count, width // size, size, height // size, size)
    scale = steps.astype(np.float32)[:, None, :]
    found = found / scale
    found = np.copysign(np.floor(np.abs(found) + np.float32(1 - dead)), found) * scale
    columns = _times(found, basis).reshape(count, width, height)
    back = _times(columns.transpose(0, 2, 1), basis).reshape(whole.shape).transpose(1, 2, 0)
    return back[top : top + planes.shape[0], left : left + planes.shape[1]]


def _times(values: Plane, matrix: Plane) -> Plane:
    """The last axis, cut into pieces of the matrix's size, times the matrix: `[pieces, size]`.

    By OpenCV: NumPy's library would start threads, one per core, in every data process.
    """
    pieces = np.ascontiguousarray(values).reshape(-1, len(matrix))
    return np.asarray(cv2.gemm(pieces, np.ascontiguousarray(matrix), 1, _NOTHING, 0), np.float32)


@lru_cache(maxsize=16)
def _basis(size: int, cosine: bool) -> Plane:
    """The rows of an orthonormal transform: cosines, or Hadamard's in order of their sign changes."""
    if cosine:
        at = np.arange(size)
        rows = np.cos(np.pi * at[:, None] * (2 * at + 1) / (2 * size)) * np.sqrt(2 / size)
        rows[0] /= np.sqrt(2)
        return np.asarray(rows, np.float32)
    signs: NDArray[np.floating] = np.ones((1, 1))
    while len(signs) < size:
        signs = np.kron(signs, [[1, 1], [1, -1]])
    changes = (np.diff(signs, axis=1) != 0).sum(axis=1)
    return np.asarray(signs[np.argsort(changes)] / np.sqrt(size), np.float32)


def recoded(work: Plane, rng: Generator, severity: float) -> Plane:
    """JPEG, or JPEG 2000, which blurs and rings without blocks."""
    least, most = JPEG_2000_SIDES
    if min(work.shape[:2]) < least or max(work.shape[:2]) > most or rng.random() < 0.7:
        return resaved(work, rng, severity / _smallness(work) ** -0.5, grey=False)
    rate = int(rng.uniform(12, 30) / (0.25 + severity) / _smallness(work))
    stored = cv2.imencode(".jp2", as_bytes(work), [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, max(8, min(400, rate))])[1]
    opened = cv2.imdecode(stored, cv2.IMREAD_COLOR)
    assert opened is not None
    return opened.astype(np.float32)


def sharpened(work: Plane, rng: Generator, severity: float) -> Plane:
    """Halos, sometimes with detail below a threshold smoothed away."""
    if rng.random() < 0.4:
        work = np.asarray(cv2.bilateralFilter(work, 5, 8 + 50 * severity, rng.uniform(1, 2.5)), np.float32)
    return _sharpened(work, rng, severity)


def _smallness(work: Plane) -> float:
    """1 at 256 pixels and above, less for a smaller picture, in which the same damage harms more."""
    return min(1.0, int(work.shape[0]) / 256, int(work.shape[1]) / 256)


Step = Callable[[Plane, Generator, float], Plane]
STEPS: tuple[Step, ...] = (shaped_blur, resampled, coloured_noise, requantised, transform_coded, recoded, sharpened)
STEP_SHARES = (0.19, 0.21, 0.21, 0.05, 0.14, 0.13, 0.07)
