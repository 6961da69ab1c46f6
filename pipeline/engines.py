"""How a network is run: through OpenVINO on a CPU, through torch anywhere.

A model knows nothing of this. It is an ordinary torch module; an engine compiles it into a function from
arrays to an array.
"""

import ctypes
import gc
import importlib.util
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final, Literal, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.settings import BadSettings
from magicmemory.pipeline.batcher import ONE_BY_ONE, Batching, OutOfMemory

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
class InTwo(Protocol):
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
            half_ok: half precision keeps its quality; of a network `InTwo`, that of its second part.
            any_size: its pictures are of any height and width, not of the example's alone.
        """


def steady() -> AbstractContextManager[None]:
    """Settings of cuDNN. Without them it may add in another order each time, and round to ten bits: the same photo
    shall give the same bytes, and full precision be full.
    """
    settings: AbstractContextManager[None] = torch.backends.cudnn.flags(
        benchmark=False, deterministic=True, allow_tf32=False
    )
    return settings


class TorchEngine:
    """torch as it comes, on a CPU or a GPU, in full precision."""

    def __init__(self, device: str) -> None:
        self.name = f"torch on {device}"
        self.device = device
        self.batching = ONE_BY_ONE if device == "cpu" else Batching(largest=8, wait_s=0.004)
        self.on_batch = NOBODY

    def compile(
        self,
        network: nn.Module,
        example: tuple[Tensor, ...],
        name: str,
        *,
        half_ok: bool = False,
        any_size: bool = False,
    ) -> Runner:
        """See `Engine`. The network itself is moved and kept."""
        del example, name, half_ok, any_size  # for engines that convert or capture
        network = network.eval().requires_grad_(False).to(self.device)

        def run(*inputs: NDArray[np.float32]) -> NDArray[np.float32]:
            with torch.inference_mode(), steady():
                try:
                    tensors = [torch.from_numpy(np.ascontiguousarray(x)).to(self.device) for x in inputs]
                    result: NDArray[np.float32] = network(*tensors).float().cpu().numpy()
                except torch.OutOfMemoryError as error:
                    raise OutOfMemory(str(error)) from error
                return result

        return run


def choose(device: str, cache_dir: Path, precision: Precision = "auto") -> Engine:
    """The engine for a `device` setting: `auto`, `cpu`, `cuda` or `cuda:1`.

    `auto` takes the first GPU where torch sees one. On a CPU it is OpenVINO, or torch where OpenVINO is not
    installed.

    Raises:
        BadSettings: a GPU is asked for that is not there.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        if not importlib.util.find_spec("openvino"):
            return TorchEngine("cpu")
        from magicmemory.pipeline.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(cache_dir, precision=precision)
    index = int(device.partition(":")[2] or 0)
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if index >= count:
        seen = {0: "no GPU", 1: "one GPU, cuda:0"}.get(count, f"{count} GPUs, cuda:0 to cuda:{count - 1}")
        raise BadSettings(f"MAGIC_DEVICE={device} cannot be used: torch sees {seen}; write cpu or auto to do without.")
    from magicmemory.pipeline.cuda_engine import CudaEngine

    return CudaEngine(f"cuda:{index}", precision)


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
