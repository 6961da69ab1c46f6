"""The head mask's training data, and the measure of what changes beside heads."""

import numpy as np
import torch
from torch import Tensor, nn

from magicmemory.pipeline.models.headmask import HeadShare
from training.align import TEMPLATE
from training.halo import AWAY, beside_head
from training.headmask_data import grey
from training.mattes import BACKDROP, CLOTHES, HEAD, SIDE, UNKNOWN, checked


def matte() -> np.ndarray:
    """A square head on clothes before a backdrop, `[144, 144]`."""
    labels = np.full((SIDE, SIDE), BACKDROP, np.uint8)
    labels[100:] = CLOTHES
    labels[40:100, 50:90] = HEAD
    return labels


class Sees(nn.Module):
    """A network that sees a head in the middle 128 pixels where it is told."""

    def __init__(self, head: np.ndarray) -> None:
        super().__init__()
        self.scores = torch.stack([torch.zeros(128, 128), torch.from_numpy(head * 20.0 - 10), torch.zeros(128, 128)])

    def forward(self, faces: Tensor) -> Tensor:
        """The second face is the mirror image."""
        return self.scores.float().expand(len(faces), 3, 128, 128)


def mirrored(head: np.ndarray) -> HeadShare:
    """`HeadShare` looks at the mirror image too, so the head must be symmetrical."""
    np.testing.assert_array_equal(head, head[:, ::-1])
    return HeadShare(Sees(head.astype(np.float64)))


def test_pixels_on_which_a_network_disagrees_get_no_label() -> None:
    labels = np.full((SIDE, SIDE), BACKDROP, np.uint8)
    labels[40:100, 42:102] = HEAD
    seen = (labels[8:-8, 8:-8] == HEAD).copy()
    seen[30:34] = False  # three rows of hair that the network does not see, and one that is none
    face = np.zeros((SIDE, SIDE, 3), np.uint8)
    kept = checked(mirrored(seen), face, labels)
    assert kept is not None
    assert (kept[8:-8, 8:-8][seen] == HEAD).all()
    assert (kept[40:42, 42:102] == UNKNOWN).all()
    assert (kept[8:38, 8:-8] == BACKDROP).all()
    seen[:60] = False
    assert checked(mirrored(seen), face, labels) is None  # half of the head is missing: one of the two is wrong


def test_beside_the_head_is_what_is_twelve_crop_pixels_away_from_it() -> None:
    shift = np.float32(32)  # the crop without its margin lies at (32, 32) of a portrait
    beside = beside_head(matte(), TEMPLATE + shift, (576, 576))
    reach = AWAY - 2
    assert not beside[160 - reach : 400 + reach, 210:350].any()
    assert not beside[170:390, 200 - reach : 360 + reach].any()
    assert beside[170:390, [200 - AWAY - 2, 360 + AWAY + 2]].all()
    assert beside[100:140, 40:540].all()
    assert beside[420:540, 40:540].all()
    assert not beside[:30].any()  # the crop ends there
    half = beside_head(matte(), (TEMPLATE + shift) / np.float32(2), (288, 288))
    assert np.abs(half.mean() - beside.mean()) < 0.02


def test_grey_pictures_have_no_colour_and_differ_in_what_they_saw() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    rng = np.random.default_rng(1)
    one, other = grey(picture, rng), grey(picture, rng)
    assert (one[..., 0] == one[..., 2]).all()
    assert (one != other).any()
