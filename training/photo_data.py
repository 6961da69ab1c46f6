"""Training examples for whole photos: cuts of scenes with wear, look-alikes, grain, JPEG blocks and halftone.

The scenes are split by their source, which is the part of a file's name before the first `_`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from magicmemory.pipeline.photo.repair import smooth_fill
from training.damage import noisy, printed, resaved, tone
from training.look_alikes import with_look_alikes
from training.print_wear import PLAIN, SEEN, UNSURE, Plane, plainly_worn, worn

Image = NDArray[np.uint8]

VALIDATION = frozenset({"docum", "lomiri", "onrr", "pop", "skimage", "usfs", "usgs"})  # sources
HELD_PORTRAITS = 0.05  # of the portraits' people
GRAINY = frozenset({"docum", "fsa"})  # film grain of their own: no targets for removing grain, unless made smaller
LOOK_ALIKES = 0.15  # of the cuts get some drawn; with 0.3 plain dark lines on a plain background were missed
WORN = 0.75  # of the finder's pictures have wear
EVEN = 0.25  # of the worn ones have even, opaque lines and spots only
FILLED = 0.15  # of the mender's pictures have something to fill; it cleans all
LARGEST = 1280  # pixels; longer sides are made smaller


@dataclass(frozen=True)
class Scene:
    """A sharp picture `[height, width, 3]` RGB."""

    name: str
    image: Image

    @property
    def source(self) -> str:
        """Where it comes from."""
        return self.name.split("_")[0]


def read_scenes(folder: Path, validation: bool) -> list[Scene]:
    """The scenes of one side of the split."""
    paths = sorted(path for path in folder.glob("*.jpg") if (path.name.split("_")[0] in VALIDATION) == validation)
    return [_read(path) for path in paths]


def read_portraits(folders: list[Path], validation: bool) -> list[Scene]:
    """Portraits of one side of the split: a person is on one side."""
    paths = sorted(path for folder in folders for path in folder.glob("*.jpg") if _held(path) == validation)
    return [_read(path) for path in paths]


def _held(path: Path) -> bool:
    person = path.stem.removeprefix("house_").removeprefix("senate_")
    return int(hashlib.sha256(person.encode()).hexdigest()[:8], 16) < HELD_PORTRAITS * 2**32


def _read(path: Path) -> Scene:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert image is not None, path
    scale = LARGEST / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return Scene(path.stem, np.ascontiguousarray(image[..., ::-1]).astype(np.uint8))


def cut(scene: Scene, rng: Generator, side: int, smallest: float = 0.7) -> Image:
    """A square part of a scene, from 1 / `smallest` times larger to 2.2 times smaller, turned and mirrored."""
    height, width = scene.image.shape[:2]
    most = min(height, width)
    low = 1.5 if scene.source in GRAINY else smallest
    wanted = side * float(np.exp(rng.uniform(np.log(low), np.log(2.2))))
    part = int(min(most, max(wanted, 32)))
    top, left = int(rng.integers(height - part + 1)), int(rng.integers(width - part + 1))
    taken = scene.image[top : top + part, left : left + part]
    how = cv2.INTER_AREA if part > side else cv2.INTER_CUBIC
    taken = np.asarray(cv2.resize(taken, (side, side), interpolation=how), np.uint8)
    taken = np.rot90(taken, int(rng.integers(4)))
    return np.ascontiguousarray(taken[:, ::-1] if rng.random() < 0.5 else taken).astype(np.uint8)


def lit(picture: Plane, rng: Generator) -> Plane:
    """Another exposure and contrast."""
    if rng.random() < 0.5:
        return picture
    gamma = float(np.exp(rng.uniform(-0.45, 0.45)))
    return np.asarray(255 * (picture / 255) ** gamma * rng.uniform(0.75, 1.0) + rng.uniform(0, 12), np.float32).clip(
        0, 255
    )


def is_grey(picture: Plane) -> bool:
    """Whether three channels are equal."""
    first = picture[..., 0]  # twenty times faster than the range over the last axis
    return np.array_equal(first, picture[..., 1]) and np.array_equal(first, picture[..., 2])


def blurred(picture: Plane, rng: Generator) -> Plane:
    """The softness of a lens, or of a print made too large."""
    sigma = rng.uniform(0.3, 0.8) if rng.random() < 0.7 else rng.uniform(0.8, 2.2)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def scanned(picture: Plane, rng: Generator, worst: float) -> Plane:
    """A scan: some softness, noise, and JPEG. `worst` is the largest severity, 0 to 1."""
    grey = is_grey(picture)
    if rng.random() < 0.35:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 0.8)), np.float32)
    if rng.random() < 0.6:
        picture = grained(picture, rng, worst * rng.random() ** 1.5)
    if rng.random() < 0.7:
        picture = resaved(picture, rng, worst * rng.random(), grey)
    return np.asarray(picture, np.float32).clip(0, 255)


def grained(picture: Plane, rng: Generator, severity: float) -> Plane:
    """Noise or grain of any size: fine at the picture's own size, or coarse from a larger one."""
    if rng.random() < 0.75:
        return noisy(picture, rng, severity, is_grey(picture))
    times = rng.uniform(1.1, 2.4)  # the grain of a small negative, enlarged
    height, width = picture.shape[:2]
    size = (max(8, round(width / times)), max(8, round(height / times)))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
    grain = noisy(small, rng, severity, is_grey(small)) - small
    return picture + np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC), np.float32).reshape(
        picture.shape
    )


