"""VQFR: takes a face's texture from a codebook and warps it onto the face with deformable convolutions.

Paper: Gu et al., VQFR: Blind Face Restoration with Vector-Quantized Dictionary and Parallel Decoder, ECCV 2022.
Repository: https://github.com/TencentARC/VQFR. Version 1 picks the nearest codes and has no fidelity setting; version 2
predicts the codes and has one.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.deformable import deformable_conv
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

_PAPER = "Gu et al., VQFR: Blind Face Restoration with Vector-Quantized Dictionary, ECCV 2022"

# Version 1's texture picture is only a training target: its last layers are not needed.
V1 = Checkpoint("VQFR_v1-33a1fac5.pth", ("params_ema", "params"), unused=("decoder.conv_out.",))
V2 = Checkpoint("VQFR_v2.pth", ("params_ema", "params"))

# Channels from 512 pixels down to 16.
_V1_CHANNELS = (128, 128, 256, 256, 256, 512)
_V2_CHANNELS = (64, 128, 128, 256, 256, 512)
_CODE = 256
_CONDITION = 32  # channels of the damaged picture's features, which guide the warps
_OFFSET_GROUPS = 4


def _level(index: int) -> str:
    """A level's official name, which says how many times smaller than the picture it is."""
    return f"Level_{2**index}"


def _resize(features: Tensor, size: Sequence[int]) -> Tensor:
    return F.interpolate(features, size=size, mode="bilinear", align_corners=False)


