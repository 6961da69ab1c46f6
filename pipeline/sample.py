"""The sample photo: NASA's portrait of the astronaut Eileen Collins, artificially aged.

The portrait is in the public domain; scikit-image ships it as `skimage.data.astronaut()`. `python -m
magicmemory.pipeline.sample FILE` writes the sample, which the playground offers to visitors without a photo.
"""

import io
import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from magicmemory.pipeline import assets
from magicmemory.pipeline.faces.align import crop
from magicmemory.pipeline.faces.detect import Detection

SEED = 1995  # the year of her first flight
HEAD = (slice(0, 300), slice(70, 370))  # the part of the portrait that the sample shows: head and shoulders
# The cracks, from and to: shares of width and height.
CRACKS = (((0.0, 0.29), (1.0, 0.22)), ((0.63, 0.0), (0.78, 1.0)), ((0.0, 0.74), (0.36, 1.0)))
PAPER = (243, 238, 226)
FACE = Detection(  # where MTCNN finds it in the portrait
    np.array((180.4, 60.5, 267.9, 173.4), np.float32),
    np.array(((203.8, 100.2), (246.4, 103.3), (224.2, 128.6), (201.2, 138.6), (244.5, 141.5)), np.float32),
    1.0,
)


def portrait() -> NDArray[np.uint8]:
    """The portrait as it is, `[512, 512, 3]` RGB."""
    data = (files(assets) / "astronaut.png").read_bytes()
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def aligned_face() -> NDArray[np.uint8]:
    """The portrait's face, aligned as restorers take it, `[512, 512, 3]` RGB."""
    return crop(portrait(), FACE).crop


def old_photo(pixels: NDArray[np.uint8], seed: int = SEED) -> bytes:
    """A JPEG of `pixels` as a scanner shows a small, soft, grainy, faded and cracked print: twice the size, half the
    detail.

    The same seed gives the same bytes.
    """
    generator = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.float32)
    grain = cv2.GaussianBlur(generator.normal(0, 13, soft.shape[:2]).astype(np.float32), (0, 0), 0.6)
    faded = 20 + 0.84 * (soft + grain[..., None])
    scanned = cv2.resize(faded.clip(0, 255).astype(np.uint8), (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC)
    scanned = _cracked(scanned, generator)
    file = io.BytesIO()
    Image.fromarray(scanned).save(file, "JPEG", quality=60)
    return file.getvalue()


def _cracked(scan: NDArray[np.uint8], generator: np.random.Generator) -> NDArray[np.uint8]:
    """Cracks that cross the print, where the emulsion has come off the white paper."""
    height, width = scan.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    for start, end in CRACKS:
        steps = np.linspace(0, 1, 120)[:, None]
        path = (np.asarray(start) * (1 - steps) + np.asarray(end) * steps) * (width, height)
        path += generator.normal(0, 1.3, path.shape).cumsum(0) * np.sin(np.pi * steps)  # the ends stay
        for one, other in pairwise(np.rint(path * 16).astype(np.int32)):
            wide = int(generator.integers(2, 6))
            cv2.line(cover, one.tolist(), other.tolist(), 255, wide, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(cover, (0, 0), 0.8)[..., None].astype(np.float32) / 255
    return np.rint(scan + share * (np.array(PAPER, np.float32) - scan)).astype(np.uint8)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(old_photo(portrait()[HEAD]))
