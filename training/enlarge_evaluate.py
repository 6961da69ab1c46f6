"""Measure `photo-x2` on scenes of held-out sources: `python -m training.enlarge_evaluate SCENES [--sheet SHEET.png]`.

Prints a table in Markdown: Lanczos and `photo-x2`, on clean and on mildly damaged small copies, means over the scenes
and seeds. A sheet shows cuts of some scenes: enlarged plainly, by Lanczos, by `photo-x2`, and the scene itself.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.photo_x2 import PHOTO_X2
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.enlarge import Upscaler, enlarged
from training.enlarge_data import half, small_of
from training.measures import structural_similarity
from training.photo_data import Image, Scene, read_scenes, to_bytes
from training.photo_evaluate import decibels

SIDE = 512  # pixels of the middle of a scene, a multiple of 4
SHOWN = 128  # pixels of a cut on the sheet, drawn twice as large
Shrink = Callable[[Image, Generator], Image]


def clean_half(image: Image, rng: Generator) -> Image:
    """Half the size, nothing else."""
    return to_bytes(half(image.astype(np.float32), rng))


def mild_half(image: Image, rng: Generator) -> Image:
    """Half the size; softness, noise and JPEG as in training."""
    return small_of(image, rng, mild=True)


def clean_quarter(image: Image, rng: Generator) -> Image:
    """A quarter of the size, nothing else."""
    return to_bytes(half(half(image.astype(np.float32), rng), rng))


LEVELS: dict[str, tuple[int, Shrink]] = {
    "clean, twice": (2, clean_half),
    "mildly damaged, twice": (2, mild_half),
    "clean, four times": (4, clean_quarter),
}


def middle(scene: Scene) -> Image:
    """The middle of a scene, at most `SIDE` pixels each way."""
    height, width = (min(SIDE, side // 4 * 4) for side in scene.image.shape[:2])
    top, left = (scene.image.shape[0] - height) // 2, (scene.image.shape[1] - width) // 2
    return scene.image[top : top + height, left : left + width]


def similarity(image: Image, clean: Image) -> float:
    """SSIM of the brightness."""
    a, b = (cv2.cvtColor(x, cv2.COLOR_RGB2GRAY).astype(np.float64) for x in (image, clean))
    return structural_similarity(a, b)


def by_lanczos(image: Image, times: int) -> Image:
    """Enlarged plainly."""
    return enlarged(Picture(image, "PNG"), times).rgb8()


def measure(scenes: list[Scene], level: str, upscaler: Upscaler, seeds: int) -> str:
    """One row of the table."""
    times, shrink = LEVELS[level]
    rows = []
    for seed in range(seeds):
        rng = np.random.default_rng((seed, 2026))
        for scene in scenes:
            target = middle(scene)
            small = shrink(target, rng)
            rows.append(
                [
                    measured(made, target)
                    for made in (by_lanczos(small, times), np.asarray(upscaler(small, times), np.uint8))
                    for measured in (decibels, similarity)
                ]
            )
    table = np.array(rows)  # [scenes * seeds, 4]
    gain = table[:, 2] - table[:, 0]
    by_seed = ", ".join(f"{part.mean():+.2f}" for part in np.split(gain, seeds))
    plain, plain_ssim, ours, ours_ssim = table.mean(0)
    return (
        f"| {level} | {plain:.2f} | {ours:.2f} | {gain.mean():+.2f} ({by_seed}) | {(gain < -0.1).mean():.1%} "
        f"| {plain_ssim:.4f} | {ours_ssim:.4f} |"
    )


def sheet(scenes: list[Scene], upscaler: Upscaler) -> Image:
    """Rows of cuts, clean and mildly damaged in turn: pixels as they are, Lanczos, `photo-x2`, the scene."""
    rng = np.random.default_rng(5)
    rows = []
    for number, scene in enumerate(scenes):
        target = middle(scene)
        shrink = mild_half if number % 2 else clean_half
        small = shrink(target, rng)
        big = np.asarray(small.repeat(2, axis=0).repeat(2, axis=1), np.uint8)
        made = (big, by_lanczos(small, 2), np.asarray(upscaler(small, 2), np.uint8), target)
        # The most detailed part: most can go wrong there.
        detail = cv2.blur(np.abs(cv2.Laplacian(cv2.cvtColor(target, cv2.COLOR_RGB2GRAY), cv2.CV_32F)), (SHOWN, SHOWN))
        room = detail[SHOWN // 2 : -SHOWN // 2, SHOWN // 2 : -SHOWN // 2]
        top, left = np.unravel_index(int(room.argmax()), room.shape)
        cuts = [one[top : top + SHOWN, left : left + SHOWN].repeat(2, axis=0).repeat(2, axis=1) for one in made]
        rows.append(np.hstack([np.pad(cut, ((0, 4), (0, 4), (0, 0)), constant_values=255) for cut in cuts]))
    return np.asarray(np.vstack(rows), np.uint8)


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path)
    shipped = Path(str(files("magicmemory.pipeline.assets").joinpath("photo_x2.safetensors")))
    parser.add_argument("--weights", type=Path, default=shipped)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="measure every so many scenes")
    parser.add_argument("--sheet", type=Path, help="also draw a sheet")
    parser.add_argument("--shown", type=int, default=8, help="scenes on the sheet")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    scenes = read_scenes(arguments.scenes, True)[:: arguments.every]
    with tempfile.TemporaryDirectory() as cache:
        context = BuildContext(OpenVinoEngine(Path(cache)), Weights(Path("unused")))
        upscaler = PHOTO_X2.build(arguments.weights, context)
        if arguments.sheet:
            some = scenes[:: max(1, len(scenes) // arguments.shown)][: arguments.shown]
            cv2.imwrite(str(arguments.sheet), sheet(some, upscaler)[..., ::-1])
        print("| set | PSNR Lanczos | photo-x2 | gain (by seed) | worse by 0.1 dB | SSIM Lanczos | photo-x2 |")
        print("|---|---|---|---|---|---|---|")
        for level in LEVELS:
            print(measure(scenes, level, upscaler, arguments.seeds), flush=True)


if __name__ == "__main__":
    main()
