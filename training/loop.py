"""Shared parts of the training programs: the clock, optimiser steps, CUDA graphs, several processes."""

from __future__ import annotations

import argparse
import math
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, distributed, multiprocessing, nn


@dataclass
class Clock:
    """The progress of a run, in working seconds over all its starts.

    Attributes:
        budget: seconds of the whole run.
        spent: seconds of earlier starts.
        now: the seconds that count: those of a clock, or of the processor, which do not pass while a run is held up.
    """

    budget: float
    spent: float = 0.0
    now: Callable[[], float] = time.monotonic
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.now()

    @property
    def seconds(self) -> float:
        """Working seconds so far."""
        return self.spent + self.now() - self._started

    @property
    def share(self) -> float:
        """0 at the start, 1 at the end."""
        return self.seconds / self.budget


def rate_at(share: float, peak: float) -> float:
    """The learning rate factor: a short warm-up, then a cosine to nearly 0."""
    warm = min(1.0, 0.05 + share / 0.02)
    return peak * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


def follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Move the averaged weights towards the network's."""
    keep = min(0.999, (1 + step) / (20 + step))
    with torch.no_grad():
        torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - keep)


def adamw(network: nn.Module, rate: float, betas: tuple[float, float], decay: float = 1e-2) -> torch.optim.AdamW:
    """The optimiser of the parameters that learn; on a GPU it is one kernel."""
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    fused = True if learning[0].is_cuda else None
    return torch.optim.AdamW(learning, lr=rate, betas=betas, weight_decay=decay, fused=fused)


def move_if_finite(network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Clip the gradients and update; skip the step if a gradient is not finite."""
    finite = torch.isfinite(nn.utils.clip_grad_norm_(network.parameters(), 1.0))
    if optimiser.defaults.get("fused"):
        # Asked on the device, as `torch.amp.GradScaler` does: the processor need not wait for the step's end.
        optimiser.found_inf = (~finite).float()  # type: ignore[attr-defined]
        optimiser.step()
    elif finite:
        optimiser.step()


class Repeated:
    """Calls a step. On a GPU it is recorded once as a CUDA graph and then replayed, without launching each kernel.

    At these sizes a step is some thousand short kernels, and telling takes as long as running them. The step gets
    tensors of the same shapes each time, gives back one tensor, and must do nothing that depends on their values.
    """

    def __init__(self, step: Callable[..., Tensor], device: str) -> None:
        self.step, self.records = step, device.startswith("cuda")
        self.graph: torch.cuda.CUDAGraph | None = None

    def __call__(self, *inputs: Tensor) -> Tensor:
        """The step's result, detached."""
        if not self.records:
            return self.step(*inputs).detach()
        if self.graph is None or [x.shape for x in inputs] != [x.shape for x in self.inputs]:
            self._record(inputs)
        assert self.graph is not None
        for mine, given in zip(self.inputs, inputs, strict=True):
            mine.copy_(given)
        self.graph.replay()
        return self.result.detach().clone()

    def _record(self, inputs: tuple[Tensor, ...]) -> None:
        self.inputs = [x.clone() for x in inputs]
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(3):  # so that every library has chosen its kernels
                self.step(*self.inputs)
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(
            self.graph, capture_error_mode="thread_local"
        ):  # a loader may pin memory at the same time
            self.result = self.step(*self.inputs)


def share_gradients(network: nn.Module, share: float) -> float:
    """Average the gradients over the processes, and send the first process's progress to all."""
    if not distributed.is_initialized():
        return share
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    told = torch.tensor([share if distributed.get_rank() == 0 else 0.0])
    flat = torch.cat([gradient.flatten() for gradient in gradients] + [told])
    distributed.all_reduce(flat)
    flat[:-1] /= distributed.get_world_size()
    torch._foreach_copy_(
        gradients,
        [
            part.view_as(gradient)
            for part, gradient in zip(torch.split(flat[:-1], [g.numel() for g in gradients]), gradients, strict=True)
        ],
    )
    return float(flat[-1])


def start(job: Callable[[int, argparse.Namespace], None], arguments: argparse.Namespace) -> None:
    """Run a job in `arguments.processes` processes; each gets its rank."""
    torch.backends.cudnn.benchmark = True  # input sizes do not change
    if arguments.processes == 1:
        job(0, arguments)
        return
    with socket.socket() as probe:  # a free port for the rendezvous
        probe.bind(("127.0.0.1", 0))
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(probe.getsockname()[1]))
    multiprocessing.spawn(job, (arguments,), arguments.processes)  # type: ignore[attr-defined,no-untyped-call]
