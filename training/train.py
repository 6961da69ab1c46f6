"""Train the encoder and the faithful decoder: `python -m training.train FACES.npz --out RUN --minutes 60`.

The schedule follows the clock, not the number of steps, so the same command fits a laptop and a GPU. RUN gets
`state.pt` (the same command continues from it after a stop) and `log.txt`.

On a GPU, `--batches 16` uses sixteen times as many faces per step, `--workers 15` prepares enough data, and `--echo 4`
uses a pair up to four times where that is still not enough. On a CPU,
`--processes 2` trains in two single-threaded processes that synchronise once per step. On a machine with other load
that is faster than one process with two threads, which wait for each other at every layer.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, distributed
from torch.nn import functional

from magicmemory.pipeline.models.lite import INNER, LiteCore, load
from training.damage import Level, spoil
from training.data import LOOSE, Faces, load_faces, loader, middle, to_tensor
from training.loop import Clock, Repeated, adamw, follow, move_if_finite, rate_at, share_gradients, start
from training.measures import FACE_REGION

# (until this share of the time, side of the crops, batch): small crops first, for more and faster steps; then whole
# faces, from which the network learns the layout of a face. On a GPU small crops are not faster.
STAGES = ((0.2, 128, 16), (0.45, 192, 8), (1.01, 256, 4))
FACE_WEIGHT = 3.0  # the weight of a face pixel relative to the background, in whole faces
FEATURE_WEIGHT = 4.5  # likewise, from the brows to the mouth: by these a person is recognised
FEATURE_REGION = (slice(96, 204), slice(72, 184))  # rows and columns of the aligned 256-pixel crop
CHECKS = (Level("clean", 0, 0), Level("mild", 0.2, 0.2), Level("medium", 0.55, 0.55), Level("heavy", 1.0, 1.0))


def weights_of(side: int, device: str) -> Tensor:
    """The weight of each pixel of a crop, `[1, 1, side, side]`, with mean 1."""
    weights = torch.ones(1, 1, side, side, device=device)
    if side == INNER:  # smaller crops can come from any part of the face
        weights[(..., *FACE_REGION)] = FACE_WEIGHT
        weights[(..., *FEATURE_REGION)] = FEATURE_WEIGHT
        weights = functional.avg_pool2d(weights, 17, 1, 8, count_include_pad=False)
    return weights / weights.mean()


def decibel_loss(restored: Tensor, clean: Tensor, soft: Tensor | float, weights: Tensor | float = 1.0) -> Tensor:
    """Mean negative PSNR of the batch in tens of dB, softened where it is good, plus a little absolute error.

    Counting in decibels gives mild damage and clean pairs the same say as heavy damage (NAFNet trains so too).
    """
    squared = ((restored - clean).square() * weights).mean(dim=(1, 2, 3))
    return torch.log10(squared + soft).mean() + 2.0 * (restored - clean).abs().mean()


def softening_at(share: float) -> float:
    """The squared error below which the loss counts less: that of 33 dB at first, of 46 dB in the second half.

    A new network spoils clean pairs, and if that counted fully it would learn to change nothing and stay there.
    """
    return 2e-3 * float(0.05 ** min(1.0, 2 * share))


@torch.no_grad()
def check(network: LiteCore, faces: Faces, device: str, count: int = 14) -> str:
    """PSNR of some validation faces before and after, one level each."""
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


def faithful_of(shipped: Path) -> LiteCore:
    """The encoder and faithful decoder of a file by `training.export`, to train them further.

    Raises:
        ValueError: the file holds another format or another network.
    """
    whole, core = load(shipped), LiteCore()
    core.encoder.load_state_dict(whole.encoder.state_dict())
    core.decoder.load_state_dict(whole.faithful.state_dict())
    return core


class Run:
    """A training run: the state to resume from, and the log."""

    def __init__(
        self, out: Path, device: str, rate: float, seconds: float, shipped: Path | None = None, only_end: bool = False
    ) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.device, self.rate = out, device, rate
        core = faithful_of(shipped) if shipped else LiteCore()
        self.trained = shipped is not None
        self.network = core.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average: LiteCore = copy.deepcopy(self.network)
        self.network.encoder.requires_grad_(not only_end)
        self.optimiser = adamw(self.network, rate, betas=(0.9, 0.98), decay=1e-4)
        self.repeated = Repeated(self.learn, device)
        self.clock, self.step = Clock(seconds), 0
        if (out / "state.pt").exists():
            stored: dict[str, Any] = torch.load(out / "state.pt", weights_only=True, map_location=device)
            for name in ("network", "average", "optimiser"):
                getattr(self, name).load_state_dict(stored[name])
            self.clock.spent, self.step = stored["seconds"], stored["step"]

    def save(self) -> None:
        """Write the state; if interrupted, the old state remains."""
        state: dict[str, Any] = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        torch.save(state | {"seconds": self.clock.seconds, "step": self.step}, self.out / "state.new")
        (self.out / "state.new").replace(self.out / "state.pt")

    def learn(self, damaged: Tensor, clean: Tensor, soft: Tensor) -> Tensor:
        """The loss of a batch, and its gradients."""
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            change = self.network.change(damaged)
        loss = decibel_loss(damaged + change, clean, soft, weights_of(damaged.shape[-1], self.device))
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    def advance(self, damaged: Tensor, clean: Tensor, share: float) -> tuple[Tensor, float]:
        """One step; returns the loss and the first process's share of the time used."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(share, self.rate)
        soft = torch.full((), softening_at(1.0 if self.trained else share), device=self.device)
        loss = self.repeated(damaged.contiguous(memory_format=torch.channels_last), clean, soft)
        share = share_gradients(self.network, self.clock.share)
        move_if_finite(self.network, self.optimiser)
        follow(self.average, self.network, self.step)
        self.step += 1
        return loss, share

    def log(self, line: str) -> None:
        """Print a line and add it to the log."""
        print(line, flush=True)
        with (self.out / "log.txt").open("a") as file:
            file.write(line + "\n")


