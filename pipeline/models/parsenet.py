"""ParseNet: labels each pixel of a face with one of 19 classes; the mask that blends a restored face comes from it.

Paper: Chen et al., Progressive Semantic-Aware Style Transformation for Blind Face Restoration, CVPR 2021 (PSFR-GAN).
Weights: https://github.com/xinntao/facexlib (v0.2.2), from https://github.com/chaofengc/PSFRGAN.
"""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.faces.parsing import Floats, NetworkParser, Parser
from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, Model, from_checkpoint, load_network, sample_planes
from magicmemory.pipeline.models.self_test import Sample

# The second output, a reconstructed picture, served training.
CHECKPOINT = Checkpoint("parsing_parsenet.pth", unused=("out_img_conv.",))

CLASSES = (
    "background", "skin", "nose", "glasses", "left eye", "right eye", "left brow", "right brow", "left ear",
    "right ear", "mouth", "upper lip", "lower lip", "hair", "hat", "earring", "necklace", "neck", "cloth",
)  # fmt: skip

# facexlib's choice: what a restored face replaces.
FACE_CLASSES = (*range(1, 14), 15)


class Convolution(nn.Module):
    """Mirrored border, 3x3 convolution; with `norm`, batch norm and no bias. "down" strides, "up" doubles first."""

    def __init__(self, in_channels: int, out_channels: int, scale: str = "none", norm: bool = False) -> None:
        super().__init__()
        self.up = scale == "up"
        stride = 2 if scale == "down" else 1
        self.conv2d = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, padding_mode="reflect", bias=not norm)
        # The official names have one level more: norm.norm.weight.
        self.norm = nn.Sequential()
        if norm:
            self.norm.add_module("norm", nn.BatchNorm2d(out_channels))

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w], or half or twice that size."""
        if self.up:
            features = F.interpolate(features, scale_factor=2.0, mode="nearest")
        out: Tensor = self.norm(self.conv2d(features))
        return out


class ResBlock(nn.Module):
    """Two convolutions beside a shortcut, which is a convolution where the size or the channels change."""

    def __init__(self, in_channels: int, out_channels: int, scale: str = "none") -> None:
        super().__init__()
        same = scale == "none" and in_channels == out_channels
        self.shortcut_func = nn.Identity() if same else Convolution(in_channels, out_channels, scale)
        self.conv1 = Convolution(in_channels, out_channels, "up" if scale == "up" else "none", norm=True)
        self.conv2 = Convolution(out_channels, out_channels, "down" if scale == "down" else "none", norm=True)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w], or half or twice that size."""
        out = self.conv2(F.leaky_relu(self.conv1(features), 0.2))
        result: Tensor = self.shortcut_func(features) + out
        return result


class ParseNet(nn.Module):
    """The 512-pixel network of facexlib; fully convolutional, so that 256 pixels work too, at a quarter of the cost."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            Convolution(3, 64),
            ResBlock(64, 128, "down"),
            ResBlock(128, 256, "down"),
            ResBlock(256, 256, "down"),
            ResBlock(256, 256, "down"),
        )
        self.body = nn.Sequential(*(ResBlock(256, 256) for _ in range(10)))
        self.decoder = nn.Sequential(
            ResBlock(256, 256, "up"), ResBlock(256, 256, "up"), ResBlock(256, 128, "up"), ResBlock(128, 64, "up")
        )
        self.out_mask_conv = Convolution(64, len(CLASSES))

    def forward(self, faces: Tensor) -> Tensor:
        """Score each pixel.

        Args:
            faces: [batch, 3, h, w], RGB, -1..1, aligned; made for 512, sides must be multiples of 16 from 32 up.

        Returns:
            Logits [batch, 19, h, w] in the order of CLASSES.
        """
        features = self.encoder(faces)
        logits: Tensor = self.out_mask_conv(self.decoder(features + self.body(features)))
        return logits


class FaceOnly(nn.Module):
    """ParseNet and the choice of classes: faces to hard masks."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> Tensor:
        """`[batch, 3, side, side]`, RGB in [-1, 1], to `[batch, side, side]`, 0 or 1; hard edges, to be feathered."""
        logits: Tensor = self.network(faces)
        chosen = torch.zeros(logits.shape[1], device=logits.device)
        chosen[list(FACE_CLASSES)] = 1.0
        return chosen[logits.argmax(dim=1)]


_FACTS = ModelFacts(
    name="parsenet",
    title="ParseNet",
    kind=Kind.PARSER,
    licence="not stated",
    commercial=Commercial.ASK,
    file="parsing_parsenet.pth",
    url="https://github.com/xinntao/facexlib/releases/download/v0.2.2/parsing_parsenet.pth",
    sha256="3d558d8d0e42c20224f13cf5a29c79eba2d59913419f945545d8cf7b72920de2",
    size=85331193,
    paper="Chen et al., Progressive Semantic-Aware Style Transformation for Blind Face Restoration, CVPR 2021",
    supports_half=True,
    good_at="the mask follows the face's own outline instead of an oval",
    work="117 GFLOP a face",
    speed=Speed("a face, at 256 pixels", "OpenVINO", 0.6, 1.0),
)


# Masks of 0 and 1 of which 2 in 100 pixels differ: those lie on the outline, which is blurred anyway.
_LEAST_DB = 17.0


def _judge(mask: Floats) -> str:
    share = float(mask.mean())
    return "" if 0.1 < share < 0.9 else f"{share:.0%} of it count as face"


def _build(path: Path, context: BuildContext) -> Parser:
    engine, side = context.engine, context.parsing_px
    network = FaceOnly(load_network(_FACTS, from_checkpoint(ParseNet, CHECKPOINT), path))
    example = (torch.zeros(1, 3, side, side),)
    runner = context.tested_runner(network, example, _FACTS, Sample((sample_planes(side),), _judge, _LEAST_DB))
    return NetworkParser(runner, side, engine.batching, partial(engine.on_batch, _FACTS.name))


PARSENET: Model[Parser] = Model(_FACTS, _build)
