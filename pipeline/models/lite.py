"""`lite`: the face restorer that ships in the package, ours, trained on public-domain portraits only.

A compact U-Net. The picture is folded 2x2 into channels, so its first level runs at half size with plain
gated 3x3 convolutions; the lower levels are NAFNet blocks (Chen et al., "Simple Baselines for Image
Restoration", ECCV 2022: layer normalisation, depthwise convolution, a product of two halves in place of an
activation, channel attention by the mean). The result is a change to the input, scaled by an estimate of how
damaged the face is, so that a clean face passes nearly unchanged.

The network works at 256 pixels. A face comes in and goes out at 512: the change is enlarged and added. What
the face holds beyond 256 pixels is kept where it is detail and taken away where it is grain (`FineGate`).

`fidelity` chooses between two ends that share one encoder: 1 is faithful (trained for the least error),
0 is vivid (trained against a discriminator: crisper skin, hair and eyes, and less certain). Between them the
two changes are mixed, per face of a batch. The faithful end looks at a face and at its mirror image and takes
the mean: what it made up differs between the two and fades; and it leaves some of the photo's own grain. The vivid
end looks once, for it would lose the very detail it is there for.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, Model, load_network, restorer_model
from magicmemory.pipeline.photo.clean import Cleaner, TiledCleaner

SIZE: Final = 512  # pixels, what the pipeline hands over
INNER: Final = 256  # pixels, what the network sees
INNER_STEP: Final = SIZE // INNER
DEFAULT_FIDELITY: Final = 0.5  # chosen on sheets and by measure, see training/README.md
FORMAT: Final = "magicmemory.lite/2"  # stands in the weights file; changes with the architecture
WIDTHS: Final = (32, 64, 128, 256)  # channels at 1/2, 1/4, 1/8 and 1/16 of INNER
ENCODER_BLOCKS: Final = (2, 2, 4, 5)
DECODER_BLOCKS: Final = (2, 2, 3, 3)  # likewise; what a face is known by is made up at the smallest size, by each end
GRAIN_KEPT: Final = 0.25  # by the faithful end; chosen by measure, see training/README.md
LARGE_CHANGE: Final = 0.4  # 51 levels of 255
SUSPICIOUS_CHANGE: Final = 0.3  # 38 levels; noise of 25 levels asks for 20
GREY_STEP: Final = 2 / 255  # one level, in the network's range of -1 to 1


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of every pixel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        last = x.permute(0, 2, 3, 1)  # a view without a copy when x is channels-last
        return functional.layer_norm(last, self.weight.shape, self.weight, self.bias).permute(0, 3, 1, 2)


class GatedBlock(nn.Module):
    """One 3x3 convolution to two halves, their product, and back; cheap to run at the largest size."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.gather = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        left, right = self.spread(x).chunk(2, dim=1)
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
    """The blocks of every level, the largest first: gated ones there, NAFNet's below."""
    kinds = (GatedBlock, NafBlock, NafBlock, NafBlock)
    return nn.ModuleList(
        nn.Sequential(*(kind(width) for _ in range(count)))
        for kind, width, count in zip(kinds, WIDTHS, counts, strict=True)
    )


class Encoder(nn.Module):
    """The half both ends share."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(12, WIDTHS[0], 3, padding=1)
        self.levels = _levels(ENCODER_BLOCKS)
        self.downs = nn.ModuleList(nn.Conv2d(high, low, 2, stride=2) for high, low in pairwise(WIDTHS))

    def forward(self, x: Tensor) -> list[Tensor]:
        """`[batch, 3, side, side]` to the four levels' features, the largest first."""
        x = self.stem(functional.pixel_unshuffle(x, 2))
        features = []
        for level, blocks in enumerate(self.levels):
            x = blocks(x)
            features.append(x)
            if level < len(self.downs):
                x = self.downs[level](x)
        return features


class Decoder(nn.Module):
    """From the features to a change of the picture."""

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
        amount = 0.2 + 1.6 * torch.sigmoid(self.amount(seen) / 4)  # [batch, 1]: how much this face needs
        x = self.levels[-1](features[-1])
        for level in range(len(WIDTHS) - 2, -1, -1):
            x = functional.pixel_shuffle(self.ups[level](x), 2) + features[level]
            x = self.levels[level](x)
        change = functional.pixel_shuffle(self.head(x).float(), 2)
        return change * amount.float()[:, :, None, None]


def keep_grey(small: Tensor, change: Tensor) -> Tensor:
    """Take the colour out of a change to a picture that has none, so grey stays exactly grey."""
    colour = (small - small.mean(dim=1, keepdim=True)).abs().mean(dim=(1, 2, 3), keepdim=True)
    share = (colour / GREY_STEP).clamp(0, 1)
    light = change.mean(dim=1, keepdim=True)
    return light + share * (change - light)


def keep_grain(change: Tensor) -> Tensor:
    """Leave a quarter of what a change would take away, where it is small.

    A network trained for the least error smooths whatever it is not sure of, and part of that a face is known by: with
    a quarter left, restored faces are more like themselves in the mean and in the worst case, and less like wax. What
    hides a face, as a scratch does, is a large change and goes whole.
    """
    return change * (1 - GRAIN_KEPT * torch.exp(-((_size(change) / LARGE_CHANGE) ** 2)))


