"""CodeFormer: a transformer predicts a sharp face as codes of a learned vocabulary; `fidelity` lets the photo back in.

Paper: Zhou et al., Towards Robust Blind Face Restoration with Codebook Lookup Transformer, NeurIPS 2022.
Repository: https://github.com/sczhou/CodeFormer (S-Lab licence 1.0: no commercial use).

As in the official inference script, the codes' features take over the mean and spread of the damaged face's features
(AdaIN), which keeps its colour and light.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import from_checkpoint, restorer_model
from magicmemory.pipeline.models.vqgan import (
    Attention,
    Codebook,
    Double,
    Halve,
    ResBlock,
    group_norm,
    picture,
    tokens,
)

CHECKPOINT = Checkpoint("codeformer.pth", ("params_ema", "params"))

# Channels by resolution.
_CHANNELS = {512: 64, 256: 128, 128: 128, 64: 256, 32: 256, 16: 512}
_CODE = 256
_WIDTH, _HEADS, _LAYERS = 512, 8, 9
# Resolutions at which the encoder's features correct the generator's, and after which of their blocks they meet.
_ENCODER_TAP = {256: 5, 128: 8, 64: 11, 32: 14}
_GENERATOR_TAP = {32: 9, 64: 12, 128: 15, 256: 18}


def _block(in_channels: int, out_channels: int) -> ResBlock:
    return ResBlock(in_channels, out_channels, shortcut="conv_out")


def _middle(channels: int) -> list[nn.Module]:
    return [_block(channels, channels), Attention(channels), _block(channels, channels)]


class Encoder(nn.Module):
    """Picture to features at 16x16."""

    def __init__(self) -> None:
        super().__init__()
        sizes = list(_CHANNELS)
        blocks: list[nn.Module] = [nn.Conv2d(3, _CHANNELS[512], 3, padding=1)]
        channels = _CHANNELS[512]
        for size in sizes:
            for _ in range(2):
                blocks.append(_block(channels, _CHANNELS[size]))
                channels = _CHANNELS[size]
                if size == sizes[-1]:
                    blocks.append(Attention(channels))
            if size != sizes[-1]:
                blocks.append(Halve(channels))
        blocks += [*_middle(channels), group_norm(channels), nn.Conv2d(channels, _CODE, 3, padding=1)]
        self.blocks = nn.ModuleList(blocks)

    def forward(self, faces: Tensor) -> tuple[Tensor, dict[int, Tensor]]:
        """[batch, 3, 512, 512] -> [batch, 256, 16, 16], and the tapped features by resolution."""
        taps = {index: size for size, index in _ENCODER_TAP.items()}
        tapped: dict[int, Tensor] = {}
        features = faces
        for index, block in enumerate(self.blocks):
            features = block(features)
            if index in taps:
                tapped[taps[index]] = features
        return features, tapped


def _generator_blocks() -> list[nn.Module]:
    sizes = list(reversed(_CHANNELS))
    channels = _CHANNELS[16]
    blocks: list[nn.Module] = [nn.Conv2d(_CODE, channels, 3, padding=1), *_middle(channels)]
    for size in sizes:
        for _ in range(2):
            blocks.append(_block(channels, _CHANNELS[size]))
            channels = _CHANNELS[size]
            if size == 16:
                blocks.append(Attention(channels))
        if size != sizes[-1]:
            blocks.append(Double(channels))
    return [*blocks, group_norm(channels), nn.Conv2d(channels, 3, 3, padding=1)]


class Generator(nn.Module):
    """Codes' features at 16x16 to picture; the blocks are run by CodeFormer, which corrects between them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(_generator_blocks())


class SelfAttention(nn.Module):
    """torch's multi-head attention by its parameter names, without its many options."""

    def __init__(self) -> None:
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.zeros(3 * _WIDTH, _WIDTH))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * _WIDTH))
        self.out_proj = nn.Linear(_WIDTH, _WIDTH)

    def forward(self, where: Tensor, what: Tensor) -> Tensor:
        """Tokens with their place, for queries and keys, and without, for values; each [batch, tokens, 512]."""
        weights, biases = self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3)
        query, key, value = (
            F.linear(source, weight, bias).reshape(*source.shape[:2], _HEADS, -1).transpose(1, 2)
            for source, weight, bias in zip((where, where, what), weights, biases, strict=True)
        )  # [batch, heads, tokens, 64]
        attended = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        out: Tensor = self.out_proj(attended)
        return out


