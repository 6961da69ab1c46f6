"""A modulated deformable convolution in plain torch: every tap reads at a learned position, with a learned weight.

Paper: Zhu et al., Deformable ConvNets v2: More Deformable, Better Results, CVPR 2019. Equal to
`torchvision.ops.deform_conv2d` with a 3x3 kernel, stride 1 and padding 1, and about as fast on a CPU.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

_TAPS = 9


def deformable_conv(features: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolve where the offsets point. Outside of the picture there are zeros.

    One tap after another, so that memory stays at a few times the features and not at nine times.

    Args:
        features: [batch, in, h, w]; in is split evenly into the offsets' groups.
        offset: [batch, groups * 9 * 2, h, w], in pixels: for each group, for each tap, down then right.
        mask: [batch, groups * 9, h, w], 0..1.
        weight: [out, in, 3, 3].
        bias: [out].

    Returns:
        [batch, out, h, w].
    """
    batch, channels, height, width = features.shape
    groups = mask.shape[1] // _TAPS
    # Half precision cannot tell pixels apart beyond a few hundred; the sampling stays in full precision.
    sources = features.float().reshape(batch * groups, channels // groups, height, width)
    moves = offset.float().reshape(batch * groups, _TAPS, 2, height, width)
    weights = mask.float().reshape(batch * groups, _TAPS, 1, height, width)
    rows = torch.arange(height, dtype=torch.float32, device=features.device).reshape(1, height, 1)
    columns = torch.arange(width, dtype=torch.float32, device=features.device).reshape(1, 1, width)
    out = bias.reshape(1, -1, 1, 1)
    for tap in range(_TAPS):
        down, right = tap // 3, tap % 3
        y = moves[:, tap, 0] + (rows + (down - 1))  # [batch * groups, h, w], in pixels
        x = moves[:, tap, 1] + (columns + (right - 1))
        # Pixel edges, not centres, at -1 and 1: with sides that are powers of two this scaling and grid_sample's own
        # are nearly free of rounding, which at 512 pixels would otherwise shift a place by 1e-4 pixels.
        grid = torch.stack([(2.0 * x + 1.0) / width - 1.0, (2.0 * y + 1.0) / height - 1.0], dim=-1)
        seen = F.grid_sample(sources, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        seen = (seen * weights[:, tap]).reshape(batch, channels, height, width).to(features.dtype)
        out = out + F.conv2d(seen, weight[:, :, down, right, None, None])
    return out
