"""Face masks from ParseNet: they follow the face's outline and leave out hats, hair ends and clothes."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE, Batcher, Batching
from magicmemory.pipeline.faces.align import SIZE

Floats = NDArray[np.float32]

_BLUR: Final = (101, 101)  # facexlib's kernel, pixels
_SIGMA: Final = 11.0
_BORDER: Final = 10  # crop pixels at the edge that are always 0
_LEAST_SHARE: Final = 0.05  # of the crop; a smaller mask means that no face was found


class Parser(Protocol):
    """Finds the face's area in aligned crops."""

    def __call__(self, faces: Sequence[Floats]) -> list[Floats | None]:
        """Soft masks `[512, 512]`, 0 to 1, for one photo's aligned faces `[512, 512, 3]` RGB, 0 to 255; None if no face
        is found.
        """


class NetworkParser:
    """ParseNet behind the `Parser` protocol."""

    def __init__(
        self,
        runner: Runner,
        side: int,
        batching: Batching = ONE_BY_ONE,
        observe: Callable[[int], None] | None = None,
    ) -> None:
        """
        Args:
            runner: the compiled `parsenet.FaceOnly`: faces `[n, 3, side, side]` to masks `[n, side, side]`, 0 or 1.
            side: the network's input size, pixels. It was trained at 512; 256 costs a quarter, and the mask is blurred
                over more than one such pixel anyway.
            batching: the engine's batch sizes.
            observe: called with each batch's size.
        """
        self._runner = runner
        self._side = side
        self._batcher = Batcher(self._run, batching, observe)

    def __call__(self, faces: Sequence[Floats]) -> list[Floats | None]:
        """See `Parser`."""
        return self._batcher(faces)

    def _run(self, faces: Sequence[Floats]) -> list[Floats | None]:
        planes = np.stack([self._small(face) for face in faces]).transpose(0, 3, 1, 2)
        return [self._mask(hard) for hard in self._runner(planes / np.float32(127.5) - np.float32(1))]

    def _small(self, face: Floats) -> Floats:
        if self._side == SIZE:
            return face
        return np.asarray(cv2.resize(face, (self._side, self._side), interpolation=cv2.INTER_AREA), np.float32)

    def _mask(self, hard: Floats) -> Floats | None:
        if hard.mean() < _LEAST_SHARE:
            return None
        if self._side != SIZE:
            hard = np.asarray(cv2.resize(hard, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR), np.float32)
        return feathered(hard)


def feathered(hard: Floats) -> Floats:
    """Facexlib's soft edge: two wide blurs, and a border of 0.

    Args:
        hard: `[512, 512]`, 1 on the face and 0 elsewhere.
    """
    soft = cv2.GaussianBlur(cv2.GaussianBlur(hard, _BLUR, _SIGMA), _BLUR, _SIGMA)
    mask = np.zeros((SIZE, SIZE), np.float32)
    inner = slice(_BORDER, SIZE - _BORDER)
    mask[inner, inner] = soft[inner, inner]
    return mask
