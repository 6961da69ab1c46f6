"""A training run of one network, and its loop: the state is saved every few minutes, and a run resumes.

On a CPU the time is the processor's, so that a busy machine makes a run longer, not worse. On a GPU it is a clock's.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.loop import Clock, Repeated, follow, move_if_finite, rate_at

SAVE_EVERY = 150  # seconds

Batch = tuple[Tensor, ...]  # what the network sees, what it should become or say, and what else its loss depends on
Loss = Callable[..., Tensor]  # of a network and a batch


class Run:
    """The state to resume from: the network, its average, the optimiser, seconds and steps."""

    def __init__(
        self,
        out: Path,
        network: nn.Module,
        loss: Loss,
        optimiser: torch.optim.Optimizer,
        seconds: float,
        device: str = "cpu",
    ) -> None:
        """
        Args:
            out: the run's folder; a state in it is continued.
            network: on the device, in the memory layout of the batches.
            loss: of a network and a batch.
            optimiser: of the network's parameters.
            seconds: the budget of all starts together; of the processor, or on a GPU of a clock.
            device: of the network and of the batches.
        """
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.network, self.loss, self.optimiser = out, network, loss, optimiser
        self.average = copy.deepcopy(network)
        self.rates = [float(group["lr"]) for group in optimiser.param_groups]
        self.clock, self.step = Clock(seconds, now=time.process_time if device == "cpu" else time.monotonic), 0
        self.repeated = Repeated(self.learn, device)
        if (out / "state.pt").exists():
            stored: dict[str, Any] = torch.load(out / "state.pt", weights_only=True, map_location=device)
            for name in ("network", "average", "optimiser"):
                getattr(self, name).load_state_dict(stored[name])
            self.clock.spent, self.step = stored["seconds"], stored["step"]

    def learn(self, *batch: Tensor) -> Tensor:
        """The loss of a batch, and its gradients."""
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.loss(self.network, *batch)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    def advance(self, batch: Batch) -> Tensor:
        """One step; returns the loss."""
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate_at(self.clock.share, rate)
        loss = self.repeated(*batch)
        move_if_finite(self.network, self.optimiser)
        follow(self.average, self.network, self.step)
        for mean, last in zip(self.average.buffers(), self.network.buffers(), strict=True):
            mean.copy_(last)  # the statistics of normalisation are averages already
        self.step += 1
        return loss

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

    def train(
        self,
        draw: Callable[[], Batch],
        held_out: list[Batch],
        until: float = math.inf,
        saved: Callable[[], None] = lambda: None,
    ) -> None:
        """Train on drawn batches until the time is spent; print the loss of both at each save.

        Args:
            draw: gives the next batch.
            held_out: validation batches.
            until: the second of the budget at which this start stops.
            saved: called after each save.
        """
        total, steps = torch.zeros(()), 0  # on the device, where to read it would take time
        next_save = self.clock.seconds + SAVE_EVERY
        seconds, end = self.clock.seconds, min(until, self.clock.budget)
        while seconds < end:
            loss = self.advance(draw())
            total, steps = total.to(loss.device) + loss, steps + 1
            seconds = self.clock.seconds
            if seconds > next_save or seconds >= end:
                self.save()
                held = self.check(held_out)
                line = f"{seconds:6.0f} s, step {self.step}, loss {float(total) / steps:.4f}, held {held:.4f}"
                print(line, flush=True)
                saved()
                total, steps, next_save = torch.zeros(()), 0, self.clock.seconds + SAVE_EVERY
