"""`headmask`: segments the head in an aligned face crop. It is ours, and comes with the package.

A small U-Net of plain convolutions. It sees the crop at 128 pixels, a quarter of its side: a mask that is blurred over
several crop pixels needs no more. Trained on studio portraits (public domain and CC0) that were cut from their plain
backdrops and put before other scenes, then damaged; see `training/headmask_train.py`.
"""

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.faces.head_mask import SIDE, Floats, HeadMaskParser, is_sure
from magicmemory.pipeline.faces.parsing import Parser
from magicmemory.pipeline.models.bundled_file import load_bundled
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model, load_network, sample_planes
from magicmemory.pipeline.models.self_test import Sample

CLASSES: Final = 3  # background, head, clothes
HEAD: Final = 1
WIDTHS: Final = (16, 32, 64, 112)  # channels at 1/2, 1/4, 1/8 and 1/16 of SIDE
FORMAT: Final = "magicmemory.headmask/1"  # stored in the weights file; changes with the architecture


class Residual(nn.Module):
    """Two 3x3 convolutions with a skip connection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        return functional.relu(x + self.second(functional.relu(self.first(x))))


class Plain(nn.Module):
    """One 3x3 convolution, cheap enough for the two largest levels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.only = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        return functional.relu(self.only(x))


BLOCKS: Final = (Plain, Plain, Residual, Residual)


class HeadMask(nn.Module):
    """The segmentation network."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(12, WIDTHS[0], 3, padding=1)
        self.encoder = nn.ModuleList(block(width) for block, width in zip(BLOCKS, WIDTHS, strict=True))
        self.downs = nn.ModuleList(nn.Conv2d(high, low, 3, stride=2, padding=1) for high, low in pairwise(WIDTHS))
        self.bottom = Residual(WIDTHS[-1])
        self.ups = nn.ModuleList(nn.Conv2d(low, high, 1) for high, low in pairwise(WIDTHS))
        self.decoder = nn.ModuleList(block(width) for block, width in zip(BLOCKS, WIDTHS[:-1], strict=False))
        self.head = nn.Conv2d(WIDTHS[0], 4 * CLASSES, 3, padding=1)

    def forward(self, faces: Tensor) -> Tensor:
        """Class scores (logits).

        Args:
            faces: `[batch, 3, 128, 128]`, RGB in [-1, 1], aligned to the FFHQ template.

        Returns:
            `[batch, 3, 128, 128]`: background, head, clothes.
        """
        x = functional.relu(self.stem(functional.pixel_unshuffle(faces, 2)))
        features = []
        for level, block in enumerate(self.encoder):
            x = block(x)
            features.append(x)
            if level < len(self.downs):
                x = functional.relu(self.downs[level](x))
        x = self.bottom(x)
        for level in range(len(WIDTHS) - 2, -1, -1):
            wide = functional.interpolate(self.ups[level](x), scale_factor=2.0, mode="bilinear", align_corners=False)
            x = self.decoder[level](wide + features[level])
        return functional.pixel_shuffle(self.head(x), 2)


class HeadShare(nn.Module):
    """The probability that each pixel is head: the mean over a face and its mirror image."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> Tensor:
        """`[batch, 3, 128, 128]` to `[batch, 128, 128]`, 0 to 1."""
        straight = torch.softmax(self.network(faces), dim=1)[:, HEAD]
        mirrored = torch.softmax(self.network(faces.flip(3)), dim=1)[:, HEAD]
        return (straight + mirrored.flip(2)) / 2


def load(path: Path) -> HeadMask:
    """Read the weights; see `load_bundled`."""
    return load_bundled(HeadMask(), path, FORMAT)


_FACTS = ModelFacts(
    name="headmask",
    title="Magic Memory head mask",
    kind=Kind.PARSER,
    licence="Apache-2.0",
    commercial=Commercial.YES,
    file="headmask.safetensors",
    bundled=True,
    good_at="always there: the mask follows the head, or is an oval where it is unsure",
    work="0.53 GFLOP a face",
)


def _judge(share: Floats) -> str:
    return "" if is_sure(share[0]) else "the head in it is not found"


def _build(path: Path, context: BuildContext) -> Parser:
    network, engine = HeadShare(load_network(_FACTS, load, path)), context.engine
    example = (torch.zeros(1, 3, SIDE, SIDE),)
    runner = context.tested_runner(network, example, _FACTS, Sample((sample_planes(SIDE),), _judge))
    return HeadMaskParser(runner, engine.batching, partial(engine.on_batch, _FACTS.name))


HEADMASK: Model[Parser] = Model(_FACTS, _build)
