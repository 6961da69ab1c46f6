"""Train the gate of the fine detail: `python -m training.gate FACES.npz --faithful RUN --out RUN3`.

A few minutes. Only the gate learns, on the portraits large enough to hold detail beyond 256 pixels, damaged at
512: it keeps the detail of a clean face and takes grain, noise and compression away.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from magicmemory.pipeline.models.lite import INNER_STEP, Lite, enlarge, keep_grey
from training.damage import Level, Mix, spoil
from training.data import pair, to_tensor
from training.export import assemble, read_average
from training.loop import Clock, rate_at
from training.train import decibel_loss, softening_at

# Many clean faces: removing a sharp face's detail is the worse mistake.
MIX: Mix = ((0.25, Level("clean", 0.0, 0.0)), (0.45, Level("mild", 0.02, 0.4)), (0.3, Level("strong", 0.4, 1.0)))


def draw(images: NDArray[np.uint8], rng: Generator, batch: int) -> tuple[Tensor, Tensor]:
    """Damaged and clean faces, `[batch, 3, 512, 512]`."""
    pairs = []
    for index in rng.integers(0, len(images), batch):
        image = images[index][:, ::-1] if rng.random() < 0.5 else images[index]
        pairs.append(pair(np.ascontiguousarray(image), rng, MIX))
    damaged, clean = (to_tensor(np.stack(side)) for side in zip(*pairs, strict=True))
    return damaged, clean


@dataclass
class Seen:
    """The frozen network's outputs for a batch, which the gate trains on repeatedly."""

    features: Tensor
    fine: Tensor
    change: Tensor
    kept_all: Tensor  # the result if all detail is kept
    clean: Tensor


@torch.no_grad()
def look(network: Lite, damaged: Tensor, clean: Tensor) -> Seen:
    """Run the network up to the gate."""
    small = functional.avg_pool2d(damaged, INNER_STEP)
    looks = network.faithful_looks(small)
    change = keep_grey(small, looks.change)
    return Seen(looks.features[0], damaged - enlarge(small), change, damaged + enlarge(change), clean)


@torch.no_grad()
def check(network: Lite, images: NDArray[np.uint8], count: int = 8) -> str:
    """PSNR at 512 pixels: with all fine detail kept, and with the gate."""
    parts = []
    for level in (Level("clean", 0, 0), Level("mild", 0.2, 0.2), Level("strong", 0.7, 0.7)):
        rng = np.random.default_rng(3)
        clean = images[:: max(1, len(images) // count)][:count]
        target = to_tensor(clean)
        damaged = to_tensor(np.stack([spoil(image, rng, level) for image in clean]))
        restored = torch.cat([network(part, torch.ones(len(part))) for part in torch.split(damaged, 2)])
        figures = [
            float((10 * torch.log10(4 / (x - target).square().mean(dim=(1, 2, 3)).clamp_min(1e-6))).mean())
            for x in (damaged, restored)
        ]
        parts.append(f"{level.name} {figures[0]:.2f} to {figures[1]:.2f}")
    return ", ".join(parts)


def train(network: Lite, pool: list[Seen], rate: float, seconds: float) -> None:
    """Train the gate on the stored outputs."""
    network.gate.requires_grad_(True)
    optimiser = torch.optim.AdamW(network.gate.parameters(), lr=rate)
    clock, step = Clock(seconds), 0
    while clock.share < 1:
        seen = pool[step % len(pool)]
        for group in optimiser.param_groups:
            group["lr"] = rate_at(clock.share, rate)
        optimiser.zero_grad(set_to_none=True)
        kept = network.gate(seen.features, seen.fine, seen.change)
        loss = decibel_loss(seen.kept_all - (1 - kept) * seen.fine, seen.clean, softening_at(0.5))
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        step += 1


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="the file written by training.prepare")
    parser.add_argument("--faithful", type=Path, required=True, help="the faithful decoder's run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--batch", type=int, default=3)
    parser.add_argument("--draws", type=int, default=60, help="number of batches")
    parser.add_argument("--rate", type=float, default=3e-3)
    arguments = parser.parse_args()
    with np.load(arguments.faces) as stored:
        images, outside = stored["fine"], stored["fine_validation"]
    network = assemble(read_average(arguments.faithful)).requires_grad_(False)
    print(f"{(~outside).sum()} faces to learn from; before: {check(network, images[outside])}", flush=True)
    rng = np.random.default_rng(0)
    pool = [look(network, *draw(images[~outside], rng, arguments.batch)) for _ in range(arguments.draws)]
    print(f"{len(pool)} batches drawn; after: ", end="", flush=True)
    train(network, pool, arguments.rate, arguments.minutes * 60)
    print(check(network, images[outside]))
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save({"average": network.gate.state_dict()}, arguments.out / "state.pt")


if __name__ == "__main__":
    main()
