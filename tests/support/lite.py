"""`lite` at its network's own size."""

import torch
from torch import Tensor

from magicmemory.pipeline.models.lite import Lite


def restore_small(network: Lite, small: Tensor, fidelity: Tensor) -> Tensor:
    """Faces `[batch, 3, 256, 256]`, RGB in [-1, 1], in and out: both ends and the slider, without the fine detail."""
    looks = network.faithful_looks(small)
    return torch.clamp(small + network.mix(small, looks, network.vivid(looks.features), fidelity), -1, 1)
