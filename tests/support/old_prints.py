"""Sound prints and wear, drawn: a clone has no data beside it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.sample import portrait

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def landscape(height: int = 480, width: int = 640) -> Image:
    """Sky, hills and a meadow: smooth parts, edges and texture, without noise in the sky."""
    rng = np.random.default_rng(11)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = np.array((120, 150, 190), np.float32) + rows * np.array((70, 50, 20), np.float32)
    picture = np.repeat(picture, width, axis=1)
    columns = np.arange(width)
    for level, (base, size, colour) in enumerate(((0.55, 40, (90, 110, 90)), (0.7, 25, (70, 95, 60)))):
        ridge = base * height + size * np.sin(columns / (60 - 20 * level) + level) + size / 3 * np.sin(columns / 17)
        picture[np.arange(height)[:, None] > ridge[None, :]] = colour
    grass = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 1.5)
    picture[height * 3 // 4 :] += 60 * grass[height * 3 // 4 :, :, None]
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7), 0, 255).astype(np.uint8)


def scratched(image: Image, colour: int = 245) -> tuple[Image, Mask]:
    """Three long scratches and some specks, and where they are."""
    height, width = image.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    rng = np.random.default_rng(5)
    for share in (0.2, 0.5, 0.78):
        steps = np.linspace(0.05, 0.95, 30)
        path = np.stack([share * width + rng.normal(0, 1.5, 30).cumsum(), steps * height], 1)
        cv2.polylines(cover, [np.rint(path * 16).astype(np.int32)], False, 255, 2, cv2.LINE_AA, 4)
    for _ in range(25):
        at = (int(rng.integers(10, width - 10)), int(rng.integers(10, height - 10)))
        cv2.circle(cover, at, int(rng.integers(1, 4)), 255, -1, cv2.LINE_AA)
    share_ = cover[..., None].astype(np.float32) / 255
    worn = image + share_ * (np.float32(colour) - image)
    return np.rint(worn).astype(np.uint8), cover > 40


def sample() -> Image:
    """The package's portrait."""
    return portrait()
