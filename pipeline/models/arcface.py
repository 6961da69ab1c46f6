"""ArcFace on an IR-SE50 body: tells how much two pictures show the same person.

Paper: Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face Recognition, CVPR 2019.
Weights: https://github.com/xinntao/facexlib (v0.1.0), from https://github.com/TreB1eN/InsightFace_Pytorch.

Faces are cropped to 112x112 by a similarity transform of the five landmarks onto `ARCFACE_TEMPLATE` in
`faces/identity.py`, in BGR order (the training data went through OpenCV, and public users of facexlib's file give it
BGR), and scaled to -1..1.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.faces.identity import ARCFACE_PX, Identity, NetworkIdentity
from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, Model, from_checkpoint, load_network

IR_SE50 = Checkpoint("recognition_arcface_ir_se50.pth")

# Channels and number of blocks; the first block of each stage halves the picture.
_STAGES = ((64, 3), (128, 4), (256, 14), (512, 3))


class Excitation(nn.Module):
    """Squeeze and excitation: channels are weighted by what the whole picture shows."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1, bias=False)
        self.fc2 = nn.Conv2d(channels // 16, channels, 1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> the same shape."""
        pooled = features.mean(dim=(2, 3), keepdim=True)
        return features * torch.sigmoid(self.fc2(F.relu(self.fc1(pooled))))


class Block(nn.Module):
    """One residual block; batch norm comes before the first convolution."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.shortcut_layer: nn.Module = nn.MaxPool2d(1, stride)  # every second pixel
        if in_channels != channels:
            self.shortcut_layer = nn.Sequential(
                nn.Conv2d(in_channels, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(in_channels),
            nn.Conv2d(in_channels, channels, 3, padding=1, bias=False),
            nn.PReLU(channels),
            nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            Excitation(channels),
        )

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, channels, h/stride, w/stride]."""
        out: Tensor = self.res_layer(features) + self.shortcut_layer(features)
        return out


class ArcFace(nn.Module):
    """facexlib's `Backbone(50, mode="ir_se")`."""

    def __init__(self) -> None:
        super().__init__()
        self.input_layer = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.PReLU(64))
        blocks = []
        in_channels = 64
        for channels, count in _STAGES:
            for index in range(count):
                blocks.append(Block(in_channels, channels, 2 if index == 0 else 1))
                in_channels = channels
        self.body = nn.Sequential(*blocks)
        # Dropout has no weights; it keeps the official numbers of the layers after it.
        self.output_layer = nn.Sequential(
            nn.BatchNorm2d(512), nn.Dropout(), nn.Flatten(), nn.Linear(512 * 7 * 7, 512), nn.BatchNorm1d(512)
        )

    def forward(self, faces: Tensor) -> Tensor:
        """Embed faces.

        Args:
            faces: [batch, 3, 112, 112], BGR, -1..1, cropped to `identity.ARCFACE_TEMPLATE`.

        Returns:
            [batch, 512] of length 1; the dot product of two is their similarity, -1..1.
        """
        out: Tensor = self.output_layer(self.body(self.input_layer(faces)))
        length: Tensor = out.norm(dim=1, keepdim=True)
        return out / length


_FACTS = ModelFacts(
    name="arcface",
    title="ArcFace IR-SE50",
    kind=Kind.IDENTITY,
    licence="not stated",
    commercial=Commercial.ASK,
    file="recognition_arcface_ir_se50.pth",
    url="https://github.com/xinntao/facexlib/releases/download/v0.1.0/recognition_arcface_ir_se50.pth",
    # Stated by Arch Linux's user package of facexlib, and by PadInv, which takes the file from its first publisher.
    sha256="a035c768259b98ab1ce0e646312f48b9e1e218197a0f80ac6765e88f8b6ddf28",
    size=175367323,
    paper="Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face Recognition, CVPR 2019",
    good_at="says how much a restored face still is the same person",
    work="25 GFLOP a face",
    speed=Speed("a face, before or after", "OpenVINO", 0.12, 1.8),
)


def _build(path: Path, context: BuildContext) -> Identity:
    network = load_network(_FACTS, from_checkpoint(ArcFace, IR_SE50), path)
    return NetworkIdentity(context.engine.compile(network, (torch.zeros(1, 3, ARCFACE_PX, ARCFACE_PX),), _FACTS.name))


ARCFACE: Model[Identity] = Model(_FACTS, _build)
