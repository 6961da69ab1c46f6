"""ArcFace ResNet-18 compares aligned faces in grey, as the papers' programs do."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.models.arcface_resnet18 import SIZE, GreyFaceIdentity, network_input
from tests.golden import ours
from tests.support.faces import colourful

LANDMARKS = np.zeros((5, 2), np.float32)


def face() -> NDArray[np.float32]:
    return colourful(512, 512).astype(np.float32)


def test_input_matches_the_paper() -> None:
    """Their `gray_resize_for_identity`, on RGB in [-1, 1]."""
    theirs = torch.from_numpy(face()).permute(2, 0, 1)[None] / 127.5 - 1
    grey = (0.2989 * theirs[:, 0] + 0.5870 * theirs[:, 1] + 0.1140 * theirs[:, 2])[:, None]
    expected = F.interpolate(grey, (SIZE, SIZE), mode="bilinear", align_corners=False).numpy()
    # Their weights add up to 0.9999, and the shift by one is made after ours: an offset of 0.0001.
    np.testing.assert_allclose(network_input(face()), expected, atol=2e-4)


@pytest.mark.slow
def test_same_face_is_more_similar_than_another() -> None:
    compare = GreyFaceIdentity(TorchEngine("cpu").compile(ours.network("arcface_resnet18"), (), "arcface-resnet18"))
    assert compare(face(), face(), LANDMARKS) == 1.0
    assert compare(face(), face()[::-1].copy(), LANDMARKS) < 0.99
