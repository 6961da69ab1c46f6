"""BiSeNet: an older and lighter face parser with the same 19 kinds of pixels as ParseNet, in another order.

Paper: Yu et al., BiSeNet: Bilateral Segmentation Network for Real-time Semantic Segmentation, ECCV 2018.
Weights: https://github.com/xinntao/facexlib (v0.2.0), from https://github.com/zllrunning/face-parsing.PyTorch.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models.checkpoint import Checkpoint

# Two more heads at coarser resolutions served training.
BISENET = Checkpoint("parsing_bisenet.pth", unused=("conv_out16.", "conv_out32."))

# ImageNet's: what the input is normalised with, for RGB of 0..1.
MEAN_RGB = (0.485, 0.456, 0.406)
DEVIATION_RGB = (0.229, 0.224, 0.225)

CLASSES = (
    "background", "skin", "left brow", "right brow", "left eye", "right eye", "glasses", "left ear", "right ear",
    "earring", "nose", "mouth", "upper lip", "lower lip", "neck", "necklace", "cloth", "hair", "hat",
)  # fmt: skip


class ConvNorm(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(out_channels)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w]."""
        return F.relu(self.bn(self.conv(features)))


class Block(nn.Module):
    """ResNet-18's two-convolution block."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample: nn.Module = nn.Identity()
        if in_channels != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, channels, h/stride, w/stride]."""
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(features)))))
        return F.relu(out + self.downsample(features))


class ResNet18(nn.Module):
    """ResNet-18 without its classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = nn.Sequential(Block(64, 64, 1), Block(64, 64, 1))
        self.layer2 = nn.Sequential(Block(64, 128, 2), Block(128, 128, 1))
        self.layer3 = nn.Sequential(Block(128, 256, 2), Block(256, 256, 1))
        self.layer4 = nn.Sequential(Block(256, 512, 2), Block(512, 512, 1))

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[batch, 3, h, w] -> features at strides 8, 16 and 32."""
        features = F.max_pool2d(F.relu(self.bn1(self.conv1(faces))), 3, 2, 1)
        eighth = self.layer2(self.layer1(features))
        sixteenth = self.layer3(eighth)
        return eighth, sixteenth, self.layer4(sixteenth)


class Refinement(nn.Module):
    """Features weighted by what the whole picture shows."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv = ConvNorm(in_channels, channels)
        self.conv_atten = nn.Conv2d(channels, channels, 1, bias=False)
        self.bn_atten = nn.BatchNorm2d(channels)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, channels, h, w]."""
        out: Tensor = self.conv(features)
        return out * torch.sigmoid(self.bn_atten(self.conv_atten(out.mean(dim=(2, 3), keepdim=True))))


class ContextPath(nn.Module):
    """Coarse features carried up to an eighth of the picture's size."""

    def __init__(self) -> None:
        super().__init__()
        self.resnet = ResNet18()
        self.arm16 = Refinement(256, 128)
        self.arm32 = Refinement(512, 128)
        self.conv_head32 = ConvNorm(128, 128)
        self.conv_head16 = ConvNorm(128, 128)
        self.conv_avg = ConvNorm(512, 128, 1)

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """[batch, 3, h, w] -> the fine features and the context, both [batch, 128, h/8, w/8]."""
        eighth, sixteenth, last = self.resnet(faces)
        context = self.arm32(last) + self.conv_avg(last.mean(dim=(2, 3), keepdim=True))
        context = self.conv_head32(F.interpolate(context, size=sixteenth.shape[2:], mode="nearest"))
        context = context + self.arm16(sixteenth)
        return eighth, self.conv_head16(F.interpolate(context, size=eighth.shape[2:], mode="nearest"))


class Fusion(nn.Module):
    """Fine features and context, mixed and weighted by what the whole picture shows."""

    def __init__(self) -> None:
        super().__init__()
        self.convblk = ConvNorm(256, 256, 1)
        self.conv1 = nn.Conv2d(256, 64, 1, bias=False)
        self.conv2 = nn.Conv2d(64, 256, 1, bias=False)

    def forward(self, fine: Tensor, context: Tensor) -> Tensor:
        """Two of [batch, 128, h, w] -> [batch, 256, h, w]."""
        mixed: Tensor = self.convblk(torch.cat([fine, context], dim=1))
        attention = torch.sigmoid(self.conv2(F.relu(self.conv1(mixed.mean(dim=(2, 3), keepdim=True)))))
        return mixed + mixed * attention


class Head(nn.Module):
    """Scores of the classes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = ConvNorm(256, 256)
        self.conv_out = nn.Conv2d(256, len(CLASSES), 1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, 256, h, w] -> [batch, 19, h, w]."""
        out: Tensor = self.conv_out(self.conv(features))
        return out


class BiSeNet(nn.Module):
    """The network of parsing_bisenet.pth."""

    def __init__(self) -> None:
        super().__init__()
        self.cp = ContextPath()
        self.ffm = Fusion()
        self.conv_out = Head()

    def forward(self, faces: Tensor) -> Tensor:
        """Score each pixel.

        Args:
            faces: [batch, 3, h, w], RGB, 0..1 normalised by MEAN_RGB and DEVIATION_RGB, aligned; made for 512.

        Returns:
            Logits [batch, 19, h, w] in the order of CLASSES.
        """
        logits = self.conv_out(self.ffm(*self.cp(faces)))
        return F.interpolate(logits, size=faces.shape[2:], mode="bilinear", align_corners=True)
