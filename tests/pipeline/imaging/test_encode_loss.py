"""What a photo loses by being written again."""

from importlib.resources import files

import numpy as np
import pytest

from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from tests.support.photo_files import LIMITS, differs, saved


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["AVIF", "HEIF", "WEBP"])
@pytest.mark.parametrize("quality", [80, 95])
def test_a_grainy_photo_stays_what_it_was(kind: str, quality: int) -> None:
    """People compare it outside the faces."""
    portrait = decode((files("magicmemory.pipeline.assets") / "astronaut.png").read_bytes(), LIMITS).rgb8()
    grain = np.random.default_rng(1).normal(0, 12, portrait.shape)
    grainy = (portrait + grain).clip(0, 255).astype(np.uint8)
    picture = decode(saved(grainy, kind, quality=quality), LIMITS)
    again = decode(encode(picture).data, LIMITS)
    assert differs(again, picture.rgb8()) <= 1.5
