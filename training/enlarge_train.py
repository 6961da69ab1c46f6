"""Train `photo-x2`: `python -m training.enlarge_train SCENES --out RUN`, then `--export FILE` writes its weights.

The loss is the error in decibels, so that smooth and detailed cuts have the same weight. Convolutions run in bfloat16
where the processor has it. The state is saved every few minutes; the same command resumes.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.models.photo_x2 import FORMAT, EnlargerNetwork, load
from training.enlarge_data import example
from training.export import read_average
from training.photo_data import Scene, read_scenes
from training.run import Batch, Run

SIDE = 160  # pixels of a cut; the network sees half
BATCH = 8
AGAIN = 2  # examples of a batch that the network has enlarged once: for four times it runs twice
FLOOR = 2 / 255  # of the error: below it more accuracy hardly counts


def _planes(images: tuple[Any, ...]) -> Tensor:
    """Pictures `[h, w, 3]` to `[n, 3, h, w]` in 0..1."""
    stacked = torch.from_numpy(np.stack(images)).float() / 255
    return stacked.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def batch_of(scenes: list[Scene], chances: Any, rng: np.random.Generator) -> Batch:
    """A batch of examples."""
    chosen = [scenes[index] for index in rng.choice(len(scenes), BATCH, p=chances)]
    small, target = zip(*(example(scene, rng, SIDE) for scene in chosen), strict=True)
    return _planes(small), _planes(target)


@torch.no_grad()
def with_enlarged(network: nn.Module, small: Tensor, count: int) -> Tensor:
    """The small pictures `[n, 3, h, w]` in 0..1, of which the network has made the first `count` from half their size.

    Else it takes its own smooth pictures for soft photos at the second run, and sharpens them too much.
    """
    half = functional.interpolate(small[:count], scale_factor=0.5, mode="bicubic", antialias=True)
    made = network((half.clamp(0, 1) * 255).round() / 255).clamp(0, 1)
    return torch.cat([(made * 255).round() / 255, small[count:]]).contiguous(memory_format=torch.channels_last)


def loss_of(network: nn.Module, small: Tensor, target: Tensor) -> Tensor:
    """The mean error in decibels."""
    with torch.autocast("cpu", torch.bfloat16):
        made = network(small)
    squared = (made.float() - target).square().mean((1, 2, 3))
    return 10 * torch.log10(squared + FLOOR**2).mean()


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
    parser.add_argument("--further", type=Path, help="a photo_x2.safetensors that is trained further")
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
    first = load(arguments.further).train() if arguments.further else EnlargerNetwork()
    network = first.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), lr=arguments.rate, betas=(0.9, 0.99), weight_decay=1e-5)
    run = Run(arguments.out, network, loss_of, optimiser, arguments.minutes * 60)
    rng = np.random.default_rng((arguments.seed, run.step))
    print(f"{len(scenes)} scenes; held out {len(held)}, at the start {run.check(checks):.3f}", flush=True)

    def draw() -> Batch:
        small, target = batch_of(scenes, weights / weights.sum(), rng)
        return with_enlarged(run.average, small, AGAIN), target

    run.train(draw, checks)


if __name__ == "__main__":
    main()