class DeformableConv(nn.Module):
    """A 3x3 convolution of one feature map; a second one gives the offsets."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels, channels, 3, 3))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.conv_offset = nn.Conv2d(channels, _OFFSET_GROUPS * 27, 3, padding=1)

    def forward(self, features: Tensor, guide: Tensor) -> Tensor:
        """Both inputs [batch, channels, h, w] -> the same shape."""
        offset, mask = self.conv_offset(guide).split((_OFFSET_GROUPS * 18, _OFFSET_GROUPS * 9), dim=1)
        return deformable_conv(features, offset, torch.sigmoid(mask), self.weight, self.bias)


class _Scaled(nn.Module):
    """Version 1's change of size: a convolution before a bilinear enlargement or after a bilinear reduction."""

    def __init__(self, in_channels: int, out_channels: int, factor: float) -> None:
        super().__init__()
        self.factor = factor
        if factor != 1:
            self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, in, h, w] -> [batch, out, h * factor, w * factor]."""
        if self.factor == 1:
            return features
        size = [int(side * self.factor) for side in features.shape[2:]]
        if self.factor > 1:
            return _resize(self.conv(features), size)
        out: Tensor = self.conv(_resize(features, size))
        return out


class Warp(nn.Module):
    """Warps texture to its place in the damaged picture, refining the warp of the next smaller level."""

    def __init__(self, channels: int, guide_channels: int, downsample: nn.Module | None) -> None:
        super().__init__()
        self.downsample = downsample
        self.offset_conv1 = nn.Sequential(
            nn.Conv2d(channels + _CONDITION, channels, 1),
            group_norm(channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 7, padding=3, groups=channels),
            group_norm(channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 1),
        )
        self.offset_conv2 = nn.Sequential(
            nn.Conv2d(channels + guide_channels, channels, 3, padding=1), group_norm(channels), nn.SiLU()
        )
        self.dcn = DeformableConv(channels)

    def forward(self, texture: Tensor, condition: Tensor, guide: Tensor | None) -> tuple[Tensor, Tensor]:
        """Warp one level.

        Args:
            texture: [batch, channels, h, w].
            condition: [batch, 32, 512, 512], at every level.
            guide: [batch, guide channels, h/2, w/2], from the next smaller level; None at the smallest.

        Returns:
            The warped texture and this level's guide, both [batch, channels, h, w].
        """
        reduced = _resize(condition, texture.shape[2:]) if self.downsample is None else self.downsample(condition)
        own = self.offset_conv1(torch.cat([reduced, texture], dim=1))
        if guide is not None:
            doubled = F.interpolate(guide, scale_factor=2.0, mode="bilinear", align_corners=False) * 2.0
            own = torch.cat([own, doubled], dim=1)
        own = self.offset_conv2(own)
        return self.dcn(texture, own), own


def _warps(channels: Sequence[int], own_downsample: bool) -> nn.ModuleDict:
    """One warp for each level. Version 1 shrinks the condition with its own layers."""
    warps = {}
    for index, width in enumerate(channels):
        guide_channels = channels[index + 1] if index + 1 < len(channels) else 0
        down = _Scaled(_CONDITION, _CONDITION, 0.5**index) if own_downsample else None
        warps[_level(index)] = Warp(width, guide_channels, down)
    return nn.ModuleDict(warps)


class MainBranch(nn.Module):
    """The main decoder, coarse to fine; each level is concatenated with its warped texture."""

    def __init__(self, channels: Sequence[int], shortcut: str) -> None:
        super().__init__()
        self.levels = len(channels)
        self.decoder_dict = nn.ModuleDict(
            {_level(i): ResBlock(2 * channels[i], channels[i], shortcut) for i in range(self.levels - 1)}
        )
        self.pre_upsample_dict = nn.ModuleDict()

    def run(self, textures: list[Tensor], condition: Tensor, warps: nn.ModuleDict) -> Tensor:
        """textures: one feature map for each level, finest first -> [batch, channels, 512, 512]."""
        deepest = self.levels - 1
        features, guide = warps[_level(deepest)](textures[deepest], condition, None)
        for index in reversed(range(deepest)):
            name = _level(index)
            warped, guide = warps[name](textures[index], condition, guide)
            features = torch.cat([self.pre_upsample_dict[name](features), warped], dim=1)
            features = self.decoder_dict[name](features)
        joined: Tensor = features
        return joined


class MainBranch1(MainBranch):
    """Version 1: has its own output layers, which also get the damaged picture."""

    def __init__(self) -> None:
        super().__init__(_V1_CHANNELS, shortcut="shortcut_conv")
        for i in range(self.levels - 1):
            self.pre_upsample_dict[_level(i)] = _Scaled(_V1_CHANNELS[i + 1], _V1_CHANNELS[i], 2)
        self.align_func_dict = _warps(_V1_CHANNELS, own_downsample=True)
        self.conv_out_1 = nn.Sequential(group_norm(_V1_CHANNELS[0]), nn.SiLU())
        self.conv_out = nn.Sequential(nn.Conv2d(_V1_CHANNELS[0] + 3, 3, 3, padding=1))

    def forward(self, textures: list[Tensor], condition: Tensor, faces: Tensor) -> Tensor:
        """-> [batch, 3, 512, 512]."""
        features = self.conv_out_1(self.run(textures, condition, self.align_func_dict))
        out: Tensor = self.conv_out(torch.cat([features, faces], dim=1))
        return out


class MainBranch2(MainBranch):
    """Version 2: its features, weighted by the fidelity, are added to the texture's."""

    def __init__(self) -> None:
        super().__init__(_V2_CHANNELS, shortcut="residual_func")
        for i in range(self.levels - 1):
            self.pre_upsample_dict[_level(i)] = nn.Sequential(
                nn.Upsample(scale_factor=2.0, mode="nearest"),
                nn.Conv2d(_V2_CHANNELS[i + 1], _V2_CHANNELS[i], 3, padding=1),
            )
        self.align_func_dict = _warps(_V2_CHANNELS, own_downsample=False)

    def forward(self, textures: list[Tensor], condition: Tensor) -> Tensor:
        """-> [batch, channels, 512, 512]."""
        return self.run(textures, condition, self.align_func_dict)


