"""RetinaFace: a one-stage face detector with five landmarks, on a ResNet-50 or a MobileNet-0.25 body.

Paper: Deng et al., RetinaFace: Single-stage Dense Face Localisation in the Wild, CVPR 2020.
Weights: https://github.com/xinntao/facexlib (v0.1.0), trained in https://github.com/biubug6/Pytorch_Retinaface.

The network gives raw heads; `faces/retinaface_anchors.py` turns them into pixels.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.faces.detect import Detector
from magicmemory.pipeline.faces.retinaface_anchors import LEVELS
from magicmemory.pipeline.faces.retinaface_detector import RetinaFaceDetector
from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, Model, from_checkpoint, load_network

RESNET50 = Checkpoint("detection_Resnet50_Final.pth")
MOBILENET025 = Checkpoint("detection_mobilenet0.25_Final.pth")

_RELEASES = "https://github.com/xinntao/facexlib/releases/download"
_PAPER = "Deng et al., RetinaFace: Single-stage Dense Face Localisation in the Wild, CVPR 2020"

_ANCHORS = len(LEVELS[0][1])  # of each place


def _conv(in_channels: int, out_channels: int, kernel: int, stride: int, slope: float | None) -> nn.Sequential:
    """Convolution, batch norm and, unless `slope` is None, a leaky ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(out_channels),
    ]
    if slope is not None:
        layers.append(nn.LeakyReLU(slope))
    return nn.Sequential(*layers)


def _depthwise(in_channels: int, out_channels: int, stride: int) -> nn.Sequential:
    """MobileNet's pair: one 3x3 filter a channel, then a 1x1 mix of channels."""
    return nn.Sequential(
        nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False),
        nn.BatchNorm2d(in_channels),
        nn.LeakyReLU(0.1),
        nn.Conv2d(in_channels, out_channels, 1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.LeakyReLU(0.1),
    )


class MobileNet(nn.Module):
    """MobileNet v1 at a quarter of its width; its three stages end at strides 8, 16 and 32."""

    channels = (64, 128, 256)

    def __init__(self) -> None:
        super().__init__()
        widths = ((8, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1))
        self.stage1 = nn.Sequential(_conv(3, 8, 3, 2, 0.1), *(_depthwise(*width) for width in widths))
        self.stage2 = nn.Sequential(_depthwise(64, 128, 2), *(_depthwise(128, 128, 1) for _ in range(5)))
        self.stage3 = nn.Sequential(_depthwise(128, 256, 2), _depthwise(256, 256, 1))

    def forward(self, images: Tensor) -> list[Tensor]:
        """[batch, 3, h, w] -> features at strides 8, 16 and 32."""
        first = self.stage1(images)
        second = self.stage2(first)
        return [first, second, self.stage3(second)]


