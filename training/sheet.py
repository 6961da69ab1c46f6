"""Draw a comparison sheet: `python -m training.sheet FACES.npz --out SHEET.png [--photos FOLDER --landmarks …]`.

Twenty-four validation faces, two in a line: damaged input, faithful, default, vivid, the clean face. With `--photos`,
a second sheet (`SHEET_photos.png`) of real photos, cropped and restored at 512 pixels as in the product: input, with
`--before` the default of earlier weights, faithful, default, vivid. `--blur` blurs those photos first.
"""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from magicmemory.pipeline.models.lite import Lite, load
from training.align import Finder, crop_whole, read_rgb
from training.data import load_faces, middle, to_tensor
from training.evaluate import ENDS, LEVELS, damaged_with, restore
from training.prepare import SUFFIXES, finder_of

Image = NDArray[np.uint8]


def validation_sheet(faces_file: Path, network: Lite, count: int = 24, across: int = 2) -> Image:
    """Validation faces, half from the varied set; eight for each level."""
    faces = load_faces(faces_file).only(True)
    large = np.flatnonzero(faces.sets == "large")
    rest = np.flatnonzero(faces.sets != "large")
    pick = np.concatenate([some[np.linspace(0, len(some) - 1, count // 2).astype(int)] for some in (large, rest)])
    order = np.argsort(np.arange(count) % len(LEVELS), kind="stable")
    clean = [middle(faces.images[index]) for index in pick[order]]
    share = count // len(LEVELS)
    damaged: list[Image] = []
    for number, level in enumerate(LEVELS):
        damaged += damaged_with(clean[number * share : (number + 1) * share], level, 20 + number)
    results = restore(network, damaged)
    rows = [np.hstack([damaged[i], *(results[end][i] for end in ENDS), clean[i]]) for i in range(count)]
    gap = np.full((256, 8, 3), 255, np.uint8)
    lines = [np.hstack([part for row in rows[i : i + across] for part in (row, gap)]) for i in range(0, count, across)]
    return np.vstack(lines)


@torch.no_grad()
def photo_sheet(
    folder: Path, network: Lite, find: Finder, *, before: Lite | None, blur: float, most: int, side: int = 256
) -> Image:
    """Photos below the folder with one clear face, cropped at 512 pixels.

    Args:
        folder: of the photos.
        network: the restorer.
        find: the face's landmarks.
        before: earlier weights to compare with; None: there are none.
        blur: sigma of a Gaussian, pixels of the crop; 0: none.
        most: of the photos, evenly drawn.
        side: of a face on the sheet, pixels.
    """
    rows = []
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    for path in paths[:: max(1, len(paths) // most)][:most]:
        image = read_rgb(path)
        points = find(image)
        if points is None:
            continue
        face = crop_whole(image, points)
        if blur:
            face = np.asarray(cv2.GaussianBlur(face, (0, 0), blur), np.uint8)
        batch = to_tensor(face[None])
        looks = [] if before is None else [before(batch)]
        looks.append(network(batch.expand(len(ENDS), -1, -1, -1), torch.tensor(list(ENDS.values()))))
        shown = torch.round((torch.cat(looks) + 1) * 127.5).to(torch.uint8).permute(0, 2, 3, 1).numpy()
        row = np.hstack([face, *shown])
        rows.append(cv2.resize(row, (side * (1 + len(shown)), side), interpolation=cv2.INTER_AREA))
    half = (len(rows) + 1) // 2
    rows += [np.full_like(rows[0], 255)] * (2 * half - len(rows))
    return np.asarray(np.hstack([np.vstack(rows[:half]), np.vstack(rows[half:])]), np.uint8)


def save(image: Image, path: Path) -> None:
    """Write a PNG."""
    cv2.imwrite(str(path), image[:, :, ::-1])
    print(path)


def main() -> None:
    """Read the command line and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="the file written by training.prepare")
    shipped = Path(str(files("magicmemory.pipeline.assets").joinpath("lite.safetensors")))
    parser.add_argument("--weights", type=Path, default=shipped)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--landmarks", help="as in training.prepare; needed with --photos")
    parser.add_argument("--before", type=Path, help="earlier weights, for a column beside the photos")
    parser.add_argument("--blur", type=float, default=0.0, help="sigma of a blur of the faces, in pixels of 512")
    parser.add_argument("--most", type=int, default=40, help="how many photos")
    arguments = parser.parse_args()
    network = load(arguments.weights)
    save(validation_sheet(arguments.faces, network), arguments.out)
    if arguments.photos:
        sheet = photo_sheet(
            arguments.photos,
            network,
            finder_of(arguments.landmarks),
            before=load(arguments.before) if arguments.before else None,
            blur=arguments.blur,
            most=arguments.most,
        )
        save(sheet, arguments.out.with_stem(arguments.out.stem + "_photos"))


if __name__ == "__main__":
    main()