def _stack1(channels: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(*(ResBlock(channels, channels, "shortcut_conv") for _ in range(blocks)))


class Encoder1(nn.Module):
    """Version 1's encoder, picture to features at 16x16."""

    def __init__(self) -> None:
        super().__init__()
        channels = _V1_CHANNELS
        self.conv_in = nn.Conv2d(3, channels[0], 3, padding=1)
        self.pre_downsample_dict = nn.ModuleDict()
        self.encoder_dict = nn.ModuleDict()
        for i, width in enumerate(channels):
            self.pre_downsample_dict[_level(i)] = _Scaled(channels[max(i - 1, 0)], width, 1 if i == 0 else 0.5)
            self.encoder_dict[_level(i)] = _stack1(width, 2)
        deepest = channels[-1]
        head = nn.Sequential(group_norm(deepest), nn.SiLU(), nn.Conv2d(deepest, deepest, 3, padding=1))
        self.enc_convout_dict = nn.ModuleDict({_level(len(channels) - 1): head})

    def forward(self, faces: Tensor) -> Tensor:
        """[batch, 3, 512, 512] -> [batch, 512, 16, 16]."""
        features = self.conv_in(faces)
        for name, block in self.encoder_dict.items():
            features = block(self.pre_downsample_dict[name](features))
        deepest: Tensor = self.enc_convout_dict[_level(len(_V1_CHANNELS) - 1)](features)
        return deepest


class TextureDecoder1(nn.Module):
    """Version 1's texture decoder."""

    def __init__(self) -> None:
        super().__init__()
        channels = _V1_CHANNELS
        deepest = len(channels) - 1
        self.decoder_dict = nn.ModuleDict()
        self.pre_upsample_dict = nn.ModuleDict()
        for i, width in enumerate(channels):
            self.pre_upsample_dict[_level(i)] = _Scaled(channels[min(i + 1, deepest)], width, 1 if i == deepest else 2)
            self.decoder_dict[_level(i)] = _stack1(width, 3)

    def forward(self, features: Tensor) -> list[Tensor]:
        """[batch, 512, 16, 16] -> one feature map for each level, finest first."""
        textures: list[Tensor] = []
        for name in map(_level, reversed(range(len(_V1_CHANNELS)))):
            features = self.decoder_dict[name](self.pre_upsample_dict[name](features))
            textures.insert(0, features)
        return textures


class Quantizer1(Codebook):
    """Version 1's codebook with a projection before and after it."""

    def __init__(self) -> None:
        super().__init__()
        self.quant_conv = nn.Conv2d(_V1_CHANNELS[-1], _CODE, 1)
        self.post_quant_conv = nn.Conv2d(_CODE, _V1_CHANNELS[-1], 1)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, 512, 16, 16] -> the same shape."""
        out: Tensor = self.post_quant_conv(self.nearest(self.quant_conv(features)))
        return out


class _InputFeatures(nn.Module):
    """Version 1's checkpoint nests this convolution one name deeper."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, _CONDITION, 3, padding=1)


class _QuantizersByLevel(nn.Module):
    """Version 1's quantizers by level; only the deepest level has one."""

    def __init__(self) -> None:
        super().__init__()
        self.quantize_dict = nn.ModuleDict({_level(len(_V1_CHANNELS) - 1): Quantizer1()})


class VQFRv1(nn.Module):
    """The network of VQFR_v1-33a1fac5.pth."""

    def __init__(self) -> None:
        super().__init__()
        self.inpfeat_extraction = _InputFeatures()
        self.encoder = Encoder1()
        self.decoder = TextureDecoder1()
        self.main_decoder = MainBranch1()
        self.quantizer = _QuantizersByLevel()

    def forward(self, faces: Tensor) -> Tensor:
        """Restore faces.

        Args:
            faces: [batch, 3, 512, 512], RGB, -1..1, aligned to the FFHQ template.

        Returns:
            The restored faces, the same shape and order; values may leave -1..1 a little.
        """
        condition = self.inpfeat_extraction.conv(faces)  # [batch, 32, 512, 512]
        codes = self.quantizer.quantize_dict[_level(len(_V1_CHANNELS) - 1)](self.encoder(faces))
        restored: Tensor = self.main_decoder(self.decoder(codes), condition, faces)
        return restored


def _stack2(before: int, channels: int, deepest: bool, resize: nn.Module | None) -> nn.Sequential:
    """Two blocks of version 2 after an optional resize, with attention at the deepest level."""
    blocks: list[nn.Module] = [] if resize is None else [resize]
    for width in (before, channels):
        blocks.append(ResBlock(width, channels, "residual_func"))
        if deepest:
            blocks.append(Attention(channels))
    return nn.Sequential(*blocks)


def _middle2(channels: int) -> nn.Sequential:
    return nn.Sequential(
        ResBlock(channels, channels, "residual_func"),
        Attention(channels),
        ResBlock(channels, channels, "residual_func"),
    )