class Bottleneck(nn.Module):
    """ResNet's three-convolution block; the 3x3 one strides."""

    def __init__(self, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        out_channels = 4 * width
        self.conv1 = nn.Conv2d(in_channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.downsample: nn.Module = nn.Identity()
        if in_channels != out_channels:
            self.downsample = _conv(in_channels, out_channels, 1, stride, None)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, 4 width, h/stride, w/stride]."""
        out = F.relu(self.bn1(self.conv1(features)))
        out = F.relu(self.bn2(self.conv2(out)))
        return F.relu(self.bn3(self.conv3(out)) + self.downsample(features))


class ResNet50(nn.Module):
    """ResNet-50 without its classifier; its last three layers end at strides 8, 16 and 32."""

    channels = (512, 1024, 2048)

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = self._layer(64, 64, 3, 1)
        self.layer2 = self._layer(256, 128, 4, 2)
        self.layer3 = self._layer(512, 256, 6, 2)
        self.layer4 = self._layer(1024, 512, 3, 2)

    @staticmethod
    def _layer(in_channels: int, width: int, blocks: int, stride: int) -> nn.Sequential:
        first = Bottleneck(in_channels, width, stride)
        return nn.Sequential(first, *(Bottleneck(4 * width, width, 1) for _ in range(blocks - 1)))

    def forward(self, images: Tensor) -> list[Tensor]:
        """[batch, 3, h, w] -> features at strides 8, 16 and 32."""
        features = F.max_pool2d(F.relu(self.bn1(self.conv1(images))), 3, 2, 1)
        first = self.layer2(self.layer1(features))
        second = self.layer3(first)
        return [first, second, self.layer4(second)]


class Pyramid(nn.Module):
    """The feature pyramid: coarse levels are enlarged and added to the finer ones."""

    def __init__(self, in_channels: tuple[int, int, int], channels: int, slope: float) -> None:
        super().__init__()
        self.output1 = _conv(in_channels[0], channels, 1, 1, slope)
        self.output2 = _conv(in_channels[1], channels, 1, 1, slope)
        self.output3 = _conv(in_channels[2], channels, 1, 1, slope)
        self.merge1 = _conv(channels, channels, 3, 1, slope)
        self.merge2 = _conv(channels, channels, 3, 1, slope)

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        """Three levels of the body -> three levels of equal channels."""
        fine, middle, coarse = self.output1(levels[0]), self.output2(levels[1]), self.output3(levels[2])
        # To the exact size: at odd sizes a level is not half of the one below it.
        middle = self.merge2(middle + F.interpolate(coarse, size=middle.shape[2:], mode="nearest"))
        fine = self.merge1(fine + F.interpolate(middle, size=fine.shape[2:], mode="nearest"))
        return [fine, middle, coarse]


class Context(nn.Module):
    """SSH: views of 3, 5 and 7 pixels side by side, the larger ones as stacked 3x3 convolutions."""

    def __init__(self, channels: int, slope: float) -> None:
        super().__init__()
        quarter = channels // 4
        self.conv3X3 = _conv(channels, channels // 2, 3, 1, None)
        self.conv5X5_1 = _conv(channels, quarter, 3, 1, slope)
        self.conv5X5_2 = _conv(quarter, quarter, 3, 1, None)
        self.conv7X7_2 = _conv(quarter, quarter, 3, 1, slope)
        self.conv7x7_3 = _conv(quarter, quarter, 3, 1, None)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> the same shape."""
        middle = self.conv5X5_1(features)
        views = [self.conv3X3(features), self.conv5X5_2(middle), self.conv7x7_3(self.conv7X7_2(middle))]
        return F.relu(torch.cat(views, dim=1))


class Head(nn.Module):
    """A 1x1 convolution giving `values` numbers for each anchor."""

    def __init__(self, channels: int, values: int) -> None:
        super().__init__()
        self.values = values
        self.conv1x1 = nn.Conv2d(channels, _ANCHORS * values, 1)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> [batch, h * w * anchors, values], row by row."""
        out: Tensor = self.conv1x1(features)
        return out.permute(0, 2, 3, 1).reshape(out.shape[0], -1, self.values)


class RetinaFace(nn.Module):
    """The network on either body: `RetinaFace(ResNet50())` or `RetinaFace(MobileNet())`."""

    def __init__(self, body: ResNet50 | MobileNet) -> None:
        super().__init__()
        channels = 64 if isinstance(body, MobileNet) else 256
        # The narrow pyramid was trained with leaky units.
        slope = 0.1 if channels <= 64 else 0.0
        self.body = body
        self.fpn = Pyramid(body.channels, channels, slope)
        self.ssh1 = Context(channels, slope)
        self.ssh2 = Context(channels, slope)
        self.ssh3 = Context(channels, slope)
        self.ClassHead = nn.ModuleList(Head(channels, 2) for _ in LEVELS)
        self.BboxHead = nn.ModuleList(Head(channels, 4) for _ in LEVELS)
        self.LandmarkHead = nn.ModuleList(Head(channels, 10) for _ in LEVELS)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Raw heads, one row for each of `priors(h, w)`.

        Args:
            images: [batch, 3, h, w], BGR, 0..255 minus MEAN_BGR; any size.

        Returns:
            boxes [batch, n, 4] and landmarks [batch, n, 10], both relative to the priors, with the score of a face,
            0..1, [batch, n], between them.
        """
        fine, middle, coarse = self.fpn(self.body(images))
        levels = [self.ssh1(fine), self.ssh2(middle), self.ssh3(coarse)]
        boxes = torch.cat([head(level) for head, level in zip(self.BboxHead, levels, strict=True)], dim=1)
        classes = torch.cat([head(level) for head, level in zip(self.ClassHead, levels, strict=True)], dim=1)
        landmarks = torch.cat([head(level) for head, level in zip(self.LandmarkHead, levels, strict=True)], dim=1)
        return boxes, F.softmax(classes, dim=-1)[..., 1], landmarks


class JoinedHeads(nn.Module):
    """A RetinaFace whose three outputs come as one tensor, which is what an engine's runner can give."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """`[batch, 3, height, width]` to `[batch, anchors, 15]`: box, score, landmarks."""
        boxes, scores, landmarks = self.network(images)
        return torch.cat([boxes, scores[..., None], landmarks], dim=-1)


def _detector_model(
    facts: ModelFacts, body: Callable[[], ResNet50 | MobileNet], checkpoint: Checkpoint
) -> Model[Detector]:
    def load(path: Path) -> nn.Module:
        return JoinedHeads(from_checkpoint(lambda: RetinaFace(body()), checkpoint)(path))

    def build(path: Path, context: BuildContext) -> Detector:
        example = (torch.zeros(1, 3, 320, 320),)
        network = load_network(facts, load, path)
        return RetinaFaceDetector(context.engine.compile(network, example, facts.name, any_size=True))

    return Model(facts, build)


RETINAFACE_RESNET50 = _detector_model(
    ModelFacts(
        name="retinaface-resnet50",
        title="RetinaFace ResNet-50",
        kind=Kind.DETECTOR,
        licence="MIT",
        commercial=Commercial.YES,
        file="detection_Resnet50_Final.pth",
        url=f"{_RELEASES}/v0.1.0/detection_Resnet50_Final.pth",
        sha256="6d1de9c2944f2ccddca5f5e010ea5ae64a39845a86311af6fdf30841b0a5a16d",
        size=109497761,
        paper=_PAPER,
        good_at="small, turned and covered faces",
        work="266 GFLOP at 1280x960",
        speed=Speed("1280x960 pixels", "OpenVINO", 2.3),
    ),
    ResNet50,
    RESNET50,
)
RETINAFACE_MOBILE = _detector_model(
    ModelFacts(
        name="retinaface-mobile0.25",
        title="RetinaFace MobileNet-0.25",
        kind=Kind.DETECTOR,
        licence="MIT",
        commercial=Commercial.YES,
        file="detection_mobilenet0.25_Final.pth",
        url=f"{_RELEASES}/v0.1.0/detection_mobilenet0.25_Final.pth",
        sha256="2979b33ffafda5d74b6948cd7a5b9a7a62f62b949cef24e95fd15d2883a65220",
        size=1789735,
        paper=_PAPER,
        good_at="speed",
        work="6 GFLOP at 1280x960",
        speed=Speed("1280x1280 pixels", "OpenVINO", 0.09),
    ),
    MobileNet,
    MOBILENET025,
)
