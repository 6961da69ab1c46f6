"""Measure the halo beside restored heads: `python -m training.halo PORTRAITS MATTES.npz --landmarks yunet:FILE.onnx`.

MATTES.npz is the output of `training.mattes`; of its held-out people, portraits of each folder are printed with grain,
with halftone and with fine lines, and their faces are restored as in the product. Beside the head, at 12 crop pixels
and more from its matte, nothing should change: printed are the shares of those pixels that change by more than one and
by more than two levels. `--oval` uses no head mask, for comparison. `--sheet FILE` draws each
portrait before and after, and the change twelve times enlarged.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from magicmemory.core.errors import UserError
from magicmemory.core.options import Options, Scope
from magicmemory.core.settings import Settings
from magicmemory.pipeline.engines.select import choose
from magicmemory.pipeline.imaging.decode import DecodeLimits
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.registry import PARSERS
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.pipeline import Pipeline
from training.align import MARGIN, TEMPLATE, Image, Points, read_rgb
from training.damage import printed
from training.mattes import BACKDROP, CLOTHES, HEAD, UNKNOWN, Labels
from training.prepare import finder_of

AWAY: Final = 12  # crop pixels
_CELL: Final = 4  # crop pixels of a matte's pixel

Texture = Callable[[NDArray[np.float32], Generator], NDArray[np.float32]]


def grained(picture: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    """Film grain of ten levels."""
    grain = cv2.GaussianBlur(rng.standard_normal(picture.shape[:2], np.float32), (0, 0), 0.7)
    return np.asarray(picture + (10 / grain.std() * grain)[..., None], np.float32)


def lined(picture: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    """Lines as an engraver draws them, twelve levels strong."""
    angle, period = rng.uniform(0, np.pi), rng.uniform(3, 6)
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    lines = np.sin(2 * np.pi / period * (x * np.cos(angle) + y * np.sin(angle)))
    return np.asarray(picture + 12 * lines[..., None], np.float32)


TEXTURES: Final[dict[str, Texture]] = {
    "grain": grained,
    "halftone": lambda picture, rng: printed(picture, rng, 0.7),
    "lines": lined,
}


def beside_head(labels: Labels, points: Points, size: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels of a portrait that its face's crop shows and that lie beside the head, `[height, width]`.

    Args:
        labels: `[144, 144]`, as `training.mattes` writes them.
        points: the five landmarks, in the portrait's pixels.
        size: the portrait's width and height.
    """
    reach = 2 * (AWAY // _CELL) + 1
    near = cv2.dilate(
        np.isin(labels, (HEAD, UNKNOWN)).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    beside = (np.isin(labels, (BACKDROP, CLOTHES)) & (near == 0)).astype(np.uint8)
    frame = MARGIN // _CELL
    beside[:frame] = beside[-frame:] = beside[:, :frame] = beside[:, -frame:] = 0
    matrix, _ = cv2.estimateAffinePartial2D(points, TEMPLATE + MARGIN, method=cv2.LMEDS)
    from_cells = np.array([[_CELL, 0, (_CELL - 1) / 2], [0, _CELL, (_CELL - 1) / 2], [0, 0, 1]])
    to_portrait = np.linalg.inv(np.vstack([matrix, (0, 0, 1)])) @ from_cells
    placed = cv2.warpAffine(beside, to_portrait[:2], size, flags=cv2.INTER_NEAREST)
    return np.asarray(placed > 0)


def restored(pipeline: Pipeline, picture: Image) -> Image | None:
    """The picture with restored faces; None if there is none."""
    data = cv2.imencode(".png", picture[..., ::-1])[1].tobytes()
    try:
        result = pipeline.restore(data, Options(scope=Scope.FACES))
    except UserError:
        return None
    after = cv2.imdecode(np.frombuffer(result.data, np.uint8), cv2.IMREAD_COLOR)
    assert after is not None
    return np.asarray(after[..., ::-1], np.uint8)


def _pipeline(folder: Path, oval: bool) -> Pipeline:
    settings = Settings(data_dir=folder)
    engine = choose(settings.device, folder / "cache", settings.precision)
    models = Models(engine, Weights.of(settings), parsers=() if oval else PARSERS)
    return Pipeline(models, DecodeLimits(1 << 30, 1 << 30), settings.min_face_px)


def _chosen(names: list[str], count: int) -> list[int]:
    """Up to `count` of each folder, spread evenly."""
    picked: list[int] = []
    for folder in sorted({name.split("/")[0] for name in names}):
        here = [number for number, name in enumerate(names) if name.startswith(f"{folder}/")]
        picked += [here[int(at)] for at in np.linspace(0, len(here) - 1, min(count, len(here)))]
    return picked


def _row(before: Image, after: Image, beside: NDArray[np.bool_], side: int = 288) -> Image:
    change = np.abs(after.astype(np.int16) - before).max(-1)
    shown = np.repeat((12 * change).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    shown[beside, 0] = np.maximum(shown[beside, 0], 60)
    row = [cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA) for part in (before, after, shown)]
    return np.asarray(np.hstack(row), np.uint8)


def main() -> None:
    """Read the command line, measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("mattes", type=Path)
    parser.add_argument("--landmarks", required=True, help="yunet:FILE.onnx")
    parser.add_argument("--each", type=int, default=12, help="portraits of each folder")
    parser.add_argument("--oval", action="store_true")
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    find = finder_of(arguments.landmarks)
    with np.load(arguments.mattes) as stored:
        held = np.flatnonzero(stored["validation"])
        names, labels = [str(name) for name in stored["names"][held]], stored["labels"][held]
    picked = _chosen(names, arguments.each)
    rows: list[Image] = []
    print(
        "| texture | portraits | over 1 level | over 2 levels | worst portrait, over 1 level |\n|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        pipeline = _pipeline(Path(folder), oval=arguments.oval)
        for texture, spoil in TEXTURES.items():
            changes = []
            for number in picked:
                picture = read_rgb(arguments.portraits / names[number])
                points = find(picture)
                assert points is not None  # the mattes were cut along them
                before = spoil(picture.astype(np.float32), np.random.default_rng(number)).clip(0, 255).round()
                after = restored(pipeline, before.astype(np.uint8))
                beside = beside_head(labels[number], points, (picture.shape[1], picture.shape[0]))
                if after is None or beside.sum() < 200:
                    continue
                changes.append(np.abs(after - before).max(-1)[beside])
                rows.append(_row(before.astype(np.uint8), after, beside))
            one, two = (float((np.concatenate(changes) > level).mean()) for level in (1, 2))
            worst = max(float((change > 1).mean()) for change in changes)
            print(f"| {texture} | {len(changes)} | {one:.1%} | {two:.1%} | {worst:.1%} |", flush=True)
        pipeline.close()
    if arguments.sheet:
        rows += [np.full_like(rows[0], 255)] * (-len(rows) % 3)
        lines = [np.hstack(rows[start : start + 3]) for start in range(0, len(rows), 3)]
        cv2.imwrite(str(arguments.sheet), np.vstack(lines)[..., ::-1])


if __name__ == "__main__":
    main()
