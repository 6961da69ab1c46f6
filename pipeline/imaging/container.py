"""Separates a picture file into the bare picture and everything else that it holds.

Text, thumbnails, maker notes, second pictures and trailing archives are where bombs hide, and where libraries warn,
loop or fail over things that no photo needs. One module for each kind of file walks its container in bounded steps,
reads orientation and colours on the way, and leaves for the decoder only what the pixels need.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from magicmemory.pipeline.imaging.color_signal import ColorSignal
from magicmemory.pipeline.imaging.metadata import NO_METADATA, Metadata

MOST_PARTS: Final = 65_536  # chunks of a PNG: 20 MB in libpng's 8 KB chunks are 2,500
ORIENTATION_TAG: Final = 274
WHOLE_NUMBERS: Final = {1: "B", 3: "H", 4: "I", 16: "Q"}  # TIFF's type numbers of whole numbers
_MOST_EXIF_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Container:
    """A picture file's bare picture, and what the file said of it.

    Attributes:
        data: the file with only what its decoder needs.
        complete: False where the file ends before it says it does.
        orientation: as in EXIF, 1 (upright) to 8; None where only the decoder can tell.
        icc: the colour profile as found, not yet checked.
        signal: the colours as the file says them without a profile; used where there is no sound profile.
        gain_map: the file has a second picture that brightens the first one on screens of a high dynamic range.
        size: width and height in pixels where the file had to be asked before a library may see it, else None.
        deep: a PNG with 16 bits in each of several channels, which Pillow would cut to 8.
        odd: a TIFF that tifffile reads, not Pillow.
        bits: of a sample of AV1.
        scans: of a JPEG.
        animated: a JPEG XL that may have several frames.
        progressive: a JPEG whose scans refine the whole picture, one after the other.
        pages: how many pages or pictures the file has.
        whole_rows: of a file that ends too early, how many stored rows are whole, from the first; None where all are,
            or only the decoder can tell.
        stored: how the rows are stored where the decoder undoes it, as an EXIF orientation; `whole_rows` counts before.
        filled: makes a file of the right length of one that ends too early: with these bytes and zeros where it ended.
        coarse: of a file that ends too early, details are missing all over.
        metadata: EXIF, XMP and IPTC as found, not yet cleaned; where the decoder must be asked, none.
    """

    data: bytes
    complete: bool = True
    orientation: int | None = None
    icc: bytes | None = None
    signal: ColorSignal | None = None
    gain_map: bool = False
    size: tuple[int, int] | None = None
    deep: bool = False
    odd: bool = False
    bits: int = 8
    scans: int = 0
    animated: bool = False
    progressive: bool = False
    pages: int = 1
    whole_rows: int | None = None
    stored: int = 1
    filled: Callable[[bytes], bytes] | None = None
    coarse: bool = False
    metadata: Metadata = NO_METADATA


def exif_orientation(exif: bytes) -> int:
    """Orientation in a block of EXIF, 1 to 8; 1 where there is none or it makes no sense."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    try:
        if order is None:
            return 1
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * min(count, _MOST_EXIF_ENTRIES), 12):
            tag, kind = struct.unpack_from(order + "HH", tiff, at)
            if tag == ORIENTATION_TAG:
                return upright(struct.unpack_from(order + WHOLE_NUMBERS.get(kind, "H"), tiff, at + 8)[0])
    except struct.error:  # it points outside itself
        return 1
    return 1


def upright(orientation: int) -> int:
    """The orientation itself where it is one, else 1."""
    return orientation if orientation in range(1, 9) else 1
