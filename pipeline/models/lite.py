"""`lite`: the face restorer in the package. It is ours, and trained only on public-domain and CC0 portraits.

The network is a small U-Net. The first level folds the picture 2x2 into channels (half size) and uses gated 3x3
convolutions; the lower levels are NAFNet blocks (Chen et al., "Simple Baselines for Image Restoration", ECCV 2022).
It predicts a change to the input and scales it by an estimate of the damage, so a clean face stays nearly unchanged.

Faces come in and go out at 512 pixels. The network works at 256: its change is enlarged and added. `FineGate` decides
which detail finer than 256 pixels is kept; grain is removed.

One encoder serves two decoders, and `fidelity` mixes their changes for each face: 1 is faithful (trained for the least
error), 0 is vivid (trained against a discriminator: crisper but less certain). The faithful decoder runs on the face
and its mirror image and takes the mean: invented detail differs between the two and fades. That would also blur the
detail that the vivid decoder adds, so the vivid decoder runs once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.models.bundled_file import load_bundled
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, Model, load_network, restorer_model
from magicmemory.pipeline.photo.clean import Cleaner, TiledCleaner

SIZE: Final = 512  # pixels, of the aligned face
INNER: Final = 256  # pixels, of the network's input
INNER_STEP: Final = SIZE // INNER
DEFAULT_FIDELITY: Final = 0.5  # chosen by eye and by measurement, see training/README.md
FORMAT: Final = "magicmemory.lite/2"  # stored in the weights file; changes with the architecture
WIDTHS: Final = (32, 64, 128, 256)  # channels at 1/2, 1/4, 1/8 and 1/16 of INNER
ENCODER_BLOCKS: Final = (2, 2, 4, 5)
DECODER_BLOCKS: Final = (2, 2, 3, 3)  # likewise; most are at the smallest size, which sees the whole face
GRAIN_KEPT: Final = 0.25  # by the faithful decoder; chosen by measurement, see training/README.md
DISAGREEMENT: Final = 0.05  # 6 levels; chosen by measurement, see training/README.md
LARGE_CHANGE: Final = 0.4  # 51 levels of 255
SUSPICIOUS_CHANGE: Final = 0.3  # 38 levels; noise of 25 levels asks for 20
EPSILON: Final = 1e-5  # of normalisation, as in torch's
GREY_STEP: Final = 2 / 255  # one level, in the network's range of -1 to 1


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of every pixel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        if self.training:  # `layer_norm` trains faster
            last = x.permute(0, 2, 3, 1)  # a view without a copy when x is channels-last
            return functional.layer_norm(last, self.weight.shape, self.weight, self.bias).permute(0, 3, 1, 2)
        # Written out: OpenVINO would copy the features for each turn of the axes.
        wide = x.float()  # half precision is too coarse for a variance
        apart = wide - wide.mean(dim=1, keepdim=True)
        spread = torch.rsqrt(apart.square().mean(dim=1, keepdim=True) + EPSILON)
        return (apart * spread).to(x.dtype) * self.weight[:, None, None] + self.bias[:, None, None]


class GatedBlock(nn.Module):
    """A 3x3 convolution to two halves, which are multiplied and projected back; cheap at the largest size."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.gather = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        # Two convolutions instead of one that is cut in two: OpenVINO would copy both halves.
        assert self.spread.bias is not None
        halves = zip(self.spread.weight.chunk(2), self.spread.bias.chunk(2), strict=True)
        left, right = (functional.conv2d(x, weight, bias, padding=1) for weight, bias in halves)
        change: Tensor = self.gather(left * functional.hardtanh(right, -4.0, 4.0))
        return x + change


class NafBlock(nn.Module):
    """NAFNet's block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = ChannelNorm(channels)
        self.expand = nn.Conv2d(channels, 2 * channels, 1)
        self.depthwise = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1, groups=2 * channels)
        self.attention = nn.Conv2d(channels, channels, 1)
        self.project = nn.Conv2d(channels, channels, 1)
        self.norm2 = ChannelNorm(channels)
        self.widen = nn.Conv2d(channels, 2 * channels, 1)
        self.narrow = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        left, right = self.depthwise(self.expand(self.norm1(x))).chunk(2, dim=1)
        mixed = left * right
        mixed = mixed * self.attention(mixed.mean(dim=(2, 3), keepdim=True))
        x = x + self.project(mixed)
        left, right = self.widen(self.norm2(x)).chunk(2, dim=1)
        change: Tensor = self.narrow(left * right)
        return x + change


def _levels(counts: tuple[int, ...]) -> nn.ModuleList:
    """The blocks of every level, largest first: gated blocks in the first, NAFNet blocks in the others."""
    kinds = (GatedBlock, NafBlock, NafBlock, NafBlock)
    return nn.ModuleList(
        nn.Sequential(*(kind(width) for _ in range(count)))
        for kind, width, count in zip(kinds, WIDTHS, counts, strict=True)
    )


class Encoder(nn.Module):
    """The encoder that both decoders share."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(12, WIDTHS[0], 3, padding=1)
        self.levels = _levels(ENCODER_BLOCKS)
        self.downs = nn.ModuleList(nn.Conv2d(high, low, 2, stride=2) for high, low in pairwise(WIDTHS))

    def forward(self, x: Tensor) -> list[Tensor]:
        """`[batch, 3, side, side]` to the four levels' features `[batch, width, side / 2 to 16, …]`, largest first."""
        x = self.stem(functional.pixel_unshuffle(x, 2))
        features = []
        for level, blocks in enumerate(self.levels):
            x = blocks(x)
            features.append(x)
            if level < len(self.downs):
                x = self.downs[level](x)
        return features


