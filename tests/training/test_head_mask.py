"""The head mask's training data, and the measure of what changes beside heads."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from magicmemory.pipeline.models.headmask import HeadShare
from training import mattes, prepare
from training.align import TEMPLATE
from training.halo import AWAY, beside_head
from training.headmask_data import grey
from training.mattes import BACKDROP, CLOTHES, HEAD, SIDE, UNKNOWN, backdrop_is_plain, checked


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


def studio() -> np.ndarray:
    """A face before a backdrop that darkens towards its corners, `[144, 144, 3]`, for `matte`."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
    face = (170 - 120 * (x * x + y * y))[..., None] * np.array((0.8, 0.9, 1.0))
    face += np.random.default_rng(0).normal(0, 3, face.shape)
    face[matte() == HEAD] = (200, 150, 120)
    face[matte() == CLOTHES] = (30, 30, 40)
    return np.asarray(face.clip(0, 255), np.uint8)


def test_a_backdrop_that_darkens_evenly_is_plain() -> None:
    assert backdrop_is_plain(studio(), matte())


def test_a_backdrop_with_content_or_with_hair_in_it_is_not_plain() -> None:
    hair = studio()
    hair[20:100, 36:104][matte()[20:100, 36:104] == BACKDROP] = (205, 180, 130)  # around the head
    assert not backdrop_is_plain(hair, matte())
    stripes = studio()
    stripes[np.arange(SIDE) % 8 < 3] = (180, 30, 40)
    assert not backdrop_is_plain(stripes, matte())
    labels = matte()
    labels[hair[..., 0] == 205] = HEAD  # the cut that keeps the hair
    assert backdrop_is_plain(hair, labels)


def test_a_matte_that_is_left_out_moves_nobody_to_the_other_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(prepare.HELD_OUT, "large", 1)
    monkeypatch.setattr(mattes, "finder_of", lambda _: lambda _: TEMPLATE)
    monkeypatch.setattr(mattes, "cut_out", lambda *_: matte())
    plain, striped = studio(), studio()
    striped[:100:3] = (180, 30, 40)
    monkeypatch.setattr(mattes, "crop", lambda image, _: striped if image[0, 0, 0] > 128 else plain)
    (first,) = prepare.held_out({"one": "large", "other": "large"})
    (tmp_path / "large").mkdir()
    for name in ("one", "other"):
        picture = np.full((16, 16, 3), 255 if name == first else 0, np.uint8)
        cv2.imwrite(str(tmp_path / "large" / f"{name}.png"), picture)
    found = mattes.gather(tmp_path, "", ["large"])
    assert len(found["names"]) == 1
    assert not found["validation"].any()  # the one who is held out has no plain backdrop


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
