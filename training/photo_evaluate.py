"""Measure `photo` on scenes of held-out sources: `python -m training.photo_evaluate SCENES`.

Prints a table in Markdown: clean scenes, grain, wear, wear and grain, and the detection of wear, each by the training's
recipe and by `other_wear`. Scenes with film grain of their own are left out where grain is drawn: it is removed too.
Everything runs as in the product, with its gates; with `--asked` as where somebody asks for the repair, so `auto` does
not ask first whether the photo is damaged. 60 dB means "the same".
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from magicmemory.core.options import Options, Step
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.photo import PHOTO_FINDER, PHOTO_MENDER
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.damage import Mask, too_large
from magicmemory.pipeline.photo.whole import Look, WholePhoto
from training.damage import printed
from training.other_wear import grained_otherwise, worn_otherwise, worn_plainly
from training.photo_data import GRAINY, Image, Scene, is_grey, read_scenes, scanned, to_bytes
from training.print_wear import SEEN, worn

NEAR = 2  # pixels: so far from the truth a hit still counts
LARGEST = 1_000_000  # pixels of a scene

Spoil = Callable[[Image, Generator], tuple[Image, Mask]]


def wear_only(image: Image, rng: Generator) -> tuple[Image, Mask]:
    """Wear by the training's recipe."""
    print_ = worn(image.astype(np.float32), rng, 0.7)
    return to_bytes(print_.picture), print_.change > SEEN


def grain_only(image: Image, rng: Generator) -> tuple[Image, Mask]:
    """Grain, JPEG or halftone by the training's recipe."""
    picture = image.astype(np.float32)
    is_print = rng.random() < 0.12
    picture = printed(picture, rng, rng.uniform(0.3, 1)) if is_print else scanned(picture, rng, 0.8)
    return to_bytes(picture), np.zeros(image.shape[:2], bool)


def grain_other(image: Image, rng: Generator) -> tuple[Image, Mask]:
    """Grain, JPEG or halftone by the other recipe."""
    return grained_otherwise(image, rng), np.zeros(image.shape[:2], bool)


def both(first: Spoil, second: Spoil) -> Spoil:
    """Wear, and then grain."""

    def spoil(image: Image, rng: Generator) -> tuple[Image, Mask]:
        spoilt, mask = first(image, rng)
        return second(spoilt, rng)[0], mask

    return spoil


RECIPES: dict[str, dict[str, Spoil]] = {
    "own": {"grain": grain_only, "wear": wear_only, "wear and grain": both(wear_only, grain_only)},
    "other": {"grain": grain_other, "wear": worn_otherwise, "wear and grain": both(worn_otherwise, grain_other)},
    "plain": {"wear": worn_plainly},
}


@dataclass
class Restorer:
    """The product's steps for a whole photo."""

    whole: WholePhoto
    options: Options = field(default_factory=Options)

    @classmethod
    def read(cls, weights: Path, cache: Path, *, asked: bool = False) -> Restorer:
        """Through OpenVINO. With `asked`, as where somebody asks for the repair."""
        context = BuildContext(OpenVinoEngine(cache), Weights(Path("unused")))
        finder, mender = PHOTO_FINDER.build(weights, context), PHOTO_MENDER.build(weights, context)
        return cls(WholePhoto(lambda: finder, lambda: mender), Options(repair=True) if asked else Options())

    def restore(self, image: Image) -> tuple[Image, Look]:
        """What `auto` does to the whole photo, and what it saw."""
        picture = Picture(image, "PNG", monochrome=is_grey(image.astype(np.float32)))
        look = self.whole.look(picture, self.options)
        result = self.whole.repaired(picture, look)
        if Step.CLEAN in look.steps:
            result = self.whole.cleaned(result, self.options.strength)
        return result.rgb8(), look


def decibels(image: Image, clean: Image, where: Mask | None = None) -> float:
    """PSNR, at most 60 dB."""
    error = (image.astype(np.float64) - clean) ** 2
    mean = float(error.mean() if where is None else error[where].mean())
    return min(60.0, 10 * math.log10(255**2 / max(mean, 1e-9)))


