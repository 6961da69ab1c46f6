"""A face compared with itself, restored."""

import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.faces.align import TEMPLATE
from magicmemory.pipeline.faces.identity import ARCFACE_TEMPLATE, NetworkIdentity
from tests.support.faces import colourful

Floats = NDArray[np.float32]
LANDMARKS = np.array(TEMPLATE, np.float32)


def looks(seen: list[Floats]) -> NetworkIdentity:
    """Embeds a face as its nine mean colours."""

    def run(*inputs: Floats) -> Floats:
        seen.append(inputs[0][0])
        parts = inputs[0].reshape(1, 3, 7, 16, 7, 16).mean(axis=(3, 5)).reshape(1, -1)
        return np.asarray(parts / np.linalg.norm(parts), np.float32)

    return NetworkIdentity(run)


def test_same_face_is_more_similar_than_another() -> None:
    one, two = (colourful(512, 512, seed).astype(np.float32) for seed in (1, 2))
    compare = looks([])
    assert compare(one, one, LANDMARKS) == pytest.approx(1, abs=1e-3)
    assert compare(one, two, LANDMARKS) < 0.99
    assert compare(one, 255 - one, LANDMARKS) < 0


def test_landmarks_land_on_the_arcface_template() -> None:
    face = np.zeros((512, 512, 3), np.float32)
    x, y = LANDMARKS[1].round().astype(int)
    face[y - 4 : y + 5, x - 4 : x + 5] = (255, 0, 0)
    seen: list[Floats] = []
    looks(seen)(face, face, LANDMARKS)
    assert seen[0].shape == (3, 112, 112)
    red = seen[0][2] + 1  # BGR
    assert seen[0][0].max() < -0.99
    rows, columns = np.mgrid[0:112, 0:112]
    middle = (columns * red).sum() / red.sum(), (rows * red).sum() / red.sum()
    assert middle == pytest.approx(ARCFACE_TEMPLATE[1], abs=2.5)


def test_landmarks_in_one_point_give_a_similarity() -> None:
    one = colourful(512, 512).astype(np.float32)
    assert looks([])(one, one, np.full((5, 2), 100, np.float32)) == pytest.approx(1, abs=1e-3)
