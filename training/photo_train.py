"""Train a network of `photo`: `python -m training.photo_train finder|mender SCENES --portraits FOLDER … --out RUN`.

The finder learns with cross-entropy and an overlap loss, the mender with an error in decibels, so that mild and strong
damage have the same weight. Both compute in bfloat16 where the processor is likely to have it, which halves a step, and
on a GPU. The state is saved every few minutes; the same command resumes. `--export` keeps the averaged network as well,
in half precision, for `photo_export` and `--further`.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from magicmemory.pipeline.models.photo import FinderNetwork, MenderNetwork
from training.echo import Echo
from training.grow import grow, smaller
from training.photo_data import Scene, finder_example, mender_example, read_portraits, read_scenes
from training.photo_export import part_of, write_part
from training.run import Batch, Loss, Run

SIDES = {"finder": 192, "mender": 128}  # pixels of a cut
BATCH = 8
SEEN_PLANES = {"finder": 3, "mender": 4}
FLOOR = 1 / 255  # of the mender's error
FIRST_FLOOR = 3 / 255  # of a new one, or "change nothing", right for sound pictures, is all that it learns
FLOOR_FALLS = 0.4  # of the time, until `FLOOR` is reached
FIRST_LOGIT = -3.0  # of the finder: damage is rare
RIM_WEIGHT = 2.0  # of damage, beside its inside
FAINT_WEIGHT = 0.6  # of faint damage, beside plain damage: to miss a plain scratch is worse
HALF = torch.backends.cpu.get_cpu_capability() == "AVX512"  # elsewhere bfloat16 is imitated, and slower
HIDDEN_WEIGHT = 0.4  # of the error where something is hidden, in the mender's loss
PORTRAITS = 0.3  # of the cuts
ECHOED = 6144  # examples that an echo holds
TURNS = 8  # quarter turns and mirror images


def examples_of(part: str, chosen: list[Scene], rng: np.random.Generator, side: int) -> Tensor:
    """Examples for one of the networks, `[n, planes, side, side]` bytes: what it sees, and what it should say."""
    example = finder_example if part == "finder" else mender_example
    stacked = np.stack([np.dstack(example(scene, rng, side)) for scene in chosen])
    return torch.from_numpy(np.ascontiguousarray(stacked.transpose(0, 3, 1, 2)))


def batch_of(part: str, examples: Tensor, floor: float = FLOOR) -> Batch:
    """What the loss takes, in 0..1, of `examples_of`'s bytes on any device."""
    planes = (examples.float() / 255).contiguous(memory_format=torch.channels_last)
    parts = torch.split(planes, [SEEN_PLANES[part], planes.shape[1] - SEEN_PLANES[part]], 1)
    seen, wanted = (half.contiguous(memory_format=torch.channels_last) for half in parts)
    return (seen, wanted) if part == "finder" else (seen, wanted, torch.full((), floor, device=seen.device))


class Examples(IterableDataset[Tensor]):
    """`examples_of` without end, some at a time. Each process draws others."""

    def __init__(self, part: str, scenes: list[Scene], chances: Any, side: int, seed: tuple[int, ...]) -> None:
        self.part, self.scenes, self.chances, self.side, self.seed = part, scenes, chances, side, seed

    def __iter__(self) -> Iterator[Tensor]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng = np.random.default_rng((*self.seed, worker.id) if worker else self.seed)
        while True:
            yield self.some(rng, 8)

    def some(self, rng: np.random.Generator, count: int) -> Tensor:
        """The next ones."""
        chosen = rng.choice(len(self.scenes), count, p=self.chances)
        return examples_of(self.part, [self.scenes[index] for index in chosen], rng, self.side)


def echo_of(examples: Examples, workers: int, device: str, uses: float, seed: int) -> Echo:
    """The examples that `workers` processes draw, each used at most `uses` times in the mean."""
    pinned = device.startswith("cuda")
    parts = iter(DataLoader(examples, batch_size=None, num_workers=workers, prefetch_factor=2, pin_memory=pinned))
    return Echo(((part,) for part in parts), ECHOED, device, uses, seed)


def turned(examples: Tensor) -> Tensor:
    """Each example turned or mirrored in one of the eight ways, by its number in the batch.

    Args:
        examples: `[batch, planes, side, side]`.
    """
    ways = []
    for way in range(TURNS):
        some = torch.rot90(examples[way::TURNS], way % 4, (2, 3))
        ways.append(some.flip(3) if way >= 4 else some)
    return torch.cat(ways)


def _computed(device: str) -> torch.autocast:
    """In bfloat16 where that is faster."""
    return torch.autocast(device, torch.bfloat16, enabled=HALF or device == "cuda")