def hits(found: Mask, truth: Mask) -> tuple[int, int, int, int]:
    """Found of the truth, the truth, right of what was found, what was found; in pixels, within `NEAR`."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * NEAR + 1, 2 * NEAR + 1))
    near_found, near_truth = (cv2.dilate(mask.astype(np.uint8), disc) > 0 for mask in (found, truth))
    return int((truth & near_found).sum()), int(truth.sum()), int((found & near_truth).sum()), int(found.sum())


@dataclass
class Column:
    """The measurements of one set: a row of numbers for each picture."""

    rows: list[dict[str, float]] = field(default_factory=list)
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(4, np.int64))

    def values(self, name: str) -> NDArray[np.float64]:
        """One measure of all pictures that have it."""
        return np.array([row[name] for row in self.rows if name in row])

    def text(self) -> str:
        """The set in one line."""
        before, after = self.values("before"), self.values("after")
        parts = [f"{before.mean():.2f} dB to {after.mean():.2f} ({(after - before).mean():+.2f})"]
        parts.append(f"worse by 0.1 dB: {(after < before - 0.1).mean():.0%}")
        if len(self.values("hidden")):
            parts.append(f"hidden {self.values('hidden').mean():.1f}, away {self.values('away').mean():.1f}")
        found, truth, right, said = (int(count) for count in self.counts)
        if truth:
            parts.append(f"recall {found / truth:.3f}, precision {right / max(1, said):.3f}")
        return "; ".join(parts)


def measure(restorer: Restorer, scenes: list[Scene], spoil: Spoil, seed: int, column: Column) -> None:
    """Spoil and restore each scene."""
    for number, scene in enumerate(scenes):
        rng = np.random.default_rng((seed, number))
        spoilt, truth = spoil(scene.image, rng)
        result, look = restorer.restore(spoilt)
        row = {"before": decibels(spoilt, scene.image), "after": decibels(result, scene.image)}
        if truth.any():
            far = cv2.dilate(truth.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
            fillable = truth & ~too_large(truth)
            if fillable.any():
                row["hidden"] = decibels(result, scene.image, fillable)
            row["away"] = decibels(result, scene.image, far)
            column.counts += hits(_found(look, truth), truth)
        column.rows.append(row)


def _found(look: Look, truth: Mask) -> Mask:
    return np.zeros(truth.shape, bool) if look.mask is None else look.mask


def clean_line(restorer: Restorer, scenes: list[Scene]) -> str:
    """What happens to scenes that need nothing."""
    pairs = [(scene, *restorer.restore(scene.image)) for scene in scenes]
    after = np.sort([decibels(result, scene.image) for scene, result, _ in pairs])
    touched = [(scene, look) for scene, result, look in pairs if not np.array_equal(result, scene.image)]
    names = ", ".join(f"{scene.name} ({', '.join(sorted(look.steps))})" for scene, look in touched)
    twentieth = after[: max(1, len(after) // 20)].mean()
    share = 1 - len(touched) / len(pairs)
    return f"PSNR {after.mean():.2f}; worst twentieth {twentieth:.2f}; left untouched {share:.1%}; touched: {names}"


def sized(scene: Scene) -> Scene:
    """The scene at one megapixel at most."""
    scale = math.sqrt(LARGEST / (scene.image.shape[0] * scene.image.shape[1]))
    if scale >= 1:
        return scene
    small = cv2.resize(scene.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return Scene(scene.name, np.asarray(small, np.uint8))


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path)
    shipped = Path(str(files("magicmemory.pipeline.assets").joinpath("photo.safetensors")))
    parser.add_argument("--weights", type=Path, default=shipped)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scenes-per-seed", type=int, default=16, help="each seed takes other scenes")
    parser.add_argument("--clean", type=int, default=99, help="scenes for the clean row")
    parser.add_argument("--asked", action="store_true", help="as where somebody asks for the repair")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    scenes = [sized(scene) for scene in read_scenes(arguments.scenes, True)]
    shuffled = [scenes[index] for index in np.random.default_rng(0).permutation(len(scenes))]
    with tempfile.TemporaryDirectory() as cache:
        restorer = Restorer.read(arguments.weights, Path(cache), asked=arguments.asked)
        print("clean:", clean_line(restorer, shuffled[: arguments.clean]), flush=True)
        for recipe, sets in RECIPES.items():
            for name, spoil in sets.items():
                column = Column()
                some = [scene for scene in shuffled if "grain" not in name or scene.source not in GRAINY]
                for seed in range(arguments.seeds):
                    start = seed * arguments.scenes_per_seed
                    chosen = [some[number % len(some)] for number in range(start, start + arguments.scenes_per_seed)]
                    measure(restorer, chosen, spoil, seed, column)
                print(f"{recipe} {name}: {column.text()}", flush=True)


if __name__ == "__main__":
    main()
