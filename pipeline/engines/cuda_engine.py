"""Networks through torch on an NVIDIA GPU: half precision, channels last, captured graphs, copies beside the work."""

import copy
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.engines.base import (
    OnBatch,
    Precision,
    Runner,
    TwoStageNetwork,
    ignore_batch,
    use_deterministic_cudnn,
)
from magicmemory.pipeline.engines.batcher import Batching, OutOfMemory

Floats = NDArray[np.float32]
Array = NDArray[Any]
Forward = Callable[..., Tensor]

_STREAMS: Final = 2  # one batch is copied while another is computed
_UNCAPTURED_STREAMS: Final = 4
_MAX_BATCH: Final = 64
_GIB_PER_FACE: Final = 2.0  # of the card's memory: generous, for both streams and every size that is captured
_BATCH_WAIT_S: Final = 0.004


class CudaEngine:
    """torch on a GPU.

    A network whose inputs have one size is captured once for each of a few batch sizes, and smaller batches are filled
    up: replaying a graph costs one launch instead of hundreds. Which kernels run depends on the size, so the last bits
    of a face may depend on how many others were restored with it.
    """

    def __init__(self, device: str, precision: Precision = "auto") -> None:
        """
        Args:
            device: `cuda:0`, ….
            precision: whether half precision (bfloat16) may be used; only GPUs that have it built in do.
        """
        self.name = f"torch on {device}"
        self.version = f"torch {torch.__version__} {torch.cuda.get_device_name(device)} {precision}"
        self.device = device
        self.batching = Batching(largest_batch(device), _BATCH_WAIT_S, _STREAMS)
        self.on_batch: OnBatch = ignore_batch
        use_deterministic_cudnn()
        self._half = precision == "auto" and torch.cuda.get_device_capability(device) >= (8, 0)

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
        """See `Engine`."""
        del name, many_calls  # the streams serve any number of callers
        network = channels_last(network.eval().requires_grad_(False).to(self.device))
        forward = halved(network) if supports_half and self._half else network
        if any_size:
            return _uncaptured(forward, self.device)
        streams: queue.SimpleQueue[_Stream] = queue.SimpleQueue()
        for _ in range(_STREAMS):
            streams.put(_Stream(forward, example, self.device))

        def run(*inputs: Array) -> Floats:
            stream = streams.get()
            try:
                parts = [
                    stream.run([x[start : start + _MAX_BATCH] for x in inputs])
                    for start in range(0, len(inputs[0]), _MAX_BATCH)
                ]
            finally:
                streams.put(stream)
            return parts[0] if len(parts) == 1 else np.concatenate(parts)

        return run


def _uncaptured(forward: Forward, device: str) -> Runner:
    """Runs a network for inputs of any size, in a stream of its own for each of a few callers at the same time."""
    # The network's weights were copied in the default stream, for which the others do not wait by themselves.
    torch.cuda.synchronize(device)
    streams: queue.SimpleQueue[torch.cuda.Stream] = queue.SimpleQueue()
    for _ in range(_UNCAPTURED_STREAMS):
        streams.put(torch.cuda.Stream(device))  # type: ignore[no-untyped-call]

    def run(*inputs: Array) -> Floats:
        stream = streams.get()
        try:
            with torch.inference_mode(), torch.cuda.stream(stream):
                there = [_on_device(torch.from_numpy(np.ascontiguousarray(x)), device) for x in inputs]
                made: Floats = forward(*there).float().cpu().numpy()
                return made
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise OutOfMemory(str(error)) from error
        finally:
            streams.put(stream)

    return run


def _on_device(x: Tensor, device: str) -> Tensor:
    there = x.to(device)
    is_planes = there.dim() == 4 and there.is_floating_point()  # bytes come as crops, channels last already
    return there.contiguous(memory_format=torch.channels_last) if is_planes else there


def largest_batch(device: str) -> int:
    """How many faces are run at a time on a card with so much memory: a power of two."""
    gib = torch.cuda.get_device_properties(device).total_memory / 2**30
    faces = max(1, min(_MAX_BATCH, int(gib / _GIB_PER_FACE)))
    return 1 << (faces.bit_length() - 1)


def padded_batch(faces: int) -> int:
    """The size of the captured batch that so many faces are run in: the next power of two."""
    return 1 << (faces - 1).bit_length()


def channels_last(network: nn.Module) -> nn.Module:
    """The same network with its convolutions' weights in the order that tensor cores want."""
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.to(memory_format=torch.channels_last)
    return network


def halved(network: nn.Module, dtype: torch.dtype = torch.bfloat16) -> Forward:
    """The network in half precision, from float32 to float32; of a `TwoStageNetwork`, its second stage alone."""
    if isinstance(network, TwoStageNetwork):
        second = copy.deepcopy(network).to(dtype)
        return lambda faces: second.decode(network.encode(faces).to(dtype)).float()
    half = copy.deepcopy(network).to(dtype)
    return lambda *inputs: half(*(x.to(dtype) for x in inputs)).float()


@dataclass(frozen=True)
class _Captured:
    """A network for one batch size: buffers here and there, and the graph between them."""

    graph: torch.cuda.CUDAGraph
    given: list[Tensor]  # pinned
    inputs: list[Tensor]
    output: Tensor
    made: Tensor  # pinned


_capturing: Final = threading.Lock()


class _Stream:
    """A stream with its own graphs: what runs in one stream does not wait for the other."""

    def __init__(self, forward: Forward, example: tuple[Tensor, ...], device: str) -> None:
        self._forward = forward
        self._example = example
        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()  # one for all sizes: only one of them runs at a time
        self._captured: dict[int, _Captured] = {}

    def run(self, inputs: list[Array]) -> Floats:
        """One batch, of at most `_MAX_BATCH`."""
        count = len(inputs[0])
        size = padded_batch(count)
        try:
            captured = self._captured.get(size) or self._capture(size)
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise OutOfMemory(str(error)) from error
        with torch.inference_mode(), torch.cuda.stream(self._stream):
            for pinned, there, x in zip(captured.given, captured.inputs, inputs, strict=True):
                pinned[:count].numpy()[...] = x  # the rest of the batch keeps old values, whose results are ignored
                there.copy_(pinned, non_blocking=True)
            captured.graph.replay()
            captured.made.copy_(captured.output, non_blocking=True)
        self._stream.synchronize()
        return np.array(captured.made[:count].numpy())

    def _capture(self, size: int) -> _Captured:
        with _capturing, torch.inference_mode(), torch.cuda.device(self._device):
            given = [torch.zeros(size, *x.shape[1:], dtype=x.dtype, pin_memory=True) for x in self._example]
            # The network's weights were copied in the default stream, for which this one does not wait by itself.
            self._stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self._stream):
                # Made in the stream that uses them: the allocator gives freed memory to the stream that it was made in.
                inputs = [_on_device(x, self._device) for x in given]
                for _ in range(2):  # libraries make their workspaces at first use, which no graph may hold
                    self._forward(*inputs)
            self._stream.synchronize()
            graph = torch.cuda.CUDAGraph()
            # The other stream may go on allocating meanwhile.
            with torch.cuda.graph(graph, self._pool, self._stream, capture_error_mode="thread_local"):
                output = self._forward(*inputs)
            made = torch.empty(output.shape, pin_memory=True)
            captured = self._captured[size] = _Captured(graph, given, inputs, output, made)
            return captured
