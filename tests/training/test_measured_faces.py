"""The programs that measure grain and detection measure what they say."""

import numpy as np
import pytest

from magicmemory.pipeline.faces.detect import Detection
from training import grain
from training.align import TEMPLATE
from training.detection import psnr, same_place


def soft(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(np.repeat((125 + 40 * np.sin(x / 90) * np.cos(y / 80))[..., None], 3, 2).round(), np.uint8)


@pytest.mark.parametrize("kind", ["fine", "medium", "coarse"])
def test_noise_is_the_strength_of_the_drawn_grain(kind: str) -> None:
    light = grain.lightness(grain.grained(soft(300, 300), kind, 0))
    measured = np.median([grain.noise(light, left, top) for left in range(0, 288, 12) for top in range(0, 288, 12)])
    # a quadratic surface takes a part of coarse grain too
    assert measured == pytest.approx(grain.KINDS[kind][0], rel=0.2)


def test_slow_changes_are_no_noise() -> None:
    assert grain.noise(grain.lightness(soft(300, 300)), 100, 100) < 0.5


def test_windows_of_skin_and_background_lie_apart() -> None:
    portrait = soft(700, 1100)
    points = TEMPLATE + np.array((294, 94), np.float32)
    skin, background = grain.flat_windows(portrait, points)
    assert min(len(skin), len(background)) >= grain.FEWEST
    assert all(294 + 140 - 6 <= left <= 294 + 370 for left, _ in skin)
    assert all(left + 6 < 294 or left + 6 > 294 + 512 for left, _ in background)
    textured = portrait.copy()
    textured[:, :200] = np.random.default_rng(0).normal(125, 20, textured[:, :200].shape).clip(0, 255)
    assert all(left + grain.SIDE > 200 for left, _ in grain.flat_windows(textured, points)[1])


def test_boxes_that_share_a_third_are_the_same_face() -> None:
    def face(left: float) -> Detection:
        return Detection(np.array([left, 0, left + 100, 100], np.float32), np.zeros((5, 2), np.float32), 0.99)

    assert same_place(face(0), face(40))
    assert not same_place(face(0), face(70))


def test_equal_pictures_have_the_most_decibels() -> None:
    picture = soft(20, 20)
    assert psnr(picture, picture) == 99
    assert psnr(picture, picture + 1) == pytest.approx(48.13, abs=0.01)
