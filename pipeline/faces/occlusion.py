"""Keeps what stands before a face: hands, microphones, veils and masks are not restored as if they were skin."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.blend import RestoredFace, oval

Floats = NDArray[np.float32]
Crop = NDArray[np.uint8]  # [512, 512, 3] RGB

_SIGMA: Final = 5.0  # crop pixels
_GROWN: Final = 9  # crop pixels, twice what the hidden part grows by and one more
_LEAST_SHARE: Final = 0.05  # of the oval; less is visible only where the network found no face


class OcclusionMask(Protocol):
    """Finds what hides parts of faces. Thread-safe."""

    def __call__(self, crops: Sequence[Crop]) -> list[Floats]:
        """How visible the face is: `[512, 512]`, 0 (hidden) to 1, for each aligned face as it is in the photo."""


class NetworkOcclusion:
    """A network behind the `OcclusionMask` protocol."""

    def __init__(self, run: Callable[[Crop], Floats]) -> None:
        """
        Args:
            run: the network: one crop to `[512, 512]`, 0 (hidden) to 1.
        """
        self._run = run
        self._oval = oval() > 0.5

    def __call__(self, crops: Sequence[Crop]) -> list[Floats]:
        """See `OcclusionMask`."""
        return [self._soft(self._run(crop)) for crop in crops]

    def _soft(self, visible: Floats) -> Floats:
        visible = visible.clip(0, 1)
        if visible[self._oval].mean() < _LEAST_SHARE:
            return np.ones_like(visible)
        # A mask that was small is unsure at its edge: a little more of the face counts as hidden. Of the blur only the
        # upper half is used, so that it fades within the face, and the hand keeps all its pixels.
        visible = np.asarray(cv2.erode(visible, np.ones((_GROWN, _GROWN), np.uint8)), np.float32)
        soft = (cv2.GaussianBlur(visible, (0, 0), _SIGMA) - 0.5) * 2
        return np.asarray(np.minimum(soft, visible).clip(0, 1), np.float32)


def without_hidden(faces: Sequence[RestoredFace], visible: Sequence[Floats]) -> list[RestoredFace]:
    """The faces, with masks that leave out what is hidden.

    Args:
        faces: the restored faces.
        visible: what `OcclusionMask` says of each.
    """
    usual = oval()
    return [
        replace(face, mask=(usual if face.mask is None else face.mask) * mask)
        for face, mask in zip(faces, visible, strict=True)
    ]
