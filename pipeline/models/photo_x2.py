"""`photo-x2`: the network in the package that enlarges whole photos twice. It is ours, trained only on public-domain
and CC0 photos.

A U-Net at the photo's own size, then one shuffle of channels into pixels (Shi et al., "Real-Time Single Image and
Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", CVPR 2016). Its smaller levels see
far enough to tell noise and JPEG blocks from detail. The network says only what bicubic interpolation lacks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.models.bundled_file import load_bundled
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model, load_network
from magicmemory.pipeline.models.photo import UNet
from magicmemory.pipeline.photo.enlarge import DoublingUpscaler, Upscaler

FORMAT: Final = "magicmemory.photo-x2/2"  # stored in the weights file; changes with the architecture
_CUBIC: Final = -0.5  # Keys' parameter: the one that loses least
_EXAMPLE: Final = 256  # pixels; any size is taken


class EnlargerNetwork(nn.Module):
    """Enlarges twice."""

    base: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.network = UNet(3, 3, (48, 64, 96), (2, 2, 4), (2, 1), folded=1)
        self.register_buffer("base", torch.from_numpy(_bicubic()), persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Enlarge.

        Args:
            pictures: `[batch, 3, height, width]`, RGB in 0..1; sides are multiples of 4.

        Returns:
            `[batch, 3, 2 * height, 2 * width]`; values may leave 0..1 a little.
        """
        smooth = functional.conv2d(functional.pad(pictures, (2, 2, 2, 2), mode="replicate"), self.base, groups=3)
        change: Tensor = self.network(pictures - 0.5)
        return functional.pixel_shuffle(smooth, 2) + change


def _bicubic() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Bicubic interpolation to twice the size as a convolution, `[12, 1, 5, 5]`: 4 pixels of each of 3 colours."""
    distances = np.abs(np.arange(-2, 3)[None] - np.array([[-0.25], [0.25]]))
    near = (_CUBIC + 2) * distances**3 - (_CUBIC + 3) * distances**2 + 1
    far = _CUBIC * (distances**3 - 5 * distances**2 + 8 * distances - 4)
    taps = np.where(distances <= 1, near, np.where(distances < 2, far, 0))  # [2, 5]
    places = np.einsum("ai,bj->abij", taps, taps).reshape(4, 1, 5, 5)
    return np.tile(places, (3, 1, 1, 1)).astype(np.float32)


def load(path: Path) -> EnlargerNetwork:
    """Read the weights; see `load_bundled`."""
    return load_bundled(EnlargerNetwork(), path, FORMAT)


_FACTS = ModelFacts(
    name="photo-x2",
    title="Magic Memory photo x2",
    kind=Kind.UPSCALER,
    licence="Apache-2.0",
    commercial=Commercial.YES,
    file="photo_x2.safetensors",
    bundled=True,
    good_at="enlarging at once, true to the photo",
    work="0.56 GFLOP a thousand pixels",
)


def _build(path: Path, context: BuildContext) -> Upscaler:
    network = load_network(_FACTS, load, path)
    example = (torch.zeros(1, 3, _EXAMPLE, _EXAMPLE),)
    return DoublingUpscaler(context.engine.compile(network, example, _FACTS.name, supports_half=True, any_size=True))


PHOTO_X2: Model[Upscaler] = Model(_FACTS, _build)
