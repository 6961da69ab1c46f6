"""Draw real old photos before and after: `python -m training.photo_sheet PHOTO … --out SHEET.png`.

Each photo gives three pictures: before, what was taken for damage (red), and after. Under each photo stands what was
done to it.
"""

from __future__ import annotations

import argparse
import tempfile
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.align import read_rgb
from training.photo_data import Scene
from training.photo_evaluate import Restorer, sized

Image = NDArray[np.uint8]


def row(name: str, image: Image, restorer: Restorer, side: int) -> Image:
    """One photo: before, mask, after, and a line of text."""
    after, look = restorer.restore(image)
    shown = image.copy()
    if look.mask is not None:
        shown[look.mask] = (255, 40, 40)
    damage = {} if look.damage is None else look.damage.model_dump()
    text = " ".join(f"{kind} {share:.3f}" for kind, share in damage.items() if share)
    scale = side / max(image.shape[:2])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    cells = []
    for picture in (image, shown, after):
        cell = np.full((side + 24, side + 6, 3), 255, np.uint8)
        cell[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=how)
        cells.append(cell)
    whole = np.hstack(cells)
    cv2.putText(whole, f"{name}: {text}", (2, side + 17), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return whole


def main() -> None:
    """Read the command line and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, nargs="+")
    shipped = Path(str(files("magicmemory.pipeline.assets").joinpath("photo.safetensors")))
    parser.add_argument("--weights", type=Path, default=shipped)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--side", type=int, default=420, help="pixels, of each picture on the sheet")
    parser.add_argument("--across", type=int, default=2, help="photos side by side")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        restorer = Restorer.read(arguments.weights, Path(cache))
        rows = [
            row(path.name, sized(Scene(path.stem, read_rgb(path))).image, restorer, arguments.side)
            for path in arguments.photos
        ]
    rows += [np.full_like(rows[0], 255)] * (-len(rows) % arguments.across)
    lines = [np.hstack(rows[i : i + arguments.across]) for i in range(0, len(rows), arguments.across)]
    cv2.imwrite(str(arguments.out), np.vstack(lines)[..., ::-1])
    print(arguments.out)


if __name__ == "__main__":
    main()
