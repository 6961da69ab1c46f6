"""Faces that the portraits lack, made of those there are: with glasses, turned aside, in other light and skin.

Faces are aligned crops with a margin, `[288, 288, 3]`, RGB, uint8, as `training.prepare` writes them. All randomness
comes from the given generator.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.align import TEMPLATE
from training.damage import Image, as_bytes, is_grey, soften

_EYES = TEMPLATE[:2] / 2 + 16  # in the crop with its margin, columns and rows
_MIDDLE = (144.0, 150.0)  # column and row of the head's middle
_REACH = (92.0, 120.0)  # half of its width and height
_BITS = 3  # fractional bits of OpenCV's drawing functions


def with_glasses(face: Image, rng: Generator) -> Image:
    """Draw glasses: thin or thick rims, round to square, of metal or horn, with a bridge, temples and a reflection."""
    fine = 4  # times larger, so that a rim of a pixel is drawn smoothly
    height, width = face.shape[:2]
    rims = np.zeros((height * fine, width * fine), np.uint8)
    lenses = np.zeros_like(rims)
    half_width, half_height = rng.uniform(19, 27), rng.uniform(14, 22)
    square = rng.uniform(2, 5)  # the exponent of a superellipse: 2 is an ellipse
    thick = max(1, round(fine * (rng.uniform(0.7, 1.8) if rng.random() < 0.65 else rng.uniform(2, 4.5))))
    drop = rng.uniform(0, 5)
    turns = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    shape = np.stack([_power(np.cos(turns), 2 / square) * half_width, _power(np.sin(turns), 2 / square) * half_height])
    inner, outer = [], []
    for side, eye in zip((-1, 1), _EYES, strict=True):
        middle = np.add(eye, (side * rng.uniform(0, 2), drop))
        _draw(rims, (shape.T + middle) * fine, thick, closed=True)
        cv2.fillPoly(lenses, [np.rint((shape.T + middle) * fine).astype(np.int32)], 255)
        inner.append(np.add(middle, (-side * half_width, -0.35 * half_height)))
        outer.append((np.add(middle, (side * half_width, -0.3 * half_height)), side))
    top = np.add((inner[0] + inner[1]) / 2, (0, -rng.uniform(0, 4)))
    _draw(rims, np.array([inner[0], top, inner[1]]) * fine, thick, closed=False)
    for start, side in outer:
        ear = np.add(start, (side * rng.uniform(10, 24), rng.uniform(-3, 3)))
        _draw(rims, np.array([start, ear]) * fine, thick, closed=False)
    size = (width, height)
    share, glass = (cv2.resize(drawn, size, interpolation=cv2.INTER_AREA) / 255.0 for drawn in (rims, lenses))
    work = face.astype(np.float32)
    shade = rng.uniform(-0.16, 0.02)  # a lens takes a little light
    work *= (1 + shade * glass[..., None]).astype(np.float32)
    if rng.random() < 0.4:  # a window reflected in the lens
        slope = rng.uniform(-1, 1)
        rows, columns = np.mgrid[0:height, 0:width]
        band = np.exp(-0.5 * ((columns - slope * rows) % 52 - 26) ** 2 / rng.uniform(3, 9) ** 2)
        work += (rng.uniform(10, 70) * band * glass)[..., None].astype(np.float32)
    if rng.random() < 0.5:
        colour = rng.uniform(90, 200) * np.array((1, 0.93, 0.78))  # metal
    else:
        colour = rng.uniform(8, 60) * np.array((1, 0.85, 0.75))  # horn
    cover = (share * rng.uniform(0.75, 1.0))[..., None]
    shadow = soften(np.roll(cover, 2, axis=0).astype(np.float32), 1.5) * 0.25
    work *= 1 - shadow
    return as_bytes(np.asarray(work + cover * (colour - work), np.float32))


def _power(values: NDArray[np.floating], exponent: float) -> NDArray[np.floating]:
    return np.asarray(np.sign(values) * np.abs(values) ** exponent)


def _draw(canvas: NDArray[np.uint8], points: NDArray[np.floating], thick: int, *, closed: bool) -> None:
    path = np.rint(points * 2**_BITS).astype(np.int32)
    cv2.polylines(canvas, [path], closed, 255, thick, cv2.LINE_AA, _BITS)


def turned(face: Image, rng: Generator) -> Image:
    """Turn the head aside by 10 to 32 degrees, or nod by up to 15: an ellipsoid's surface seen from elsewhere."""
    height, width = face.shape[:2]
    yaw = np.deg2rad(rng.uniform(10, 32)) * rng.choice((-1, 1))
    pitch = np.deg2rad(rng.uniform(-15, 15))
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (columns - _MIDDLE[0]) / _REACH[0], (rows - _MIDDLE[1]) / _REACH[1]
    out = np.clip(1 - x**2 - y**2, 0, 1) ** 0.5  # towards the viewer, in radii
    fade = np.clip(3 * (1.25 - np.hypot(x, y)), 0, 1)  # the backdrop does not turn
    source_x = columns + (_REACH[0] * 0.75 * np.sin(yaw) * out * fade).astype(np.float32)
    source_y = rows + (_REACH[1] * 0.5 * np.sin(pitch) * out * fade).astype(np.float32)
    return np.asarray(cv2.remap(face, source_x, source_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def relit(face: Image, rng: Generator) -> Image:
    """Light from one side, and darker or lighter skin: what has the colours of skin gets another tone.

    A picture without colour does not tell skin from cloth: it gets the light alone.
    """
    height, width = face.shape[:2]
    work = face.astype(np.float32)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (columns - _MIDDLE[0]) / _REACH[0], (rows - _MIDDLE[1]) / _REACH[1]
    if not is_grey(face):
        codes = cv2.cvtColor(face, cv2.COLOR_RGB2YCrCb).astype(np.float32)
        cheeks = codes[150:200, 100:188].reshape(-1, 3)
        apart = (codes[..., 1:] - np.median(cheeks[:, 1:], axis=0)) / 9.0
        head = np.clip(2.5 * (1.35 - np.hypot(x, y)), 0, 1)
        skin = soften((np.exp(-0.5 * (apart**2).sum(axis=2)) * head).astype(np.float32)[..., None], 2.0)
        if rng.random() < 0.75:  # darker; blue fades first
            depth = rng.uniform(0.15, 0.75)
            gain = np.array((1 - 0.62 * depth, 1 - 0.74 * depth, 1 - 0.8 * depth), np.float32)
        else:
            gain = np.array((1.08, 1.07, 1.1), np.float32)
        changed = 255 * (work / 255) ** (1 + 0.25 * (1 - gain.mean())) * gain
        work += skin * (changed - work)
    turn, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.45)
    light = 1 + strength * (np.cos(turn) * x + np.sin(turn) * y).clip(-1, 1)
    return as_bytes(np.asarray(work * light[..., None], np.float32))


Change = Callable[[Image, Generator], Image]
CHANGES: dict[str, Change] = {"glasses": with_glasses, "turned": turned, "relit": relit}