class TransformerLayer(nn.Module):
    """Self-attention and a two-layer perceptron, each on normed tokens in a residual."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn = SelfAttention()
        self.linear1 = nn.Linear(_WIDTH, 2 * _WIDTH)
        self.linear2 = nn.Linear(2 * _WIDTH, _WIDTH)
        self.norm1 = nn.LayerNorm(_WIDTH)
        self.norm2 = nn.LayerNorm(_WIDTH)

    def forward(self, sequence: Tensor, places: Tensor) -> Tensor:
        """[batch, tokens, 512] -> the same shape; places are [tokens, 512]."""
        normed = self.norm1(sequence)
        sequence = sequence + self.self_attn(normed + places, normed)
        out: Tensor = sequence + self.linear2(F.gelu(self.linear1(self.norm2(sequence))))
        return out


class Fusion(nn.Module):
    """How the damaged face's features correct the generated ones at one resolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.encode_enc = _block(2 * channels, channels)
        self.scale = self._head(channels)
        self.shift = self._head(channels)

    @staticmethod
    def _head(channels: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, encoded: Tensor, generated: Tensor, fidelity: Tensor) -> Tensor:
        """Two of [batch, channels, h, w] and [batch, 1, 1, 1] -> [batch, channels, h, w]."""
        both = self.encode_enc(torch.cat([encoded, generated], dim=1))
        residual: Tensor = generated * self.scale(both) + self.shift(both)
        return generated + fidelity * residual


def _adapt(features: Tensor, like: Tensor) -> Tensor:
    """`features` with the mean and the spread of `like`, channel by channel; both [batch, channels, h, w]."""
    variance, mean = torch.var_mean(features, dim=(2, 3), keepdim=True)
    wanted_variance, wanted_mean = torch.var_mean(like, dim=(2, 3), keepdim=True)
    return (features - mean) / (variance + 1e-5).sqrt() * (wanted_variance + 1e-5).sqrt() + wanted_mean


class CodeFormer(nn.Module):
    """The network of codeformer.pth."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.quantize = Codebook()
        self.generator = Generator()
        self.position_emb = nn.Parameter(torch.zeros(16 * 16, _WIDTH))
        self.feat_emb = nn.Linear(_CODE, _WIDTH)
        self.ft_layers = nn.ModuleList(TransformerLayer() for _ in range(_LAYERS))
        self.idx_pred_layer = nn.Sequential(nn.LayerNorm(_WIDTH), nn.Linear(_WIDTH, 1024, bias=False))
        self.fuse_convs_dict = nn.ModuleDict({str(size): Fusion(_CHANNELS[size]) for size in _GENERATOR_TAP})

    def forward(self, faces: Tensor, fidelity: Tensor) -> Tensor:
        """Restore faces.

        Args:
            faces: [batch, 3, 512, 512], RGB, -1..1, aligned to the FFHQ template.
            fidelity: [batch], the official `w`: 0 for the best quality, 1 for the closest likeness.

        Returns:
            The restored faces, the same shape and order; values may leave -1..1 a little.
        """
        encoded, tapped = self.encoder(faces)
        features = _adapt(self._predict(encoded), encoded)
        weight = fidelity.reshape(-1, 1, 1, 1)
        taps = {index: size for size, index in _GENERATOR_TAP.items()}
        for index, block in enumerate(self.generator.blocks):
            features = block(features)
            if index in taps:
                size = taps[index]
                features = self.fuse_convs_dict[str(size)](tapped[size], features, weight)
        return features

    def _predict(self, encoded: Tensor) -> Tensor:
        """The features of the most likely code at each place: [batch, 256, 16, 16] -> the same shape."""
        sequence = self.feat_emb(tokens(encoded))  # [batch, 256 places, 512]
        for layer in self.ft_layers:
            sequence = layer(sequence, self.position_emb)
        codes = self.idx_pred_layer(sequence).argmax(dim=2)  # [batch, 256 places]
        return picture(self.quantize.embedding(codes), encoded)


CODEFORMER = restorer_model(
    ModelFacts(
        name="codeformer",
        title="CodeFormer",
        kind=Kind.RESTORER,
        licence="S-Lab 1.0",
        commercial=Commercial.NO,
        file="codeformer.pth",
        url="https://github.com/sczhou/CodeFormer/releases/download/v0.1.0/codeformer.pth",
        sha256="1009e537e0c2a07d4cabce6355f53cb66767cd4b4297ec7a4a64ca4b8a5684b7",
        size=376637898,
        paper="Zhou et al., Towards Robust Blind Face Restoration with Codebook Lookup Transformer, NeurIPS 2022",
        default_fidelity=0.5,
        good_at="heavy damage; its fidelity chooses between vivid and faithful",
        work="810 GFLOP",
        speed=Speed("a face", "OpenVINO", 4.6, 1.1),
    ),
    from_checkpoint(CodeFormer, CHECKPOINT),
)
