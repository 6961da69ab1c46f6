import numpy as np
import pytest

from magicmemory.core.errors import NothingToRestore
from magicmemory.core.options import Options
from magicmemory.pipeline.imaging.plain import is_plain
from tests.pipeline.test_pipeline import TWO_FACES, pipeline, png
from tests.support.faces import colourful


def plain(width: int = 300, height: int = 200, colour: tuple[int, int, int] = (250, 10, 90)) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (250, 10, 90)])
def test_one_colour_is_plain_with_the_noise_of_a_jpeg(colour: tuple[int, int, int]) -> None:
    picture = plain(colour=colour)
    assert is_plain(picture)
    picture[50:60, 50:60] ^= 1
    assert is_plain(picture)


def test_anything_else_is_not() -> None:
    assert not is_plain(colourful(600, 400))
    dot = plain()
    dot[101, 7] = 0  # in none of the rows that are read first
    assert not is_plain(dot)


def test_no_network_looks_at_a_plain_picture() -> None:
    """A blank file of 2.5 kB held 64 megapixels, and a worker for many seconds."""
    looks = pipeline(*TWO_FACES)  # a detector that finds faces in anything
    with pytest.raises(NothingToRestore):
        looks.restore(png(plain(600, 400)), Options())
    assert looks.restore(png(colourful(600, 400)), Options()).report.restored == 2
