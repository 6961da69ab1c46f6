"""What comes out of the pipeline: a restored photo, the faces of one, before and after in one picture."""

from dataclasses import dataclass, replace

import numpy as np

from magicmemory.core.report import Face, Report
from magicmemory.pipeline.imaging.encode import Encoded
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.photo.enlarge import enlarged


@dataclass(frozen=True, slots=True)
class Restoration:
    """A restored photo.

    Attributes:
        data: the file.
        extension: without the dot: `jpg`, `png`, …
        media_type: `image/jpeg`, `image/png`, …
        report: the faces found, and what was done.
        mask: a PNG of the size of the original, turned as the result is: white is what was taken for damage; empty:
            none was found, or none was looked for.
    """

    data: bytes
    extension: str
    media_type: str
    report: Report
    mask: bytes = b""


@dataclass(frozen=True, slots=True)
class Overview:
    """The faces in a photo, before anything is restored.

    Attributes:
        faces: row by row from the top; `restored` tells which would be restored.
        rotation: the clockwise turn that makes the photo upright: 0, 90, 180 or 270 degrees.
        picture: the upright photo with the faces' numbers, as a file.
    """

    faces: tuple[Face, ...]
    rotation: int
    picture: Encoded


def side_by_side(before: Picture, after: Picture) -> Picture:
    """The two pictures side by side, as a PNG. `before` is enlarged to `after`'s size if it is smaller."""
    before = enlarged(before, after.width // before.width)
    gap = np.full((after.height, max(4, after.width // 100), 3), after.peak, after.pixels.dtype)
    pixels = np.hstack([before.pixels, gap, after.pixels])
    return replace(after, pixels=pixels, alpha=None, format="PNG")
