"""Train the head mask: `python -m training.headmask_train MATTES.npz SCENES --run RUN --minutes 60`.

MATTES.npz is the output of `training.mattes`, SCENES a folder of photographs. The run continues from RUN's last state.
A second process makes the pairs. The network computes in bfloat16 and channels-last, which halves a step's time.
`--export FILE` writes the weights in half precision and measures them on the held-out people.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from magicmemory.pipeline.models.headmask import FORMAT, HEAD, HeadMask, HeadShare
from training.headmask_data import IGNORED, Mattes, batches, pair, read_scenes
from training.loop import Clock, follow, move_if_finite, rate_at

BATCH = 16
PEAK_RATE = 2e-3
HELD_OUT_PAIRS = 300


class Pairs(IterableDataset[tuple[Tensor, Tensor]]):
    """`batches` for a `DataLoader`."""

    def __init__(self, mattes: Mattes, scenes: list[np.ndarray], seed: int) -> None:
        self._arguments = mattes, scenes, BATCH, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        cv2.setNumThreads(1)
        return batches(*self._arguments)


def loss_of(scores: Tensor, classes: Tensor) -> Tensor:
    """Cross entropy on labelled pixels, plus a loss on the head's overlap."""
    plain = functional.cross_entropy(scores, classes, ignore_index=IGNORED)
    known = (classes != IGNORED).float()
    head = (classes == HEAD).float()
    share = torch.softmax(scores, dim=1)[:, HEAD] * known
    overlap = (2 * (share * head).sum((1, 2)) + 1) / (share.sum((1, 2)) + head.sum((1, 2)) + 1)
    return plain + 0.5 * (1 - overlap.mean())


def measured(network: nn.Module, mattes: Mattes, scenes: list[np.ndarray], count: int) -> dict[str, float]:
    """Intersection over union of the head, and wrong pixels, on held-out people and scenes with damage."""
    rng = np.random.default_rng(7)
    overlaps, wrong = [], []
    share_of = HeadShare(network).eval()
    for _ in range(count):
        picture, classes = pair(mattes, scenes, rng)
        with torch.inference_mode():
            share = share_of(torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 127.5 - 1)[0].numpy()
        known, head, said = classes != IGNORED, classes == HEAD, share > 0.5
        overlaps.append(float((said & head).sum() / max(1, ((said | head) & known).sum())))
        wrong.append(float((said != head)[known].mean()))
    return {
        "iou": float(np.mean(overlaps)),
        "iou_p5": float(np.percentile(overlaps, 5)),
        "wrong": float(np.mean(wrong)),
    }


def train(arguments: argparse.Namespace) -> None:
    """Train for the given minutes; save the state every half minute."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = HeadMask().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=1e-4)
    step, spent = 0, 0.0
    kept = arguments.run / "state.pt"
    if kept.is_file():
        state = torch.load(kept, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent = state["step"], state["spent"]
    elif arguments.further is not None:
        begun = torch.load(arguments.further / "state.pt", weights_only=True)["average"]
        network.load_state_dict(begun)
        average.load_state_dict(begun)
    arguments.run.mkdir(parents=True, exist_ok=True)
    clock = Clock(arguments.minutes * 60, spent)
    scenes = read_scenes(arguments.scenes)
    pairs = Pairs(Mattes.read(arguments.mattes, validation=False), scenes[10:], seed=step + 1)
    source = iter(DataLoader(pairs, batch_size=None, num_workers=1, prefetch_factor=8))
    saved = clock.seconds
    total = 0.0
    while clock.share < 1:
        pictures, classes = next(source)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(clock.share, PEAK_RATE)
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(pictures.contiguous(memory_format=torch.channels_last))
        loss = loss_of(scores.float(), classes)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        move_if_finite(network, optimiser)
        step += 1
        total += float(loss.detach())
        follow(average, network, step)
        if step % 50 == 0:
            print(f"{step} {clock.seconds / 60:.1f} min, loss {total / 50:.4f}", flush=True)
            total = 0.0
        if clock.seconds - saved > 30 or clock.share >= 1:
            saved = clock.seconds
            torch.save(
                {
                    "network": network.state_dict(),
                    "average": average.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "step": step,
                    "spent": clock.seconds,
                },
                kept.with_suffix(".new"),
            )
            kept.with_suffix(".new").replace(kept)


def export(run: Path, out: Path) -> HeadMask:
    """Write the averaged weights in half precision; returns the network as read from that file."""
    average = torch.load(run / "state.pt", weights_only=True)["average"]
    halves = {name: tensor.half().contiguous() for name, tensor in average.items()}
    save_file(halves, out, metadata={"format": FORMAT, "licence": "Apache-2.0"})
    network = HeadMask()
    network.load_state_dict({name: tensor.float() for name, tensor in halves.items()})
    return network.eval()


def main() -> None:
    """Read the command line and train or export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mattes", type=Path)
    parser.add_argument("scenes", type=Path)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--further", type=Path, help="the run whose weights this one starts from")
    parser.add_argument("--export", type=Path)
    arguments = parser.parse_args()
    if arguments.export is None:
        train(arguments)
        return
    network = export(arguments.run, arguments.export)
    scenes = read_scenes(arguments.scenes)[:10]
    figures = measured(network, Mattes.read(arguments.mattes, validation=True), scenes, HELD_OUT_PAIRS)
    digest = hashlib.sha256(arguments.export.read_bytes()).hexdigest()
    print(f"{arguments.export}: {arguments.export.stat().st_size} bytes, SHA-256 {digest}; held out: {figures}")


if __name__ == "__main__":
    main()
