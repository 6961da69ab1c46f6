"""An endless supply of training pairs: damaged pictures of heads in front of other scenes, and their labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from training.damage import Image, Level, Mix, spoil, tone, wear
from training.mattes import BACKDROP, CHIN, CLOTHES, HEAD, UNKNOWN, Labels

SEEN: Final = 128  # pixels, of a training pair and of the network's input
STORED: Final = 144  # pixels, of a stored crop with its margin
GREY: Final = 0.5  # of the pictures: most photos that are restored have no colour, most mattes have
IGNORED: Final = -1  # class of a pixel that has no label
# Pairs have a quarter of the crop's side, where the same blur and noise hide more.
MIX: Final[Mix] = (
    (0.25, Level("clean", 0.0, 0.0)),
    (0.45, Level("mild", 0.02, 0.25)),
    (0.30, Level("medium", 0.2, 0.5)),
)


@dataclass(frozen=True)
class Mattes:
    """One side of the split, as written by `training.mattes`."""

    faces: NDArray[np.uint8]  # [faces, 144, 144, 3] RGB
    labels: NDArray[np.uint8]  # [faces, 144, 144]

    @classmethod
    def read(cls, path: Path, validation: bool) -> Mattes:
        """Read the held-out people, or all others."""
        with np.load(path) as stored:
            pick = np.flatnonzero(stored["validation"] == validation)
            return cls(stored["faces"][pick], stored["labels"][pick])


def read_scenes(folder: Path, longest: int = 300) -> list[Image]:
    """The background scenes, shrunk."""
    scenes = []
    for path in sorted(folder.glob("*.jpg")):
        picture = cv2.imread(str(path), cv2.IMREAD_REDUCED_COLOR_4)
        if picture is None or min(picture.shape[:2]) < 90:
            continue
        scale = min(1.0, longest / max(picture.shape[:2]))
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        scenes.append(np.ascontiguousarray(small[..., ::-1]).astype(np.uint8, copy=False))
    return scenes


def placed(face: Image, labels: Labels, rng: Generator, matrix: NDArray[np.float64]) -> tuple[Image, Labels]:
    """A face and its labels under an affine map `[2, 3]` from the stored crop to the pair's."""
    if rng.random() < 0.5:
        face, labels = face[:, ::-1].copy(), labels[:, ::-1].copy()
    size = (SEEN, SEEN)
    moved = cv2.warpAffine(face, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    named = cv2.warpAffine(
        labels, matrix, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=UNKNOWN
    )
    return np.asarray(moved, np.uint8), np.asarray(named, np.uint8)


def jitter(rng: Generator, spread: float = 1.0) -> NDArray[np.float64]:
    """A random turn, scale and shift, about as large as landmark errors."""
    middle = STORED / 2
    matrix = cv2.getRotationMatrix2D(
        (middle, middle), float(rng.normal(0, 4 * spread)), float(np.exp(rng.normal(0, 0.06 * spread)))
    )
    moved = np.array(matrix, np.float64)
    moved[:, 2] += SEEN / 2 - middle + rng.normal(0, 2.5 * spread, 2)
    return moved


def alpha_of(labels: Labels, rng: Generator) -> NDArray[np.float32]:
    """The person's opacity at each pixel, with a soft edge slightly inside the outline."""
    rows = np.arange(SEEN)[:, None] > CHIN - 18
    person = (labels == HEAD) | (labels == CLOTHES) | ((labels == UNKNOWN) & rows)
    soft = cv2.GaussianBlur(person.astype(np.float32), (0, 0), float(rng.uniform(0.4, 1.0)))
    return np.asarray(((soft - rng.uniform(0.25, 0.5)) / 0.5).clip(0, 1), np.float32)


def backdrop(scenes: list[Image], rng: Generator) -> Image:
    """A part of a scene at a random scale; sometimes a print or engraving pattern, or a plain wall."""
    kind = rng.random()
    if kind < 0.72:
        scene = scenes[int(rng.integers(len(scenes)))]
        side = int(min(scene.shape[:2]) * rng.uniform(0.35, 1.0))
        top, left = (int(rng.integers(0, length - side + 1)) for length in scene.shape[:2])
        part = cv2.resize(scene[top : top + side, left : left + side], (SEEN, SEEN), interpolation=cv2.INTER_AREA)
        if rng.random() < 0.3:
            part = cv2.GaussianBlur(part, (0, 0), float(rng.uniform(0.5, 2.5)))
        return np.asarray(part if rng.random() < 0.5 else part[:, ::-1], np.uint8)
    y, x = np.mgrid[0:SEEN, 0:SEEN].astype(np.float32) / SEEN
    base = rng.uniform(20, 235, 3) if rng.random() < 0.5 else np.full(3, rng.uniform(20, 235))
    wall = base + rng.uniform(-60, 60) * (x - 0.5)[..., None] + rng.uniform(-60, 60) * (y - 0.5)[..., None]
    if kind < 0.86:
        angle, period = rng.uniform(0, np.pi), rng.uniform(2.2, 9)
        wave = np.sin(2 * np.pi * SEEN / period * (x * np.cos(angle) + y * np.sin(angle)))
        if rng.random() < 0.5:
            wave = wave * np.sin(2 * np.pi * SEEN / period * (y * np.cos(angle) - x * np.sin(angle)))
        wall = wall + rng.uniform(8, 60) * wave[..., None]
    wall = wall + rng.normal(0, rng.uniform(0, 8), (SEEN, SEEN, 1))
    return np.asarray(wall.clip(0, 255), np.uint8)


def over(person: Image, alpha: NDArray[np.float32], ground: Image) -> Image:
    """Composite one picture over another."""
    mixed = ground + alpha[..., None] * (person.astype(np.float32) - ground)
    return np.asarray(np.rint(mixed), np.uint8)


def grey(picture: Image, rng: Generator) -> Image:
    """A picture without colour, as any plate or film may have seen it: the oldest plates were blind to red."""
    seen = picture.astype(np.float32) @ rng.dirichlet((1.5, 2.5, 1.5)).astype(np.float32)
    return np.asarray(np.repeat(np.rint(seen)[..., None], 3, axis=2), np.uint8)


def pair(mattes: Mattes, scenes: list[Image], rng: Generator, damaged: bool = True) -> tuple[Image, NDArray[np.int64]]:
    """A picture `[128, 128, 3]` and its classes `[128, 128]`, `IGNORED` where there is none."""
    number = int(rng.integers(len(mattes.faces)))
    face, labels = placed(mattes.faces[number], mattes.labels[number], rng, jitter(rng))
    picture = face
    if rng.random() < 0.82:
        ground = backdrop(scenes, rng)
        if rng.random() < 0.25:
            ground = _with_somebody(mattes, ground, rng)
        gain = rng.uniform(0.6, 1.15)
        picture = over(np.asarray((face * gain).clip(0, 255), np.uint8), alpha_of(labels, rng), ground)
    if rng.random() < GREY:
        picture = grey(picture, rng)
    picture = tone(picture, rng)
    if damaged:
        if rng.random() < 0.2:
            picture = wear(picture, rng)
        level = MIX[int(rng.choice(len(MIX), p=[share for share, _ in MIX]))][1]
        picture = spoil(picture, rng, level)
    classes = labels.astype(np.int64)
    classes[classes == UNKNOWN] = IGNORED
    return picture, classes


def _with_somebody(mattes: Mattes, ground: Image, rng: Generator) -> Image:
    """Add another person behind, to one side."""
    number = int(rng.integers(len(mattes.faces)))
    matrix = jitter(rng)
    matrix[0, 2] += rng.choice((-1, 1)) * rng.uniform(35, 75)
    matrix[1, 2] += rng.uniform(-30, 30)
    face, labels = placed(mattes.faces[number], mattes.labels[number], rng, matrix)
    labels[labels == UNKNOWN] = BACKDROP
    return over(face, alpha_of(labels, rng), ground)


def batches(mattes: Mattes, scenes: list[Image], size: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Pictures `[size, 3, 128, 128]` in [-1, 1] and classes `[size, 128, 128]`."""
    rng = np.random.default_rng(seed)
    while True:
        pairs = [pair(mattes, scenes, rng) for _ in range(size)]
        pictures = torch.from_numpy(np.stack([picture for picture, _ in pairs])).permute(0, 3, 1, 2)
        yield pictures.float() / 127.5 - 1, torch.from_numpy(np.stack([classes for _, classes in pairs]))
