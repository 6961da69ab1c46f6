"""What an engine is: it compiles a torch module into a function from arrays to an array.

A model does not know which engine runs it.
"""

import ctypes
import gc
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Final, Literal, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.engines.batcher import Batching

Runner = Callable[..., NDArray[np.float32]]
"""Runs a compiled network: float32 arrays `[batch, …]` in, one float32 array `[batch, …]` out. Any thread may
call it.
"""

OnBatch = Callable[[str, int], None]
"""Told of each batch that ran: the model's name, and how many faces there were in it."""

Precision = Literal["auto", "full"]
"""`auto`: half precision for the networks that stand it, where the machine is quick at it; `full`: for none."""


def _nobody(model: str, faces: int) -> None:
    """Batches that nobody counts."""


NOBODY: Final[OnBatch] = _nobody


@runtime_checkable
class TwoStageNetwork(Protocol):
    """A network in two parts, of which only the second stands half precision: `forward` is `draw` of `read`."""

    def read(self, faces: Tensor) -> Tensor:
        """What the first part makes of the faces, `[batch, n]`."""

    def draw(self, code: Tensor) -> Tensor:
        """What the second part makes of that."""


class Engine(Protocol):
    """Something that runs networks.

    Attributes:
        name: what it is, for people: `OpenVINO on the CPU`, `torch on cuda:0`.
        device: where networks that run without `compile` shall lie, in torch's words: `cpu`, `cuda:0`.
        batching: how faces are best run.
        on_batch: see `OnBatch`.
    """

    name: str
    device: str
    batching: Batching
    on_batch: OnBatch

    def compile(
        self,
        network: nn.Module,
        example: tuple[Tensor, ...],
        name: str,
        *,
        half_ok: bool = False,
        any_size: bool = False,
    ) -> Runner:
        """Make `network` ready to run.

        Args:
            network: takes and returns tensors whose first axis is the batch, of any length.
            example: inputs of the right shapes, in the order of the network's arguments.
            name: the model's name, under which an engine may keep what it made.
            half_ok: half precision keeps its quality; of a network `TwoStageNetwork`, that of its second part.
            any_size: its pictures are of any height and width, not of the example's alone.
        """


def deterministic_cudnn() -> AbstractContextManager[None]:
    """Settings of cuDNN. Without them it may add in another order each time, and round to ten bits: the same photo
    shall give the same bytes, and full precision be full.
    """
    settings: AbstractContextManager[None] = torch.backends.cudnn.flags(
        benchmark=False, deterministic=True, allow_tf32=False
    )
    return settings


def tidy_memory() -> None:
    """Hand free memory back to the system: loading a model needs several times what it keeps, and the C library holds
    on to what is freed.
    """
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    with suppress(OSError, AttributeError, TypeError):  # only glibc can
        ctypes.CDLL(None).malloc_trim(0)


def available_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