class Decoder(nn.Module):
    """Turns the encoder's features into a change of the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.ups = nn.ModuleList(nn.Conv2d(low, 4 * high, 1) for high, low in pairwise(WIDTHS))
        self.levels = _levels(DECODER_BLOCKS)
        self.head = nn.Conv2d(WIDTHS[0], 12, 3, padding=1)
        self.amount = nn.Linear(WIDTHS[-1], 1)
        nn.init.zeros_(self.head.weight)  # starts as "change nothing"
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]
        nn.init.zeros_(self.amount.weight)
        nn.init.zeros_(self.amount.bias)

    def forward(self, features: list[Tensor]) -> Tensor:
        """The four levels' features to `[batch, 3, side, side]`."""
        seen = functional.layer_norm(features[-1].mean(dim=(2, 3)), (WIDTHS[-1],))
        amount = 0.2 + 1.6 * torch.sigmoid(self.amount(seen) / 4)  # [batch, 1]: the estimated damage
        x = self.levels[-1](features[-1])
        for level in range(len(WIDTHS) - 2, -1, -1):
            x = functional.pixel_shuffle(self.ups[level](x), 2) + features[level]
            x = self.levels[level](x)
        change = functional.pixel_shuffle(self.head(x).float(), 2)
        return change * amount.float()[:, :, None, None]


def keep_grey(small: Tensor, change: Tensor) -> Tensor:
    """Remove colour from a change to a picture without colour, so that grey stays exactly grey."""
    colour = (small - small.mean(dim=1, keepdim=True)).abs().mean(dim=(1, 2, 3), keepdim=True)
    share = (colour / GREY_STEP).clamp(0, 1)
    light = change.mean(dim=1, keepdim=True)
    return light + share * (change - light)


def keep_grain(change: Tensor) -> Tensor:
    """Reduce small changes by a quarter.

    A network trained for the least error smooths everything it is unsure of, including detail that identifies a person.
    With a quarter kept, restored faces are more similar to the person (mean and worst case) and look less like wax.
    Large changes, such as a removed scratch, stay whole.
    """
    return change * (1 - GRAIN_KEPT * torch.exp(-((_size(change) / LARGE_CHANGE) ** 2)))


def leave_large(change: Tensor) -> Tensor:
    """Remove the large parts of a change: outside faces a bright spot is more often a pearl than dust."""
    return change / (1 + (_size(change) / SUSPICIOUS_CHANGE) ** 6)


def _size(change: Tensor) -> Tensor:
    """The size of a change around each pixel, `[batch, 1, height, width]`."""
    return functional.avg_pool2d(change.abs().mean(dim=1, keepdim=True), 3, 1, 1, count_include_pad=False)


class LiteCore(nn.Module):
    """The network at 256 pixels with one decoder, as it is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def change(self, small: Tensor) -> Tensor:
        """The change to add to `small`: `[batch, 3, side, side]`, RGB in [-1, 1], side a multiple of 16."""
        change: Tensor = self.decoder(self.encoder(small))
        return keep_grey(small, change)


class FineGate(nn.Module):
    """Decides where detail finer than 256 pixels is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(WIDTHS[0] + 2, 24, 3, padding=1)
        self.judge = nn.Conv2d(24, 1, 3, padding=1)
        nn.init.zeros_(self.judge.weight)  # starts as "keep all"
        nn.init.constant_(self.judge.bias, 6.0)  # type: ignore[arg-type]

    def forward(self, features: Tensor, fine: Tensor, change: Tensor) -> Tensor:
        """The share to keep, 0 to 1.

        Args:
            features: the encoder's largest level, `[batch, 32, 128, 128]`.
            fine: `[batch, 3, 512, 512]`, the detail finer than 256 pixels.
            change: `[batch, 3, 256, 256]`, the network's change.

        Returns:
            `[batch, 1, 512, 512]`.
        """
        strength = functional.avg_pool2d(fine.abs().mean(dim=1, keepdim=True), 4)
        changed = functional.avg_pool2d(change.abs().mean(dim=1, keepdim=True), 2)
        x = torch.cat([features, (20 * strength).to(features.dtype), (20 * changed).to(features.dtype)], dim=1)
        share = torch.sigmoid(self.judge(functional.relu(self.look(x))))
        return functional.interpolate(share, scale_factor=4.0, mode="bilinear", align_corners=False)


