"""Train `photo-x2`: `python -m training.enlarge_train SCENES --out RUN`, then `--export FILE` writes its weights.

The loss is the error in decibels, so that smooth and detailed cuts have the same weight. Convolutions run in bfloat16
where the processor has it. The state is saved every few minutes; the same command resumes.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from magicmemory.pipeline.models.photo_x2 import FORMAT, EnlargerNetwork
from training.enlarge_data import example
from training.export import read_average
from training.loop import Clock, follow, move_if_finite, rate_at
from training.photo_data import Scene, read_scenes

SIDE = 128  # pixels of a cut; the network sees half
BATCH = 8
SAVE_EVERY = 150  # seconds
FLOOR = 2 / 255  # of the error: below it more accuracy hardly counts

Batch = tuple[Tensor, Tensor]  # small pictures, and what they should become


def _planes(images: tuple[Any, ...]) -> Tensor:
    """Pictures `[h, w, 3]` to `[n, 3, h, w]` in 0..1."""
    stacked = torch.from_numpy(np.stack(images)).float() / 255
    return stacked.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def batch_of(scenes: list[Scene], chances: Any, rng: np.random.Generator) -> Batch:
    """A batch of examples."""
    chosen = [scenes[index] for index in rng.choice(len(scenes), BATCH, p=chances)]
    small, target = zip(*(example(scene, rng, SIDE) for scene in chosen), strict=True)
    return _planes(small), _planes(target)


def loss_of(network: EnlargerNetwork, small: Tensor, target: Tensor) -> Tensor:
    """The mean error in decibels."""
    with torch.autocast("cpu", torch.bfloat16):
        made = network(small)
    squared = (made.float() - target).square().mean((1, 2, 3))
    return 10 * torch.log10(squared + FLOOR**2).mean()


class Run:
    """A training run on the CPU: the state to resume from."""

    def __init__(self, out: Path, rate: float, seconds: float) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.rate = out, rate
        self.network = EnlargerNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=1e-5)
        self.clock, self.step = Clock(seconds), 0
        if (out / "state.pt").exists():
            stored: dict[str, Any] = torch.load(out / "state.pt", weights_only=True)
            for name in ("network", "average", "optimiser"):
                getattr(self, name).load_state_dict(stored[name])
            self.clock.spent, self.step = stored["seconds"], stored["step"]

    def advance(self, batch: Batch) -> float:
        """One step; returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.clock.share, self.rate)
        self.optimiser.zero_grad(set_to_none=True)
        loss = loss_of(self.network, *batch)
        loss.backward()  # type: ignore[no-untyped-call]
        move_if_finite(self.network, self.optimiser)
        follow(self.average, self.network, self.step)
        self.step += 1
        return float(loss.detach())

    def save(self) -> None:
        """Write the state; if interrupted, the old state remains."""
        state: dict[str, Any] = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        torch.save(state | {"seconds": self.clock.seconds, "step": self.step}, self.out / "state.new")
        (self.out / "state.new").replace(self.out / "state.pt")

    @torch.no_grad()
    def check(self, batches: list[Batch]) -> float:
        """The averaged network's loss on validation scenes."""
        return float(torch.stack([loss_of(self.average, *batch) for batch in batches]).mean())


def export(run: Path, out: Path) -> None:
    """Write the averaged weights in half precision."""
    state = {name: tensor.half().contiguous() for name, tensor in read_average(run).items()}
    save_file(state, out, metadata={"format": FORMAT, "licence": "Apache-2.0"})
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    print(f"{out}: {out.stat().st_size} bytes, SHA-256 {digest}")


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=45, help="of all runs with this --out together")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--export", type=Path, help="write the run's weights to this file instead of training")
    arguments = parser.parse_args()
    if arguments.export:
        export(arguments.out, arguments.export)
        return
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(arguments.seed)
    scenes = read_scenes(arguments.scenes, False)
    per_source = {source: sum(scene.source == source for scene in scenes) for source in {s.source for s in scenes}}
    weights = np.array([per_source[scene.source] ** -0.4 for scene in scenes])  # large sources are drawn less often
    held, fixed = read_scenes(arguments.scenes, True), np.random.default_rng(7)
    checks = [batch_of(held, None, fixed) for _ in range(8)]
    run = Run(arguments.out, arguments.rate, arguments.minutes * 60)
    rng = np.random.default_rng((arguments.seed, run.step))
    losses: list[float] = []
    next_save = run.clock.seconds + SAVE_EVERY
    print(f"{len(scenes)} scenes; held out {len(held)}, at the start {run.check(checks):.3f}", flush=True)
    while run.clock.share < 1:
        losses.append(run.advance(batch_of(scenes, weights / weights.sum(), rng)))
        if run.clock.seconds > next_save or run.clock.share >= 1:
            run.save()
            seconds, held_out = run.clock.seconds, run.check(checks)
            print(f"{seconds:6.0f} s, step {run.step}, loss {np.mean(losses):.3f}, held {held_out:.3f}", flush=True)
            losses, next_save = [], run.clock.seconds + SAVE_EVERY


if __name__ == "__main__":
    main()
