"""ELIR: a few steps of a flow in a small latent space, from a rough estimate of the sharp face to one that looks real.

Paper: Cohen et al., Efficient Image Restoration via Latent Consistency Flow Matching, BMVC 2025.
Repository: https://github.com/eladc-git/ELIR, whose elir_bfr.pth (release v1.0) this network loads.

The encoder and the decoder are those of a tiny autoencoder for Stable Diffusion 3
(https://github.com/madebyollin/taesd). The official program draws new noise for each face; here the noise is one
constant, so that the same photo gives the same bytes.
"""

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.faces.align import SIZE
from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import from_checkpoint, restorer_model

CHECKPOINT = Checkpoint("elir_bfr.pth")

STEPS: Final = 5
NOISE: Final = 0.1  # its standard deviation
NOISE_SEED: Final = 2025  # the official program's

_LATENT: Final = 16  # channels
_LATENT_SIDE: Final = SIZE // 8
_WIDTH: Final = 64  # channels of the autoencoder
_TIME: Final = 160  # numbers that tell a step
_FLOW: Final = 128  # channels of the flow's first level
_CHANGES: Final = (1, 2, 1, 2)  # how each level of the flow multiplies the channels; by 2: it also halves the size
_DENSE: Final = 96  # channels that each layer of a dense block adds
_RESIDUAL: Final = 0.2


def _conv(in_channels: int, out_channels: int, stride: int = 1, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=bias)


class TinyBlock(nn.Module):
    """Three convolutions in a residual."""

    def __init__(self) -> None:
        super().__init__()
        # The places of the official layers, some of which have no weights.
        self.conv = nn.Sequential(
            _conv(_WIDTH, _WIDTH), nn.ReLU(), _conv(_WIDTH, _WIDTH), nn.ReLU(), _conv(_WIDTH, _WIDTH)
        )

    def forward(self, features: Tensor) -> Tensor:
        """[batch, 64, h, w] -> the same shape."""
        return F.relu(self.conv(features) + features)


class Autoencoder(nn.Module):
    """One half of the tiny autoencoder: a plain sequence of layers."""

    def __init__(self, layers: Iterable[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> [batch, channels, h/8, w/8], or eight times instead of an eighth."""
        out: Tensor = self.layers(features)
        return out


def encoder() -> Autoencoder:
    """Pictures [batch, 3, h, w], 0..1, to latents [batch, 16, h/8, w/8]."""
    layers: list[nn.Module] = [_conv(3, _WIDTH), TinyBlock()]
    for _ in range(3):
        layers += [_conv(_WIDTH, _WIDTH, stride=2, bias=False), TinyBlock(), TinyBlock(), TinyBlock()]
    return Autoencoder([*layers, _conv(_WIDTH, _LATENT)])


def decoder() -> Autoencoder:
    """Latents, -3..3, to pictures."""
    layers: list[nn.Module] = [_conv(_LATENT, _WIDTH), nn.ReLU()]
    for _ in range(3):
        layers += [TinyBlock(), TinyBlock(), TinyBlock(), nn.Upsample(scale_factor=2.0)]
        layers += [_conv(_WIDTH, _WIDTH, bias=False)]
    return Autoencoder([*layers, TinyBlock(), _conv(_WIDTH, 3)])


class Activated(nn.Module):
    """A convolution and, unless it is a block's last, SiLU."""

    def __init__(self, in_channels: int, out_channels: int, last: bool) -> None:
        super().__init__()
        # In training two convolutions stand here; in the official file they are merged into one.
        self.block = nn.Sequential(_conv(in_channels, out_channels), nn.Identity() if last else nn.SiLU())

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w]."""
        out: Tensor = self.block(features)
        return out


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees the outputs of all before it, in a residual."""

    def __init__(self) -> None:
        super().__init__()
        for index in range(5):
            last = index == 4
            conv = Activated(_LATENT + index * _DENSE, _LATENT if last else _DENSE, last)
            self.add_module(f"conv{index + 1}", conv)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, 16, h, w] -> the same shape."""
        seen = out = features
        for conv in self.children():
            out = conv(seen)
            seen = torch.cat((seen, out), dim=1)
        return features + _RESIDUAL * out


class DenseGroup(nn.Module):
    """Three dense blocks in a residual."""

    def __init__(self) -> None:
        super().__init__()
        self.RDB1 = DenseBlock()
        self.RDB2 = DenseBlock()
        self.RDB3 = DenseBlock()

    def forward(self, features: Tensor) -> Tensor:
        """[batch, 16, h, w] -> the same shape."""
        out: Tensor = self.RDB3(self.RDB2(self.RDB1(features)))
        return features + _RESIDUAL * out


class Estimate(nn.Module):
    """The latents of the most probable sharp face, which are blurred where the photo leaves several."""

    def __init__(self) -> None:
        super().__init__()
        self.lrm = nn.Sequential(DenseGroup(), DenseGroup(), DenseGroup())

    def forward(self, latents: Tensor) -> Tensor:
        """[batch, 16, h, w] -> the same shape."""
        out: Tensor = latents + self.lrm(latents)
        return out


class NormedConv(nn.Module):
    """Norm, SiLU, convolution."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(nn.GroupNorm(32, in_channels), nn.SiLU(), _conv(in_channels, out_channels))

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w]."""
        out: Tensor = self.block(features)
        return out


class TimedBlock(nn.Module):
    """Two convolutions beside a shortcut; the step's embedding is added between them."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(4 * _TIME, out_channels))
        self.block1 = NormedConv(in_channels, out_channels)
        self.block2 = NormedConv(out_channels, out_channels)
        self.conv2d = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, features: Tensor, time: Tensor) -> Tensor:
        """[batch, in, h, w] and the embedding [1, 640] -> [batch, out, h, w]."""
        out = self.block1(features) + self.mlp(time)[:, :, None, None]
        total: Tensor = self.block2(out) + self.conv2d(features)
        return total


