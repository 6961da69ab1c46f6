"""Restoring aligned faces: crops in, better crops out, in batches."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines import Runner

Crops = NDArray[np.uint8]  # [n, 512, 512, 3] RGB
Restored = NDArray[np.float32]  # [n, 512, 512, 3] RGB, 0 to 255


class Restorer(Protocol):
    """Something that restores faces.

    Attributes:
        batch: how many faces it is best given at a time.
    """

    batch: int

    def __call__(self, crops: Crops, fidelity: float | None) -> Restored:
        """Restore faces.

        Args:
            crops: aligned faces.
            fidelity: 0 vivid to 1 faithful; None takes the model's default. Only given to models that have
                it.
        """


class NetworkRestorer:
    """A network behind the `Restorer` protocol: RGB in [-1, 1], channels first, and the fidelity where it has
    one.
    """

    def __init__(self, runner: Runner, batch: int, default_fidelity: float | None = None) -> None:
        """
        Args:
            runner: the compiled network: `faces [n, 3, 512, 512]` and, with a fidelity, `fidelity [n]`.
            batch: how many faces the engine is best given at a time.
            default_fidelity: used where none is asked for; None: the network has no such input.
        """
        self.batch = batch
        self._runner = runner
        self._default_fidelity = default_fidelity

    def __call__(self, crops: Crops, fidelity: float | None) -> Restored:
        """See `Restorer`."""
        inputs = [np.ascontiguousarray(crops.transpose(0, 3, 1, 2), np.float32) / np.float32(127.5) - np.float32(1)]
        if self._default_fidelity is not None:
            value = self._default_fidelity if fidelity is None else fidelity
            inputs.append(np.full(len(crops), value, np.float32))
        output = self._runner(*inputs)  # [n, 3, 512, 512]
        levels = (output.clip(-1, 1) + np.float32(1)) * np.float32(127.5)
        return np.ascontiguousarray(levels.transpose(0, 2, 3, 1))


def restore_faces(
    restorer: Restorer,
    crops: Sequence[NDArray[np.uint8]],
    fidelity: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[NDArray[np.float32]]:
    """Restore faces, a batch at a time.

    Args:
        restorer: what restores.
        crops: aligned faces, each `[512, 512, 3]` RGB.
        fidelity: see `Restorer`.
        progress: called after each batch with how many faces are done and how many there are.

    Returns:
        The restored faces, each `[512, 512, 3]` RGB, 0 to 255, in the order of `crops`.
    """
    restored: list[NDArray[np.float32]] = []
    for start in range(0, len(crops), restorer.batch):
        restored.extend(restorer(np.stack(crops[start : start + restorer.batch]), fidelity))
        if progress is not None:
            progress(len(restored), len(crops))
    return restored
