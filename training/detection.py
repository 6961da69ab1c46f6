"""Measure which faces are found: `python -m training.detection PORTRAITS SCENES`.

*Turned*: portraits of `official`, `colour` and `large` with medium damage, turned by 90, 180 and 270 degrees and
restored as in the product; the result, turned back, is compared with that of the upright portrait. *Heavy*: portraits
of the same folders, at most 275 pixels large, with heavy damage; a face counts as found if its box overlaps that of the
undamaged portrait. *Without people*: photos of a folder, by source (what their names begin with), restored as in the
product; every face in the report is false. `--sheet FILE` draws what was not found, and what was found wrongly.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from magicmemory.core.errors import UserError
from magicmemory.core.options import Options
from magicmemory.core.report import Report
from magicmemory.core.settings import Settings
from magicmemory.pipeline.engines.select import choose
from magicmemory.pipeline.faces.detect import Detection, Detector, find_faces
from magicmemory.pipeline.faces.orientation import find_in_any_orientation
from magicmemory.pipeline.faces.second_look import second_look
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.clean import Cleaner
from magicmemory.pipeline.pipeline import Pipeline
from training.align import Image, read_rgb
from training.damage import Level, spoil

FOLDERS: Final = ("official", "colour", "large")
SOURCES: Final = ("food", "usgs", "usfs", "budgie", "cloth")
MEDIUM: Final = Level("medium", 0.45, 0.65)
HEAVY: Final = Level("heavy", 0.95, 1.15)
SMALLEST: Final = 18.0  # pixels, as the product searches with its defaults
_LARGEST: Final = 275  # pixels: `colour` is not larger, and damage of a large photo would be milder
_SAME: Final = 0.3  # overlap over the union
_CELL: Final = 200  # pixels


def spread(folder: Path, count: int) -> list[Path]:
    """So many pictures of a folder, evenly spread."""
    files = sorted(folder.glob("*.jpg"))
    return [files[int(at)] for at in np.linspace(0, len(files) - 1, min(count, len(files)))]


def same_place(face: Detection, other: Detection) -> bool:
    """Whether two boxes overlap."""
    corner, end = np.maximum(face.box[:2], other.box[:2]), np.minimum(face.box[2:], other.box[2:])
    shared = float(np.prod(np.maximum(end - corner, 0)))
    areas = sum(float(np.prod(one.box[2:] - one.box[:2])) for one in (face, other))
    return shared > _SAME * (areas - shared)


def psnr(one: Image, other: Image) -> float:
    """At most 99 dB."""
    error = float(((one.astype(np.float64) - other) ** 2).mean())
    return min(99.0, 10 * math.log10(255**2 / max(error, 1e-9)))


def _file(picture: Image) -> bytes:
    return cv2.imencode(".png", picture[..., ::-1])[1].tobytes()


def _restored(pipeline: Pipeline, picture: Image) -> tuple[Image, Report] | None:
    try:
        result = pipeline.restore(_file(picture), Options())
    except UserError:
        return None
    after = cv2.imdecode(np.frombuffer(result.data, np.uint8), cv2.IMREAD_COLOR)
    assert after is not None
    return np.asarray(after[..., ::-1], np.uint8), result.report


def _turned(pipeline: Pipeline, portraits: Path, each: int) -> None:
    files = [path for folder in FOLDERS for path in spread(portraits / folder, each)]
    found, alike, changes = 0, [], []
    for number, path in enumerate(files):
        damaged = spoil(read_rgb(path), np.random.default_rng(number), MEDIUM)
        upright = _restored(pipeline, damaged)
        if upright is None:
            continue
        left, top, right, bottom = (round(side) for side in upright[1].faces[0].box)
        face = slice(top, bottom), slice(left, right)
        changes.append(psnr(upright[0][face], damaged[face]))
        for quarters in (1, 2, 3):
            lying = _restored(pipeline, np.ascontiguousarray(np.rot90(damaged, quarters)))
            if lying is not None and lying[1].rotation == 90 * quarters and lying[1].restored == 1:
                found += 1
                alike.append(psnr(np.rot90(lying[0], -quarters)[face], upright[0][face]))
    print("| turned | found, restored, right rotation | PSNR in the face, least, median | of the change |")
    print("|---|---|---|---|")
    least, middle = (min(alike), np.median(alike)) if alike else (0, 0)
    print(f"| {3 * len(files)} | {found} | {least:.1f}, {middle:.1f} dB | {np.median(changes):.1f} dB |\n", flush=True)


def _heavy(detector: Detector, cleaner: Cleaner, portraits: Path, each: int, seeds: int) -> list[Image]:
    """Prints a table; the portraits whose faces were not found."""
    lost = []
    print("| heavy, seed | portraits | upright | any orientation | with the second look | elsewhere |")
    print("|---|---|---|---|---|---|")
    for seed in range(seeds):
        counts = np.zeros(5, int)
        for number, path in enumerate(path for folder in FOLDERS for path in spread(portraits / folder, each)):
            clean = read_rgb(path)
            scale = min(1.0, _LARGEST / max(clean.shape[:2]))
            if scale < 1:
                smaller = cv2.resize(clean, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                clean = np.asarray(smaller, np.uint8)
            true = max(
                find_faces(clean, detector, min_face_px=SMALLEST), key=lambda face: face.short_side, default=None
            )
            if true is None:
                continue
            damaged = spoil(clean, np.random.default_rng((seed, number)), HEAVY)
            upright = find_faces(damaged, detector, min_face_px=SMALLEST)
            turned = find_in_any_orientation(
                damaged, detector, lambda photo: find_faces(photo, detector, min_face_px=SMALLEST)
            ).faces
            last = turned or second_look(Picture(damaged, "PNG"), detector, SMALLEST, cleaner).faces
            hits = [any(same_place(face, true) for face in faces) for faces in (upright, turned, last)]
            counts += (1, *hits, bool(last) and not hits[-1])
            if not hits[-1]:
                lost.append(damaged)
        print("| " + " | ".join(str(count) for count in (seed, *counts)) + " |", flush=True)
    print()
    return lost


def _without_people(pipeline: Pipeline, scenes: Path) -> list[Image]:
    """Prints a table; what was taken for a face, and around it."""
    wrong = []
    print("| without people | photos | with a face | share |\n|---|---|---|---|")
    for source in SOURCES:
        files, hit = sorted(scenes.glob(f"{source}*.jpg")), 0
        for path in files:
            try:
                faces = pipeline.restore(path.read_bytes(), Options()).report.faces
            except UserError:
                continue
            hit += bool(faces)
            for face in faces:
                left, top, right, bottom = (round(side) for side in face.box)
                around = (right - left) // 2
                wrong.append(
                    read_rgb(path)[max(0, top - around) : bottom + around, max(0, left - around) : right + around]
                )
        print(f"| `{source}` | {len(files)} | {hit} | {hit / max(1, len(files)):.1%} |", flush=True)
    return wrong


def main() -> None:
    """Read the command line, measure and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("scenes", type=Path, help="the folder of photos")
    parser.add_argument("--turned", type=int, default=4, help="portraits of each folder; 0: none")
    parser.add_argument("--heavy", type=int, default=33, help="portraits of each folder; 0: none")
    parser.add_argument("--seeds", type=int, default=3, help="of the heavy damage")
    parser.add_argument("--no-scenes", action="store_true", help="leave out the photos without people")
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    shown: list[Image] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        pipeline = Pipeline.of(settings)
        if arguments.turned:
            _turned(pipeline, arguments.portraits, arguments.turned)
        if arguments.heavy:
            models = Models(choose(settings.device, Path(folder) / "cache", settings.precision), Weights.of(settings))
            cleaner = models.cleaner()
            shown += _heavy(models.detector(), cleaner, arguments.portraits, arguments.heavy, arguments.seeds)
        if not arguments.no_scenes:
            shown += _without_people(pipeline, arguments.scenes)
        pipeline.close()
    if arguments.sheet and shown:
        cells = [np.asarray(cv2.resize(picture, (_CELL, _CELL)), np.uint8) for picture in shown]
        cv2.imwrite(str(arguments.sheet), np.hstack(cells)[..., ::-1])


if __name__ == "__main__":
    main()
