"""Train the faithful end: `python -m training.train FACES.npz --out RUN --minutes 60`.

The schedule follows the clock, not a count of steps, so the same command fits a laptop and a GPU. RUN keeps
`state.pt` (to go on after a stop, by the same command) and `log.txt`.

On a CPU, `--processes 2` trains in two processes of one thread each, which meet once a step. That is faster
than one process of two threads wherever something else runs too, because threads wait for each other at
every layer.
"""

from __future__ import annotations

import argparse
import copy
import math
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, distributed, multiprocessing, nn

from magicmemory.pipeline.models.lite import LiteCore, load
from training.damage import Level, spoil
from training.data import Faces, load_faces, loader, middle, to_tensor

# (until this share of the time, side of the crops, batch): small crops first, for more and quicker steps
STAGES = ((0.4, 128, 16), (0.8, 192, 8), (1.01, 256, 4))
CHECKS = (Level("clean", 0, 0), Level("mild", 0.2, 0.2), Level("medium", 0.55, 0.55), Level("heavy", 1.0, 1.0))


@dataclass
class Clock:
    """How far the run is, counted in working seconds over all its starts."""

    budget: float
    spent: float = 0.0
    _started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Working seconds so far."""
        return self.spent + time.monotonic() - self._started

    @property
    def share(self) -> float:
        """0 at the start, 1 at the end."""
        return self.seconds / self.budget


def rate_at(share: float, peak: float) -> float:
    """A short warm-up and a cosine to nearly nothing."""
    warm = min(1.0, 0.05 + share / 0.02)
    return peak * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


def decibel_loss(restored: Tensor, clean: Tensor, share: float) -> Tensor:
    """Mean negative PSNR of the batch in tens of dB, softened where it is good, plus a little absolute error.

    Counting in decibels gives mild damage and clean pairs the same say as heavy damage (NAFNet trains so too).
    At first it is softened above 33 dB, in the second half above 46 dB: a new network spoils clean pairs, and
    if that counted fully it would learn to change nothing and stay there.
    """
    squared = (restored - clean).square().mean(dim=(1, 2, 3))
    soft = 2e-3 * 0.05 ** min(1.0, 2 * share)
    return torch.log10(squared + soft).mean() + 2.0 * (restored - clean).abs().mean()


def follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Move the averaged weights towards the network's."""
    keep = min(0.998, (1 + step) / (20 + step))
    with torch.no_grad():
        for old, new in zip(average.parameters(), network.parameters(), strict=True):
            old.lerp_(new, 1 - keep)


