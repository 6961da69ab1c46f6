"""`photo`: the networks for whole photos in the package. They are ours, trained only on public-domain and CC0 pictures.

One finds damage, the other fills what damage hides and removes grain, noise, JPEG blocks and halftone. Both are small
U-Nets of residual convolutions (as in Zhang et al., "Plug-and-Play Image Restoration with Deep Denoiser Prior", 2021);
the finder's are normalised. The picture is folded 2x2 into channels, so the largest level works at half its size.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.models.bundled_file import load_bundled
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model, load_network
from magicmemory.pipeline.photo.damage import DamageFinder, TiledDamageFinder
from magicmemory.pipeline.photo.repair import Mender, TiledMender

FORMAT: Final = "magicmemory.photo/3"  # stored in the weights file; changes with the architecture
_EXAMPLE: Final = 256  # pixels; any size is taken, in multiples of 16


class Residual(nn.Module):
    """Two 3x3 convolutions around a ReLU, added to the input."""

    def __init__(self, channels: int, normalised: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm: nn.Module = nn.BatchNorm2d(channels) if normalised else nn.Identity()
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        change: Tensor = self.second(functional.relu(self.norm(self.first(x))))
        return x + change


def _levels(widths: tuple[int, ...], counts: tuple[int, ...], normalised: bool) -> nn.ModuleList:
    return nn.ModuleList(
        nn.Sequential(*(Residual(width, normalised) for _ in range(count)))
        for width, count in zip(widths, counts, strict=True)
    )


class UNet(nn.Module):
    """A U-Net. Each level works at half the size of the one before, the first at the size of the folded picture."""

    def __init__(
        self,
        planes: int,
        made: int,
        widths: tuple[int, ...],
        down: tuple[int, ...],
        up: tuple[int, ...],
        *,
        normalised: bool = False,
        folded: int = 2,
    ) -> None:
        """
        Args:
            planes: of the input.
            made: planes of the output, which is twice as wide and high as the first level.
            widths: channels of each level, largest first.
            down: residual blocks of each level on the way down.
            up: residual blocks of each level but the last on the way up.
            normalised: with batch normalisation, which learns to tell things apart in fewer steps.
            folded: pixels each way that are folded into channels first: 2, or 1 to enlarge.
        """
        super().__init__()
        self.folded = folded
        self.stem = nn.Conv2d(folded**2 * planes, widths[0], 3, padding=1)
        self.levels = _levels(widths, down, normalised)
        self.downs = nn.ModuleList(nn.Conv2d(high, low, 2, stride=2) for high, low in pairwise(widths))
        self.ups = nn.ModuleList(nn.Conv2d(low, 4 * high, 1) for high, low in pairwise(widths))
        self.backs = _levels(widths[:-1], up, normalised)
        self.head = nn.Conv2d(widths[0], 4 * made, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Run.

        Args:
            x: `[batch, planes, height, width]`; every level halves the sides without a rest.

        Returns:
            `[batch, made, height, width]`, or unfolded `[batch, made, 2 * height, 2 * width]`.
        """
        x = self.stem(functional.pixel_unshuffle(x, self.folded))
        seen = []
        for level, blocks in enumerate(self.levels):
            x = blocks(x)
            if level < len(self.downs):
                seen.append(x)
                x = self.downs[level](x)
        for level in range(len(seen) - 1, -1, -1):
            x = functional.pixel_shuffle(self.ups[level](x), 2) + seen[level]
            x = self.backs[level](x)
        return functional.pixel_shuffle(self.head(x), 2)


class FinderNetwork(nn.Module):
    """Finds damage."""

    def __init__(self) -> None:
        super().__init__()
        self.network = UNet(3, 1, (32, 32, 64, 128), (1, 2, 3, 4), (1, 1, 1), normalised=True)

    def logits(self, pictures: Tensor) -> Tensor:
        """`[batch, 3, height, width]` RGB in 0..1 to logits `[batch, 1, height, width]`."""
        made: Tensor = self.network(pictures - 0.5)
        return made

    def forward(self, pictures: Tensor) -> Tensor:
        """`[batch, 3, height, width]` RGB in 0..1 to probabilities `[batch, 1, height, width]`."""
        return torch.sigmoid(self.logits(pictures))


class MenderNetwork(nn.Module):
    """Fills what is hidden, and removes grain, noise, JPEG blocks and halftone everywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.network = UNet(4, 3, (32, 48, 80, 128), (1, 2, 3, 3), (1, 1, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        """Mend pictures.

        Args:
            pictures: `[batch, 4, height, width]`: RGB in 0..1, filled smoothly where something is hidden, and there
                1, elsewhere 0.

        Returns:
            `[batch, 3, height, width]`, RGB.
        """
        change: Tensor = self.network(pictures - 0.5)
        return pictures[:, :3] + change


class Photo(nn.Module):
    """Both networks, as they are stored."""

    def __init__(self) -> None:
        super().__init__()
        self.finder = FinderNetwork()
        self.mender = MenderNetwork()


def load(path: Path) -> Photo:
    """Read the weights; see `load_bundled`."""
    return load_bundled(Photo(), path, FORMAT)


_FACTS = ModelFacts(
    name="photo",
    title="Magic Memory photo",
    kind=Kind.MENDER,
    licence="Apache-2.0",
    commercial=Commercial.YES,
    file="photo.safetensors",
    bundled=True,
    good_at="finds scratches, dust and cracks; faint and very wide ones are missed",
    work="0.12 GFLOP a thousand pixels to find, 0.06 to clean",
)


def _build_finder(path: Path, context: BuildContext) -> DamageFinder:
    network = load_network(_FACTS, lambda file: load(file).finder, path)
    example = (torch.zeros(1, 3, _EXAMPLE, _EXAMPLE),)
    return TiledDamageFinder(
        context.engine.compile(network, example, f"{_FACTS.name}-finder", supports_half=True, any_size=True)
    )


def _build_mender(path: Path, context: BuildContext) -> Mender:
    network = load_network(_FACTS, lambda file: load(file).mender, path)
    example = (torch.zeros(1, 4, _EXAMPLE, _EXAMPLE),)
    return TiledMender(
        context.engine.compile(network, example, f"{_FACTS.name}-mender", supports_half=True, any_size=True)
    )


PHOTO_FINDER: Model[DamageFinder] = Model(_FACTS, _build_finder)
PHOTO_MENDER: Model[Mender] = Model(_FACTS, _build_mender)