def leave_large(change: Tensor) -> Tensor:
    """Take the large parts out of a change: beyond a face, a bright spot is rather a pearl than a speck of dust."""
    return change / (1 + (_size(change) / SUSPICIOUS_CHANGE) ** 6)


def _size(change: Tensor) -> Tensor:
    """How large a change is round each pixel, `[batch, 1, height, width]`."""
    return functional.avg_pool2d(change.abs().mean(dim=1, keepdim=True), 3, 1, 1, count_include_pad=False)


class LiteCore(nn.Module):
    """The network at its own size, with one end."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def change(self, small: Tensor) -> Tensor:
        """What to add to `small` `[batch, 3, side, side]`, RGB in [-1, 1], side a multiple of 16."""
        change: Tensor = self.decoder(self.encoder(small))
        return keep_grey(small, change)


class FineGate(nn.Module):
    """Says where the detail beyond 256 pixels is worth keeping, from what the network saw and how strong it is."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(WIDTHS[0] + 2, 24, 3, padding=1)
        self.judge = nn.Conv2d(24, 1, 3, padding=1)
        nn.init.zeros_(self.judge.weight)  # starts as "keep all"
        nn.init.constant_(self.judge.bias, 6.0)  # type: ignore[arg-type]

    def forward(self, features: Tensor, fine: Tensor, change: Tensor) -> Tensor:
        """Share to keep, 0 to 1.

        Args:
            features: the encoder's largest level, `[batch, 32, 128, 128]`.
            fine: `[batch, 3, 512, 512]`, the detail beyond 256 pixels.
            change: `[batch, 3, 256, 256]`, what the network changes.

        Returns:
            `[batch, 1, 512, 512]`.
        """
        strength = functional.avg_pool2d(fine.abs().mean(dim=1, keepdim=True), 4)
        changed = functional.avg_pool2d(change.abs().mean(dim=1, keepdim=True), 2)
        x = torch.cat([features, 20 * strength, 20 * changed], dim=1)
        share = torch.sigmoid(self.judge(functional.relu(self.look(x))))
        return functional.interpolate(share, scale_factor=4.0, mode="bilinear", align_corners=False)


class Lite(nn.Module):
    """The restorer: both ends, the slider between them, and the fine detail."""

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
        features, faithful = self.faithful_change(small)
        change = self.mix(small, faithful, self.vivid(features), fidelity)
        kept: Tensor = self.gate(features[0], fine, change)
        return (faces + enlarge(change) - (1 - kept) * fine).clamp(-1, 1)

    def faithful_change(self, small: Tensor) -> tuple[list[Tensor], Tensor]:
        """What the encoder sees in `small`, and what the faithful end would add to it."""
        both = self.encoder(torch.cat([small, small.flip(3)]))
        straight, mirrored = self.faithful(both).chunk(2)
        return [level.chunk(2)[0] for level in both], keep_grain((straight + mirrored.flip(3)) / 2)

    def mix(self, small: Tensor, faithful: Tensor, vivid: Tensor, fidelity: Tensor) -> Tensor:
        """What to add to `small`, between what the two ends would add."""
        share = fidelity.to(small.dtype).clamp(0, 1)[:, None, None, None]
        return keep_grey(small, share * faithful + (1 - share) * vivid)


class WholePhoto(nn.Module):
    """The faithful end of `lite` for any part of a photo, at the photo's own size: looked at once, all grain gone."""

    def __init__(self, network: Lite) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """`[batch, 3, 256, 256]` RGB in [-1, 1], in and out."""
        change: Tensor = self.network.faithful(self.network.encoder(pictures))
        return (pictures + leave_large(keep_grey(pictures, change))).clamp(-1, 1)


def enlarge(small: Tensor) -> Tensor:
    """From the network's size to the crop's."""
    return functional.interpolate(small, scale_factor=float(INNER_STEP), mode="bilinear", align_corners=False)


def load(path: Path) -> Lite:
    """Read the shipped weights, in evaluation mode and full precision.

    Raises:
        ValueError: the file is damaged, has another format, or not exactly this network's tensors.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            said = (file.metadata() or {}).get("format")
            if said != FORMAT:
                raise ValueError(f"{path} is not a file of {FORMAT}: it says {said}")
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 (no iterator)
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    network = Lite()
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise ValueError(f"{path} does not fit the network: {error}") from error
    return network.eval()


_FACTS = ModelFacts(
    name="lite",
    title="Magic Memory lite",
    kind=Kind.RESTORER,
    licence="Apache-2.0",
    commercial=Commercial.YES,
    file="lite.safetensors",
    bundled=True,
    default_fidelity=DEFAULT_FIDELITY,
    good_at="always there, fast, free for paid use",
    work="18 GFLOP",
    speed=Speed("a face", "OpenVINO", 0.18, 1.9),
)


def _build_cleaner(path: Path, context: BuildContext) -> Cleaner:
    network = load_network(_FACTS, lambda file: WholePhoto(load(file)), path)
    return TiledCleaner(context.engine.compile(network, (torch.zeros(1, 3, INNER, INNER),), f"{_FACTS.name}-photo"))


LITE = restorer_model(_FACTS, load)
LITE_CLEANER: Model[Cleaner] = Model(_FACTS, _build_cleaner)
