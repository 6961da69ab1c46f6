"""RestoreFormer and RestoreFormer++: the damaged face's features query sharp details of a codebook by cross-attention.

Paper: Wang et al., RestoreFormer: High-Quality Blind Face Restoration from Undegraded Key-Value Pairs, CVPR 2022.
Repositories: https://github.com/wzhouxiff/RestoreFormer, and the port in https://github.com/TencentARC/GFPGAN, whose
RestoreFormer.pth (release v1.3.4) this network loads.

Paper of RestoreFormer++: Wang et al., RestoreFormer++: Towards Real-World Blind Face Restoration from Undegraded
Key-Value Pairs, TPAMI 2023. Repository: https://github.com/wzhouxiff/RestoreFormerPlusPlus (release v1.0.0). It adds
cross-attention at 32x32 to that at 16x16, and has four heads instead of eight.
"""

from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import from_checkpoint, restorer_model
from magicmemory.pipeline.models.vqgan import Codebook, Double, Halve, ResBlock, group_norm

_SUBJECT = "Blind Face Restoration from Undegraded Key-Value Pairs"
_PAPER = f"Wang et al., RestoreFormer: High-Quality {_SUBJECT}, CVPR 2022"
_PAPER_PLUS = f"Wang et al., RestoreFormer++: Towards Real-World {_SUBJECT}, TPAMI 2023"
CHECKPOINT = Checkpoint("RestoreFormer.pth", ("params_ema", "params"))
# Saved by PyTorch Lightning: the network is the module `vqvae` of the training program.
CHECKPOINT_PLUS = Checkpoint("RestoreFormer++.ckpt", ("state_dict",), prefix="vqvae.")

# Channels from 512 pixels down to 16.
_CHANNELS = (64, 128, 128, 256, 256, 512)
_CODE = 256


def _block(in_channels: int, out_channels: int) -> ResBlock:
    return ResBlock(in_channels, out_channels, shortcut="nin_shortcut")


class MultiHeadAttention(nn.Module):
    """Multi-head attention in a residual, between the places of two feature maps or of one."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = group_norm(channels)
        # Present in every official block, used only for queries from another feature map.
        self.norm2 = group_norm(channels)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, features: Tensor, queries: Tensor | None = None) -> Tensor:
        """All [batch, channels, h, w]: the features give keys and values. `queries`, or the features, give queries."""
        normed = self.norm1(features)
        query = self.q(normed if queries is None else self.norm2(queries))
        batch, channels, height, width = features.shape
        heads = (
            tensor.reshape(batch, self.heads, channels // self.heads, height * width).transpose(2, 3)
            for tensor in (query, self.k(normed), self.v(normed))
        )  # [batch, heads, places, channels / heads]
        attended = F.scaled_dot_product_attention(*heads)
        attended = attended.transpose(2, 3).reshape(batch, channels, height, width)
        out: Tensor = features + self.proj_out(attended)
        return out


class Middle(nn.Module):
    """The blocks around the deepest attention."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.block_1 = _block(channels, channels)
        self.attn_1 = MultiHeadAttention(channels, heads)
        self.block_2 = _block(channels, channels)


class Level(nn.Module):
    """One resolution's blocks, each with attention after it where `heads` is not 0, and a change of size at the end."""

    def __init__(self, in_channels: int, out_channels: int, blocks: int, heads: int) -> None:
        super().__init__()
        self.block = nn.ModuleList(
            _block(in_channels if index == 0 else out_channels, out_channels) for index in range(blocks)
        )
        self.attn = nn.ModuleList(MultiHeadAttention(out_channels, heads) for _ in range(blocks if heads else 0))

    def forward(self, features: Tensor, queries: Tensor | None = None) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h, w]; the change of size is up to the caller."""
        for index, block in enumerate(self.block):
            features = block(features)
            if len(self.attn) > 0:
                features = self.attn[index](features, queries)
        return features


class Encoder(nn.Module):
    """Picture to features at 16x16."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        deepest = len(_CHANNELS) - 1
        self.conv_in = nn.Conv2d(3, _CHANNELS[0], 3, padding=1)
        self.down = nn.ModuleList()
        before = _CHANNELS[0]
        for index, channels in enumerate(_CHANNELS):
            level = Level(before, channels, 2, heads if index == deepest else 0)
            if index != deepest:
                level.add_module("downsample", Halve(channels))
            self.down.append(level)
            before = channels
        self.mid = Middle(before, heads)
        self.norm_out = group_norm(before)
        self.conv_out = nn.Conv2d(before, _CODE, 3, padding=1)

    def forward(self, faces: Tensor) -> tuple[Tensor, list[Tensor], Tensor]:
        """Encode [batch, 3, 512, 512].

        Returns:
            The features [batch, 256, 16, 16]; the queries of each of the decoder's levels, the finest first; the
            queries of its middle [batch, 512, 16, 16].
        """
        features = self.conv_in(faces)
        queries = []
        for index, level in enumerate(self.down):
            features = level(features)
            queries.append(features)
            if index != len(self.down) - 1:
                features = level.get_submodule("downsample")(features)
        queries[-1] = self.mid.block_1(features)
        middle = self.mid.block_2(self.mid.attn_1(queries[-1]))
        return self.conv_out(F.silu(self.norm_out(middle))), queries, middle