@torch.no_grad()
def check(network: LiteCore, faces: Faces, device: str, count: int = 14) -> str:
    """A quick look at some validation faces: PSNR before and after, a level each."""
    parts = []
    for level in CHECKS:
        rng = np.random.default_rng(5)
        clean = [middle(image) for image in faces.images[:: max(1, len(faces.images) // count)][:count]]
        damaged = to_tensor(np.stack([spoil(image, rng, level) for image in clean]))
        target = to_tensor(np.stack(clean))
        with torch.autocast(device.split(":")[0], torch.bfloat16):
            restored = torch.cat([part + network.change(part.to(device)).cpu() for part in torch.split(damaged, 7)])
        before, after = (_psnr(images.clamp(-1, 1), target) for images in (damaged, restored))
        parts.append(f"{level.name} {after:.2f}" + (f" ({after - before:+.2f})" if level.high else ""))
    return ", ".join(parts)


def _psnr(images: Tensor, target: Tensor) -> float:
    region = (..., slice(56, 224), slice(56, 200))
    squared = (images - target)[region].square().mean(dim=(1, 2, 3)).clamp_min(1e-6)
    return float((10 * torch.log10(4 / squared)).mean())


def share_gradients(network: nn.Module, share: float) -> float:
    """Average the gradients over the processes; the first process's share of the time is told to all."""
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


def faithful_of(shipped: Path) -> LiteCore:
    """The faithful end of a file that `training.export` wrote, to train it further.

    Raises:
        ValueError: the file holds another format or another network.
    """
    whole, core = load(shipped), LiteCore()
    core.encoder.load_state_dict(whole.encoder.state_dict())
    core.decoder.load_state_dict(whole.faithful.state_dict())
    return core


class Run:
    """A training run: what must survive a stop, and the log."""

    def __init__(self, out: Path, device: str, rate: float, seconds: float, shipped: Path | None = None) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.device, self.rate = out, device, rate
        core = faithful_of(shipped) if shipped else LiteCore()
        self.trained = shipped is not None
        self.network = core.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average: LiteCore = copy.deepcopy(self.network)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=1e-4)
        self.clock, self.step = Clock(seconds), 0
        if (out / "state.pt").exists():
            stored: dict[str, Any] = torch.load(out / "state.pt", weights_only=True, map_location=device)
            for name in ("network", "average", "optimiser"):
                getattr(self, name).load_state_dict(stored[name])
            self.clock.spent, self.step = stored["seconds"], stored["step"]

    def save(self) -> None:
        """Write the state; an interruption leaves the old one."""
        state: dict[str, Any] = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        torch.save(state | {"seconds": self.clock.seconds, "step": self.step}, self.out / "state.new")
        (self.out / "state.new").replace(self.out / "state.pt")

    def advance(self, damaged: Tensor, clean: Tensor, share: float) -> tuple[float, float]:
        """One step; the loss, and the share of the time that is used up (the first process's)."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(share, self.rate)
        self.optimiser.zero_grad(set_to_none=True)
        damaged = damaged.to(self.device).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            change = self.network.change(damaged)
        loss = decibel_loss(damaged + change, clean.to(self.device), 1.0 if self.trained else share)
        loss.backward()  # type: ignore[no-untyped-call]
        share = share_gradients(self.network, self.clock.share)
        if torch.isfinite(nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)):
            self.optimiser.step()
            follow(self.average, self.network, self.step)
        self.step += 1
        return float(loss.detach()), share

    def log(self, line: str) -> None:
        """Print a line and keep it."""
        print(line, flush=True)
        with (self.out / "log.txt").open("a") as file:
            file.write(line + "\n")


def train(rank: int, arguments: argparse.Namespace) -> None:
    """Run one process until the clock says so."""
    if arguments.processes > 1:
        torch.set_num_threads(1)
        distributed.init_process_group("gloo", rank=rank, world_size=arguments.processes)
    torch.manual_seed(arguments.seed)
    faces = load_faces(arguments.faces)
    run = Run(arguments.out, arguments.device, arguments.rate, arguments.minutes * 60, arguments.further)
    share, losses = run.clock.share, []
    next_save, next_check = run.clock.seconds + 60, run.clock.seconds + arguments.check
    for until, side, batch in STAGES:
        if share >= until:
            continue
        seed = arguments.seed + 1000 * rank + run.step * 10_000
        for damaged, clean in loader(
            faces.only(False), side, max(1, batch // arguments.processes), seed, arguments.workers
        ):
            loss, share = run.advance(damaged, clean, share)
            losses.append(loss)
            if rank == 0 and (run.clock.seconds > next_save or share >= 1):
                run.save()
                next_save = run.clock.seconds + 60
            if rank == 0 and (run.clock.seconds > next_check or share >= 1):
                seen = check(run.average, faces.only(True), arguments.device)
                run.log(f"{run.clock.seconds:6.0f} s, step {run.step}, loss {np.mean(losses):.4f}; {seen}")
                next_check, losses = run.clock.seconds + arguments.check, []
            if share >= min(1.0, until):
                break


def start(job: Callable[[int, argparse.Namespace], None], arguments: argparse.Namespace) -> None:
    """Run a job in as many processes as asked for; it gets its rank."""
    if arguments.processes == 1:
        job(0, arguments)
        return
    with socket.socket() as probe:  # a free port to meet at
        probe.bind(("127.0.0.1", 0))
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(probe.getsockname()[1]))
    multiprocessing.spawn(job, (arguments,), arguments.processes)  # type: ignore[attr-defined,no-untyped-call]


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="what training.prepare wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--further", type=Path, help="a lite.safetensors whose faithful end is trained further")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--processes", type=int, default=1, help="on a CPU, one a core")
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare data, for each")
    parser.add_argument("--check", type=float, default=300, help="seconds between looks at validation faces")
    parser.add_argument("--seed", type=int, default=1)
    start(train, parser.parse_args())


if __name__ == "__main__":
    main()
