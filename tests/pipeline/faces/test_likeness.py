"""A restored face that is too unlike itself takes less of the change."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.faces.align import TEMPLATE, crop
from magicmemory.pipeline.faces.likeness import Judged, detail, hold, judge, least_similarity
from magicmemory.pipeline.faces.strategies import Cut
from magicmemory.pipeline.sample import aligned_face
from tests.support.faces import colourful, face_at

Floats = NDArray[np.float32]
CHANGE = 100.0  # levels, that the restorer changes everywhere


def cut(redrawn: bool = False) -> Cut:
    aligned = crop(colourful(600, 600), face_at(300, 300, 500))
    seen = np.full_like(aligned.crop, 90) if redrawn else aligned.crop
    return Cut(aligned, seen, np.array(TEMPLATE, np.float32))


class Distance:
    """1 less the mean difference over 100 levels; counts its looks."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self, before: Floats, after: Floats, landmarks: Floats) -> float:
        del landmarks
        self.looks += 1
        return 1 - float(np.abs(before - after).mean()) / 100


def changed(face: Cut, levels: float = CHANGE) -> Floats:
    return face.aligned.crop.astype(np.float32) + np.float32(levels)


def test_a_face_over_the_limit_is_left_as_it_is() -> None:
    face, compare = cut(), Distance()
    judged = judge([face], [changed(face, 50)], compare, 1.0, 0.3)
    assert judged[0].similarity == pytest.approx(0.5)
    assert hold([face], judged, compare, 1.0) == judged
    assert not judged[0].held
    assert compare.looks == 1


@pytest.mark.parametrize(("least", "strength", "share"), [(0.3, 1.0, 0.6875), (0.5, 1.0, 0.5), (0.7, 0.5, 0.5625)])
def test_the_largest_share_that_holds_is_taken(least: float, strength: float, share: float) -> None:
    face, compare = cut(), Distance()
    [held] = hold([face], judge([face], [changed(face)], compare, strength, least), compare, strength)
    assert held.share == share
    assert held.similarity == pytest.approx(1 - share * strength, abs=1e-3)
    assert held.similarity is not None
    assert held.similarity >= least
    assert held.held
    np.testing.assert_allclose(held.restored, changed(face, share * CHANGE), atol=1e-3)


def test_face_stays_unchanged_if_no_restoration_keeps_its_likeness() -> None:
    face = cut()

    def unlike(before: Floats, after: Floats, landmarks: Floats) -> float:
        return 1.0 if (before == after).all() else 0.0

    [held] = hold([face], [Judged(changed(face), 0.0, least=0.3)], unlike, 1.0)
    assert (held.share, held.similarity) == (0, 1.0)
    assert (held.restored == face.aligned.crop).all()


def test_the_gentler_setting_is_taken_first_and_only_for_faces_that_need_it() -> None:
    faces, compare, asked = [cut(), cut(), cut()], Distance(), []

    def gentler(seen: Sequence[NDArray[np.uint8]]) -> list[Floats]:
        asked.append(len(seen))
        return [face.astype(np.float32) + np.float32(levels) for face, levels in zip(seen, (60, 90), strict=True)]

    restored = [changed(face, levels) for face, levels in zip(faces, (100, 20, 100), strict=True)]
    first, second, third = hold(faces, judge(faces, restored, compare, 1.0, 0.3), compare, 1.0, gentler)
    assert asked == [2]
    assert (first.gentler, first.share) == (True, 1)
    assert first.similarity == pytest.approx(0.4)
    assert not second.held
    assert (third.gentler, third.share) == (True, 0.75)
    assert third.similarity == pytest.approx(1 - 0.75 * 0.9)


def test_a_gentler_face_that_is_less_alike_is_not_taken() -> None:
    face, compare = cut(), Distance()
    [held] = hold(
        [face],
        judge([face], [changed(face, 80)], compare, 1.0, 0.5),
        compare,
        1.0,
        lambda seen: [seen[0].astype(np.float32) + np.float32(200)],
    )
    assert not held.gentler
    assert held.share == 0.625


def test_original_and_shown_face_are_compared() -> None:
    face = cut(redrawn=True)
    compared = []

    def compare(before: Floats, after: Floats, landmarks: Floats) -> float:
        compared.append((before, after))
        return 1.0

    judge([face], [changed(face)], compare, 0.5, 0.3)
    before, after = compared[0]
    assert (before == face.seen).all()
    np.testing.assert_allclose(after, changed(face, CHANGE / 2), atol=1e-3)


def test_limit_follows_the_detail_that_the_photo_has_left() -> None:
    sharp = aligned_face()
    blurred = [np.asarray(cv2.GaussianBlur(sharp, (0, 0), sigma), np.uint8) for sigma in (3, 12)]
    grain = np.random.default_rng(0).normal(0, 12, sharp.shape)
    grainy = [(face + grain).clip(0, 255).astype(np.uint8) for face in (sharp, *blurred)]
    limits = [least_similarity(face) for face in (sharp, *blurred)]
    assert limits == [0.6, 0.5, 0.3]
    assert [least_similarity(face) for face in grainy] == limits, "noise is no detail"
    assert detail(np.full_like(sharp, 90)) < 0.01

    face = Cut(cut().aligned, blurred[1], cut().landmarks)
    by_photo, fixed = (judge([face], [changed(face)], Distance(), 1.0, least)[0].least for least in (None, 0.8))
    assert (by_photo, fixed) == (0.3, 0.8)


def test_without_a_network_nothing_is_said() -> None:
    face = cut()
    [judged] = judge([face], [changed(face)], None, 1.0)
    assert (judged.similarity, judged.held) == (None, False)
