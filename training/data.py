"""Pairs of damaged and clean faces, drawn without end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.damage import TRAINING_MIX, Image, spoil, tone

LARGE_SHARE = 0.5  # how often a face of the varied set is drawn; it is a fifth of the pictures
STORED = 288  # pixels, 256 and a margin


@dataclass(frozen=True)
class Faces:
    """What `training.prepare` wrote."""

    images: NDArray[np.uint8]  # [faces, 288, 288, 3], RGB
    people: NDArray[np.str_]
    sets: NDArray[np.str_]
    validation: NDArray[np.bool_]

    def only(self, validation: bool) -> Faces:
        """The faces of one side of the split."""
        return self._picked(self.validation == validation)

    def without(self, people: Sequence[str]) -> Faces:
        """The faces of everybody else."""
        return self._picked(~np.isin(self.people, list(people)))

    def _picked(self, pick: NDArray[np.bool_]) -> Faces:
        return Faces(self.images[pick], self.people[pick], self.sets[pick], self.validation[pick])


def load_faces(path: Path) -> Faces:
    """Read the file that `training.prepare` made."""
    with np.load(path) as stored:
        return Faces(stored["faces"], stored["people"], stored["sets"], stored["validation"])


def middle(image: Image, side: int = 256) -> Image:
    """The aligned crop without its margin."""
    top = (image.shape[0] - side) // 2
    return image[top : top + side, top : top + side]


def vary(image: Image, rng: Generator, side: int) -> Image:
    """Mirror, turn, scale and shift a stored face, change its light, and cut `side` pixels out of it."""
    slack = max(0.0, (256 - side) / 2)
    shift = rng.uniform(-1, 1, 2) * (slack * 0.8 + 5)
    angle, scale = rng.normal(0, 3.0), float(np.exp(rng.normal(0, 0.04)))
    matrix = np.asarray(cv2.getRotationMatrix2D((STORED / 2, STORED / 2), angle, scale), np.float64)
    matrix[:, 2] += side / 2 - STORED / 2 + shift
    if rng.random() < 0.5:
        matrix = np.array([[-1.0, 0.0, side - 1.0], [0.0, 1.0, 0.0]]) @ np.vstack([matrix, [0.0, 0.0, 1.0]])
    cut = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    if rng.random() < 0.5:
        gamma = np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.04, 3))
        levels = np.arange(256)[:, None] / 255
        table = np.clip(np.rint(255 * levels**gamma * rng.uniform(0.85, 1.0)), 0, 255).astype(np.uint8)
        cut = cv2.LUT(cut, table.reshape(1, 256, 3))
    return np.asarray(cut, np.uint8)


def to_tensor(images: NDArray[np.uint8]) -> Tensor:
    """`[..., height, width, 3]` bytes to `[..., 3, height, width]` in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(images)).movedim(-1, -3).float() / 127.5 - 1


class Pairs(IterableDataset[tuple[Tensor, Tensor]]):
    """Batches of (damaged, clean), `[batch, side, side, 3]` bytes each."""

    def __init__(self, faces: Faces, side: int, batch: int, seed: int) -> None:
        self.faces, self.side, self.batch, self.seed = faces, side, batch, seed
        large = faces.sets == "large"
        weight = np.where(large, LARGE_SHARE / max(1, large.sum()), (1 - LARGE_SHARE) / max(1, (~large).sum()))
        self.chance = weight / weight.sum()

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng = np.random.default_rng((self.seed, worker.id if worker else 0))
        shares = [share for share, _ in TRAINING_MIX]
        while True:
            damaged, clean = [], []
            for index in rng.choice(len(self.chance), self.batch, p=self.chance):
                target = tone(vary(self.faces.images[index], rng, self.side), rng)
                level = TRAINING_MIX[int(rng.choice(len(shares), p=shares))][1]
                damaged.append(spoil(target, rng, level))
                clean.append(target)
            yield torch.from_numpy(np.stack(damaged)), torch.from_numpy(np.stack(clean))


def loader(faces: Faces, side: int, batch: int, seed: int, workers: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
    """Damaged and clean batches in [-1, 1], prepared by other processes while the network trains."""
    cv2.setNumThreads(1)  # here too: a process that is forked from one with OpenCV's threads waits for them forever
    source = DataLoader(
        Pairs(faces, side, batch, seed), batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None
    )
    for damaged, clean in source:
        yield to_tensor(damaged.numpy()), to_tensor(clean.numpy())
