"""Real-ESRGAN: enlarges the part of a photo that is not a face, two- or fourfold, removing noise and blocks.

Paper: Wang et al., Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data, ICCVW 2021.
Repositories: https://github.com/xinntao/Real-ESRGAN; RRDBNet and SRVGGNetCompact in https://github.com/XPixelGroup/BasicSR.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models.checkpoint import Checkpoint, WrongArchitecture, fill
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, from_checkpoint, upscaler_model

X4PLUS = Checkpoint("RealESRGAN_x4plus.pth", ("params_ema", "params"))
X2PLUS = Checkpoint("RealESRGAN_x2plus.pth", ("params_ema", "params"))
GENERAL_X4V3 = Checkpoint("realesr-general-x4v3.pth", ("params_ema", "params"))
# The general model trained without denoising; only mixed with the one above.
GENERAL_WDN_X4V3 = Checkpoint("realesr-general-wdn-x4v3.pth", ("params_ema", "params"))

_RELEASES = "https://github.com/xinntao/Real-ESRGAN/releases/download"
_PAPER = "Wang et al., Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data, ICCVW 2021"

_SLOPE = 0.2
# Residuals are damped before they are added, which keeps the deep stack stable.
_DAMPING = 0.2


class DenseBlock(nn.Module):
    """Five convolutions, each seeing the outputs of all before it."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, growth, 3, padding=1)
        self.conv2 = nn.Conv2d(channels + growth, growth, 3, padding=1)
        self.conv3 = nn.Conv2d(channels + 2 * growth, growth, 3, padding=1)
        self.conv4 = nn.Conv2d(channels + 3 * growth, growth, 3, padding=1)
        self.conv5 = nn.Conv2d(channels + 4 * growth, channels, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> the same shape."""
        seen = features
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen = torch.cat([seen, F.leaky_relu(conv(seen), _SLOPE)], dim=1)
        out: Tensor = features + _DAMPING * self.conv5(seen)
        return out


class ResidualBlock(nn.Module):
    """Three dense blocks in a damped residual."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = DenseBlock(channels, growth)
        self.rdb2 = DenseBlock(channels, growth)
        self.rdb3 = DenseBlock(channels, growth)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> the same shape."""
        out: Tensor = features + _DAMPING * self.rdb3(self.rdb2(self.rdb1(features)))
        return out


class RRDBNet(nn.Module):
    """The plus models: `RRDBNet(scale=4)` for x4plus, `RRDBNet(scale=2)` for x2plus.

    The twofold model packs 2x2 pixels into channels and then is the fourfold one.
    """

    def __init__(self, scale: int) -> None:
        super().__init__()
        if scale not in (2, 4):
            raise ValueError(f"RRDBNet enlarges by 2 or 4, not {scale}.")
        self.scale = scale
        self.packing = 4 // scale
        channels, growth, blocks = 64, 32, 23
        self.conv_first = nn.Conv2d(3 * self.packing**2, channels, 3, padding=1)
        self.body = nn.Sequential(*(ResidualBlock(channels, growth) for _ in range(blocks)))
        self.conv_body = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv_up1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv_up2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv_hr = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv_last = nn.Conv2d(channels, 3, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        """Enlarge.

        Args:
            images: [batch, 3, h, w], RGB, 0..1; for x2plus h and w must be even.

        Returns:
            [batch, 3, scale * h, scale * w]; values may leave 0..1 a little.
        """
        if self.packing > 1:
            images = F.pixel_unshuffle(images, self.packing)
        features = self.conv_first(images)
        features = features + self.conv_body(self.body(features))
        for conv in (self.conv_up1, self.conv_up2):
            features = F.leaky_relu(conv(F.interpolate(features, scale_factor=2.0, mode="nearest")), _SLOPE)
        out: Tensor = self.conv_last(F.leaky_relu(self.conv_hr(features), _SLOPE))
        return out


class SRVGGNetCompact(nn.Module):
    """The small general model: plain convolutions at the input's size, and one shuffle to the output's."""

    scale = 4

    def __init__(self) -> None:
        super().__init__()
        channels, convolutions = 64, 32
        self.body = nn.ModuleList([nn.Conv2d(3, channels, 3, padding=1), nn.PReLU(channels)])
        for _ in range(convolutions):
            self.body.append(nn.Conv2d(channels, channels, 3, padding=1))
            self.body.append(nn.PReLU(channels))
        self.body.append(nn.Conv2d(channels, 3 * self.scale**2, 3, padding=1))

    def forward(self, images: Tensor) -> Tensor:
        """[batch, 3, h, w], RGB, 0..1 -> [batch, 3, 4h, 4w]; values may leave 0..1 a little."""
        features = images
        for layer in self.body:
            features = layer(features)
        # The network learns what a nearest-neighbour enlargement lacks.
        return F.pixel_shuffle(features, self.scale) + F.interpolate(
            images, scale_factor=float(self.scale), mode="nearest"
        )


def mix_denoise(general: Mapping[str, Tensor], without: Mapping[str, Tensor], strength: float) -> dict[str, Tensor]:
    """The weights between the general model and the one without denoising (deep network interpolation).

    Args:
        general: state of GENERAL_X4V3.
        without: state of GENERAL_WDN_X4V3.
        strength: 1 removes noise as the general model does, 0 keeps it.

    Raises:
        ValueError: the strength is not in 0..1.
        WrongArchitecture: the states are not of one network.
    """
    if not 0.0 <= strength <= 1.0:
        raise ValueError(f"The denoise strength must be between 0 and 1, not {strength}.")
    if {key: value.shape for key, value in general.items()} != {key: value.shape for key, value in without.items()}:
        raise WrongArchitecture(f"{GENERAL_X4V3.file} and {GENERAL_WDN_X4V3.file} do not belong together.")
    return {key: strength * value + (1.0 - strength) * without[key] for key, value in general.items()}


_GENERAL_WDN_FACTS = ModelFacts(
    name="realesr-general-wdn-x4v3",
    title="Real-ESRGAN general x4 v3, noise kept",
    kind=Kind.UPSCALER,
    licence="BSD-3-Clause",
    commercial=Commercial.YES,
    file="realesr-general-wdn-x4v3.pth",
    url=f"{_RELEASES}/v0.2.5.0/realesr-general-wdn-x4v3.pth",
    sha256="1641f8c4464b9f097c9fdda5589273713f67cf59f3d909e0bd688f0cee269dca",
    size=4885111,
    paper=_PAPER,
    supports_half=True,
    good_at="mixed with the one above, it lets that one keep grain",
    work="as its sibling",
)


def _load_general(path: Path, context: BuildContext) -> nn.Module:
    """The general model; where less than all noise shall go and its sibling is installed, mixed with that.

    Raises:
        WeightsError: the sibling is there and must not be used.
    """
    network = SRVGGNetCompact()
    state = GENERAL_X4V3.read(path)
    if context.upscale_denoise < 1 and context.weights.is_there(_GENERAL_WDN_FACTS):
        sibling = GENERAL_WDN_X4V3.read(context.weights.usable(_GENERAL_WDN_FACTS))
        state = mix_denoise(state, sibling, context.upscale_denoise)
    fill(network, state, path.name)
    return network


def _load_x2(path: Path, _: BuildContext) -> nn.Module:
    return from_checkpoint(lambda: RRDBNet(2), X2PLUS)(path)


def _load_x4(path: Path, _: BuildContext) -> nn.Module:
    return from_checkpoint(lambda: RRDBNet(4), X4PLUS)(path)


def _load_general_wdn(path: Path, _: BuildContext) -> nn.Module:
    return from_checkpoint(SRVGGNetCompact, GENERAL_WDN_X4V3)(path)


REALESR_GENERAL = upscaler_model(
    ModelFacts(
        name="realesr-general-x4v3",
        title="Real-ESRGAN general x4 v3",
        kind=Kind.UPSCALER,
        licence="BSD-3-Clause",
        commercial=Commercial.YES,
        file="realesr-general-x4v3.pth",
        url=f"{_RELEASES}/v0.2.5.0/realesr-general-x4v3.pth",
        sha256="8dc7edb9ac80ccdc30c3a5dca6616509367f05fbc184ad95b731f05bece96292",
        size=4885111,
        paper=_PAPER,
        supports_half=True,
        good_at="enlarging on any machine",
        work="2.4 GFLOP a thousand pixels",
        speed=Speed("192x192 pixels", "OpenVINO", 0.49, 1.1),
    ),
    4,
    _load_general,
)
REALESRGAN_X2 = upscaler_model(
    ModelFacts(
        name="realesrgan-x2plus",
        title="Real-ESRGAN x2+",
        kind=Kind.UPSCALER,
        licence="BSD-3-Clause",
        commercial=Commercial.YES,
        file="RealESRGAN_x2plus.pth",
        url=f"{_RELEASES}/v0.2.1/RealESRGAN_x2plus.pth",
        sha256="49fafd45f8fd7aa8d31ab2a22d14d91b536c34494a5cfe31eb5d89c2fa266abb",
        size=67061725,
        paper=_PAPER,
        supports_half=True,
        good_at="enlarging twice, on a GPU",
        work="9 GFLOP a thousand pixels",
        speed=Speed("192x192 pixels", "OpenVINO", 1.7, 1.0),
    ),
    2,
    _load_x2,
)
REALESRGAN_X4 = upscaler_model(
    ModelFacts(
        name="realesrgan-x4plus",
        title="Real-ESRGAN x4+",
        kind=Kind.UPSCALER,
        licence="BSD-3-Clause",
        commercial=Commercial.YES,
        file="RealESRGAN_x4plus.pth",
        url=f"{_RELEASES}/v0.1.0/RealESRGAN_x4plus.pth",
        sha256="4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1",
        size=67040989,
        paper=_PAPER,
        supports_half=True,
        good_at="enlarging four times, on a GPU",
        work="36 GFLOP a thousand pixels",
        speed=Speed("192x192 pixels", "OpenVINO", 6.9, 1.0),
    ),
    4,
    _load_x4,
)
REALESR_GENERAL_WDN = upscaler_model(_GENERAL_WDN_FACTS, 4, _load_general_wdn)
