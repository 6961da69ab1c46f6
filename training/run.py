"""A training run of one network on the CPU, and its loop: the state is saved every few minutes, and a run resumes.

The time is the processor's, so that a busy machine makes a run longer, not worse.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.loop import Clock, follow, move_if_finite, rate_at

SAVE_EVERY = 150  # seconds

Batch = tuple[Tensor, Tensor]  # what the network sees, and what it should become or say
Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]


class Run:
    """The state to resume from: the network, its average, the optimiser, seconds and steps."""

    def __init__(
        self, out: Path, network: nn.Module, loss: Loss, optimiser: torch.optim.Optimizer, seconds: float
    ) -> None:
        """
        Args:
            out: the run's folder; a state in it is continued.
            network: in the memory layout of the batches.
            loss: of a network and a batch.
            optimiser: of the network's parameters.
            seconds: the budget of all starts together, of the processor.
        """
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.network, self.loss, self.optimiser = out, network, loss, optimiser
        self.average = copy.deepcopy(network)
        self.rates = [float(group["lr"]) for group in optimiser.param_groups]
        self.clock, self.step = Clock(seconds, now=time.process_time), 0
        if (out / "state.pt").exists():
            stored: dict[str, Any] = torch.load(out / "state.pt", weights_only=True)
            for name in ("network", "average", "optimiser"):
                getattr(self, name).load_state_dict(stored[name])
            self.clock.spent, self.step = stored["seconds"], stored["step"]

    def advance(self, batch: Batch) -> float:
        """One step; returns the loss."""
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate_at(self.clock.share, rate)
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.loss(self.network, *batch)
        loss.backward()  # type: ignore[no-untyped-call]
        move_if_finite(self.network, self.optimiser)
        follow(self.average, self.network, self.step)
        for mean, last in zip(self.average.buffers(), self.network.buffers(), strict=True):
            mean.copy_(last)  # the statistics of normalisation are averages already
        self.step += 1
        return float(loss.detach())

    def save(self) -> None:
        """Write the state; if interrupted, the old state remains."""
        state: dict[str, Any] = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        torch.save(state | {"seconds": self.clock.seconds, "step": self.step}, self.out / "state.new")
        (self.out / "state.new").replace(self.out / "state.pt")

    @torch.no_grad()
    def check(self, batches: list[Batch]) -> float:
        """The averaged network's mean loss on validation batches."""
        self.average.eval()
        return float(torch.stack([self.loss(self.average, *batch) for batch in batches]).mean())

    def train(self, draw: Callable[[], Batch], held_out: list[Batch]) -> None:
        """Train on drawn batches until the time is spent; print the loss of both at each save."""
        losses: list[float] = []
        next_save = self.clock.seconds + SAVE_EVERY
        while self.clock.share < 1:
            losses.append(self.advance(draw()))
            if self.clock.seconds > next_save or self.clock.share >= 1:
                self.save()
                seconds, held = self.clock.seconds, self.check(held_out)
                print(f"{seconds:6.0f} s, step {self.step}, loss {np.mean(losses):.4f}, held {held:.4f}", flush=True)
                losses, next_save = [], self.clock.seconds + SAVE_EVERY
