"""Wear of old prints, drawn with a mask of what it hides.

The kinds are those of ARTeFACT (Ivanova et al., "ARTeFACT: Benchmarking Segmentation Models on Diverse Analogue Media
Damage", WACV 2025). As in FilmDamageSimulator (Ivanova et al., "Simulating analogue film damage to analyse and improve
artefact restoration on high-resolution scans", 2023) counts are drawn from gamma distributions, sizes have a long tail
and specks lie in clusters. To mix damage that hides with damage that only spoils is the idea of "Bringing Old Photos
Back to Life" (Wan et al., CVPR 2020). Nothing of their code or data is used.

Sizes are in pixels at 1 megapixel. All randomness comes from the given generator. Pictures are float32 RGB
`[height, width, 3]`, 0 to 255.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Drawn = NDArray[np.uint8]  # OpenCV draws smooth lines at 8 bits only
Points = NDArray[np.floating]

SEEN = 20.0  # levels; a smaller change hides nothing
PLAIN = 50.0  # levels; a larger change is seen at once
UNSURE = 6.0  # levels; changes between this and `SEEN` count neither way
_BITS = 4  # fractional bits of OpenCV's drawing functions

Kind = Callable[[Plane, Generator, int], None]


@dataclass
class Worn:
    """A worn print.

    Attributes:
        picture: `[height, width, 3]`.
        change: `[height, width]`, the largest change of a colour by wear, in levels.
    """

    picture: Plane
    change: Plane = field(init=False)
    _before: Plane = field(init=False)

    def __post_init__(self) -> None:
        self._before = self.picture
        self.picture = self.picture.copy()

    def finish(self) -> Worn:
        """Measure the change."""
        self.picture = self.picture.clip(0, 255).astype(np.float32)
        apart = np.abs(self.picture - self._before)
        self.change = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2])  # faster than over an axis
        return self


def worn(picture: Plane, rng: Generator, amount: float = 1.0) -> Worn:
    """Wear a print.

    Args:
        picture: the sound print.
        rng: draws everything.
        amount: how much: 1 is a well-worn print, 0.3 has a few specks or a line.
    """
    return _with_some(KINDS, int(rng.integers(2, 5)), picture, rng, amount)


def plainly_worn(picture: Plane, rng: Generator, amount: float = 1.0) -> Worn:
    """Wear a print with even, opaque lines and spots, which stand out most where the picture is smooth.

    Args:
        picture: the sound print.
        rng: draws everything.
        amount: as of `worn`.
    """
    return _with_some(PLAIN_KINDS, int(rng.integers(1, len(PLAIN_KINDS) + 1)), picture, rng, amount)


def _with_some(kinds: tuple[tuple[Kind, float], ...], most: int, picture: Plane, rng: Generator, amount: float) -> Worn:
    print_ = Worn(picture)
    area = picture.shape[0] * picture.shape[1] / 256**2
    for index in rng.permutation(len(kinds))[:most]:
        kind, mean = kinds[index]
        count = max(1, int(rng.poisson(mean * area * amount * rng.gamma(1.5, 1 / 1.5))))
        kind(print_.picture, rng, count)
    return print_.finish()


def _blank(picture: Plane) -> Drawn:
    return np.zeros(picture.shape[:2], np.uint8)


def _share(drawn: Drawn) -> Plane:
    """What was drawn in 0..1."""
    return drawn.astype(np.float32) / np.float32(255)


def _soft(plane: Plane, sigma: float) -> Plane:
    return plane if sigma < 0.2 else np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)


def _cloud(shape: tuple[int, ...], rng: Generator, size: float) -> Plane:
    """A smooth random field of standard deviation 1, with structures of about `size` pixels."""
    height, width = shape[:2]
    small = rng.standard_normal((max(2, int(height / size) + 3), max(2, int(width / size) + 3))).astype(np.float32)
    field_ = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    return np.asarray(field_ / (field_.std() + 1e-6), np.float32)


def _walk(rng: Generator, start: Points, heading: float, length: float, bend: float, step: float) -> Points:
    """A path of so many pixels that turns by about `bend` radians for each `step` pixels."""
    count = max(2, int(length / step))
    headings = heading + np.cumsum(rng.normal(0, bend, count))
    moves = step * np.stack([np.cos(headings), np.sin(headings)], 1)
    path: Points = np.concatenate([start[None], start + np.cumsum(moves, 0)])
    return path


def _stroke(cover: Drawn, path: Points, width: float, value: float = 1.0) -> None:
    """Draw a line of any width, also below one pixel, into `cover`."""
    points = np.rint(path * 2**_BITS).astype(np.int32)
    thin = min(1.0, width)
    cv2.polylines(cover, [points], False, float(255 * value * thin), max(1, round(width)), cv2.LINE_AA, _BITS)


def _somewhere(picture: Plane, rng: Generator) -> Points:
    height, width = picture.shape[:2]
    return rng.uniform((-0.1 * width, -0.1 * height), (1.1 * width, 1.1 * height))


def _paint(picture: Plane, cover: Plane, rng: Generator, dark: float = 0.3) -> None:
    """Cover the picture with one material: paper, dirt, or a lighter or darker shade of what is there."""
    kind = rng.random()
    rough = 1 + rng.uniform(0, 0.12) * _cloud(cover.shape, rng, rng.uniform(1, 3))
    if kind < 0.8:
        light = rng.random() >= dark
        level = rng.uniform(190, 255) if light else rng.uniform(0, 60)
        tint = np.array([1, rng.uniform(0.93, 1), rng.uniform(0.8, 1)], np.float32) if rng.random() < 0.4 else 1.0
        colour = (level * tint * rough[..., None]).astype(np.float32)
        picture += cover[..., None] * (colour - picture)
        return
    size = rng.uniform(25, 60) if kind < 0.9 else rng.uniform(60, 140)
    change = size * (-1 if rng.random() < dark + 0.1 else 1) * rough * cover
    picture += change[..., None].astype(np.float32)


def _strong(rng: Generator) -> float:
    return float(rng.uniform(0.35, 0.8) if rng.random() < 0.25 else rng.uniform(0.8, 1.0))


def _width(rng: Generator) -> float:
    return float(min(7.0, 0.5 + rng.exponential(1.3)))


def scratches(picture: Plane, rng: Generator, count: int) -> None:
    """Nearly straight lines that may break off and return; sometimes a bundle with one direction."""
    bundle = rng.random() < 0.4
    direction = rng.choice((0.0, np.pi / 2)) if rng.random() < 0.4 else rng.uniform(0, np.pi)
    cover = _share(_blank(picture))
    sigma = rng.uniform(0.0, 0.9)
    for _ in range(count):
        heading = direction + rng.normal(0, 0.03) if bundle else rng.uniform(0, 2 * np.pi)
        length = rng.uniform(15, 420) * (0.3 if rng.random() < 0.4 else 1)
        path = _walk(rng, _somewhere(picture, rng), heading, length, rng.choice((0.004, 0.03, 0.1)), 6.0)
        drawn = _blank(picture)
        _stroke(drawn, path, _width(rng), _strong(rng))
        line = _share(drawn)
        if rng.random() < 0.4:
            line *= (_cloud(cover.shape, rng, rng.uniform(4, 25)) + rng.uniform(0, 1.2)).clip(0, 1)
        cover = np.maximum(cover, line)
    _paint(picture, _soft(cover, sigma), rng)


def cracks(picture: Plane, rng: Generator, count: int) -> None:
    """Branching cracks of the emulsion, often as a net, with a bright or dark core and a lit and a shaded rim."""
    drawn = _blank(picture)
    width, bend = 0.4 + rng.exponential(0.8), rng.uniform(0.1, 0.45)
    for _ in range(min(count, 14)):
        paths = [_walk(rng, _somewhere(picture, rng), rng.uniform(0, 2 * np.pi), rng.uniform(30, 260), bend, 5.0)]
        for _ in range(int(rng.integers(0, 7))):
            trunk = paths[int(rng.integers(len(paths)))]
            at = int(rng.integers(len(trunk) - 1))
            ahead = trunk[at + 1] - trunk[at]
            heading = float(np.arctan2(ahead[1], ahead[0])) + rng.choice((-1, 1)) * rng.uniform(0.4, 1.6)
            paths.append(_walk(rng, trunk[at], heading, rng.uniform(10, 140), bend, 5.0))
        for path in paths:
            _stroke(drawn, path, min(5.0, width * rng.uniform(0.6, 1.4)), rng.uniform(0.5, 1))
    cover = _share(drawn)
    if rng.random() < 0.35:
        _emboss(picture, cover, rng)
    if rng.random() < 0.9:
        _paint(picture, _soft(cover * _strong(rng), rng.uniform(0, 0.7)), rng, dark=0.45)


def _emboss(picture: Plane, cover: Plane, rng: Generator) -> None:
    """Light from one side: a lit rim and a shaded one."""
    turn, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 2.2)
    shape = _soft(cover, rng.uniform(0.5, 1.6))
    moved = [
        cv2.warpAffine(
            shape, np.array([[1, 0, s * far * np.cos(turn)], [0, 1, s * far * np.sin(turn)]]), shape.shape[::-1]
        )
        for s in (1, -1)
    ]
    picture += (rng.uniform(20, 90) * (moved[0] - moved[1]))[..., None].astype(np.float32)


def folds(picture: Plane, rng: Generator, count: int) -> None:
    """A line across the print: a broken white core in a wide, soft band of light or shade."""
    height, width = picture.shape[:2]
    for _ in range(min(count, 2)):
        heading = rng.choice((0.0, np.pi / 2)) + rng.normal(0, 0.08) if rng.random() < 0.7 else rng.uniform(0, np.pi)
        across = np.array([np.cos(heading), np.sin(heading)])
        start = rng.uniform((0, 0), (width, height)) - across * 1.5 * max(width, height)
        path = _walk(rng, start, heading, 3.0 * max(width, height), 0.006, 8.0)
        drawn, wide = _blank(picture), _blank(picture)
        _stroke(drawn, path + rng.normal(0, 0.5, path.shape), rng.uniform(0.8, 6))
        core = _share(drawn)
        ragged = (_cloud(core.shape, rng, rng.uniform(3, 14)) + rng.uniform(0.0, 2.0)).clip(0, 1)
        _stroke(wide, path, rng.uniform(3, 12))
        if rng.random() < 0.5:
            _emboss(picture, _share(wide), rng)
        _paint(picture, _soft(core * ragged, rng.uniform(0.2, 0.8)), rng, dark=0.15)


def dust(picture: Plane, rng: Generator, count: int) -> None:
    """Specks, in clusters; most are a pixel or two."""
    drawn = _blank(picture)
    centre, spread = _somewhere(picture, rng), rng.uniform(15, 400)
    for _ in range(count):
        at = rng.normal(centre, spread) if rng.random() < 0.6 else _somewhere(picture, rng)
        size = 0.45 + rng.exponential(0.7) if rng.random() < 0.85 else rng.uniform(1.5, 5)
        axes = np.maximum(size * rng.uniform(0.6, 1.5, 2), 0.4)
        value = float(rng.uniform(0.35, 1)) * min(1.0, 1.6 * float(axes.min()))
        middle = tuple(int(v) for v in np.rint(at * 2**_BITS))
        half = tuple(int(v) for v in np.rint(axes * 2**_BITS))
        if max(map(abs, middle)) < 2**15:
            turn = float(rng.uniform(0, 180))
            cv2.ellipse(drawn, middle, half, turn, 0, 360, 255 * value, -1, cv2.LINE_AA, _BITS)
    _paint(picture, _soft(_share(drawn), rng.uniform(0, 0.7)), rng, dark=0.4)


def hairs(picture: Plane, rng: Generator, count: int) -> None:
    """Thin fibres that curl, lighter or darker than what they lie on."""
    drawn = _blank(picture)
    for _ in range(min(count, 9)):
        path, heading = [_somewhere(picture, rng)], rng.uniform(0, 2 * np.pi)
        curl = rng.normal(0, 0.12)
        for _ in range(int(rng.integers(6, 40))):
            curl = 0.9 * curl + rng.normal(0, 0.06)
            heading += curl
            path.append(path[-1] + 3.5 * np.array([np.cos(heading), np.sin(heading)]))
        _stroke(drawn, np.array(path), rng.uniform(0.6, 1.9), rng.uniform(0.4, 1))
    _paint(picture, _soft(_share(drawn), rng.uniform(0.2, 0.9)), rng, dark=0.5)


def _blob(cover: Drawn, rng: Generator, at: Points, radius: float, rough: float) -> None:
    """An irregular spot."""
    count = 28
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    waves = sum(
        rng.normal(0, rough / order) * np.cos(order * turns + rng.uniform(0, 2 * np.pi)) for order in range(1, 9)
    )
    reach = radius * np.exp(np.asarray(waves))
    stretch, turn = rng.uniform(0.5, 1.0), rng.uniform(0, np.pi)
    shape = np.stack([reach * np.cos(turns), stretch * reach * np.sin(turns)], 1)
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = np.rint((shape @ rotate.T + at) * 2**_BITS).astype(np.int32)
    cv2.fillPoly(cover, [points], 255.0, cv2.LINE_AA, _BITS)


def flakes(picture: Plane, rng: Generator, count: int) -> None:
    """Places where the emulsion is gone: paper with a sharp, ragged and sometimes shaded rim."""
    drawn = _blank(picture)
    centre, spread = _somewhere(picture, rng), rng.uniform(10, 120)
    for _ in range(min(count, 12)):
        at = rng.normal(centre, spread) if rng.random() < 0.5 else _somewhere(picture, rng)
        _blob(drawn, rng, at, min(22.0, rng.uniform(1.5, 5) + rng.exponential(3.5)), rng.uniform(0.1, 0.45))
    cover = _share(drawn)
    if rng.random() < 0.4:
        _emboss(picture, cover, rng)
    _paint(picture, _soft(cover, rng.uniform(0.2, 0.8)), rng, dark=0.2)


def stains(picture: Plane, rng: Generator, count: int) -> None:
    """Spots of mould or water: translucent, with a darker rim."""
    for _ in range(min(count, 6)):
        drawn = _blank(picture)
        _blob(drawn, rng, _somewhere(picture, rng), rng.uniform(3, 22), rng.uniform(0.05, 0.3))
        cover = _soft(_share(drawn), rng.uniform(0.4, 2.5))
        if rng.random() < 0.6:
            edge = 1.6 * (cover - _soft(cover, rng.uniform(1.5, 3.5))).clip(0, 1)
            cover = np.asarray(cover * rng.uniform(0.2, 0.7) + edge, np.float32)
        tint = np.array([rng.uniform(0.6, 1.2), rng.uniform(0.8, 1.1), rng.uniform(0.8, 1.5)], np.float32)
        sign = -1 if rng.random() < 0.7 else 1
        picture += sign * rng.uniform(15, 90) * cover[..., None] * tint


def tears(picture: Plane, rng: Generator, count: int) -> None:
    """A corner or a wedge at the border that is gone, with a ragged rim of paper."""
    height, width = picture.shape[:2]
    cover = _share(_blank(picture))
    for _ in range(min(count, 2)):
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        turn = rng.uniform(0, 2 * np.pi)
        along = (columns - width / 2) * np.cos(turn) + (rows - height / 2) * np.sin(turn)
        side = (rows - height / 2) * np.cos(turn) - (columns - width / 2) * np.sin(turn)
        deep = rng.uniform(6, 60) - np.abs(side - rng.uniform(-60, 60)) * rng.uniform(0.0, 1.6)
        rag = rng.uniform(0.5, 3) * _cloud(cover.shape, rng, rng.uniform(3, 12))
        rim = np.abs(np.cos(turn)) * width / 2 + np.abs(np.sin(turn)) * height / 2
        cover = np.maximum(cover, ((along - rim + deep + rag) + 0.5).clip(0, 1).astype(np.float32))
    if rng.random() < 0.6:
        _emboss(picture, cover, rng)
    _paint(picture, _soft(cover, 0.4), rng, dark=0.2)


def even_lines(picture: Plane, rng: Generator, count: int) -> None:
    """Long opaque scratches of one width, thin or broad, without a break."""
    drawn = _blank(picture)
    bend, width = rng.choice((0.003, 0.02, 0.08)), rng.uniform(1.2, 7)
    for _ in range(min(count, 6)):
        path = _walk(rng, _somewhere(picture, rng), rng.uniform(0, 2 * np.pi), rng.uniform(60, 600), bend, 8.0)
        _stroke(drawn, path, width * rng.uniform(0.7, 1.3))
    _cover(picture, _soft(_share(drawn), rng.uniform(0, 0.7)), rng)


def even_spots(picture: Plane, rng: Generator, count: int) -> None:
    """Opaque spots, round or ragged, of any size up to 20 pixels."""
    drawn = _blank(picture)
    largest = float(np.exp(rng.uniform(np.log(1.5), np.log(20))))
    for _ in range(min(count, max(2, int(60 / largest)))):
        _blob(drawn, rng, _somewhere(picture, rng), largest * rng.uniform(0.4, 1.0), rng.uniform(0, 0.2))
    _cover(picture, _soft(_share(drawn), rng.uniform(0, 0.7)), rng)


def _cover(picture: Plane, cover: Plane, rng: Generator) -> None:
    """Cover the picture with paper or dirt of one even shade."""
    level = rng.uniform(200, 255) if rng.random() < 0.6 else rng.uniform(0, 50)
    tint = np.array([1, rng.uniform(0.93, 1), rng.uniform(0.8, 1)], np.float32) if rng.random() < 0.3 else np.ones(3)
    picture += cover[..., None] * ((level * tint).astype(np.float32) - picture)


KINDS: tuple[tuple[Kind, float], ...] = (  # with their mean count in 256x256 pixels
    (scratches, 4.0),
    (scratches, 4.0),
    (cracks, 2.0),
    (folds, 0.8),
    (dust, 30.0),
    (dust, 70.0),
    (hairs, 3.0),
    (flakes, 4.0),
    (flakes, 4.0),
    (stains, 1.2),
    (tears, 0.5),
)

PLAIN_KINDS: tuple[tuple[Kind, float], ...] = ((even_lines, 2.0), (even_spots, 12.0))
