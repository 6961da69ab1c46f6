"""The head mask follows the head, and is dropped if it is unsure."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.faces.head_mask import HeadMaskParser, is_sure

Floats = NDArray[np.float32]


def head(undecided: float = 0.0, face: float = 1.0) -> Floats:
    """How likely each pixel is head, `[128, 128]`: an oval, some of the rest undecided."""
    y, x = np.mgrid[0:128, 0:128].astype(np.float32)
    share = np.where((np.abs(x - 64) / 36) ** 2 + (np.abs(y - 60) / 50) ** 2 < 1, np.float32(face), np.float32(0))
    share[: int(128 * undecided)] = 0.5
    return np.asarray(share, np.float32)


def test_head_mask_follows_the_head() -> None:
    share = head()
    (mask,) = HeadMaskParser(lambda _: share[None])([np.zeros((512, 512, 3), np.float32)])
    assert mask is not None
    large = np.kron(share, np.ones((4, 4), np.float32))
    beyond = cv2.dilate(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (25, 25))) == 0
    inside = cv2.erode(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (25, 25))) == 1
    assert mask[beyond].max() == 0
    assert mask[inside].min() == 1
    assert np.abs(np.diff(mask, axis=1)).max() < 0.2  # an edge of five crop pixels and more


@pytest.mark.parametrize("share", [head(undecided=0.3), head(face=0.7), np.zeros((128, 128), np.float32)])
def test_unsure_head_mask_is_dropped(share: Floats) -> None:
    assert not is_sure(share)
    assert HeadMaskParser(lambda _: share[None])([np.zeros((512, 512, 3), np.float32)]) == [None]


def test_hair_that_fills_most_of_the_crop_is_a_head_but_not_all_of_it() -> None:
    share = np.ones((128, 128), np.float32)
    assert not is_sure(share)
    share[:, :12] = share[:, -12:] = 0  # 81 % of the crop
    assert is_sure(share)
