"""What comes out of the pipeline: a restored photo, the faces of one, and how far it is.

This file imports no network and no image library, so that a queue can use its types without them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magicmemory.core.job import Stage
from magicmemory.core.report import Face, Report

if TYPE_CHECKING:
    from magicmemory.pipeline.imaging.encode import Encoded

ProgressCallback = Callable[[Stage, int, int], None]
"""Called when a stage begins and after each face: the stage, restored faces, faces to restore (0 if unknown)."""


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
    picture: "Encoded"
