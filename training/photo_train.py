"""Train a network of `photo`: `python -m training.photo_train finder|mender SCENES --portraits FOLDER … --out RUN`.

The finder learns with cross-entropy and an overlap loss, the mender with an error in decibels, so that mild and strong
damage have the same weight. Both compute in bfloat16 where the processor is likely to have it, which halves a step. The
state is saved every few minutes; the same command resumes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.models.photo import FinderNetwork, MenderNetwork, load
from training.export import read_average
from training.photo_data import Scene, finder_example, mender_example, read_portraits, read_scenes
from training.run import Batch, Run

SIDES = {"finder": 192, "mender": 128}  # pixels of a cut
BATCHES = {"finder": 8, "mender": 8}
FLOOR = 1 / 255  # of the error; of a new mender 3, or "change nothing", right for sound pictures, is all that it learns
FIRST_LOGIT = -3.0  # of the finder: damage is rare
RIM_WEIGHT = 2.0  # of damage, beside its inside
FAINT_WEIGHT = 0.4  # of faint damage, beside plain damage: to miss a plain scratch is worse
HALF = torch.backends.cpu.get_cpu_capability() == "AVX512"  # elsewhere bfloat16 is imitated, and slower
HIDDEN_WEIGHT = 0.4  # of the error where something is hidden, in the mender's loss


def _planes(images: list[Any]) -> Tensor:
    """Pictures `[h, w, 3]` or `[h, w]` to `[n, planes, h, w]` in 0..1."""
    stacked = torch.from_numpy(np.stack(images)).float() / 255
    planes = stacked.permute(0, 3, 1, 2) if stacked.ndim == 4 else stacked[:, None]
    return planes.contiguous(memory_format=torch.channels_last)


def batch_of(part: str, scenes: list[Scene], chances: Any, rng: np.random.Generator) -> Batch:
    """A batch for one of the networks."""
    chosen = [scenes[index] for index in rng.choice(len(scenes), BATCHES[part], p=chances)]
    if part == "finder":
        pictures, truths = zip(*(finder_example(scene, rng, SIDES[part]) for scene in chosen), strict=True)
        return _planes(list(pictures)), _planes(list(truths))
    filled, holes, sound = zip(*(mender_example(scene, rng, SIDES[part]) for scene in chosen), strict=True)
    seen = torch.cat([_planes(list(filled)), _planes(list(holes))], 1)
    return seen.contiguous(memory_format=torch.channels_last), _planes(list(sound))


def finder_loss(network: nn.Module, pictures: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy, and one minus the overlap over the batch; what counts neither way is left out. The rims of damage
    count more than its inside, so thin lines, which are all rim, count as much as a few large spots.
    """
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
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


def mender_loss(network: nn.Module, seen: Tensor, sound: Tensor) -> Tensor:
    """The error in decibels, over the whole and where something is hidden; below `FLOOR` it hardly counts."""
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
        made = network(seen)
    squared = (made.float() - sound).square().mean(1, keepdim=True)
    hole = seen[:, 3:]
    size = hole.sum((1, 2, 3))
    whole = torch.log10(squared.mean((1, 2, 3)) + FLOOR**2)
    hidden = torch.log10((squared * hole).sum((1, 2, 3)) / size.clamp_min(1) + FLOOR**2)
    weight = HIDDEN_WEIGHT * (size > 20).float()
    # where hardly anything differs, the hidden part is most of the whole: both then ask for the same
    return ((1 - weight) * whole + weight * hidden).mean()


LOSSES = {"finder": finder_loss, "mender": mender_loss}


def new_network(part: str, further: Path | None) -> nn.Module:
    """A network to train, with the averaged weights of the run, or those of the file, `further` if there is one."""
    network = FinderNetwork() if part == "finder" else MenderNetwork()
    bias = network.network.head.bias
    if part == "finder" and bias is not None:
        nn.init.constant_(bias, FIRST_LOGIT)
    if further is not None and further.is_file():
        shipped = load(further)
        network.load_state_dict((shipped.finder if part == "finder" else shipped.mender).state_dict())
    elif further is not None:
        network.load_state_dict(read_average(further))
    laid_out: nn.Module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return laid_out


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("finder", "mender"))
    parser.add_argument("scenes", type=Path)
    parser.add_argument("--portraits", type=Path, nargs="*", default=[], help="folders; a fifth of the cuts")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=80, help="of all runs with this --out together")
    parser.add_argument("--further", type=Path, help="a run or a photo.safetensors whose weights are trained further")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(arguments.seed)
    scenes, portraits = read_scenes(arguments.scenes, False), read_portraits(arguments.portraits, False)
    share = 0.2 if portraits else 0.0
    per_source = {source: sum(scene.source == source for scene in scenes) for source in {s.source for s in scenes}}
    weights = np.array([per_source[scene.source] ** -0.4 for scene in scenes])  # large sources are drawn less often
    chances = np.concatenate(
        [(1 - share) * weights / weights.sum(), np.full(len(portraits), share / max(1, len(portraits)))]
    )
    held = read_scenes(arguments.scenes, True)
    fixed = np.random.default_rng(7)
    checks = [batch_of(arguments.part, held, None, fixed) for _ in range(8)]
    network = new_network(arguments.part, arguments.further)
    optimiser = torch.optim.AdamW(network.parameters(), lr=arguments.rate, betas=(0.9, 0.98), weight_decay=1e-4)
    run = Run(arguments.out, network, LOSSES[arguments.part], optimiser, arguments.minutes * 60)
    rng = np.random.default_rng((arguments.seed, run.step))
    run.train(lambda: batch_of(arguments.part, [*scenes, *portraits], chances, rng), checks)


if __name__ == "__main__":
    main()
