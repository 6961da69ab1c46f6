"""Which metadata of a file may go into the result."""

import struct

from magicmemory.core.errors import PhotoUnreadable
from magicmemory.pipeline.imaging.exif_block import SUB_DIRECTORIES, entries_of, little_endian, written
from magicmemory.pipeline.imaging.metadata import MOST_BYTES, NO_METADATA, Keep, Metadata, clean_iptc, clean_xmp
from magicmemory.pipeline.imaging.tiff_directory import Directory

_HEAD = b"Exif\0\0"
# Of the old file's pixels: sizes, compression, strips and tiles, orientation, colours, and blocks kept elsewhere.
_STALE = {254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 318, 319, 320, 322, 323, 324, 325}
_STALE |= {330, 338, 339, 513, 514, 529, 530, 531, 532, 700, 33723, 34377, 34675}
_MAKER_NOTE, _INTEROP = 37500, 40965
# A camera's own notes hold previews, serial numbers and places, at offsets that a moved block breaks.
_STALE_PHOTO = {40961, 40962, 40963, _MAKER_NOTE, _INTEROP}
_PRIVATE = {42032, 42033, 42037, 40092}  # owner, serial numbers of body and lens, Windows' comment


def cleaned(found: Metadata, keep: Keep) -> Metadata:
    """The blocks written anew with what may stay; a block that makes no sense is left out."""
    if keep is Keep.NOTHING:
        return NO_METADATA
    shared = keep is Keep.SHARED
    return Metadata(_clean_exif(found.exif, shared), clean_xmp(found.xmp, shared=shared), clean_iptc(found.iptc))


def _clean_exif(block: bytes, shared: bool) -> bytes:
    """One directory without thumbnail, little-endian, every text byte for byte as it was."""
    block = block.removeprefix(_HEAD)
    if block[:4] not in (b"II*\0", b"MM\0*") or len(block) > MOST_BYTES:
        return b""
    try:
        unwanted = _STALE | _STALE_PHOTO | (_PRIVATE | {SUB_DIRECTORIES[1]} if shared else set[int]())
        entries = entries_of(Directory(block), unwanted=unwanted)
        if block[:2] == b"MM":
            entries = little_endian(entries)
    except (struct.error, PhotoUnreadable):
        return b""
    return b"II*\0" + struct.pack("<I", 8) + written(entries, 8) if entries else b""
