"""An endless supply of damaged and clean pairs of faces."""

from __future__ import annotations

from collections import abc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.damage import TRAINING_MIX, Image, Mix, lettered, tone, wear
from training.echo import Echo
from training.more_damage import spoil_variously
from training.rare_faces import CHANGES

# Shares of drawn faces from the varied set, which has a fifth of the modern pictures, and from the old portraits.
SET_SHARES = {"large": 0.45, "historic": 0.2}
RARE = 0.3  # share of aligned faces that are made rarer: see `rare_faces`
STORED = 288  # pixels, 256 and a margin
BENT = 0.5  # share of faces that are warped into a slightly different face
LOOSE = 0.4  # share of cuts that are not aligned faces: the network also cleans whole photos
WORN = 0.25  # share of aligned faces with scratches and spots
ECHOED = 4096  # pairs that an echo holds, 1.6 GB at 256 pixels
CHUNK = 32  # pairs that a data process hands over to an echo at once


@dataclass(frozen=True)
class Faces:
    """The training set, as written by `training.prepare`."""

    images: NDArray[np.uint8]  # [faces, 288, 288, 3], RGB
    people: NDArray[np.str_]
    sets: NDArray[np.str_]
    validation: NDArray[np.bool_]

    def only(self, validation: bool) -> Faces:
        """The indices of the faces of one side of the split."""
        return self._picked(self.validation == validation)

    def without(self, people: Sequence[str]) -> Faces:
        """The training set without these people."""
        return self._picked(~np.isin(self.people, list(people)))

    def of(self, name: str) -> Faces:
        """The faces of a set."""
        return self._picked(self.sets == name)

    def changed(self, name: str) -> Faces:
        """The same faces, each made rarer in a way of `rare_faces.CHANGES`."""
        made = [CHANGES[name](image, np.random.default_rng((7, number))) for number, image in enumerate(self.images)]
        return replace(self, images=np.stack(made))

    def _picked(self, pick: NDArray[np.bool_]) -> Faces:
        return Faces(self.images[pick], self.people[pick], self.sets[pick], self.validation[pick])


def load_faces(path: Path) -> Faces:
    """Read the file that `training.prepare` wrote."""
    with np.load(path) as stored:
        return Faces(stored["faces"], stored["people"], stored["sets"], stored["validation"])


def middle(image: Image, side: int = 256) -> Image:
    """The aligned crop without its margin."""
    top = (image.shape[0] - side) // 2
    return image[top : top + side, top : top + side]


def vary(image: Image, rng: Generator, side: int, loose: bool = False) -> Image:
    """Mirror, turn, scale, shift and bend a stored face, change its light, and cut `side` pixels out of it.

    A loose cut can be of any part, size and turn, as the tiles of a whole photo are.
    """
    slack = max(0.0, (256 - side) / 2) + (80 if loose else 0)
    shift = rng.uniform(-1, 1, 2) * (slack * 0.8 + 5)
    angle = rng.uniform(-180, 180) if loose else rng.normal(0, 3.0)
    scale = float(np.exp(rng.normal(0, 0.35 if loose else 0.04)))
    matrix = np.asarray(cv2.getRotationMatrix2D((STORED / 2, STORED / 2), angle, scale), np.float64)
    matrix[:, 2] += side / 2 - STORED / 2 + shift
    if rng.random() < 0.5:
        matrix = np.array([[-1.0, 0.0, side - 1.0], [0.0, 1.0, 0.0]]) @ np.vstack([matrix, [0.0, 0.0, 1.0]])
    cut = _bent(image, matrix, rng, side) if rng.random() < BENT else _straight(image, matrix, side)
    if rng.random() < 0.5:
        gamma = np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.04, 3))
        levels = np.arange(256)[:, None] / 255
        table = np.clip(np.rint(255 * levels**gamma * rng.uniform(0.85, 1.0)), 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(cut, table.reshape(1, 256, 3)), np.uint8)
    return cut


def _straight(image: Image, matrix: NDArray[np.float64], side: int) -> Image:
    cut = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(cut, np.uint8)


