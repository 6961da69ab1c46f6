"""ParseNet's mask is facexlib's; the bundled head mask ends close to the head."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.parsing import NetworkParser, feathered
from magicmemory.pipeline.models.parsenet import FaceOnly

Floats = NDArray[np.float32]


class Sees(nn.Module):
    """Labels bright pixels as skin and all others as hat."""

    def forward(self, faces: Tensor) -> Tensor:
        bright = faces.mean(dim=1) > 0
        logits = torch.zeros(faces.shape[0], 19, *faces.shape[2:])
        logits[:, 1] = bright.float()
        logits[:, 14] = 1 - bright.float()
        return logits


def parser(side: int) -> NetworkParser:
    return NetworkParser(TorchEngine("cpu").compile(FaceOnly(Sees()), (), "sees"), side)


def disc(radius: int) -> Floats:
    y, x = np.mgrid[0:512, 0:512]
    face = np.zeros((512, 512, 3), np.float32)
    face[(x - 256) ** 2 + (y - 256) ** 2 < radius**2] = 230
    return face


def test_soft_edge_equals_facexlib() -> None:
    hard = (disc(240)[..., 0] > 0).astype(np.float32)
    # As in facexlib's helper, step by step.
    mask = np.where(hard == 1, 255.0, 0.0)
    mask = np.asarray(cv2.GaussianBlur(cv2.GaussianBlur(mask, (101, 101), 11), (101, 101), 11), np.float64)
    mask[:10, :] = mask[-10:, :] = mask[:, :10] = mask[:, -10:] = 0
    np.testing.assert_allclose(feathered(hard), mask / 255, atol=1e-5)


def test_mask_covers_the_face_only() -> None:
    mask = parser(512)([disc(150)])[0]
    assert mask is not None
    assert mask.shape == (512, 512)
    assert mask[256, 256] > 0.999
    assert mask[20, 20] < 0.001
    assert mask[256, 256 + 150] > 0.3


def test_half_size_gives_nearly_the_same_mask() -> None:
    (whole,), (half,) = parser(512)([disc(170)]), parser(256)([disc(170)])
    assert whole is not None
    assert half is not None
    assert np.abs(whole - half).max() < 0.03


def test_crop_without_a_face_has_no_mask() -> None:
    assert parser(512)([disc(20)]) == [None]
