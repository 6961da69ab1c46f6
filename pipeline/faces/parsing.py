"""The mask of a face from ParseNet: it follows the face's own outline, and spares hats, hair's ends and clothes."""

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
_BORDER: Final = 10  # crop pixels that are never taken
_LEAST_SHARE: Final = 0.05  # of the crop: a mask that covers less has not seen the face


class Parser(Protocol):
    """Something that says where in a crop the face is."""

    def __call__(self, faces: Sequence[Floats]) -> list[Floats | None]:
        """The masks `[512, 512]`, 0 to 1 and soft, of one photo's aligned faces `[512, 512, 3]` RGB, 0 to 255; None
        where no face is seen.
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
            side: the size at which it looks at a face, pixels. 512 is what it was made for; 256 costs a quarter, and
                the mask is blurred over more than such a pixel anyway.
            batching: how the engine wants its batches.
            observe: told of each batch's size.
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
    """Facexlib's soft edge: two wide blurs, and nothing of the crop's border.

    Args:
        hard: `[512, 512]`, 1 on the face and 0 elsewhere.
    """
    soft = cv2.GaussianBlur(cv2.GaussianBlur(hard, _BLUR, _SIGMA), _BLUR, _SIGMA)
    mask = np.zeros((SIZE, SIZE), np.float32)
    inner = slice(_BORDER, SIZE - _BORDER)
    mask[inner, inner] = soft[inner, inner]
    return mask
