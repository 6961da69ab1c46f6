"""The sample photo in the playground is the one that our own code makes."""

import io
from importlib.resources import files

import numpy as np
from PIL import Image

from magicmemory.bots.playground import static
from magicmemory.pipeline.sample import HEAD, old_photo, portrait


def pixels(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg))).astype(float)


def test_playground_sample_is_reproducible_from_code() -> None:
    kept = (files(static) / "sample.jpg").read_bytes()
    # Versions of libjpeg differ by a level here and there.
    assert np.abs(pixels(kept) - pixels(old_photo(portrait()[HEAD]))).mean() < 1


def test_the_same_seed_gives_the_same_photo() -> None:
    assert old_photo(portrait()) == old_photo(portrait())
    assert old_photo(portrait(), seed=1) != old_photo(portrait(), seed=2)