def train(rank: int, arguments: argparse.Namespace) -> None:
    """Train in one process until the time is used up."""
    if arguments.processes > 1:
        torch.set_num_threads(1)
        distributed.init_process_group("gloo", rank=rank, world_size=arguments.processes)
    torch.manual_seed(arguments.seed)
    faces = load_faces(arguments.faces)
    seconds = arguments.minutes * 60
    run = Run(arguments.out, arguments.device, arguments.rate, seconds, arguments.further, arguments.only_end)
    share, losses = run.clock.share, []
    next_save, next_check = run.clock.seconds + 60, run.clock.seconds + arguments.check
    for until, side, batch in STAGES if arguments.device == "cpu" else STAGES[-1:]:
        if share >= until:
            continue
        seed = arguments.seed + 1000 * rank + run.step * 10_000
        size = max(1, batch * arguments.batches // arguments.processes)
        data = faces.only(False), side, size, seed, arguments.workers, arguments.device, arguments.loose, arguments.echo
        for damaged, clean in loader(*data):
            loss, share = run.advance(damaged, clean, share)
            losses.append(loss)
            if rank == 0 and (run.clock.seconds > next_save or share >= 1):
                run.save()
                next_save = run.clock.seconds + 60
            if rank == 0 and (run.clock.seconds > next_check or share >= 1):
                seen, mean = check(run.average, faces.only(True), arguments.device), float(torch.stack(losses).mean())
                run.log(f"{run.clock.seconds:6.0f} s, step {run.step}, loss {mean:.4f}; {seen}")
                next_check, losses = run.clock.seconds + arguments.check, []
            if share >= min(1.0, until):
                break


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="the file written by training.prepare")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--further", type=Path, help="a lite.safetensors whose faithful decoder is trained further")
    parser.add_argument("--only-end", action="store_true", help="freeze the encoder, which the vivid decoder shares")
    parser.add_argument("--loose", type=float, default=LOOSE, help="share of cuts that are not aligned faces, 0 to 1")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--batches", type=int, default=1, help="factor for the faces per step, for a GPU")
    parser.add_argument("--processes", type=int, default=1, help="training processes; on a CPU, one per core")
    parser.add_argument("--workers", type=int, default=1, help="data processes per training process")
    parser.add_argument("--echo", type=float, default=1, help="uses of a pair at most, on average; for a GPU, 4 to 8")
    parser.add_argument("--check", type=float, default=300, help="seconds between validations")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.only_end and not arguments.further:
        parser.error("--only-end needs --further: an encoder that never learnt would stay as it is")
    start(train, arguments)


if __name__ == "__main__":
    main()
