"""RestoreFormer: damaged features ask a codebook of sharp face details through cross-attention.

Paper: Wang et al., RestoreFormer: High-Quality Blind Face Restoration from Undegraded Key-Value Pairs, CVPR 2022.
Repositories: https://github.com/wzhouxiff/RestoreFormer, and the port in https://github.com/TencentARC/GFPGAN, whose
RestoreFormer.pth (release v1.3.4) this network loads.
"""

from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import from_checkpoint, restorer_model
from magicmemory.pipeline.models.vqgan import Codebook, Double, Halve, ResBlock, group_norm

_PAPER = "Wang et al., RestoreFormer: High-Quality Blind Face Restoration from Undegraded Key-Value Pairs, CVPR 2022"
CHECKPOINT = Checkpoint("RestoreFormer.pth", ("params_ema", "params"))

# Channels from 512 pixels down to 16.
_CHANNELS = (64, 128, 128, 256, 256, 512)
_CODE = 256
_HEADS = 8


def _block(in_channels: int, out_channels: int) -> ResBlock:
    return ResBlock(in_channels, out_channels, shortcut="nin_shortcut")


class MultiHeadAttention(nn.Module):
    """Places of one feature map ask places of another, with eight heads, in a residual."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = group_norm(channels)
        # Present in every official block, used only where another feature map asks.
        self.norm2 = group_norm(channels)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, features: Tensor, asking: Tensor | None = None) -> Tensor:
        """All [batch, channels, h, w]: the features give keys and values, `asking`, or else themselves, the queries."""
        normed = self.norm1(features)
        query = self.q(normed if asking is None else self.norm2(asking))
        batch, channels, height, width = features.shape
        heads = (
            tensor.reshape(batch, _HEADS, channels // _HEADS, height * width).transpose(2, 3)
            for tensor in (query, self.k(normed), self.v(normed))
        )  # [batch, heads, places, channels / heads]
        attended = F.scaled_dot_product_attention(*heads)
        attended = attended.transpose(2, 3).reshape(batch, channels, height, width)
        out: Tensor = features + self.proj_out(attended)
        return out


class Middle(nn.Module):
    """The blocks around the deepest attention."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block_1 = _block(channels, channels)
        self.attn_1 = MultiHeadAttention(channels)
        self.block_2 = _block(channels, channels)


class Level(nn.Module):
    """One resolution's blocks; attention after each at the deepest, and a change of size at the end."""

    def __init__(self, in_channels: int, out_channels: int, blocks: int, attention: bool) -> None:
        super().__init__()
        self.block = nn.ModuleList(
            _block(in_channels if index == 0 else out_channels, out_channels) for index in range(blocks)
        )
        self.attn = nn.ModuleList(MultiHeadAttention(out_channels) for _ in range(blocks if attention else 0))

    def forward(self, features: Tensor, asking: Tensor | None = None) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w]; the change of size is up to the caller."""
        for index, block in enumerate(self.block):
            features = block(features)
            if len(self.attn) > 0:
                features = self.attn[index](features, asking)
        return features


class Encoder(nn.Module):
    """Picture to features at 16x16."""

    def __init__(self) -> None:
        super().__init__()
        deepest = len(_CHANNELS) - 1
        self.conv_in = nn.Conv2d(3, _CHANNELS[0], 3, padding=1)
        self.down = nn.ModuleList()
        before = _CHANNELS[0]
        for index, channels in enumerate(_CHANNELS):
            level = Level(before, channels, 2, attention=index == deepest)
            if index != deepest:
                level.add_module("downsample", Halve(channels))
            self.down.append(level)
            before = channels
        self.mid = Middle(before)
        self.norm_out = group_norm(before)
        self.conv_out = nn.Conv2d(before, _CODE, 3, padding=1)

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[batch, 3, 512, 512] -> three of 16x16.

        They are the features [batch, 256, 16, 16] and what asks in the decoder's levels and in its middle, both
        [batch, 512, 16, 16].
        """
        features = self.conv_in(faces)
        for index, level in enumerate(self.down):
            features = level(features)
            if index != len(self.down) - 1:
                features = level.get_submodule("downsample")(features)
        asks_levels = self.mid.block_1(features)
        asks_middle = self.mid.block_2(self.mid.attn_1(asks_levels))
        return self.conv_out(F.silu(self.norm_out(asks_middle))), asks_levels, asks_middle


class Decoder(nn.Module):
    """Codes' features at 16x16 to picture, asked by the damaged face's features."""

    def __init__(self) -> None:
        super().__init__()
        deepest = len(_CHANNELS) - 1
        self.conv_in = nn.Conv2d(_CODE, _CHANNELS[-1], 3, padding=1)
        self.mid = Middle(_CHANNELS[-1])
        self.up = nn.ModuleList()
        for index, channels in enumerate(_CHANNELS):
            level = Level(_CHANNELS[min(index + 1, deepest)], channels, 3, attention=index == deepest)
            if index != 0:
                level.add_module("upsample", Double(channels))
            self.up.append(level)
        self.norm_out = group_norm(_CHANNELS[0])
        self.conv_out = nn.Conv2d(_CHANNELS[0], 3, 3, padding=1)

    def forward(self, features: Tensor, asks_levels: Tensor, asks_middle: Tensor) -> Tensor:
        """[batch, 256, 16, 16] -> [batch, 3, 512, 512]."""
        features = self.mid.block_1(self.conv_in(features))
        features = self.mid.block_2(self.mid.attn_1(features, asks_middle))
        for index in reversed(range(len(self.up))):
            level = self.up[index]
            features = level(features, asks_levels)
            if index != 0:
                features = level.get_submodule("upsample")(features)
        out: Tensor = self.conv_out(F.silu(self.norm_out(features)))
        return out


class RestoreFormer(nn.Module):
    """The network of RestoreFormer.pth."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()
        self.quantize = Codebook()
        self.quant_conv = nn.Conv2d(_CODE, _CODE, 1)
        self.post_quant_conv = nn.Conv2d(_CODE, _CODE, 1)

    def forward(self, faces: Tensor) -> Tensor:
        """Restore faces.

        Args:
            faces: [batch, 3, 512, 512], RGB, -1..1, aligned to the FFHQ template.

        Returns:
            The restored faces, the same shape and order; values may leave -1..1 a little.
        """
        features, asks_levels, asks_middle = self.encoder(faces)
        codes = self.quantize.nearest(self.quant_conv(features))
        restored: Tensor = self.decoder(self.post_quant_conv(codes), asks_levels, asks_middle)
        return restored


RESTOREFORMER = restorer_model(
    ModelFacts(
        name="restoreformer",
        title="RestoreFormer",
        kind=Kind.RESTORER,
        licence="Apache-2.0",
        commercial=Commercial.ASK,
        file="RestoreFormer.pth",
        url="https://github.com/TencentARC/GFPGAN/releases/download/v1.3.4/RestoreFormer.pth",
        paper=_PAPER,
        good_at="much texture",
        work="683 GFLOP",
        speed=Speed("a face", "OpenVINO", 4.0, 1.2),
    ),
    from_checkpoint(RestoreFormer, CHECKPOINT),
)
