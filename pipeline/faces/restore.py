"""Restoring aligned faces: crops in, better crops out, in batches with the faces of other photos."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE, Batcher, Batching

Crop = NDArray[np.uint8]  # [512, 512, 3] RGB
Restored = NDArray[np.float32]  # [512, 512, 3] RGB, 0 to 255


class Restorer(Protocol):
    """Something that restores faces. Any thread may call it."""

    def __call__(
        self, crops: Sequence[Crop], fidelity: float | None, progress: Callable[[int], None] | None = None
    ) -> list[Restored]:
        """Restore one photo's faces, in their order.

        Args:
            crops: aligned faces.
            fidelity: 0 vivid to 1 faithful; None takes the model's default. Only given to models that have
                it.
            progress: called with how many are done, whenever there are more.
        """


class NetworkRestorer:
    """A network behind the `Restorer` protocol: RGB in [-1, 1], channels first, and the fidelity where it has
    one.
    """

    def __init__(
        self,
        runner: Runner,
        batching: Batching = ONE_BY_ONE,
        default_fidelity: float | None = None,
        observe: Callable[[int], None] | None = None,
    ) -> None:
        """
        Args:
            runner: the compiled network: `faces [n, 3, 512, 512]` and, with a fidelity, `fidelity [n]`.
            batching: how the engine wants its batches.
            default_fidelity: used where none is asked for; None: the network has no such input.
            observe: told of each batch's size.
        """
        self._runner = runner
        self._default_fidelity = default_fidelity
        self._batcher = Batcher(self._run, batching, observe)

    def __call__(
        self, crops: Sequence[Crop], fidelity: float | None, progress: Callable[[int], None] | None = None
    ) -> list[Restored]:
        """See `Restorer`."""
        value = self._default_fidelity if fidelity is None else fidelity
        return self._batcher([(crop, value) for crop in crops], progress)

    def _run(self, faces: Sequence[tuple[Crop, float | None]]) -> list[Restored]:
        crops = np.stack([crop for crop, _ in faces]).transpose(0, 3, 1, 2)
        inputs = [np.ascontiguousarray(crops, np.float32) / np.float32(127.5) - np.float32(1)]
        if self._default_fidelity is not None:
            inputs.append(np.array([fidelity for _, fidelity in faces], np.float32))
        output = self._runner(*inputs)  # [n, 3, 512, 512]
        levels = (output.clip(-1, 1) + np.float32(1)) * np.float32(127.5)
        return list(np.ascontiguousarray(levels.transpose(0, 2, 3, 1)))
