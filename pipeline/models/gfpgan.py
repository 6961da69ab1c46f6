"""GFPGAN 1.2, 1.3 and 1.4: a U-Net reads the damaged face and steers a StyleGAN2 decoder (clean architecture).

Paper: Wang et al., Towards Real-World Blind Face Restoration with Generative Facial Prior, CVPR 2021.
Repository: https://github.com/TencentARC/GFPGAN (class GFPGANv1Clean); the three files differ in their weights alone.

Two things differ from the original on purpose. A modulated convolution scales the activations, not the weights: the
input by the style, the output by the demodulation. The result is equal, and one ordinary convolution serves a whole
batch. The noise is always the stored one, so that the same face gives the same picture.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import from_checkpoint, restorer_model

_RELEASES = "https://github.com/TencentARC/GFPGAN/releases/download"
_LICENCE = "Apache-2.0, parts non-commercial"
_PAPER = "Wang et al., Towards Real-World Blind Face Restoration with Generative Facial Prior, CVPR 2021"

# Only training looks at the intermediate pictures and at the mapping from random latents.
_UNUSED = ("toRGB.", "stylegan_decoder.style_mlp.")
V1_2 = Checkpoint("GFPGANCleanv1-NoCE-C2.pth", ("params_ema", "params"), _UNUSED)
V1_3 = Checkpoint("GFPGANv1.3.pth", ("params_ema", "params"), _UNUSED)
V1_4 = Checkpoint("GFPGANv1.4.pth", ("params_ema", "params"), _UNUSED)

# Decoder channels by resolution; the U-Net has half of them.
_CHANNELS = {4: 512, 8: 512, 16: 512, 32: 512, 64: 512, 128: 256, 256: 128, 512: 64}
_STYLE = 512
_SLOPE = 0.2


def _double(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)


class ModulatedConv(nn.Module):
    """A convolution whose input channels are weighted by a style, without bias."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, demodulate: bool) -> None:
        super().__init__()
        self.demodulate = demodulate
        self.padding = kernel // 2
        self.modulation = nn.Linear(_STYLE, in_channels)
        self.weight = nn.Parameter(torch.zeros(1, out_channels, in_channels, kernel, kernel))

    def forward(self, features: Tensor, style: Tensor, upsample: bool = False) -> Tensor:
        """[batch, in, h, w], and the style [batch, 512] -> [batch, out, h, w], or twice that size."""
        scale = self.modulation(style)  # [batch, in]
        weight = self.weight[0]  # [out, in, kernel, kernel]
        features = features * scale[:, :, None, None]
        if upsample:  # after the scaling, where there is a quarter of the pixels to scale
            features = _double(features)
        out = F.conv2d(features, weight, padding=self.padding)
        if self.demodulate:
            # The norm of the modulated weight, without ever building that weight: sum over in of scale^2 * |w|^2.
            energy = F.linear(scale.square(), weight.square().sum(dim=(2, 3)))  # [batch, out]
            out = out * torch.rsqrt(energy + 1e-8)[:, :, None, None]
        return out


class StyledConv(nn.Module):
    """Modulated convolution, noise, bias, activation."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.modulated_conv = ModulatedConv(in_channels, out_channels, 3, demodulate=True)
        self.weight = nn.Parameter(torch.zeros(1))  # the noise's strength
        self.bias = nn.Parameter(torch.zeros(1, out_channels, 1, 1))

    def forward(self, features: Tensor, style: Tensor, noise: Tensor, upsample: bool = False) -> Tensor:
        """As ModulatedConv; the noise is [1, 1, h, w] of the output's size, the same for the whole batch."""
        out = self.modulated_conv(features, style, upsample) * math.sqrt(2.0)
        return F.leaky_relu(out + self.weight * noise + self.bias, _SLOPE)


class ToRGB(nn.Module):
    """The picture of one resolution, added to the doubled picture of the resolution below."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.modulated_conv = ModulatedConv(in_channels, 3, 1, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))

    def forward(self, features: Tensor, style: Tensor) -> Tensor:
        """[batch, in, h, w], and the style [batch, 512] -> [batch, 3, h, w]."""
        picture: Tensor = self.modulated_conv(features, style) + self.bias
        return picture


class _Constant(nn.Module):
    """The learned 4x4 start of every picture."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, channels, 4, 4))


