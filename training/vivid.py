"""Train the vivid decoder: `python -m training.vivid FACES.npz --faithful RUN --out RUN2 --minutes 25`.

The encoder is frozen. A copy of the faithful decoder (with `--further`, an earlier vivid decoder) trains against a
critic that tells real faces from restored ones, patch by patch (hinge loss: Lim and Ye, "Geometric GAN", 2017).
The critic's own features serve as the perceptual loss (feature matching: Wang et al., "pix2pixHD", CVPR 2018),
so no network trained on other pictures is needed. Two more losses limit it: one keeps the low frequencies, the
other the local amount of detail, which would otherwise become too high.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, distributed, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from magicmemory.pipeline.models.lite import Decoder, LiteCore, keep_grey, load
from training.damage import spoil
from training.data import Faces, load_faces, loader, middle, to_tensor
from training.export import read_average
from training.loop import Clock, Repeated, adamw, follow, move_if_finite, rate_at, share_gradients, start
from training.measures import gradient_energy, psnr
from training.train import CHECKS, weights_of

STAGES = ((0.3, 128, 8), (0.5, 192, 4), (1.01, 256, 2))  # (until this share of the time, side of the crops, batch)
WEIGHTS = {"low": 4.0, "pixel": 1.0, "matching": 0.5, "critic": 0.1, "detail": 0.05}


class Critic(nn.Module):
    """Tells real from restored faces: one logit per 16 pixels, each with a field of about 100 pixels.

    Spectral normalisation (Miyato et al., ICLR 2018) keeps it from growing so sure that the restorer learns nothing
    but its favourite pattern.
    """

    def __init__(self, widths: tuple[int, ...] = (64, 128, 256, 256)) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        inputs = 12
        for level, width in enumerate((*widths, widths[-1])):
            stride = 2 if 0 < level < len(widths) else 1
            layer = nn.Conv2d(inputs, width, 3, stride, 1)
            nn.init.kaiming_normal_(layer.weight, a=0.2)
            self.layers.append(spectral_norm(layer))
            inputs = width
        self.last = spectral_norm(nn.Conv2d(inputs, 1, 3, 1, 1))

    def forward(self, faces: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits, and every layer's features."""
        x, features = functional.pixel_unshuffle(faces, 2), []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            features.append(x)
        logits: Tensor = self.last(x)
        return logits.float(), features


