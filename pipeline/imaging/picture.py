"""A decoded photo: the value that goes from stage to stage."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from magicmemory.core.report import Box, Note
from magicmemory.pipeline.imaging.metadata import NO_METADATA, Metadata

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo, upright, with what its file knew beside its pixels.

    Attributes:
        pixels: `[height, width, 3]` RGB, uint8 or (16-bit sources) uint16; a monochrome photo has three equal channels.
        format: the file's kind as `sniff` names it: `JPEG`, `PNG`, `HEIF`; `RAW`, `PDF`.
        monochrome: the file had one channel, or its three are equal everywhere; the result is monochrome too.
        alpha: `[height, width]` of the same depth, or None where the photo is opaque.
        icc: the colour profile that `pixels` are in; None means sRGB.
        notes: what somebody should know of how the file was read.
        pages: how many pages or pictures the file has.
        missing: the part of the picture that is not in the file: left, top, right, bottom in pixels.
        metadata: EXIF, XMP and IPTC that may go into the result.
        dpi: pixels an inch at which it is to be printed; None: the file keeps what its metadata say.
        orientation: how the file stores it, as in EXIF, 1 to 8; for those who look into a file.
    """

    pixels: Pixels
    format: str
    monochrome: bool = False
    alpha: Pixels | None = None
    icc: bytes | None = None
    notes: tuple[Note, ...] = ()
    pages: int = 1
    missing: Box | None = None
    metadata: Metadata = NO_METADATA
    dpi: int | None = None
    orientation: int = 1

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @property
    def peak(self) -> int:
        """The largest value a pixel can have: 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)

    def rgb8(self) -> NDArray[np.uint8]:
        """The pixels at 8 bits, `[height, width, 3]`; the same array where they are 8-bit already."""
        if self.pixels.dtype == np.uint16:
            # In whole numbers: as floats, a large photo would take gigabytes.
            return ((self.pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
        return self.pixels.astype(np.uint8, copy=False)


def eight_bits(picture: Picture) -> Picture:
    """The picture at 8 bits; itself where it has them."""
    if picture.peak == 255:
        return picture
    alpha = None if picture.alpha is None else (picture.alpha / 257.0 + 0.5).astype(np.uint8)
    return replace(picture, pixels=picture.rgb8(), alpha=alpha)


def rotated(picture: Picture, degrees: int) -> Picture:
    """The photo turned clockwise by a multiple of 90 degrees; the photo itself where that is 0."""
    if degrees % 360 == 0:
        return picture

    def turn(pixels: Pixels) -> Pixels:
        turned: Any = np.rot90(pixels, -degrees // 90)  # it counts counter-clockwise
        whole: Pixels = np.ascontiguousarray(turned)
        return whole

    alpha = None if picture.alpha is None else turn(picture.alpha)
    return replace(picture, pixels=turn(picture.pixels), alpha=alpha)