class _Halve(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = _conv(channels, 2 * channels, stride=2)

    def forward(self, features: Tensor) -> Tensor:
        out: Tensor = self.conv(features)
        return out


class _Double(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convtr = nn.ConvTranspose2d(channels, channels // 2, 4, stride=2, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        out: Tensor = self.convtr(features)
        return out


class TimeEmbedding(nn.Module):
    """What the flow's blocks learn of a step from its sinusoids."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(_TIME, 4 * _TIME)
        self.linear2 = nn.Linear(4 * _TIME, 4 * _TIME)

    def forward(self, sinusoids: Tensor) -> Tensor:
        """[1, 160] -> [1, 640]."""
        out: Tensor = self.linear2(F.silu(self.linear1(sinusoids)))
        return out


class Flow(nn.Module):
    """The direction in which latents go at a step: a U-Net."""

    def __init__(self) -> None:
        super().__init__()
        self.time_mlp = TimeEmbedding()
        self.first_proj = nn.Conv2d(_LATENT, _FLOW, 1)
        self.down_blocks, self.mid_blocks, self.up_blocks = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        channels = _FLOW
        for change in _CHANGES:
            smaller = nn.Identity() if change == 1 else _Halve(channels)
            self.down_blocks.append(nn.ModuleList([TimedBlock(channels, channels), smaller]))
            channels *= change
        for _ in range(3):
            self.mid_blocks.append(TimedBlock(channels, channels))
        for change in reversed(_CHANGES):
            larger = nn.Identity() if change == 1 else _Double(channels)
            channels //= change
            self.up_blocks.append(nn.ModuleList([larger, TimedBlock(2 * channels, channels)]))
        self.final_block = NormedConv(channels, channels)
        self.final_proj = nn.Conv2d(channels, _LATENT, 1)

    def forward(self, latents: Tensor, sinusoids: Tensor) -> Tensor:
        """[batch, 16, h, w] and the step [1, 160] -> the latents' shape."""
        time = self.time_mlp(sinusoids)
        features = self.first_proj(latents)
        skipped = []
        for block, resample in map(nn.Module.children, self.down_blocks):
            features = block(features, time)
            skipped.append(features)
            features = resample(features)
        for block in self.mid_blocks:
            features = block(features, time)
        for resample, block in map(nn.Module.children, self.up_blocks):
            features = block(torch.cat((resample(features), skipped.pop()), dim=1), time)
        out: Tensor = self.final_proj(self.final_block(features))
        return out


class Elir(nn.Module):
    """The network of elir_bfr.pth."""

    noise: Tensor
    sinusoids: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.fmir = Flow()
        self.mmse = Estimate()
        self.enc = encoder()
        self.dec = decoder()
        # Constants, which no checkpoint holds.
        self.register_buffer("noise", torch.from_numpy(constant_noise()), persistent=False)
        self.register_buffer("sinusoids", torch.from_numpy(_sinusoids()), persistent=False)

    def forward(self, faces: Tensor) -> Tensor:
        """Restore faces.

        Args:
            faces: [batch, 3, 512, 512], RGB, -1..1, aligned to the FFHQ template.

        Returns:
            The restored faces, the same shape and order; values may leave -1..1 a little.
        """
        latents = self.mmse(self.enc((faces + 1) / 2)) + self.noise
        for step in range(STEPS):
            latents = latents + self.fmir(latents, self.sinusoids[step : step + 1]) / STEPS
        restored: Tensor = self.dec(torch.tanh(latents / 3) * 3)
        return restored * 2 - 1


def constant_noise() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The noise that is added to every face's latents: [1, 16, 64, 64]."""
    # Of NumPy's generators only this one promises the same numbers in every version.
    drawn = np.random.RandomState(NOISE_SEED).standard_normal((1, _LATENT, _LATENT_SIDE, _LATENT_SIDE))
    return (NOISE * drawn).astype(np.float32)


def _sinusoids() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """What tells the network each step's time, 0 to 1: [steps, 160]."""
    half = _TIME // 2
    frequencies = 1000 * np.exp(-math.log(10000) / (half - 1) * np.arange(half))
    angles = np.arange(STEPS)[:, None] / STEPS * frequencies
    return np.concatenate((np.cos(angles), np.sin(angles)), axis=1).astype(np.float32)


ELIR = restorer_model(
    ModelFacts(
        name="elir",
        title="ELIR",
        kind=Kind.RESTORER,
        licence="Apache-2.0",
        commercial=Commercial.YES,
        file="elir_bfr.pth",
        url="https://github.com/eladc-git/ELIR/releases/download/v1.0/elir_bfr.pth",
        paper="Cohen et al., Efficient Image Restoration via Latent Consistency Flow Matching, BMVC 2025",
        good_at="paid use: strong, and its licence states no exceptions",
        work="499 GFLOP",
        supports_half=True,
        speed=Speed("a face", "OpenVINO", 2.8, 1.0),
    ),
    from_checkpoint(Elir, CHECKPOINT),
)
