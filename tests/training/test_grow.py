"""A network that grows from a smaller one computes the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from magicmemory.pipeline.models.photo import UNet
from training.grow import grow, smaller


def shaken(network: nn.Module) -> nn.Module:
    """With random weights and statistics everywhere, also where a new network has zeros."""
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.is_floating_point():
            nn.init.uniform_(tensor, 0.05, 0.15)
    return network.eval()


@pytest.mark.parametrize("normalised", [True, False])
def test_a_grown_network_computes_the_same(tmp_path: Path, normalised: bool) -> None:
    torch.manual_seed(3)
    small = shaken(UNet(3, 1, (4, 4, 6, 8), (1, 1, 1, 2), (1, 1, 1), normalised=normalised))
    large = UNet(3, 1, (4, 6, 6, 12), (1, 2, 1, 3), (1, 2, 1), normalised=normalised).eval()
    path = tmp_path / "small.safetensors"
    save_file({f"finder.{name}": tensor.half() for name, tensor in small.half().float().state_dict().items()}, path)

    grow(large, smaller("finder", path))

    pictures = torch.rand(2, 3, 32, 48)
    with torch.no_grad():
        torch.testing.assert_close(large(pictures), small(pictures))
    assert sum(p.numel() for p in large.parameters()) > sum(p.numel() for p in small.parameters())


def test_a_larger_network_does_not_fit_a_smaller_one() -> None:
    small, large = (UNet(3, 1, (4, 4, 4, width), (1, 1, 1, 1), (1, 1, 1)) for width in (4, 8))

    with pytest.raises(ValueError, match="does not fit"):
        grow(small, large.state_dict())
