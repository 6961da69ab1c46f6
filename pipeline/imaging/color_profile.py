"""Colour profiles (ICC): which of a file's are kept, and how others are made."""

import io
import struct

from PIL import ImageCms

from magicmemory.pipeline.imaging import color_signal
from magicmemory.pipeline.imaging.color_signal import ColorSignal

MOST_BYTES = 4 << 20
"""A profile larger than this is dropped; the largest real ones, for printing presses, have 3 MB."""

_HEADER_BYTES = 128
_MOST_TAGS = 100
_KEPT_TAGS = (b"desc", b"cprt", b"wtpt", b"chad", b"dscm")


def space(icc: bytes) -> bytes:
    """Four letters for the colour space that a profile describes: `RGB `, `GRAY`, `CMYK`."""
    return icc[16:20]


def usable(icc: object, wanted: bytes) -> bytes | None:
    """The profile itself where it is sound and describes the colour space `wanted`, else None.

    Anything at all may stand where a file should hold its profile. A wrong one changes every colour of the
    photo, and none at all means sRGB, which is nearly always right.
    """
    if not isinstance(icc, bytes) or not _HEADER_BYTES < len(icc) <= MOST_BYTES:
        return None
    if icc[36:40] != b"acsp" or space(icc) != wanted or not _HEADER_BYTES < _declared_bytes(icc) <= len(icc):
        return None
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(icc))
    except OSError:  # how Pillow says that Little CMS refuses the profile
        return None
    return icc


def grey_of(icc: bytes) -> bytes | None:
    """A profile for the single channel of a photo whose three equal channels are in the RGB profile `icc`.

    It keeps the white point and takes red's tone curve. None where the three curves differ or the profile has
    tables instead of curves: only three channels can then say what the greys are.
    """
    found = tags(icc)
    curve = found.get(b"rTRC")
    if curve is None or curve != found.get(b"gTRC") or curve != found.get(b"bTRC"):
        return None
    return usable(grey_profile(icc, curve), b"GRAY")


def grey_profile(icc: bytes, curve: bytes) -> bytes:
    """A profile of one channel with that tone curve, a tag's content, and the white point of `icc`. Not yet checked."""
    found = tags(icc)
    kept = {name: found[name] for name in _KEPT_TAGS if name in found} | {b"kTRC": curve}
    at = _HEADER_BYTES + 4 + 12 * len(kept)
    table, body = [struct.pack(">I", len(kept))], []
    for name, content in kept.items():
        table.append(struct.pack(">4sII", name, at, len(content)))
        body.append(content + bytes(-len(content) % 4))
        at += len(body[-1])
    # Bytes 84 to 100 are a checksum of the old profile; zeros mean "not computed".
    header = struct.pack(">I", at) + icc[4:16] + b"GRAY" + icc[20:84] + bytes(16) + icc[100:_HEADER_BYTES]
    return b"".join([header, *table, *body])


def signal_of(icc: bytes) -> ColorSignal | None:
    """What a profile's `cicp` tag says, which version 4.4 has for a high dynamic range; None where there is none."""
    tag = tags(icc).get(b"cicp", b"")
    return color_signal.from_cicp(tag[8], tag[9]) if len(tag) >= 12 and tag[:4] == b"cicp" else None


def _declared_bytes(icc: bytes) -> int:
    return int.from_bytes(icc[:4], "big")


def tags(icc: bytes) -> dict[bytes, bytes]:
    """The content of each tag, by its four letters."""
    count = min(int.from_bytes(icc[128:132], "big"), _MOST_TAGS)
    found = {}
    for at in range(132, min(132 + 12 * count, len(icc) - 11), 12):
        name, start, length = struct.unpack_from(">4sII", icc, at)
        found[name] = icc[start : start + length]
    return found
