"""`headmask`: segments the head in an aligned face crop. It is not in the package: it is too rarely certain.

A small U-Net of plain convolutions. It sees the crop at 128 pixels, a quarter of its side: a mask that is blurred over
several crop pixels needs no more. Trained on studio portraits (public domain and CC0) that were cut from their plain
backdrops and put before other scenes, then damaged; see `training/headmask_train.py`.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE, Batcher, Batching
from magicmemory.pipeline.faces.align import SIZE as CROP

Floats = NDArray[np.float32]

SIDE: Final = 128  # pixels, of the network's input
CLASSES: Final = 3  # background, head, clothes
HEAD: Final = 1
WIDTHS: Final = (16, 32, 64, 112)  # channels at 1/2, 1/4, 1/8 and 1/16 of SIDE
CLOSE_SIGMA: Final = 5.0  # crop pixels
SURE_FACE: Final = 0.9
MAX_UNDECIDED: Final = 0.35  # of the head's area
FORMAT: Final = "magicmemory.headmask/1"  # stored in the weights file; changes with the architecture


class Residual(nn.Module):
    """Two 3x3 convolutions with a skip connection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        return functional.relu(x + self.second(functional.relu(self.first(x))))


class Plain(nn.Module):
    """One 3x3 convolution, cheap enough for the two largest levels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.only = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[batch, channels, height, width]` to the same shape."""
        return functional.relu(self.only(x))


BLOCKS: Final = (Plain, Plain, Residual, Residual)


class HeadMask(nn.Module):
    """The segmentation network."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(12, WIDTHS[0], 3, padding=1)
        self.encoder = nn.ModuleList(block(width) for block, width in zip(BLOCKS, WIDTHS, strict=True))
        self.downs = nn.ModuleList(nn.Conv2d(high, low, 3, stride=2, padding=1) for high, low in pairwise(WIDTHS))
        self.bottom = Residual(WIDTHS[-1])
        self.ups = nn.ModuleList(nn.Conv2d(low, high, 1) for high, low in pairwise(WIDTHS))
        self.decoder = nn.ModuleList(block(width) for block, width in zip(BLOCKS, WIDTHS[:-1], strict=False))
        self.head = nn.Conv2d(WIDTHS[0], 4 * CLASSES, 3, padding=1)

    def forward(self, faces: Tensor) -> Tensor:
        """Class scores (logits).

        Args:
            faces: `[batch, 3, 128, 128]`, RGB in [-1, 1], aligned to the FFHQ template.

        Returns:
            `[batch, 3, 128, 128]`: background, head, clothes.
        """
        x = functional.relu(self.stem(functional.pixel_unshuffle(faces, 2)))
        features = []
        for level, block in enumerate(self.encoder):
            x = block(x)
            features.append(x)
            if level < len(self.downs):
                x = functional.relu(self.downs[level](x))
        x = self.bottom(x)
        for level in range(len(WIDTHS) - 2, -1, -1):
            wide = functional.interpolate(self.ups[level](x), scale_factor=2.0, mode="bilinear", align_corners=False)
            x = self.decoder[level](wide + features[level])
        return functional.pixel_shuffle(self.head(x), 2)


class HeadShare(nn.Module):
    """The probability that each pixel is head: the mean over a face and its mirror image."""

    def __init__(self, network: HeadMask) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> Tensor:
        """`[batch, 3, 128, 128]` to `[batch, 128, 128]`, 0 to 1."""
        straight = torch.softmax(self.network(faces), dim=1)[:, HEAD]
        mirrored = torch.softmax(self.network(faces.flip(3)), dim=1)[:, HEAD]
        return (straight + mirrored.flip(2)) / 2


def load(path: Path) -> HeadMask:
    """Read the shipped weights, in evaluation mode and full precision.

    Raises:
        ValueError: the file holds another format, or not exactly this network's tensors.
    """
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        said = (file.metadata() or {}).get("format")
        if said != FORMAT:
            raise ValueError(f"{path} is not a file of {FORMAT}: it says {said}")
        state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 (no iterator)
    network = HeadMask()
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise ValueError(f"{path} does not fit the network: {error}") from error
    return network.eval()


class HeadMaskParser:
    """The head mask behind the `Parser` protocol."""

    def __init__(
        self, runner: Runner, batching: Batching = ONE_BY_ONE, observe: Callable[[int], None] | None = None
    ) -> None:
        """
        Args:
            runner: the compiled `HeadShare`.
            batching: how the engine wants its batches.
            observe: told of each batch's size.
        """
        self._runner = runner
        self._batcher = Batcher(self._run, batching, observe)

    def __call__(self, faces: Sequence[Floats]) -> list[Floats | None]:
        """See `Parser`; also None if the network is unsure, because the oval is then the better mask."""
        return self._batcher(faces)

    def _run(self, faces: Sequence[Floats]) -> list[Floats | None]:
        side = (SIDE, SIDE)
        small = np.stack([cv2.resize(face, side, interpolation=cv2.INTER_AREA) for face in faces])
        planes = np.asarray(small.transpose(0, 3, 1, 2), np.float32)
        shares = self._runner(planes / np.float32(127.5) - np.float32(1))
        return [close_mask(share) if is_sure(share) else None for share in shares]


def is_sure(share: Floats) -> bool:
    """Whether a head mask is reliable: the face itself is head, and few pixels are undecided.

    Args:
        share: `[128, 128]`, how likely each pixel is head, 0 to 1.
    """
    y, x = np.mgrid[0:SIDE, 0:SIDE] - SIDE / 2
    face = (x / 22) ** 2 + ((y - 6) / 32) ** 2 < 1  # from the brows to the chin of FFHQ's mean face
    head = float((share > 0.5).mean())
    undecided = float(((share > 0.2) & (share < 0.8)).mean())
    return float(share[face].mean()) > SURE_FACE and 0.12 < head < 0.75 and undecided < MAX_UNDECIDED * head


def close_mask(share: Floats) -> Floats:
    """A mask `[512, 512]` that is 1 on the head and falls to 0 within a few crop pixels."""
    large = cv2.resize(share, (CROP, CROP), interpolation=cv2.INTER_LINEAR)
    soft = (cv2.GaussianBlur(large, (0, 0), CLOSE_SIGMA) - np.float32(0.25)) / np.float32(0.6)
    soft = soft.clip(0, 1)
    return np.asarray(soft * soft * (3 - 2 * soft), np.float32)