def detail(faces: Tensor) -> Tensor:
    """Logarithm of the local energy in Haar's three detail bands, at two scales.

    The diagonal band counts like the others: where only the sum of the gradients is asked for, it is made up
    with a pixel-wide hatching.
    """
    grey, found = faces.mean(dim=1, keepdim=True), []
    for scale in (1, 2):
        a, b = grey[..., :-1, :-1], grey[..., :-1, 1:]
        c, d = grey[..., 1:, :-1], grey[..., 1:, 1:]
        bands = torch.cat([a + c - b - d, a + b - c - d, a + d - b - c], dim=1) / 2
        energy = functional.avg_pool2d(bands.square(), 16 // scale, 8 // scale)
        found.append(torch.log(energy + 1e-4).flatten(1))
        grey = functional.avg_pool2d(grey, 2)
    return torch.cat(found, dim=1)


def weight_of(damaged: Tensor, clean: Tensor) -> Tensor:
    """The critic's weight of each face, `[batch]`: higher for more damage."""
    off = (damaged - clean).square().mean(dim=(1, 2, 3)).sqrt()
    return (off / (off.mean() + 1e-6)).clamp(0.1, 2.0)


def restorer_loss(fake: Tensor, damaged: Tensor, clean: Tensor, critic: Critic) -> dict[str, Tensor]:
    """The parts of the restorer's loss, unweighted."""
    logits, mine = critic(fake)
    weight, region = weight_of(damaged, clean), weights_of(fake.shape[-1], str(fake.device))
    with torch.no_grad():
        theirs = critic(clean)[1]
    matching = [
        (a.float() - b.float()).abs().mean() / (b.float().abs().mean() + 1e-3)
        for a, b in zip(mine, theirs, strict=True)
    ]
    return {
        "low": (functional.avg_pool2d(fake - clean, 4).abs() * functional.avg_pool2d(region, 4)).mean(),
        "pixel": ((fake - clean).abs() * region).mean(),
        "matching": torch.stack(matching).mean(),
        "critic": -(logits.mean(dim=(1, 2, 3)) * weight).mean(),
        # a lower target for the worst damage: missing detail would be invented as a pattern
        "detail": ((detail(fake) - detail(clean)).abs().mean(dim=1) * (1.5 - 0.55 * weight)).mean(),
    }


class Run:
    """A training run of the vivid decoder: the state to resume from, and the log."""

    def __init__(
        self, out: Path, faithful: Path, device: str, rate: float, seconds: float, shipped: Path | None = None
    ) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.device, self.rate = out, device, rate
        core = LiteCore()
        core.load_state_dict(read_average(faithful))
        core = core.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.encoder = core.encoder.requires_grad_(False)
        self.vivid: Decoder = core.decoder
        if shipped:
            self.vivid.load_state_dict(load(shipped).vivid.state_dict())
        self.average: Decoder = copy.deepcopy(self.vivid)
        self.critic = Critic().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = adamw(self.vivid, rate, betas=(0.5, 0.95))
        self.critic_optimiser = adamw(self.critic, rate, betas=(0.5, 0.95))
        self.weights = torch.tensor(list(WEIGHTS.values()), device=device)
        self.judge_repeated, self.learn_repeated = Repeated(self.judge, device), Repeated(self.learn, device)
        self.clock, self.step = Clock(seconds), 0
        if (out / "state.pt").exists():
            stored: dict[str, Any] = torch.load(out / "state.pt", weights_only=True, map_location=device)
            for name in self._kept:
                getattr(self, name).load_state_dict(stored[name])
            self.clock.spent, self.step = stored["seconds"], stored["step"]

    _kept = ("vivid", "average", "critic", "optimiser", "critic_optimiser")

    def save(self) -> None:
        """Write the state; if interrupted, the old state remains."""
        state: dict[str, Any] = {name: getattr(self, name).state_dict() for name in self._kept}
        torch.save(state | {"seconds": self.clock.seconds, "step": self.step}, self.out / "state.new")
        (self.out / "state.new").replace(self.out / "state.pt")

    def restored(self, damaged: Tensor, decoder: Decoder) -> Tensor:
        """A decoder's result."""
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            with torch.no_grad():
                features = self.encoder(damaged)
            change = decoder(features)
        return damaged + keep_grey(damaged, change)

    def judge(self, damaged: Tensor, clean: Tensor) -> Tensor:
        """The critic's loss for a batch, and its gradients."""
        self.critic_optimiser.zero_grad(set_to_none=True)
        with torch.no_grad():
            fake = self.restored(damaged, self.vivid)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            real_logits, fake_logits = self.critic(clean)[0], self.critic(fake)[0]
        off = functional.relu(1 - real_logits) + functional.relu(1 + fake_logits)
        judged = (off.mean(dim=(1, 2, 3)) * weight_of(damaged, clean)).mean()
        judged.backward()  # type: ignore[no-untyped-call]
        return judged

    def learn(self, damaged: Tensor, clean: Tensor) -> Tensor:
        """The restorer's losses for a batch, `[losses]` in the order of `WEIGHTS`, and its gradients."""
        self.optimiser.zero_grad(set_to_none=True)
        self.critic.requires_grad_(False)
        fake = self.restored(damaged, self.vivid)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            parts = restorer_loss(fake, damaged, clean, self.critic)
        losses = torch.stack([parts[name].float() for name in WEIGHTS])
        (losses * self.weights).sum().backward()  # type: ignore[no-untyped-call]
        self.critic.requires_grad_(True)
        return losses

    def advance(self, damaged: Tensor, clean: Tensor, share: float) -> tuple[Tensor, float]:
        """One step of the critic and one of the restorer; returns all losses (the critic's last) and the time share."""
        for optimiser, rate in ((self.optimiser, self.rate), (self.critic_optimiser, 2 * self.rate)):
            for group in optimiser.param_groups:
                group["lr"] = rate_at(share, rate)
        damaged, clean = (part.contiguous(memory_format=torch.channels_last) for part in (damaged, clean))
        judged = self.judge_repeated(damaged, clean)
        share_gradients(self.critic, share)
        move_if_finite(self.critic, self.critic_optimiser)
        losses = self.learn_repeated(damaged, clean)
        share = share_gradients(self.vivid, self.clock.share)
        move_if_finite(self.vivid, self.optimiser)
        follow(self.average, self.vivid, self.step)
        self.step += 1
        return torch.cat([losses, judged[None]]), share


@torch.no_grad()
def check(run: Run, faces: Faces, count: int = 14) -> str:
    """PSNR and gradient ratio of the averaged vivid decoder, one level each."""
    parts = []
    for level in CHECKS:
        rng = np.random.default_rng(5)
        clean = [middle(image) for image in faces.images[:: max(1, len(faces.images) // count)][:count]]
        damaged = to_tensor(np.stack([spoil(image, rng, level) for image in clean]))
        restored = torch.cat([run.restored(part.to(run.device), run.average).cpu() for part in torch.split(damaged, 7)])
        images = ((restored.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
        quality = np.mean([psnr(a, b) for a, b in zip(images, clean, strict=True)])
        ratio = np.mean([gradient_energy(a) / gradient_energy(b) for a, b in zip(images, clean, strict=True)])
        parts.append(f"{level.name} {quality:.2f} dB, gradients {ratio:.2f}")
    return "; ".join(parts)


def train(rank: int, arguments: argparse.Namespace) -> None:
    """Train in one process until the time is used up."""
    if arguments.processes > 1:
        torch.set_num_threads(1)
        distributed.init_process_group("gloo", rank=rank, world_size=arguments.processes)
    torch.manual_seed(arguments.seed)
    faces = load_faces(arguments.faces)
    seconds = arguments.minutes * 60
    run = Run(arguments.out, arguments.faithful, arguments.device, arguments.rate, seconds, arguments.further)
    share, losses = run.clock.share, []
    next_check = run.clock.seconds + arguments.check
    for until, side, batch in STAGES if arguments.device == "cpu" else STAGES[-1:]:
        if share >= until:
            continue
        seed = arguments.seed + 1000 * rank + run.step * 10_000
        size = max(1, batch * arguments.batches // arguments.processes)
        data = faces.only(False), side, size, seed, arguments.workers, arguments.device, 0.0, arguments.echo
        for damaged, clean in loader(*data):
            loss, share = run.advance(damaged, clean, share)
            losses.append(loss)
            if rank == 0 and (run.clock.seconds > next_check or share >= 1):
                run.save()
                means = ", ".join(
                    f"{name} {mean:.3f}"
                    for name, mean in zip((*WEIGHTS, "judged"), torch.stack(losses).mean(dim=0).tolist(), strict=True)
                )
                line = f"{run.clock.seconds:6.0f} s, step {run.step}, {means}; {check(run, faces.only(True))}"
                print(line, flush=True)
                with (run.out / "log.txt").open("a") as file:
                    file.write(line + "\n")
                next_check, losses = run.clock.seconds + arguments.check, []
            if share >= min(1.0, until):
                break


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="the file written by training.prepare")
    parser.add_argument("--faithful", type=Path, required=True, help="the faithful decoder's run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--further", type=Path, help="a lite.safetensors whose vivid decoder is trained further")
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--batches", type=int, default=1, help="factor for the faces per step, for a GPU")
    parser.add_argument("--processes", type=int, default=1, help="training processes; on a CPU, one per core")
    parser.add_argument("--workers", type=int, default=1, help="data processes per training process")
    parser.add_argument("--echo", type=float, default=1, help="uses of a pair at most, on average; for a GPU, 4 to 8")
    parser.add_argument("--check", type=float, default=120, help="seconds between validations")
    parser.add_argument("--seed", type=int, default=2)
    start(train, parser.parse_args())


if __name__ == "__main__":
    main()
