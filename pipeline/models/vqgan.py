"""Layers that RestoreFormer, CodeFormer and VQFR share: a VQGAN's residual and resampling blocks, and its codebook.

Paper: Esser et al., Taming Transformers for High-Resolution Image Synthesis, CVPR 2021. The three projects name the
same layers differently; where names differ they are arguments, so that each official checkpoint loads as it is.
"""

from torch import Tensor, nn
from torch.nn import functional as F


def group_norm(channels: int) -> nn.GroupNorm:
    """The normalisation of every block: 32 groups, a smaller epsilon than torch's."""
    return nn.GroupNorm(32, channels, eps=1e-6)


class ResBlock(nn.Module):
    """Norm, swish, convolution, twice, beside a shortcut that is a 1x1 convolution where the channels change.

    Args:
        in_channels: channels that come in.
        out_channels: channels that go out.
        shortcut: the official name of the 1x1 convolution.
    """

    def __init__(self, in_channels: int, out_channels: int, shortcut: str) -> None:
        super().__init__()
        self.norm1 = group_norm(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = group_norm(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.shortcut = shortcut if in_channels != out_channels else None
        if self.shortcut is not None:
            self.add_module(self.shortcut, nn.Conv2d(in_channels, out_channels, 1))

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w]."""
        out = self.conv1(F.silu(self.norm1(features)))
        out = self.conv2(F.silu(self.norm2(out)))
        if self.shortcut is not None:
            features = self.get_submodule(self.shortcut)(features)
        total: Tensor = features + out
        return total


class Attention(nn.Module):
    """Every place looks at every place, with one head, in a residual."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = group_norm(channels)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> the same shape."""
        normed = self.norm(features)
        query, key, value = (tokens(layer(normed)) for layer in (self.q, self.k, self.v))
        attended = F.scaled_dot_product_attention(query, key, value)
        out: Tensor = features + self.proj_out(picture(attended, features))
        return out


class Halve(nn.Module):
    """A strided convolution with padding on the right and below only."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> [batch, channels, h/2, w/2]."""
        out: Tensor = self.conv(F.pad(features, (0, 1, 0, 1)))
        return out


class Double(nn.Module):
    """Nearest-neighbour enlargement and a convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, channels, h, w] -> [batch, channels, 2h, 2w]."""
        out: Tensor = self.conv(F.interpolate(features, scale_factor=2.0, mode="nearest"))
        return out


class Codebook(nn.Module):
    """The learned vocabulary of face details: 1024 codes of 256 numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(1024, 256)

    def nearest(self, features: Tensor) -> Tensor:
        """Each place of [batch, 256, h, w] replaced by the nearest code."""
        codes = self.embedding.weight  # [codes, 256]
        # |z - e|^2 without |z|^2, which is the same for every code and only costs precision.
        distances = codes.square().sum(dim=1) - 2.0 * F.linear(tokens(features), codes)  # [batch, places, codes]
        return picture(self.embedding(distances.argmin(dim=2)), features)


def tokens(features: Tensor) -> Tensor:
    """[batch, channels, h, w] -> [batch, h * w, channels]."""
    return features.flatten(2).transpose(1, 2)


def picture(sequence: Tensor, like: Tensor) -> Tensor:
    """[batch, h * w, channels] -> [batch, channels, h, w], h and w as in `like`."""
    batch, _, channels = sequence.shape
    height, width = like.shape[2:]
    # Copied into the usual order of memory: a mere view is taken for channels-last, and that spreads to torch's
    # channels-last group norm, which on a CPU is thirty times less exact.
    return sequence.transpose(1, 2).reshape(batch, channels, height, width).contiguous()
