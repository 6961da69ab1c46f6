"""Pictures and faces made up for tests: no file, no network."""

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.align import TEMPLATE
from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.imaging.picture import Picture, Pixels


def colourful(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """A colour picture `[height, width, 3]` of full contrast, with soft shapes and fine grain."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    phases = random.uniform(0, 6, 3)
    waves = [np.sin(9 * x * (c + 1) + 7 * y + phase) + np.cos(11 * y - phase) for c, phase in enumerate(phases)]
    picture = 128 + 60 * np.stack(waves, axis=-1) + random.normal(0, 4, (height, width, 3))
    return picture.clip(0, 255).astype(np.uint8)


def grey(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """The same without colour."""
    return np.repeat(colourful(width, height, seed)[..., :1], 3, axis=-1)


def blurred(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def picture(pixels: Pixels, *, monochrome: bool = False) -> Picture:
    return Picture(pixels, "PNG", monochrome=monochrome)


def face_at(x: float, y: float, size: float, turned: float = 0.0) -> Detection:
    """A face with a crop about `size` pixels wide, centred at (x, y) and turned by degrees."""
    angle = np.deg2rad(turned)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks = (np.array(TEMPLATE) - 256) * (size / 512) @ rotation.T + (x, y)
    half = size * 0.3
    box = np.array([x - half, y - half, x + half, y + half], np.float32)
    return Detection(box, landmarks.astype(np.float32), 0.99)
