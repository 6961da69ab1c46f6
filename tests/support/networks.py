"""Small networks and detectors for tests."""

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.imaging.picture import Pixels

Floats = NDArray[np.float32]


class Tiny(nn.Module):
    """A few convolutions; changes a face by a little everywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 6, 3, padding=1)
        self.last = nn.Conv2d(6, 3, 3, padding=1)

    def forward(self, faces: Tensor) -> Tensor:
        return faces + 0.3 * torch.tanh(self.last(torch.relu(self.first(faces))))


class TinyWithFidelity(nn.Module):
    """The same, the less the higher the fidelity."""

    def __init__(self) -> None:
        super().__init__()
        self.tiny = Tiny()

    def forward(self, faces: Tensor, fidelity: Tensor) -> Tensor:
        change: Tensor = self.tiny(faces) - faces
        return faces + (1 - fidelity)[:, None, None, None] * change


def tiny(_: Path) -> nn.Module:
    return seeded(Tiny())


def tiny_with_fidelity(_: Path) -> nn.Module:
    return seeded(TinyWithFidelity())


def seeded(network: nn.Module) -> nn.Module:
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.2)
    return network.eval()


class Finds:
    """A detector that returns given faces."""

    def __init__(self, *found: Detection) -> None:
        self._found = list(found)

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        del pixels
        return [face for face in self._found if face.short_side >= min_face_px]


class FindsDamage:
    """A `DamageFinder` that is certain of the given places of the first picture it sees, and of nothing else."""

    def __init__(self, *places: tuple[slice, slice]) -> None:
        self._places = places
        self._first: tuple[int, int] | None = None

    def __call__(self, pixels: Pixels) -> Floats:
        """1 at the places, 0 elsewhere; the same places in copies of other sizes."""
        height, width = pixels.shape[:2]
        self._first = self._first or (height, width)
        found = np.zeros(self._first, np.float32)
        for place in self._places:
            found[place] = 1
        return np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_AREA), np.float32)


class Mends:
    """A `Mender` that fills with one level, and makes all of a picture brighter by `cleans` levels."""

    def __init__(self, fills: int = 128, cleans: int = 0) -> None:
        self._fills = fills
        self._cleans = cleans

    def __call__(self, pixels: Pixels, hidden: NDArray[np.bool_] | None = None) -> Pixels:
        """The brighter picture."""
        peak = np.iinfo(pixels.dtype).max
        levels = self._cleans * (peak // 255)
        brighter = (pixels.astype(np.int64) + levels).clip(0, peak)
        return brighter.astype(np.uint8) if pixels.dtype == np.uint8 else brighter.astype(np.uint16)

    def fill(self, pixels: Pixels, hidden: NDArray[np.bool_]) -> Floats:
        """One level everywhere, 0 to 1."""
        return np.full((*hidden.shape, 3), self._fills / 255, np.float32)
