"""ArcFace on a ResNet-18 for grey pictures: tells how much two pictures show the same person.

It is the network by which GFPGAN, RestoreFormer++ and later papers measure identity ("Deg."). It sees the whole aligned
face, in grey, and needs no landmarks.

Paper: Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face Recognition, CVPR 2019.
Weights: https://github.com/TencentARC/GFPGAN (v0.1.0), from https://github.com/ronghuaiyang/arcface-pytorch.
"""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.identity import Floats, Identity
from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model, from_checkpoint, load_network

CHECKPOINT = Checkpoint("arcface_resnet18.pth")

SIZE = 128  # pixels
_GREY = np.array((0.2989, 0.5870, 0.1140), np.float32)  # the weights of red, green and blue in its training


class Block(nn.Module):
    """A residual block with batch norm before its first convolution. One slope serves both activations."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.bn0 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, in_channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.prelu = nn.PReLU()
        self.conv2 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or in_channels != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, channels, h/stride, w/stride]."""
        out = self.prelu(self.bn1(self.conv1(self.bn0(features))))
        out = self.bn2(self.conv2(out)) + self.downsample(features)
        activated: Tensor = self.prelu(out)
        return activated


def _layer(in_channels: int, channels: int, stride: int) -> nn.Sequential:
    return nn.Sequential(Block(in_channels, channels, stride), Block(channels, channels, 1))


class ArcFaceResNet18(nn.Module):
    """GFPGAN's `ResNetArcFace("IRBlock", [2, 2, 2, 2], use_se=False)`."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.prelu = nn.PReLU()
        self.maxpool = nn.MaxPool2d(2)
        self.layer1 = _layer(64, 64, 1)
        self.layer2 = _layer(64, 128, 2)
        self.layer3 = _layer(128, 256, 2)
        self.layer4 = _layer(256, 512, 2)
        self.bn4 = nn.BatchNorm2d(512)
        self.fc5 = nn.Linear(512 * 8 * 8, 512)
        self.bn5 = nn.BatchNorm1d(512)

    def forward(self, faces: Tensor) -> Tensor:
        """Embed faces.

        Args:
            faces: [batch, 1, 128, 128], grey, -1..1, aligned to the FFHQ template.

        Returns:
            [batch, 512] of length 1; the dot product of two is their similarity, -1..1.
        """
        features = self.maxpool(self.prelu(self.bn1(self.conv1(faces))))
        features = self.layer4(self.layer3(self.layer2(self.layer1(features))))
        out: Tensor = self.bn5(self.fc5(self.bn4(features).flatten(1)))
        length: Tensor = out.norm(dim=1, keepdim=True)
        return out / length


class GreyFaceIdentity:
    """The network behind the `Identity` protocol."""

    def __init__(self, runner: Runner) -> None:
        """
        Args:
            runner: the compiled `ArcFaceResNet18`.
        """
        self._runner = runner

    def __call__(self, before: Floats, after: Floats, landmarks: Floats) -> float:
        """See `Identity`."""
        del landmarks  # the aligned face is what it was trained on
        one, two = (self._runner(network_input(face))[0] for face in (before, after))
        return round(float(np.clip(one @ two, -1, 1)), 4)


def network_input(face: Floats) -> Floats:
    """An aligned face `[512, 512, 3]`, RGB, 0 to 255, as the network takes it: `[1, 1, 128, 128]`, grey, -1 to 1."""
    # Linear without antialiasing, as in its training: each pixel is the mean of the middle four of a 4x4 square.
    small = cv2.resize(face @ _GREY, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(small[None, None] / 127.5 - 1, np.float32)


_FACTS = ModelFacts(
    name="arcface-resnet18",
    title="ArcFace ResNet-18",
    kind=Kind.IDENTITY,
    licence="not stated",
    commercial=Commercial.ASK,
    file="arcface_resnet18.pth",
    url="https://github.com/TencentARC/GFPGAN/releases/download/v0.1.0/arcface_resnet18.pth",
    sha256="69554b3184575bdda7ecf7f40caf2b0c5ecbd0617b676d2209d8bf0e7e3d8042",
    paper="Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face Recognition, CVPR 2019",
    good_at="the same, as papers on face restoration measure it",
    work="9 GFLOP a face",
)


def _build(path: Path, context: BuildContext) -> Identity:
    network = load_network(_FACTS, from_checkpoint(ArcFaceResNet18, CHECKPOINT), path)
    return GreyFaceIdentity(context.engine.compile(network, (torch.zeros(1, 1, SIZE, SIZE),), _FACTS.name))


ARCFACE_RESNET18: Model[Identity] = Model(_FACTS, _build)
