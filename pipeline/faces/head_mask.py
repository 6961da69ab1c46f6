"""Face masks that follow the head, from a network that knows when it is unsure."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE, Batcher, Batching
from magicmemory.pipeline.faces.align import SIZE

Floats = NDArray[np.float32]

SIDE: Final = 128  # pixels, of the network's input
_EDGE_SIGMA: Final = 5.0  # crop pixels
_FRAME: Final = 0.16  # of half the crop's side: hair that leaves the crop fades so far from its border
_SURE_FACE: Final = 0.9
_SMALLEST: Final = 0.12  # of the crop, of a head
_LARGEST: Final = 0.85  # with hair that fills the crop; more is "all is head"
_MAX_UNDECIDED: Final = 0.35  # of the head's area


class HeadMaskParser:
    """A network that segments the head behind the `Parser` protocol."""

    def __init__(
        self, runner: Runner, batching: Batching = ONE_BY_ONE, observe: Callable[[int], None] | None = None
    ) -> None:
        """
        Args:
            runner: the compiled `headmask.HeadShare`: faces `[n, 3, 128, 128]` to head probabilities `[n, 128, 128]`.
            batching: the engine's batch sizes.
            observe: called with each batch's size.
        """
        self._runner = runner
        self._batcher = Batcher(self._run, batching, observe)

    def __call__(self, faces: Sequence[Floats]) -> list[Floats | None]:
        """See `Parser`; also None if the network is unsure, because the oval is then the better mask."""
        return self._batcher(faces)

    def _run(self, faces: Sequence[Floats]) -> list[Floats | None]:
        small = np.stack([cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for face in faces])
        planes = np.asarray(small.transpose(0, 3, 1, 2), np.float32)
        shares = self._runner(planes / np.float32(127.5) - np.float32(1))
        return [close_mask(share) if is_sure(share) else None for share in shares]


def is_sure(share: Floats) -> bool:
    """Whether a head mask is reliable: the face itself is head, and few pixels are undecided.

    Args:
        share: `[128, 128]`, how likely each pixel is head, 0 to 1.
    """
    y, x = np.mgrid[0:SIDE, 0:SIDE] - SIDE / 2
    face = (x / 22) ** 2 + ((y - 6) / 32) ** 2 < 1  # from the brows to the chin of FFHQ's mean face
    head = float((share > 0.5).mean())
    undecided = float(((share > 0.2) & (share < 0.8)).mean())
    return float(share[face].mean()) > _SURE_FACE and _SMALLEST < head < _LARGEST and undecided < _MAX_UNDECIDED * head


def close_mask(share: Floats) -> Floats:
    """A mask `[512, 512]` that is 1 on the head, and falls to 0 within a few crop pixels and before the crop's edge."""
    large = cv2.resize(share, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    edge = (cv2.GaussianBlur(large, (0, 0), _EDGE_SIGMA) - np.float32(0.25)) / np.float32(0.6)
    soft = np.minimum(edge, _frame()).clip(0, 1)
    return np.asarray(soft * soft * (3 - 2 * soft), np.float32)


@cache
def _frame() -> Floats:
    """A square with round corners, `[512, 512]`: 1 and more inside, falling to 0 at the crop's edge."""
    across = np.abs(np.linspace(-1, 1, SIZE, dtype=np.float32)) ** 6
    return np.asarray((1 - (across[:, None] + across) ** (1 / 6)) / _FRAME, np.float32)