class _Noises(nn.Module):
    """The stored noise images: one at 4x4, two at every resolution above."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        for index, size in enumerate(sizes):
            self.register_buffer(f"noise{index}", torch.zeros(1, 1, size, size))

    def image(self, index: int) -> Tensor:
        """The noise [1, 1, size, size] of the styled convolution with this index."""
        return self.get_buffer(f"noise{index}")


class Decoder(nn.Module):
    """StyleGAN2's generator; the face's own features scale and shift half of the channels at each resolution."""

    def __init__(self) -> None:
        super().__init__()
        sizes = list(_CHANNELS)
        self.constant_input = _Constant(_CHANNELS[4])
        self.style_conv1 = StyledConv(_CHANNELS[4], _CHANNELS[4])
        self.to_rgb1 = ToRGB(_CHANNELS[4])
        self.style_convs = nn.ModuleList()
        self.to_rgbs = nn.ModuleList()
        for below, size in pairwise(sizes):
            self.style_convs.append(StyledConv(_CHANNELS[below], _CHANNELS[size]))
            self.style_convs.append(StyledConv(_CHANNELS[size], _CHANNELS[size]))
            self.to_rgbs.append(ToRGB(_CHANNELS[size]))
        self.noises = _Noises([4] + [size for size in sizes[1:] for _ in range(2)])

    def forward(self, styles: Tensor, conditions: list[tuple[Tensor, Tensor]]) -> Tensor:
        """Generate.

        Args:
            styles: [batch, 16, 512], one for each layer.
            conditions: scale and shift for each resolution from 8 up, each for half of its channels.

        Returns:
            [batch, 3, 512, 512].
        """
        features = self.constant_input.weight.expand(styles.shape[0], -1, -1, -1)
        features = self.style_conv1(features, styles[:, 0], self.noises.image(0))
        picture: Tensor = self.to_rgb1(features, styles[:, 1])
        for level, (scale, shift) in enumerate(conditions):
            index = 2 * level
            first, second = self.style_convs[index], self.style_convs[index + 1]
            features = first(features, styles[:, index + 1], self.noises.image(index + 1), upsample=True)
            kept, steered = features.chunk(2, dim=1)
            features = torch.cat([kept, steered * scale + shift], dim=1)
            features = second(features, styles[:, index + 2], self.noises.image(index + 2))
            picture = _double(picture) + self.to_rgbs[level](features, styles[:, index + 3])
        return picture


class ResBlock(nn.Module):
    """A residual block of the U-Net that halves or doubles the resolution."""

    def __init__(self, in_channels: int, out_channels: int, up: bool) -> None:
        super().__init__()
        self.up = up
        self.conv1 = nn.Conv2d(in_channels, in_channels, 3, padding=1)
        self.conv2 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.skip = nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, 2h, 2w] or [batch, out, h/2, w/2]."""
        out = F.leaky_relu(self.conv1(features), _SLOPE)
        if self.up:
            out = _double(out)
            # A 1x1 convolution and a resampling commute: the convolution goes where there are fewer pixels.
            skip = _double(self.skip(features))
        else:
            # Halving bilinearly, between pixel centres, is the mean of 2x2 pixels.
            out = F.avg_pool2d(out, 2)
            skip = self.skip(F.avg_pool2d(features, 2))
        return F.leaky_relu(self.conv2(out), _SLOPE) + skip


def _condition(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1), nn.LeakyReLU(_SLOPE), nn.Conv2d(channels, channels, 3, padding=1)
    )


