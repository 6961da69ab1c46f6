"""MobileFaceNet, used only to measure whether a restored face still shows the same person.

Chen et al., "MobileFaceNets", CCBR 2018, in the layout of the published PyTorch checkpoint. Neither the
network nor its weights are part of the product.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.align import TEMPLATE

# The five points ArcFace and MobileFaceNet are trained on, in a crop 96 wide and 112 high.
POINTS = np.array(
    [(30.2946, 51.6963), (65.5318, 51.5014), (48.0252, 71.7366), (33.5493, 92.3655), (62.7299, 92.2041)], np.float32
)


class Unit(nn.Module):
    """Convolution, normalisation and, unless linear, a leaky activation."""

    def __init__(
        self, inputs: int, outputs: int, kernel: tuple[int, int], stride: int, pad: int, dw: bool, linear: bool
    ) -> None:
        super().__init__()
        self.linear = linear
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, pad, groups=inputs if dw else 1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        if not linear:
            self.prelu = nn.PReLU(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]`."""
        x = self.bn(self.conv(x))
        return x if self.linear else self.prelu(x)


class Bottleneck(nn.Module):
    """Inverted residual."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        self.connect = stride == 1 and inputs == outputs
        wide = inputs * expansion
        self.conv = nn.Sequential(
            nn.Conv2d(inputs, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
            nn.PReLU(wide),
            nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False),
            nn.BatchNorm2d(wide),
            nn.PReLU(wide),
            nn.Conv2d(wide, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]`."""
        y: Tensor = self.conv(x)
        return x + y if self.connect else y


class MobileFaceNet(nn.Module):
    """`[batch, 3, 112, 96]`, RGB as (x - 127.5) / 128, to `[batch, 128]`."""

    SETTING = ((2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1))

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = Unit(3, 64, (3, 3), 2, 1, False, False)
        self.dw_conv1 = Unit(64, 64, (3, 3), 1, 1, True, False)
        blocks: list[nn.Module] = []
        width = 64
        for expansion, outputs, count, stride in self.SETTING:
            for index in range(count):
                blocks.append(Bottleneck(width, outputs, stride if index == 0 else 1, expansion))
                width = outputs
        self.blocks = nn.Sequential(*blocks)
        self.conv2 = Unit(128, 512, (1, 1), 1, 0, False, False)
        self.linear7 = Unit(512, 512, (7, 6), 1, 0, True, True)
        self.linear1 = Unit(512, 128, (1, 1), 1, 0, False, True)

    def forward(self, x: Tensor) -> Tensor:
        """Embed; the result is not normalised."""
        x = self.blocks(self.dw_conv1(self.conv1(x)))
        x = self.linear1(self.linear7(self.conv2(x)))
        return x.flatten(1)


def load_identity(path: Path) -> MobileFaceNet:
    """Read the published checkpoint; all tensors must match."""
    stored = torch.load(path, weights_only=True, map_location="cpu")
    network = MobileFaceNet()
    network.load_state_dict(stored.get("net_state_dict", stored), strict=True)
    return network.eval()


@torch.no_grad()
def embed(network: MobileFaceNet, faces: NDArray[np.uint8]) -> Tensor:
    """Unit vectors `[faces, 128]` for aligned 256-pixel crops `[faces, 256, 256, 3]`."""
    # INTER_AREA would be ideal; the crops are about 2.6 times larger, so blur before the warp
    matrix, _ = cv2.estimateAffinePartial2D(TEMPLATE / 2 - 0.25, POINTS, method=cv2.LMEDS)
    small = [cv2.warpAffine(cv2.GaussianBlur(face, (0, 0), 0.8), matrix, (96, 112)) for face in faces]
    x = torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float().sub(127.5).div(128)
    vectors = network(x) + network(x.flip(3))
    return nn.functional.normalize(vectors)
