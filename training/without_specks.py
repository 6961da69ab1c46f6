"""Fill the specks of old portraits, so that they can teach what is no damage: buttons, lapels, collars, frames.

`python -m training.without_specks FOLDER --out OUT`. The portraits that the folder's list calls sharp are copied. The
small spots that `photo` finds in them are nearly all dust, and are filled; the long and large shapes that it finds are
nearly all clothes and frames, and stay.
"""

from __future__ import annotations

import argparse
import csv
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.photo import PHOTO_FINDER
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.damage import DamageFinder, Mask, damage_mask, regions_of

WIDEST = 6.0  # pixels; a wider region is no speck
LONGEST = 14.0


def specks(mask: Mask) -> Mask:
    """The small compact parts of a mask, and a pixel around them."""
    labels, regions = regions_of(mask)
    small = [region.label for region in regions if region.width <= WIDEST and region.length <= LONGEST]
    return cv2.dilate(np.isin(labels, small).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def filled(image: NDArray[np.uint8], finder: DamageFinder) -> NDArray[np.uint8]:
    """The picture `[height, width, 3]` RGB without its specks."""
    hidden = specks(damage_mask(finder(image))).astype(np.uint8)
    return np.asarray(cv2.inpaint(image, hidden, 3, cv2.INPAINT_TELEA), np.uint8)


def main() -> None:
    """Read the command line and write the copies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="portraits, with a manifest.csv that grades them")
    parser.add_argument("--out", type=Path, required=True)
    shipped = Path(str(files("magicmemory.pipeline.assets").joinpath("photo.safetensors")))
    parser.add_argument("--weights", type=Path, default=shipped)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    finder = PHOTO_FINDER.build(arguments.weights, BuildContext(TorchEngine("cpu"), Weights(Path("unused"))))
    with (arguments.folder / "manifest.csv").open() as listed:
        names = [Path(row["file"]).name for row in csv.DictReader(listed) if row["grade"] == "sharp"]
    for name in names:
        image = cv2.imread(str(arguments.folder / name), cv2.IMREAD_COLOR)
        assert image is not None, name
        made = filled(np.ascontiguousarray(image[..., ::-1]).astype(np.uint8), finder)
        cv2.imwrite(str(arguments.out / name), made[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 97])
    print(f"{len(names)} portraits")


if __name__ == "__main__":
    main()
