"""Restores aligned faces, batched with the faces of other photos."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE, Batcher, Batching

Crop = NDArray[np.uint8]  # [512, 512, 3] RGB
Restored = NDArray[np.float32]  # [512, 512, 3] RGB, 0 to 255


class Restorer(Protocol):
    """Restores aligned faces. Thread-safe."""

    def __call__(
        self, crops: Sequence[Crop], fidelity: float | None, progress: Callable[[int], None] | None = None
    ) -> list[Restored]:
        """Restore one photo's faces, in order.

        Args:
            crops: aligned faces.
            fidelity: 0 (vivid) to 1 (faithful); None uses the model's default. Only for models that have a fidelity.
            progress: called with the number of finished faces each time it grows.
        """


class NetworkRestorer:
    """A network behind the `Restorer` protocol."""

    def __init__(
        self,
        runner: Runner,
        batching: Batching = ONE_BY_ONE,
        default_fidelity: float | None = None,
        observe: Callable[[int], None] | None = None,
    ) -> None:
        """
        Args:
            runner: the compiled network: crops `[n, 512, 512, 3]` RGB, uint8, and, with a fidelity, `fidelity [n]`;
                to faces `[n, 512, 512, 3]` RGB, 0 to 255 and a little beyond.
            batching: the engine's batch sizes.
            default_fidelity: used if none is given; None: the network has no such input.
            observe: called with each batch's size.
        """
        self._runner = runner
        self._default_fidelity = default_fidelity
        self._batcher = Batcher(self._run, batching, observe)

    def __call__(
        self, crops: Sequence[Crop], fidelity: float | None, progress: Callable[[int], None] | None = None
    ) -> list[Restored]:
        """See `Restorer`."""
        value = self._default_fidelity if fidelity is None else fidelity
        restored = self._batcher([(crop, value) for crop in crops], progress)
        # Here, because batches run one after the other, and photos at the same time.
        return [face.clip(0, 255, out=face) for face in restored]

    def _run(self, faces: Sequence[tuple[Crop, float | None]]) -> list[Restored]:
        crops = np.stack([crop for crop, _ in faces])
        if self._default_fidelity is None:
            return list(self._runner(crops))
        return list(self._runner(crops, np.array([fidelity for _, fidelity in faces], np.float32)))
