"""The sample photo: NASA's portrait of the astronaut Eileen Collins, artificially aged.

The portrait is in the public domain; scikit-image ships it as `skimage.data.astronaut()`. `python -m
magicmemory.pipeline.sample FILE` writes the sample, which the playground offers to visitors without a photo.
"""

import io
import sys
from importlib.resources import files
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
    """A JPEG of `pixels` as a scanner shows a small, soft, grainy, faded print: twice the size, half the detail.

    The same seed gives the same bytes.
    """
    generator = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.float32)
    grain = cv2.GaussianBlur(generator.normal(0, 13, soft.shape[:2]).astype(np.float32), (0, 0), 0.6)
    faded = 20 + 0.84 * (soft + grain[..., None])
    scanned = cv2.resize(faded.clip(0, 255).astype(np.uint8), (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC)
    file = io.BytesIO()
    Image.fromarray(scanned).save(file, "JPEG", quality=60)
    return file.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(old_photo(portrait()[HEAD]))
