"""Measure the grain of restored faces: `python -m training.grain PORTRAITS/large --landmarks yunet:FILE.onnx`.

Grain of three kinds is drawn over portraits, and their faces are restored as in the product. Noise is measured in
windows of flat skin (cheeks and forehead) and of flat background, chosen on the portrait without grain: the robust
spread of what a quadratic surface leaves, which has nothing in common with how the product measures grain. Printed are
the medians, how much the noise of face and background differ, and what the face has with `texture=clean`. `--sheet
FILE` draws each portrait before and after.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import UserError
from magicmemory.core.options import Options, Scope, Texture
from magicmemory.core.settings import Settings
from magicmemory.pipeline.pipeline import Pipeline
from training.align import TEMPLATE, Image, Points, crop_whole, read_rgb
from training.moles import SKIN
from training.prepare import finder_of

Plane = NDArray[np.float32]  # [height, width], 0 to 255
Window = tuple[int, int]  # left and top, pixels

KINDS: Final = {"none": (0.0, 0.0), "fine": (4.0, 0.0), "medium": (8.0, 0.7), "coarse": (12.0, 1.0)}  # levels, blur
SIDE: Final = 12  # of a window, pixels
FLAT: Final = 2.0  # levels; a window with more noise than that has texture of its own
FEWEST: Final = 8  # windows of skin and of background; portraits with fewer are left out
_LARGEST: Final = 700  # pixels, the longest side of a portrait
_DARKEST: Final = 40.0  # levels; beyond these drawn grain is cut off
_LIGHTEST: Final = 215.0
_BESIDE: Final = (0, 512, 400)  # of the crop: background is left and right of it, down to the mouth
_LUMA: Final = np.array((0.299, 0.587, 0.114), np.float32)


def _quadratic() -> NDArray[np.float64]:
    """The matrix that fits a quadratic surface to a window's levels, `[144, 144]`."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].reshape(2, -1) / SIDE
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], 1)
    return np.asarray(terms @ np.linalg.pinv(terms), np.float64)


_SURFACE: Final = _quadratic()
_TERMS: Final = 6


def noise(light: Plane, left: int, top: int) -> float:
    """The noise of a window: the robust spread of its difference from a quadratic surface, levels."""
    levels = light[top : top + SIDE, left : left + SIDE].astype(np.float64).ravel()
    rest = levels - _SURFACE @ levels
    spread = 1.4826 * float(np.median(np.abs(rest - np.median(rest))))
    return spread * float(np.sqrt(levels.size / (levels.size - _TERMS)))


def flat_windows(portrait: Image, points: Points) -> tuple[list[Window], list[Window]]:
    """The flattest windows of skin and of background of a portrait without grain, a third of each."""
    light = lightness(portrait)
    matrix, _ = cv2.estimateAffinePartial2D(points, TEMPLATE, method=cv2.LMEDS)
    height, width = light.shape
    skin: list[tuple[float, Window]] = []
    background: list[tuple[float, Window]] = []
    for top in range(0, height - SIDE + 1, SIDE // 2):
        for left in range(0, width - SIDE + 1, SIDE // 2):
            x, y = matrix @ (left + SIDE / 2, top + SIDE / 2, 1)
            beside = (x < _BESIDE[0] or x > _BESIDE[1]) and y < _BESIDE[2]
            on_skin = any(x0 < x < x1 and y0 < y < y1 for (x0, y0), (x1, y1) in SKIN)
            if (beside or on_skin) and _DARKEST < light[top : top + SIDE, left : left + SIDE].mean() < _LIGHTEST:
                (skin if on_skin else background).append((noise(light, left, top), (left, top)))
    picked = [
        [window for level, window in sorted(some)[: max(FEWEST, len(some) // 3)] if level < FLAT]
        for some in (skin, background)
    ]
    return picked[0], picked[1]


def lightness(picture: Image) -> Plane:
    """The luma of a picture, `[height, width]`."""
    return np.asarray(picture.astype(np.float32) @ _LUMA, np.float32)


def grained(portrait: Image, kind: str, seed: int) -> Image:
    """A portrait with drawn grain."""
    sigma, blur = KINDS[kind]
    if not sigma:
        return portrait
    field = np.random.default_rng((seed, int(sigma))).standard_normal(portrait.shape[:2], np.float32)
    if blur:
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), blur), np.float32)
    return np.asarray((portrait + (sigma / field.std() * field)[..., None]).clip(0, 255).round(), np.uint8)


def _portraits(folder: Path, landmarks: str, count: int) -> list[tuple[Image, Points, list[Window], list[Window]]]:
    """The first portraits with enough flat skin and flat background."""
    find = finder_of(landmarks)
    found = []
    for path in sorted(folder.glob("*.jpg")):
        portrait = read_rgb(path)
        scale = min(1.0, _LARGEST / max(portrait.shape[:2]))
        if scale < 1:
            smaller = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            portrait = np.asarray(smaller, np.uint8)
        points = find(portrait)
        if points is None:
            continue
        skin, background = flat_windows(portrait, points)
        if min(len(skin), len(background)) >= FEWEST:
            found.append((portrait, points, skin, background))
        if len(found) == count:
            break
    return found


def _restored(pipeline: Pipeline, picture: Image, texture: Texture) -> Image | None:
    """The picture with restored faces; None if the product finds none."""
    data = cv2.imencode(".png", picture[..., ::-1])[1].tobytes()
    try:
        result = pipeline.restore(data, Options(scope=Scope.FACES, texture=texture))
    except UserError:
        return None
    after = cv2.imdecode(np.frombuffer(result.data, np.uint8), cv2.IMREAD_COLOR)
    assert after is not None
    return np.asarray(after[..., ::-1], np.uint8)


def _of(picture: Image, windows: list[Window]) -> float:
    light = lightness(picture)
    return float(np.median([noise(light, *window) for window in windows]))


def main() -> None:
    """Read the command line, measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--landmarks", required=True, help="yunet:FILE.onnx")
    parser.add_argument("--count", type=int, default=12, help="portraits")
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    chosen = _portraits(arguments.portraits, arguments.landmarks, arguments.count)
    rows: list[list[Image]] = [[] for _ in chosen]
    print("| grain | portraits | background | face before | after | `clean` | difference, median | worst |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.of(Settings(data_dir=Path(folder)))
        for kind in KINDS:
            measured = []
            for number, (portrait, points, skin, background) in enumerate(chosen):
                before = grained(portrait, kind, number)
                after, smooth = (_restored(pipeline, before, texture) for texture in (Texture.AUTO, Texture.CLEAN))
                if after is None or smooth is None:
                    continue
                beside, face = _of(after, background), _of(after, skin)
                measured.append(
                    (beside, _of(before, skin), face, _of(smooth, skin), abs(face - beside) / max(beside, 0.1))
                )
                rows[number] += [crop_whole(shown, points, 100)[::2, ::2] for shown in (before, after)]
            beside, was, face, smooth, off = np.median(measured, 0)
            apart = f"{off:.0%} | {max(row[-1] for row in measured):.0%}" if kind != "none" else " | "
            print(
                f"| {kind} | {len(measured)} | {beside:.2f} | {was:.2f} | {face:.2f} | {smooth:.2f} | {apart} |",
                flush=True,
            )
        pipeline.close()
    if arguments.sheet:
        widest = max(len(row) for row in rows)
        whole = [row for row in rows if len(row) == widest]
        cv2.imwrite(str(arguments.sheet), np.vstack([np.hstack(row) for row in whole])[..., ::-1])


if __name__ == "__main__":
    main()