def print_of(scene: Scene, rng: Generator, side: int) -> Plane:
    """A sound print of a part of a scene, in any tone."""
    picture = tone(cut(scene, rng, side), rng).astype(np.float32)
    if rng.random() < 0.25:  # most old photos are grey or toned
        picture = np.repeat(picture.mean(2, keepdims=True), 3, 2)
        if rng.random() < 0.3:
            picture = picture * np.array([1.0, rng.uniform(0.85, 0.97), rng.uniform(0.7, 0.9)], np.float32)
    picture = lit(picture, rng)
    if rng.random() < LOOK_ALIKES:
        picture = with_look_alikes(picture, rng)
    return blurred(picture, rng) if rng.random() < 0.5 else picture


def finder_example(scene: Scene, rng: Generator, side: int) -> tuple[Image, Image]:
    """A picture, and what is damage there: 0 sound, 255 plain damage, 192 faint damage, 128 counts neither way."""
    picture = print_of(scene, rng, side)
    if rng.random() < 0.3:
        picture = grained(picture, rng, 0.5 * rng.random()).clip(0, 255)
    truth = np.zeros(picture.shape[:2], np.uint8)
    if rng.random() < WORN:
        wear = plainly_worn if rng.random() < EVEN else worn
        print_ = wear(picture, rng, float(rng.choice((0.4, 1.0, 2.0))))
        picture = print_.picture
        truth[print_.change > UNSURE] = 128
        truth[print_.change > SEEN] = 192
        truth[print_.change > PLAIN] = 255
    if rng.random() < 0.6:
        picture = scanned(picture, rng, 0.5)
    return to_bytes(picture), truth


def mender_example(scene: Scene, rng: Generator, side: int) -> tuple[Image, Image, Image]:
    """A picture with its holes filled smoothly, the holes (255), and the sound picture."""
    target = print_of(scene, rng, side).clip(0, 255)
    picture, hole = target, np.zeros(target.shape[:2], bool)
    if rng.random() < FILLED:
        print_ = worn(picture, rng, float(rng.choice((0.5, 1.0, 2.0))))
        picture, hole = print_.picture, print_.change > UNSURE
        size = int(rng.integers(1, 4)) * 2 + 1
        hole = cv2.dilate(hole.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
        picture[(print_.change > 0) & ~hole] = target[(print_.change > 0) & ~hole]
    kind = rng.random()
    if kind < 0.12:
        picture = printed(picture, rng, rng.random())
    elif kind < 0.3:  # a sensor's noise, of which the recipe below draws little
        planes = 1 if is_grey(picture) else 3
        noise = rng.standard_normal((*picture.shape[:2], planes), dtype=np.float32)
        picture = (picture + np.float32(rng.uniform(3, 22)) * noise).clip(0, 255)
    if kind < 0.12 or 0.3 <= kind < 0.88:
        picture = scanned(picture, rng, 0.9)
    picture = to_bytes(picture).astype(np.float32)
    if hole.any():
        picture = smooth_fill(picture, hole)
    return to_bytes(picture), (hole * 255).astype(np.uint8), to_bytes(target)


def to_bytes(picture: Plane) -> Image:
    """Rounded to `uint8`."""
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
