"""Lines and spots that belong to a scene and look like wear: wires, railings, bricks, twigs, text, pearls, buttons.

They are drawn before the scene is blurred and printed, so that they share its sharpness, its tone and its grain.
Pictures are float32 RGB `[height, width, 3]`, 0 to 255.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Drawn = NDArray[np.uint8]  # OpenCV draws smooth lines at 8 bits only

_WORDS = "ABCDEFGHIJKLMNOPRSTUVWZabcdefghiklmnoprstuvwz0123456789.,-&"


def with_look_alikes(picture: Plane, rng: Generator) -> Plane:
    """A copy with one to three kinds of them."""
    drawn = np.clip(picture, 0, 255).astype(np.uint8)
    for index in rng.permutation(len(_KINDS))[: int(rng.integers(1, 4))]:
        _KINDS[index](drawn, rng)
    return drawn.astype(np.float32)


def _colour(rng: Generator) -> tuple[float, float, float]:
    if rng.random() < 0.6:
        level = float(rng.uniform(0, 70) if rng.random() < 0.5 else rng.uniform(180, 255))
        return (level, level, level)
    red, green, blue = (float(v) for v in rng.uniform(0, 255, 3))
    return (red, green, blue)


def _line(picture: Drawn, points: NDArray[np.floating], colour: tuple[float, float, float], thick: int) -> None:
    cv2.polylines(picture, [np.rint(points * 16).astype(np.int32)], False, colour, thick, cv2.LINE_AA, 4)


def _text(picture: Drawn, rng: Generator) -> None:
    """Some lines of writing, print or script, on the scene or on a plate of its own."""
    height, width = picture.shape[:2]
    size, thick = rng.uniform(0.3, 1.3), int(rng.integers(1, 4))
    x, y = int(rng.uniform(-20, width * 0.7)), int(rng.uniform(10, height))
    font, ink = int(rng.integers(0, 8)), _colour(rng)
    if rng.random() < 0.4:
        corner = (x + int(rng.uniform(60, 200)), y + int(rng.uniform(20, 110)))
        cv2.rectangle(picture, (x - 8, y - int(30 * size) - 6), corner, _colour(rng), -1)
    for row in range(int(rng.integers(1, 5))):
        words = "".join(rng.choice(list(_WORDS), int(rng.integers(2, 14))))
        cv2.putText(picture, words, (x, y + int(row * 32 * size)), font, size, ink, thick, cv2.LINE_AA)


def _railing(picture: Drawn, rng: Generator) -> None:
    """Parallel bars at equal distances, perhaps crossed: a fence, tiles, a window."""
    height, width = picture.shape[:2]
    gap, thick, ink = rng.uniform(6, 40), int(rng.integers(1, 5)), _colour(rng)
    left, top = rng.uniform(-50, width * 0.6), rng.uniform(-50, height * 0.6)
    right, bottom = left + rng.uniform(60, 260), top + rng.uniform(40, 260)
    lean = rng.normal(0, 0.1)
    for x in np.arange(left, right, gap):
        _line(picture, np.array([[x, top], [x + lean * (bottom - top), bottom]]), ink, thick)
    if rng.random() < 0.6:
        for y in np.arange(top, bottom, gap * rng.uniform(0.8, 5)):
            _line(picture, np.array([[left, y], [right, y + lean * 30]]), ink, thick)


def _wires(picture: Drawn, rng: Generator) -> None:
    """Ropes or wires that sag, side by side, from border to border."""
    height, width = picture.shape[:2]
    ink, thick = _colour(rng), int(rng.integers(1, 3))
    y, rise, sag = rng.uniform(0, height), rng.normal(0, 60), rng.uniform(0, 40)
    along = np.linspace(-0.1, 1.1, 30)
    for _ in range(int(rng.integers(1, 6))):
        curve = y + rise * along + 4 * sag * along * (1 - along)
        _line(picture, np.stack([along * width, curve], 1), ink, thick)
        y += rng.uniform(4, 25)


def _twigs(picture: Drawn, rng: Generator) -> None:
    """A branch that forks and gets thinner."""
    height, width = picture.shape[:2]
    ink = tuple(float(v) * rng.uniform(0.3, 1) for v in (90, 80, 65))
    open_ends = [(rng.uniform((0, 0), (width, height)), rng.uniform(0, 2 * np.pi), int(rng.integers(3, 7)))]
    for _ in range(40):
        if not open_ends:
            break
        at, heading, thick = open_ends.pop(0)
        path = [at]
        for _ in range(int(rng.integers(3, 8))):
            heading += rng.normal(0, 0.2)
            path.append(path[-1] + 6 * np.array([np.cos(heading), np.sin(heading)]))
        _line(picture, np.array(path), (ink[0], ink[1], ink[2]), thick)
        if thick > 1:
            turns = (heading + side * rng.uniform(0.2, 0.8) for side in (-1, 1))
            open_ends.extend((path[-1], turn, thick - 1) for turn in turns)


def _pearls(picture: Drawn, rng: Generator) -> None:
    """Round spots with a light and a shaded side, in a row: pearls, buttons, lamps."""
    height, width = picture.shape[:2]
    radius, gap = rng.uniform(1.2, 6), rng.uniform(2.0, 5)
    at, heading, bend = rng.uniform((0, 0), (width, height)), rng.uniform(0, 2 * np.pi), rng.normal(0, 0.12)
    for _ in range(int(rng.integers(3, 25))):
        heading += bend
        at = at + gap * radius * np.array([np.cos(heading), np.sin(heading)])
        for shrink, level, move in ((1.0, 120.0, 0.0), (0.8, 190.0, 0.15), (0.35, 250.0, 0.3)):
            middle = np.rint((at - move * radius) * 16).astype(int)
            cv2.circle(
                picture,
                (int(middle[0]), int(middle[1])),
                max(4, int(16 * radius * shrink)),
                (level,) * 3,
                -1,
                cv2.LINE_AA,
                4,
            )


def _buttons(picture: Drawn, rng: Generator) -> None:
    """Buttons of a coat: discs with a rim, a shaded side and perhaps a glint, in one or two rows, all of one kind."""
    height, width = picture.shape[:2]
    radius = float(np.exp(rng.uniform(np.log(2.5), np.log(16))))
    at, heading = rng.uniform((0, 0), (width, height)), rng.normal(np.pi / 2, 0.3)
    down = radius * rng.uniform(3, 9) * np.array([np.cos(heading), np.sin(heading)])
    across = radius * rng.uniform(5, 16) * np.array([-np.sin(heading), np.cos(heading)])
    level, rim, shade = rng.uniform(20, 250), rng.normal(0, 50), rng.uniform(0, 45)
    glint = rng.random() < 0.4
    for row in range(int(rng.integers(2, 7))):
        for side in range(int(rng.integers(1, 3))):
            middle = at + row * down + side * across + rng.normal(0, 0.15 * radius, 2)
            parts = [(1.0, level + rim, 0.0), (0.85, level, 0.0), (0.6, level + shade, 0.15)]
            for share, grey, move in [*parts, *([(0.2, 250.0, 0.35)] if glint else [])]:
                x, y = np.rint((middle - move * radius) * 16).astype(int)
                tone = (float(np.clip(grey, 0, 255)),) * 3
                cv2.circle(picture, (int(x), int(y)), int(16 * radius * share), tone, -1, cv2.LINE_AA, 4)


def _frame(picture: Drawn, rng: Generator) -> None:
    """A printed frame: one or two lines parallel to the border, or a white border of paper."""
    height, width = picture.shape[:2]
    inset, ink = int(rng.uniform(2, 30)), _colour(rng)
    if rng.random() < 0.5:
        thick = int(rng.uniform(4, 26))
        parts = (picture[:thick], picture[-thick:], picture[:, :thick], picture[:, -thick:])
        for on, part in zip(rng.random(4) < 0.5, parts, strict=True):
            if on:
                part[...] = np.array(ink, np.uint8)
        return
    for extra in range(0, int(rng.integers(1, 3)) * 5, 5):
        low, far = inset + extra, (width - inset - extra, height - inset - extra)
        cv2.rectangle(picture, (low, low), far, ink, int(rng.integers(1, 3)), cv2.LINE_AA)


def _glints(picture: Drawn, rng: Generator) -> None:
    """Catchlights, stars, drops or lamps: small bright spots, blurred like the scene, all of one kind."""
    height, width = picture.shape[:2]
    length, heading = (0.0 if rng.random() < 0.6 else rng.uniform(3, 14)), rng.uniform(0, np.pi)
    ahead = length * np.array([np.cos(heading), np.sin(heading)])
    level = rng.uniform(170, 255)
    for _ in range(int(rng.integers(2, 40))):
        at = rng.uniform((0, 0), (width, height))
        _line(picture, np.array([at, at + ahead]), (level,) * 3, int(rng.integers(1, 3)))


def _bricks(picture: Drawn, rng: Generator) -> None:
    """Joints of bricks or slabs, of one width and shade, which are broken, seen at a slant and hidden in places."""
    height, width = picture.shape[:2]
    tall = rng.uniform(5, 26)
    long, thick = tall * rng.uniform(1.6, 3.2), int(rng.integers(1, 4))
    around = picture.reshape(-1, 3).mean(0) + rng.choice((-1, 1)) * rng.uniform(30, 120)
    ink, drawn = tuple(float(v) for v in around.clip(0, 255)), picture.copy()
    turn, slant = rng.normal(0, 0.25), rng.normal(0, 0.2)
    along = np.array([np.cos(turn), np.sin(turn)])
    down = np.array([-np.sin(turn + slant), np.cos(turn + slant)])
    corner = rng.uniform((-0.3 * width, -0.3 * height), (0.6 * width, 0.6 * height))
    rows, columns = int(rng.integers(3, 16)), int(rng.integers(3, 12))
    for row in range(rows + 1):
        start = corner + row * tall * down
        _line(drawn, np.array([start, start + columns * long * along]), (ink[0], ink[1], ink[2]), thick)
        for column in range(columns if row < rows else 0):
            top = start + (column + 0.5 * (row % 2)) * long * along
            if rng.random() < 0.95:
                _line(drawn, np.array([top, top + tall * down]), (ink[0], ink[1], ink[2]), thick)
    knots = rng.uniform(0, 1.6, (int(rng.integers(2, 9)), int(rng.integers(2, 9)))).astype(np.float32)
    share = cv2.resize(knots, (width, height), interpolation=cv2.INTER_LINEAR).clip(0, 1)[..., None]
    picture[...] = np.rint(picture + share * (drawn.astype(np.float32) - picture)).astype(np.uint8)


_KINDS = (_text, _text, _railing, _wires, _twigs, _pearls, *[_buttons] * 3, _frame, _glints, _bricks, _bricks)