def _bent(image: Image, matrix: NDArray[np.float64], rng: Generator, side: int) -> Image:
    """Cut with an extra smooth warp (a longer nose, a wider jaw), which gives a face of no real person."""
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float32)
    columns, rows = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    knots = max(3, round(side / 42))  # about every 42 pixels, two thirds of the distance between the eyes
    bend = cv2.resize(
        rng.normal(0, 2.2, (knots, knots, 2)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    x = back[0, 0] * columns + back[0, 1] * rows + (back[0, 2] + bend[..., 0])
    y = back[1, 0] * columns + back[1, 1] * rows + (back[1, 2] + bend[..., 1])
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def to_tensor(images: NDArray[np.uint8] | Tensor) -> Tensor:
    """`[..., height, width, 3]` bytes to `[..., 3, height, width]` in [-1, 1]."""
    if not isinstance(images, Tensor):
        images = torch.from_numpy(np.ascontiguousarray(images))
    return images.movedim(-1, -3).float() / 127.5 - 1


Batch = tuple[Tensor, Tensor]  # damaged and clean


class Pairs(IterableDataset[Batch]):
    """Batches of (damaged, clean), `[batch, side, side, 3]` bytes each."""

    def __init__(self, faces: Faces, side: int, batch: int, seed: int, loose: float = LOOSE) -> None:
        self.faces, self.side, self.batch, self.seed, self.loose = faces, side, batch, seed, loose
        others = ~np.isin(faces.sets, list(SET_SHARES))
        weight = np.where(others, (1 - sum(SET_SHARES.values())) / max(1, others.sum()), 0.0)
        for name, share in SET_SHARES.items():
            weight[faces.sets == name] = share / max(1, (faces.sets == name).sum())
        self.chance = weight / weight.sum()

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng = np.random.default_rng((self.seed, worker.id if worker else 0))
        while True:
            which = rng.choice(len(self.chance), self.batch, p=self.chance)
            pairs = [self._pair(self.faces.images[index], rng) for index in which]
            damaged, clean = (torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True))
            yield damaged, clean

    def _pair(self, face: Image, rng: Generator) -> tuple[Image, Image]:
        if rng.random() >= self.loose:
            if rng.random() < RARE:
                face = list(CHANGES.values())[int(rng.integers(len(CHANGES)))](face, rng)
            return pair(vary(face, rng, self.side), rng, TRAINING_MIX)
        cut = vary(face, rng, self.side, loose=True)
        # a thin bright line is a scratch on a face, but elsewhere a rail, a letter or a whisker
        return pair(lettered(cut, rng) if rng.random() < 0.4 else cut, rng, TRAINING_MIX, worn=0.0)


def pair(image: Image, rng: Generator, mix: Mix, worn: float = WORN) -> tuple[Image, Image]:
    """A damaged picture, and the target."""
    target = tone(image, rng)
    paper = wear(target, rng) if rng.random() < worn else target
    level = mix[int(rng.choice(len(mix), p=[share for share, _ in mix]))][1]
    return spoil_variously(paper, rng, level), target


def loader(
    faces: Faces,
    side: int,
    batch: int,
    seed: int,
    workers: int = 1,
    device: str = "cpu",
    loose: float = LOOSE,
    echo: float = 1.0,
) -> abc.Generator[Batch, None, None]:
    """Damaged and clean batches in [-1, 1] on a device, prepared by other processes while the network trains.

    With an `echo` above 1 a pair is used again, mirrored or not, while no new ones arrive, up to so many times on
    average; see `training.echo`. Without data processes there is no echo.
    """
    cv2.setNumThreads(
        1
    )  # needed in the parent too: a child forked from a process with OpenCV threads waits for them forever
    echoed = echo > 1 and workers > 0
    source = DataLoader(
        Pairs(faces, side, min(batch, CHUNK) if echoed else batch, seed, loose),
        batch_size=None,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        pin_memory=device != "cpu",
    )
    for damaged, clean in _echoed(iter(source), batch, device, echo, seed) if echoed else source:
        yield to_tensor(damaged.to(device, non_blocking=True)), to_tensor(clean.to(device, non_blocking=True))


def _echoed(source: Iterator[Batch], batch: int, device: str, echo: float, seed: int) -> Iterator[Batch]:
    """Batches from an echo of the source, on the device."""
    pairs = Echo(source, ECHOED, device, echo, seed)
    try:
        while True:
            damaged, clean = pairs.draw(batch)
            yield damaged, clean
    finally:
        pairs.close()