class Encoder2(nn.Module):
    """Version 2's encoder, picture to features at 16x16."""

    def __init__(self) -> None:
        super().__init__()
        channels = _V2_CHANNELS
        deepest = len(channels) - 1
        self.conv_in = nn.Conv2d(3, channels[0], 3, padding=1)
        self.blocks = nn.ModuleList()
        for i, width in enumerate(channels):
            before = channels[max(i - 1, 0)]
            self.blocks.append(_stack2(before, width, i == deepest, Halve(before) if i > 0 else None))
        self.mid_blocks = _middle2(channels[-1])
        self.conv_out = nn.Sequential(group_norm(channels[-1]), nn.SiLU(), nn.Conv2d(channels[-1], _CODE, 3, padding=1))

    def forward(self, faces: Tensor) -> Tensor:
        """[batch, 3, 512, 512] -> [batch, 256, 16, 16]."""
        features = self.conv_in(faces)
        for block in self.blocks:
            features = block(features)
        out: Tensor = self.conv_out(self.mid_blocks(features))
        return out


class TextureDecoder2(nn.Module):
    """Version 2's texture decoder; its output layers get the sum of both branches."""

    def __init__(self) -> None:
        super().__init__()
        channels = _V2_CHANNELS
        deepest = len(channels) - 1
        self.conv_in = nn.Conv2d(_CODE, channels[-1], 3, padding=1)
        self.mid_blocks = _middle2(channels[-1])
        self.blocks = nn.ModuleList()
        for i in reversed(range(len(channels))):
            before = channels[min(i + 1, deepest)]
            self.blocks.append(_stack2(before, channels[i], i == deepest, Double(before) if i < deepest else None))
        self.conv_out = nn.Sequential(group_norm(channels[0]), nn.SiLU(), nn.Conv2d(channels[0], 3, 3, padding=1))

    def forward(self, codes: Tensor) -> list[Tensor]:
        """[batch, 256, 16, 16] -> one feature map for each level, finest first."""
        features = self.mid_blocks(self.conv_in(codes))
        textures: list[Tensor] = []
        for block in self.blocks:
            features = block(features)
            textures.insert(0, features)
        return textures


class VQFRv2(nn.Module):
    """The network of VQFR_v2.pth."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder2()
        self.feat2index = nn.Sequential(nn.LayerNorm(_CODE), nn.Linear(_CODE, 1024))
        self.decoder = TextureDecoder2()
        self.main_branch = MainBranch2()
        self.inpfeat_extraction = nn.Conv2d(3, _CONDITION, 3, padding=1)
        self.quantizer = Codebook()

    def forward(self, faces: Tensor, fidelity: Tensor) -> Tensor:
        """Restore faces.

        Args:
            faces: [batch, 3, 512, 512], RGB, -1..1, aligned to the FFHQ template.
            fidelity: [batch], the official `fidelity_ratio`: 0 for the best quality, 1 for the closest likeness.

        Returns:
            The restored faces, the same shape and order; values may leave -1..1 a little.
        """
        condition = self.inpfeat_extraction(faces)  # [batch, 32, 512, 512]
        encoded = self.encoder(faces)
        codes = self.feat2index(tokens(encoded)).argmax(dim=2)  # [batch, 256 places]
        textures = self.decoder(picture(self.quantizer.embedding(codes), encoded))
        warped = self.main_branch(textures, condition)
        restored: Tensor = self.decoder.conv_out(textures[0] + fidelity.reshape(-1, 1, 1, 1) * warped)
        return restored


VQFR_2 = restorer_model(
    ModelFacts(
        name="vqfr-2",
        title="VQFR 2",
        kind=Kind.RESTORER,
        licence="Apache-2.0 with exceptions",
        commercial=Commercial.ASK,
        file="VQFR_v2.pth",
        url="https://github.com/TencentARC/VQFR/releases/download/v2.0.0/VQFR_v2.pth",
        paper=_PAPER,
        default_fidelity=0.0,
        good_at="fine texture of skin and hair; has a fidelity",
        work="1,064 GFLOP",
        speed=Speed("a face", "OpenVINO", 7.0, 1.3),
    ),
    from_checkpoint(VQFRv2, V2),
)
VQFR_1 = restorer_model(
    ModelFacts(
        name="vqfr-1",
        title="VQFR 1",
        kind=Kind.RESTORER,
        licence="Apache-2.0 with exceptions",
        commercial=Commercial.ASK,
        file="VQFR_v1-33a1fac5.pth",
        paper=_PAPER,
        good_at="fine texture of skin and hair",
        work="2,256 GFLOP",
        speed=Speed("a face", "OpenVINO", 13.9, 1.2),
    ),
    from_checkpoint(VQFRv1, V1),
)