@dataclass(frozen=True)
class Looks:
    """What the faithful decoder says of a face and of its mirror image.

    Attributes:
        features: the encoder's levels for the face, largest first.
        change: `[batch, 3, 256, 256]`, the mean of both changes, with some grain kept.
        apart: `[batch, 1, 256, 256]`, how much the two changes differ around each pixel; 2 is the whole range.
    """

    features: list[Tensor]
    change: Tensor
    apart: Tensor


class Lite(nn.Module):
    """The restorer: the encoder, both decoders, and the gate for fine detail."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.faithful = Decoder()
        self.vivid = Decoder()
        self.gate = FineGate()

    def forward(self, faces: Tensor, fidelity: Tensor | None = None) -> Tensor:
        """Restore aligned faces.

        Args:
            faces: `[batch, 3, 512, 512]`, RGB in [-1, 1], aligned to the FFHQ 512 template.
            fidelity: `[batch]`, 0 (vivid) to 1 (faithful); None: `DEFAULT_FIDELITY` for all.

        Returns:
            `[batch, 3, 512, 512]`, RGB, within [-1, 1].
        """
        if fidelity is None:
            fidelity = torch.full_like(faces[:, 0, 0, 0], DEFAULT_FIDELITY)
        small = functional.avg_pool2d(faces, INNER_STEP)
        fine = faces - enlarge(small)
        looks = self.faithful_looks(small)
        change = self.mix(small, looks, self.vivid(looks.features), fidelity)
        kept: Tensor = self.gate(looks.features[0], fine, change)
        return (faces + enlarge(change) - (1 - kept) * fine).clamp(-1, 1)

    def faithful_looks(self, small: Tensor) -> Looks:
        """The faithful decoder's two looks at `small` `[batch, 3, 256, 256]`: at the face and at its mirror image."""
        both = self.encoder(torch.cat([small, small.flip(3)]))
        straight, mirrored = self.faithful(both).chunk(2)
        mirrored = mirrored.flip(3)
        apart = functional.avg_pool2d(_size(straight - mirrored), 9, 1, 4, count_include_pad=False)
        return Looks([level.chunk(2)[0] for level in both], keep_grain((straight + mirrored) / 2), apart)

    def mix(self, small: Tensor, looks: Looks, vivid: Tensor, fidelity: Tensor) -> Tensor:
        """The two decoders' changes mixed by `fidelity` `[batch]`, without colour where `small` is grey.

        Where the two looks disagree, the damage is beyond what the network can know: the vivid decoder would invent
        specks and hatching there, so less of it is taken.
        """
        sure = 1 / (1 + (looks.apart / DISAGREEMENT) ** 2)
        share = sure * (1 - fidelity.to(small.dtype).clamp(0, 1)[:, None, None, None])
        return keep_grey(small, looks.change + share * (vivid - looks.change))


class WholePhoto(nn.Module):
    """The faithful decoder for any part of a photo, at the photo's own size: one run, and no grain is kept."""

    def __init__(self, network: Lite) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """`[batch, 3, 256, 256]` RGB in [-1, 1], in and out."""
        change: Tensor = self.network.faithful(self.network.encoder(pictures))
        return (pictures + leave_large(keep_grey(pictures, change))).clamp(-1, 1)


def enlarge(small: Tensor) -> Tensor:
    """`[batch, channels, 256, 256]` to `[batch, channels, 512, 512]`."""
    return functional.interpolate(small, scale_factor=float(INNER_STEP), mode="bilinear", align_corners=False)


def load(path: Path) -> Lite:
    """Read the weights; see `load_bundled`."""
    return load_bundled(Lite(), path, FORMAT)


_FACTS = ModelFacts(
    name="lite",
    title="Magic Memory lite",
    kind=Kind.RESTORER,
    licence="Apache-2.0",
    commercial=Commercial.YES,
    file="lite.safetensors",
    bundled=True,
    default_fidelity=DEFAULT_FIDELITY,
    supports_half=True,
    good_at="always there, fast, free for paid use",
    work="18 GFLOP",
    speed=Speed("a face", "OpenVINO", 0.13, 1.3),
)


def _build_cleaner(path: Path, context: BuildContext) -> Cleaner:
    network = load_network(_FACTS, lambda file: WholePhoto(load(file)), path)
    return TiledCleaner(context.engine.compile(network, (torch.zeros(1, 3, INNER, INNER),), f"{_FACTS.name}-photo"))


LITE = restorer_model(_FACTS, load)
LITE_CLEANER: Model[Cleaner] = Model(_FACTS, _build_cleaner)
