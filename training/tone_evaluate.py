"""Measures how well faded contrast and colours are found and brought back, on photographs that are faded by drawing.

    python -m training.tone_evaluate SCENES --seeds 3

Each photograph is shrunk to at most 512 pixels and faded: black lifted, white lowered, brightness bent, yellowed or
reddened (grey photographs stay grey), in half of the cases unevenly. Printed for each seed: PSNR before and after, the
share of the faded that is touched, the share made worse by 0.1 dB; and once: the share of the sound that is touched.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.photo.tone import Fading, fading_of, with_contrast

Image = NDArray[np.uint8]  # [height, width, 3] RGB

SIDE = 512
WORSE_DB = 0.1


def faded(image: Image, rng: Generator) -> tuple[Image, str]:
    """A faded copy, and the kind of its fading: `grey`, `plain`, `yellow` or `red`, with `+uneven` or without."""
    levels = image.astype(np.float32) / 255
    grey = int(np.ptp(image, axis=2).max()) < 6
    kind = "grey" if grey else str(rng.choice(("plain", "yellow", "red"), p=(0.3, 0.4, 0.3)))
    black, white = rng.uniform(0.06, 0.32), 1 - rng.uniform(0.03, 0.3)
    black = max(black, white - 0.85)
    low, high, bend = np.full(3, black), np.full(3, white), np.ones(3)
    amount = rng.uniform(0.4, 1)
    if kind == "yellow":
        low += amount * np.array((0.03, 0.0, -0.05))
        high += amount * np.array((0.02, -0.03, -0.2))
    elif kind == "red":  # the cyan dye fades first
        low += amount * np.array((0.12, 0.0, 0.02))
        high += amount * np.array((0.02, -0.12, -0.1))
        bend = np.exp(amount * np.array((-0.25, 0.15, 0.1)))
    low = low.clip(0, 0.45)
    high = high.clip(low + 0.2, 1)
    levels = levels ** np.float32(np.exp(rng.uniform(-0.3, 0.3)))
    levels = low + (high - low) * levels**bend
    if rng.random() < 0.5:
        kind += "+uneven"
        levels = levels + (high - levels) * _slope(image.shape, rng)[..., None]
    return np.rint(levels.clip(0, 1) * 255).astype(np.uint8), kind


def _slope(shape: tuple[int, ...], rng: Generator) -> NDArray[np.float64]:
    """A veil that is thickest at one side, `[height, width]`, 0 to 0.3."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    along = x / shape[1] * np.cos(angle) + y / shape[0] * np.sin(angle)
    share: NDArray[np.float64] = (along - along.min()) / np.ptp(along)
    return share ** rng.uniform(1, 2.5) * rng.uniform(0.08, 0.3)


def read(path: Path) -> Image:
    """A photograph, shrunk."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise ValueError(f"{path} is no picture")
    scale = min(1.0, SIDE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def restored(image: Image) -> tuple[Image, Fading]:
    """A photograph as `scope auto` returns it, as far as its tone is concerned."""
    picture = Picture(image, "JPEG", monochrome=int(np.ptp(image, axis=2).max()) == 0)
    fading = fading_of(picture)
    return (with_contrast(picture, fading).rgb8() if fading.faded else image), fading


def psnr(one: Image, two: Image) -> float:
    """In decibels."""
    return float(10 * np.log10(255**2 / max(0.01, np.square(one.astype(np.float32) - two).mean())))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="take every so many photographs")
    asked = parser.parse_args()
    paths = sorted(asked.folder.glob("*.jpg"))[:: asked.every]
    images = [read(path) for path in paths]
    touched = [path.name for path, image in zip(paths, images, strict=True) if restored(image)[1].faded]
    print(f"sound: {len(touched)} of {len(images)} touched ({len(touched) / len(images):.1%}): {', '.join(touched)}")
    for seed in range(1, asked.seeds + 1):
        measure(images, seed)


def measure(images: list[Image], seed: int) -> None:
    """Fade every photograph, restore it, and print what was gained."""
    rng = np.random.default_rng(seed)
    rows: dict[str, list[tuple[float, float, bool]]] = defaultdict(list)
    for image in images:
        damaged, kind = faded(image, rng)
        result, fading = restored(damaged)
        row = psnr(damaged, image), psnr(result, image), fading.faded
        rows[kind].append(row)
        rows["all"].append(row)
    for kind, found in sorted(rows.items()):
        before, after, touched = (np.array(column) for column in zip(*found, strict=True))
        print(
            f"seed {seed} {kind:15} {len(found):4}: {before.mean():5.2f} -> {after.mean():5.2f} dB, "
            f"gain {(after - before).mean():+.2f}, touched {touched.mean():.0%}, "
            f"worse {(after - before < -WORSE_DB).mean():.1%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