class GFPGAN(nn.Module):
    """The network of GFPGAN 1.2, 1.3 and 1.4: channel multiplier 2, own styles for every layer, half-channel SFT."""

    def __init__(self) -> None:
        super().__init__()
        half = {size: channels // 2 for size, channels in _CHANNELS.items()}
        sizes = list(half)
        self.conv_body_first = nn.Conv2d(3, half[512], 1)
        self.conv_body_down = nn.ModuleList(
            ResBlock(half[size], half[below], up=False) for below, size in reversed(list(pairwise(sizes)))
        )
        self.final_conv = nn.Conv2d(half[4], half[4], 3, padding=1)
        self.conv_body_up = nn.ModuleList(ResBlock(half[below], half[size], up=True) for below, size in pairwise(sizes))
        self.final_linear = nn.Linear(half[4] * 4 * 4, 2 * len(sizes) * _STYLE)
        self.stylegan_decoder = Decoder()
        self.condition_scale = nn.ModuleList(_condition(half[size]) for size in sizes[1:])
        self.condition_shift = nn.ModuleList(_condition(half[size]) for size in sizes[1:])

    def forward(self, faces: Tensor) -> Tensor:
        """Restore faces.

        Args:
            faces: [batch, 3, 512, 512], RGB, -1..1, aligned to the FFHQ template.

        Returns:
            The restored faces, the same shape and order; values may leave -1..1 a little.
        """
        return self.decode(self.encode(faces))

    def encode(self, faces: Tensor) -> Tensor:
        """The U-Net's way down: faces [batch, 3, 512, 512] to features of each resolution and styles, [batch, n].

        This stage needs full precision: its errors would reach every pixel through the styles.
        """
        features = F.leaky_relu(self.conv_body_first(faces), _SLOPE)
        seen = []
        for block in self.conv_body_down:
            features = block(features)
            seen.append(features)
        seen.append(F.leaky_relu(self.final_conv(features), _SLOPE))  # [batch, 256, 4, 4]
        seen.append(self.final_linear(seen[-1].flatten(1)))  # [batch, 16 * 512]
        return torch.cat([part.flatten(1) for part in seen], dim=1)

    def decode(self, code: Tensor) -> Tensor:
        """What `encode` gives, [batch, n], to faces [batch, 3, 512, 512]."""
        shapes = [(_CHANNELS[size] // 2, size, size) for size in (*list(reversed(_CHANNELS))[1:], 4)]
        parts = []
        start = 0
        for shape in (*shapes, (2 * len(_CHANNELS), _STYLE)):
            parts.append(code[:, start : start + math.prod(shape)].reshape(-1, *shape))
            start += math.prod(shape)
        *skips, features, styles = parts
        conditions = []
        for up, scale, shift in zip(self.conv_body_up, self.condition_scale, self.condition_shift, strict=True):
            features = up(features + skips.pop())
            conditions.append((scale(features), shift(features)))
        restored: Tensor = self.stylegan_decoder(styles, conditions)
        return restored


GFPGAN_1_4 = restorer_model(
    ModelFacts(
        name="gfpgan-1.4",
        title="GFPGAN 1.4",
        kind=Kind.RESTORER,
        licence=_LICENCE,
        commercial=Commercial.ASK,
        file="GFPGANv1.4.pth",
        url=f"{_RELEASES}/v1.3.0/GFPGANv1.4.pth",
        sha256="e2cd4703ab14f4d01fd1383a8a8b266f9a5833dacee8e6a79d3bf21a1b6be5ad",
        size=348632874,
        paper=_PAPER,
        supports_half=True,
        good_at="most photos: detailed and close to the person",
        work="393 GFLOP",
        speed=Speed("a face", "OpenVINO", 2.1, 1.1),
    ),
    from_checkpoint(GFPGAN, V1_4),
)
GFPGAN_1_3 = restorer_model(
    ModelFacts(
        name="gfpgan-1.3",
        title="GFPGAN 1.3",
        kind=Kind.RESTORER,
        licence=_LICENCE,
        commercial=Commercial.ASK,
        file="GFPGANv1.3.pth",
        url=f"{_RELEASES}/v1.3.0/GFPGANv1.3.pth",
        sha256="c953a88f2727c85c3d9ae72e2bd4846bbaf59fe6972ad94130e23e7017524a70",
        size=348632874,
        paper=_PAPER,
        supports_half=True,
        good_at="very low quality; looks natural",
        work="393 GFLOP",
        speed=Speed("a face", "OpenVINO", 2.1, 1.1),
    ),
    from_checkpoint(GFPGAN, V1_3),
)
GFPGAN_1_2 = restorer_model(
    ModelFacts(
        name="gfpgan-1.2",
        title="GFPGAN 1.2",
        kind=Kind.RESTORER,
        licence=_LICENCE,
        commercial=Commercial.ASK,
        file="GFPGANCleanv1-NoCE-C2.pth",
        url=f"{_RELEASES}/v0.2.0/GFPGANCleanv1-NoCE-C2.pth",
        sha256="29e25ee90c170f4231163f4c83df6b59c968b73f3ce00cb884015ae005db083c",
        paper=_PAPER,
        supports_half=True,
        good_at="sharp, as if made up",
        work="393 GFLOP",
        speed=Speed("a face", "OpenVINO", 2.1, 1.1),
    ),
    from_checkpoint(GFPGAN, V1_2),
)
