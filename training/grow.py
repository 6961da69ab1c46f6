"""Starts a larger network from a smaller one's weights, so that it computes the same at first.

This is the idea of Net2Net (Chen et al., "Net2Net: Accelerating Learning via Knowledge Transfer", ICLR 2016): new
channels are read by none of the old ones, and new residual blocks add nothing.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from magicmemory.pipeline.models.photo import Residual
from training.export import State


def smaller(part: str, path: Path) -> State:
    """The weights of one network, `finder` or `mender`, in a `photo.safetensors` of any size and format."""
    stored = load_file(path)
    return {name.removeprefix(f"{part}."): value for name, value in stored.items() if name.startswith(f"{part}.")}


@torch.no_grad()
def grow(network: nn.Module, state: State) -> None:
    """Put a smaller network's weights into a larger one with random weights, in place.

    Args:
        network: as large at every place, or larger: more channels, more blocks at the end of a level.
        state: the smaller one's weights.

    Raises:
        ValueError: a tensor of `state` does not fit.
    """
    for name, block in network.named_modules():
        if isinstance(block, Residual) and f"{name}.second.weight" not in state:
            nn.init.zeros_(block.second.weight)
            nn.init.zeros_(block.second.bias)  # type: ignore[arg-type]
    own = network.state_dict()
    for name, value in state.items():
        if (
            name not in own
            or own[name].dim() != value.dim()
            or any(new < old for new, old in zip(own[name].shape, value.shape, strict=True))
        ):
            raise ValueError(f"{name} does not fit the network")
        _put(own[name], value.to(own[name].dtype))


def _put(own: Tensor, value: Tensor) -> None:
    if value.dim() > 1:
        own[: value.shape[0], value.shape[1] :] = 0  # old channels do not read new ones
    own[tuple(slice(size) for size in value.shape)] = value