def finder_loss(network: nn.Module, pictures: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy, and one minus the overlap over the batch; what counts neither way is left out. The rims of damage
    count more than its inside, so thin lines, which are all rim, count as much as a few large spots.
    """
    with _computed(pictures.device.type):
        logits = network.logits(pictures)  # type: ignore[operator]
    logits = logits.float()
    wanted = (truth > 0.7).float()
    inside = 1 - functional.max_pool2d(1 - wanted, 3, 1, 1)
    weight = ((truth < 0.25) | (truth > 0.7)).float() * (1 + RIM_WEIGHT * (wanted - inside))
    weight = torch.where((truth > 0.7) & (truth < 0.9), FAINT_WEIGHT * weight, weight)
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, weight=weight, reduction="sum")
    said = torch.sigmoid(logits) * weight
    overlap = 2 * (said * wanted).sum() / (said.square().sum() + wanted.sum() + 1)
    return 4 * entropy / weight.sum() + 0.5 * (1 - overlap)


def floor_at(share: float, trained: bool) -> float:
    """The mender's floor after a share of the time: it falls, but not for one that was trained before."""
    return FLOOR if trained else float(FIRST_FLOOR * (FLOOR / FIRST_FLOOR) ** min(1.0, share / FLOOR_FALLS))


def mender_loss(network: nn.Module, seen: Tensor, sound: Tensor, floor: Tensor) -> Tensor:
    """The error in decibels, over the whole and where something is hidden; below the floor it hardly counts."""
    with _computed(seen.device.type):
        made = network(seen)
    squared = (made.float() - sound).square().mean(1, keepdim=True)
    hole = seen[:, 3:]
    size = hole.sum((1, 2, 3))
    whole = torch.log10(squared.mean((1, 2, 3)) + floor**2)
    hidden = torch.log10((squared * hole).sum((1, 2, 3)) / size.clamp_min(1) + floor**2)
    weight = HIDDEN_WEIGHT * (size > 20).float()
    # where hardly anything differs, the hidden part is most of the whole: both then ask for the same
    return ((1 - weight) * whole + weight * hidden).mean()


LOSSES: dict[str, Loss] = {"finder": finder_loss, "mender": mender_loss}


def new_network(part: str, further: Path | None, small: Path | None = None) -> nn.Module:
    """A network to train: with the weights that `photo_export.part_of` reads from `further`, or grown from `small`."""
    network = FinderNetwork() if part == "finder" else MenderNetwork()
    bias = network.network.head.bias
    if part == "finder" and bias is not None:
        nn.init.constant_(bias, FIRST_LOGIT)
    if small is not None:
        grow(network, smaller(part, small))
    if further is not None:
        network.load_state_dict(part_of(part, further))
    return network


def chances_of(scenes: list[Scene], portraits: list[Scene]) -> Any:
    """How likely each scene, and then each portrait, is drawn."""
    share = PORTRAITS if portraits else 0.0
    per_source = Counter(scene.source for scene in scenes)
    weights = np.array([per_source[scene.source] ** -0.4 for scene in scenes])  # large sources are drawn less often
    return np.concatenate(
        [(1 - share) * weights / weights.sum(), np.full(len(portraits), share / max(1, len(portraits)))]
    )


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("finder", "mender"))
    parser.add_argument("scenes", type=Path)
    parser.add_argument("--portraits", type=Path, nargs="*", default=[], help="folders; three in ten cuts")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=80, help="of all runs with this --out together")
    parser.add_argument("--until", type=float, default=math.inf, help="stop at this minute; the same command resumes")
    parser.add_argument("--spent", type=float, default=0, help="minutes that the weights of --further took before")
    parser.add_argument("--further", type=Path, help="a run, an export or a photo.safetensors that is trained further")
    parser.add_argument("--grow", type=Path, help="a photo.safetensors of smaller networks to start from")
    parser.add_argument("--export", type=Path, help="write the averaged network here at each save")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--batch", type=int, default=BATCH, help="examples of a step")
    parser.add_argument("--side", type=int, help="pixels of a cut, a multiple of 16")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw examples; 0: this one")
    parser.add_argument("--echo", type=float, default=4, help="how often an example is used, with --workers")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    part, device, side = arguments.part, arguments.device, arguments.side or SIDES[arguments.part]
    torch.set_num_threads(1)
    cv2.setNumThreads(1)  # a child forked from a process with OpenCV's threads waits for them forever
    torch.manual_seed(arguments.seed)
    torch.backends.cudnn.benchmark = True
    scenes, portraits = read_scenes(arguments.scenes, False), read_portraits(arguments.portraits, False)
    held, fixed = read_scenes(arguments.scenes, True), np.random.default_rng(7)
    drawn = [held[index] for index in fixed.choice(len(held), 8 * BATCH)]
    validation = examples_of(part, drawn, fixed, side).to(device)
    checks = [batch_of(part, validation[first : first + BATCH]) for first in range(0, len(validation), BATCH)]
    network = new_network(part, arguments.further, arguments.grow).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), lr=arguments.rate, betas=(0.9, 0.98), weight_decay=1e-4)
    run = Run(arguments.out, network, LOSSES[part], optimiser, arguments.minutes * 60, device)
    run.clock.spent = max(run.clock.spent, 60 * arguments.spent)
    seed = arguments.seed, run.step
    examples = Examples(part, [*scenes, *portraits], chances_of(scenes, portraits), side, seed)

    def export() -> None:
        if arguments.export:
            write_part(part, run.average, arguments.export)

    echo, rng = None, np.random.default_rng(seed)
    if arguments.workers:
        echo = echo_of(examples, arguments.workers, device, arguments.echo, arguments.seed + run.step)

    def draw() -> Batch:
        new = turned(*echo.draw(arguments.batch, None)) if echo else examples.some(rng, arguments.batch).to(device)
        return batch_of(part, new, floor_at(run.clock.share, bool(arguments.further or arguments.grow)))

    run.train(draw, checks, 60 * arguments.until, export)
    if echo:
        print(f"{echo.arrived} examples, {echo.drawn / max(1, echo.arrived):.1f} times each", flush=True)
        echo.close()


if __name__ == "__main__":
    main()