class Decoder(nn.Module):
    """Codes at 16x16 to picture, with queries from the damaged face's features."""

    def __init__(self, heads: int, attention_levels: int) -> None:
        super().__init__()
        deepest = len(_CHANNELS) - 1
        self.conv_in = nn.Conv2d(_CODE, _CHANNELS[-1], 3, padding=1)
        self.mid = Middle(_CHANNELS[-1], heads)
        self.up = nn.ModuleList()
        for index, channels in enumerate(_CHANNELS):
            attends = index > deepest - attention_levels
            level = Level(_CHANNELS[min(index + 1, deepest)], channels, 3, heads if attends else 0)
            if index != 0:
                level.add_module("upsample", Double(channels))
            self.up.append(level)
        self.norm_out = group_norm(_CHANNELS[0])
        self.conv_out = nn.Conv2d(_CHANNELS[0], 3, 3, padding=1)

    def forward(self, features: Tensor, queries: list[Tensor], middle: Tensor) -> Tensor:
        """[batch, 256, 16, 16], and the queries as `Encoder` gives them -> [batch, 3, 512, 512]."""
        features = self.mid.block_1(self.conv_in(features))
        features = self.mid.block_2(self.mid.attn_1(features, middle))
        for index in reversed(range(len(self.up))):
            level = self.up[index]
            features = level(features, queries[index])
            if index != 0:
                features = level.get_submodule("upsample")(features)
        out: Tensor = self.conv_out(F.silu(self.norm_out(features)))
        return out


class RestoreFormer(nn.Module):
    """The network of RestoreFormer.pth and, with four heads and two attention levels, of RestoreFormer++.ckpt."""

    def __init__(self, heads: int = 8, attention_levels: int = 1) -> None:
        """
        Args:
            heads: of every attention.
            attention_levels: how many of the decoder's levels have cross-attention, from 16x16 up.
        """
        super().__init__()
        self.encoder = Encoder(heads)
        self.decoder = Decoder(heads, attention_levels)
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
        features, queries, middle = self.encoder(faces)
        codes = self.quantize.nearest(self.quant_conv(features))
        restored: Tensor = self.decoder(self.post_quant_conv(codes), queries, middle)
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
        sha256="07404d446d62ca3d5ed38b1de09a947a1e77d46dbccec961a74d713a8f24ace0",
        size=290785322,
        paper=_PAPER,
        good_at="much texture",
        work="683 GFLOP",
        speed=Speed("a face", "OpenVINO", 4.0, 1.2),
    ),
    from_checkpoint(RestoreFormer, CHECKPOINT),
)


def restoreformer_plus() -> RestoreFormer:
    """The network of RestoreFormer++.ckpt."""
    return RestoreFormer(heads=4, attention_levels=2)


RESTOREFORMER_PLUS = restorer_model(
    ModelFacts(
        name="restoreformer++",
        title="RestoreFormer++",
        kind=Kind.RESTORER,
        licence="not stated",
        commercial=Commercial.ASK,
        file="RestoreFormer++.ckpt",
        url="https://github.com/wzhouxiff/RestoreFormerPlusPlus/releases/download/v1.0.0/RestoreFormer++.ckpt",
        size=294028815,
        paper=_PAPER_PLUS,
        good_at="likeness: closest to the person by published measures",
        work="687 GFLOP",
        speed=Speed("a face", "OpenVINO", 4.4, 1.2),
    ),
    from_checkpoint(restoreformer_plus, CHECKPOINT_PLUS),
)
