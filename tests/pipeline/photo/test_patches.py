"""Parts of a picture for the networks of `photo`: each pixel is kept once, and seen where the network expects it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.pipeline.imaging.tiles import patches
from magicmemory.pipeline.photo.network_patches import MARGIN, MOST, MULTIPLE, run_patches

LENGTHS = [1, 15, 16, 17, 639, 640, 641, 645, 1000, 1296, 3001]


@pytest.mark.parametrize("length", LENGTHS)
def test_each_pixel_is_kept_once_and_seen_with_its_surroundings(length: int) -> None:
    parts = patches(length, 100, MOST, MARGIN, MULTIPLE)
    kept = np.zeros(length, int)
    for part in parts:
        rows, around = part.kept[0], part.seen[0]
        kept[rows] += 1
        assert around.start % MULTIPLE == (around.stop - around.start) % MULTIPLE == 0
        assert around.start <= max(0, rows.start - MARGIN)
        assert around.stop >= min(length, rows.stop + MARGIN)
        assert around.stop - length < MULTIPLE
    assert (kept == 1).all()
    assert len({part.seen[0].stop - part.seen[0].start for part in parts}) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_network_that_halves_makes_the_same_of_parts_as_of_the_whole(times: int) -> None:
    def in_squares(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        batch, channels, height, width = planes.shape
        squares = planes.reshape(batch, channels, height // 16, 16, width // 16, 16).mean((3, 5))
        return np.asarray(squares.repeat(16 * times, 2).repeat(16 * times, 3), np.float32)

    picture = np.random.default_rng(3).random((700, 1300, 3)).astype(np.float32)
    made = np.zeros((700 * times, 1300 * times, 3), np.float32)
    for part, result in run_patches(in_squares, patches(700, 1300, 256, 32, 16), lambda p: picture[p.seen], times):
        rows, columns = part.kept
        made[rows.start * times : rows.stop * times, columns.start * times : columns.stop * times] = result
    whole = in_squares(np.pad(picture, ((0, 4), (0, 12), (0, 0)), mode="symmetric").transpose(2, 0, 1)[None])
    np.testing.assert_allclose(made, whole[0].transpose(1, 2, 0)[: 700 * times, : 1300 * times], atol=1e-6)
