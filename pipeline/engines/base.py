"""The `Engine` protocol: an engine compiles a torch module into a function from arrays to an array.

Models do not know which engine runs them.
"""

import ctypes
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.engines.batcher import Batching

Runner = Callable[..., NDArray[np.float32]]
"""Runs a compiled network: arrays `[batch, …]` of the examples' types in, one float32 array `[batch, …]` out.

Any thread may call it.
"""

OnBatch = Callable[[str, int], None]
"""Called after each batch with the model's name and the number of faces in it."""

Precision = Literal["auto", "full"]
"""`auto`: half precision for the networks that support it, where the machine is faster at it; `full`: never."""


def ignore_batch(model: str, faces: int) -> None:
    """An `OnBatch` that counts nothing."""


@runtime_checkable
class TwoStageNetwork(Protocol):
    """A network in two stages, of which only the second supports half precision. `forward` is `decode` of `encode`."""

    def encode(self, faces: Tensor) -> Tensor:
        """Faces `[batch, 3, h, w]` to codes `[batch, n]`, in full precision."""

    def decode(self, code: Tensor) -> Tensor:
        """Codes `[batch, n]` to faces `[batch, 3, h, w]`."""


class Engine(Protocol):
    """Something that runs networks.

    Attributes:
        name: what it is, for people: `OpenVINO on the CPU`, `torch on cuda:0`.
        version: changes when a network's results may change: the library's version, the device, the precision.
        device: for networks that run without `compile`, as torch names it: `cpu`, `cuda:0`.
        batching: how batches run best.
        on_batch: see `OnBatch`.
    """

    name: str
    version: str
    device: str
    batching: Batching
    on_batch: OnBatch

    def compile(
        self,
        network: nn.Module,
        example: tuple[Tensor, ...],
        name: str,
        *,
        supports_half: bool = False,
        any_size: bool = False,
        many_calls: bool = False,
    ) -> Runner:
        """Make `network` ready to run.

        Args:
            network: takes and returns tensors whose first axis is the batch, of any length.
            example: inputs of the right shapes, in the order of the network's arguments.
            name: the model's name; an engine may keep the converted network under it.
            supports_half: half precision keeps its quality; of a `TwoStageNetwork`, in its second stage.
            any_size: inputs have any height and width, not only the example's.
            many_calls: a photo needs many short calls, which several threads make at the same time. On a CPU each call
                then runs on one core, which costs less than to share a short call among all cores.
        """


def use_deterministic_cudnn() -> None:
    """Have cuDNN give the same bytes for the same photo, and full precision where it is asked for.

    By default cuDNN may add in another order each time, and round to ten bits. The settings are the process's. They are
    made once and stay: taken back after a call, they would be taken from the calls of other threads too.
    """
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False


@contextmanager
def tidied_memory() -> Iterator[None]:
    """Run the block, then `tidy_memory` of what it left behind.

    The collector looks only at objects that are new since the block began. A look at all objects of the process takes
    tenths of a second, and a worker loads half a dozen models when it starts.
    """
    gc.freeze()
    try:
        yield
    finally:
        tidy_memory()
        gc.unfreeze()


def tidy_memory() -> None:
    """Give free memory back to the system.

    Loading a model needs several times the memory that it keeps, and the C library keeps what is freed.
    """
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    with suppress(OSError, AttributeError, TypeError):  # only glibc can
        ctypes.CDLL(None).malloc_trim(0)


def available_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
