"""Which metadata of a file may go into the result."""

import struct
from collections.abc import Sequence, Set

from magicmemory.core.errors import PhotoUnreadable
from magicmemory.pipeline.imaging.exif_block import (
    COLOR_SPACE,
    INTEROPERABILITY,
    SUB_DIRECTORIES,
    Entry,
    entries_of,
    is_adobe_rgb,
    little_endian,
    written,
)
from magicmemory.pipeline.imaging.metadata import MOST_BYTES, NO_METADATA, Keep, Metadata, clean_iptc, clean_xmp
from magicmemory.pipeline.imaging.tiff_directory import Directory

_HEAD = b"Exif\0\0"
# Of the old file's pixels: sizes, compression, strips and tiles, orientation, and blocks kept elsewhere.
_STALE = {254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325}
_STALE |= {330, 338, 339, 513, 514, 529, 530, 531, 532, 700, 33723, 34377, 34675}
_MAKER_NOTE = 37500
# A camera's own notes hold previews, serial numbers and places, at offsets that a moved block breaks.
_STALE_PHOTO = {40962, 40963, _MAKER_NOTE}
# Transfer function, white point and primaries; in EXIF's directory colour space, interoperability and gamma.
_COLOURS = {301, 318, 319, COLOR_SPACE, INTEROPERABILITY, 42240}
_PRIVATE = {42032, 42033, 42037, 40092}  # owner, serial numbers of body and lens, Windows' comment


def cleaned(found: Metadata, keep: Keep, *, same_colours: bool = True) -> Metadata:
    """The blocks written anew with what may stay; a block that makes no sense is left out.

    Cameras say "Adobe RGB" in EXIF alone. Some programs follow that and others show sRGB, so the tags stay, in stripped
    files too: each program then shows the result in the colours in which it shows the photo.

    Args:
        found: the file's blocks.
        keep: how much of them.
        same_colours: the pixels mean the colours that they meant in the file.
    """
    if keep is Keep.NOTHING:
        return Metadata(_colours_of(found.exif)) if same_colours else NO_METADATA
    shared = keep is Keep.SHARED
    unwanted = _STALE | _STALE_PHOTO | (set[int]() if same_colours else _COLOURS)
    if shared:
        unwanted |= _PRIVATE | {SUB_DIRECTORIES[1]}
    exif = _block(_entries(found.exif, unwanted))
    return Metadata(exif, clean_xmp(found.xmp, shared=shared), clean_iptc(found.iptc))


def _colours_of(block: bytes) -> bytes:
    """What EXIF says of colours, if that is Adobe RGB; else nothing."""
    entries = list[Entry]()
    for entry in _entries(block, _STALE | _STALE_PHOTO):
        if isinstance(entry.value, tuple):
            below = tuple(inner for inner in entry.value if inner.tag in _COLOURS)
            entries += [Entry(entry.tag, entry.kind, below)] if below else []
        elif entry.tag in _COLOURS:
            entries.append(entry)
    return _block(entries) if is_adobe_rgb(entries) else b""


def _entries(block: bytes, unwanted: Set[int]) -> tuple[Entry, ...]:
    """Without thumbnail, little-endian, every text byte for byte as it was."""
    block = block.removeprefix(_HEAD)
    if block[:4] not in (b"II*\0", b"MM\0*") or len(block) > MOST_BYTES:
        return ()
    try:
        entries = entries_of(Directory(block), unwanted=unwanted)
        return little_endian(entries) if block[:2] == b"MM" else entries
    except (struct.error, PhotoUnreadable):
        return ()


def _block(entries: Sequence[Entry]) -> bytes:
    return b"II*\0" + struct.pack("<I", 8) + written(entries, 8) if entries else b""
