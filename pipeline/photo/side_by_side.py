"""The photo before and after, in one picture."""

from dataclasses import replace

import numpy as np

from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.photo.enlarge import enlarged


def side_by_side(before: Picture, after: Picture) -> Picture:
    """The two pictures side by side, as a PNG. `before` is enlarged to `after`'s size if it is smaller."""
    before = enlarged(before, after.width // before.width)
    gap = np.full((after.height, max(4, after.width // 100), 3), after.peak, after.pixels.dtype)
    pixels = np.hstack([before.pixels, gap, after.pixels])
    return replace(after, pixels=pixels, alpha=None, format="PNG")
