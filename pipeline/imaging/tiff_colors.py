"""Colours that a TIFF states without an ICC profile: `WhitePoint`, `PrimaryChromaticities` and `TransferFunction`."""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.imaging import color_profile, color_signal
from magicmemory.pipeline.imaging.color_signal import BT709, SRGB_CURVE, ColorSignal, Curve, Primaries
from magicmemory.pipeline.imaging.tiff_directory import Directory

_BITS, _PHOTOMETRIC, _TRANSFER, _WHITE, _PRIMARIES = 258, 262, 301, 318, 319
_SHORT, _RATIONAL = 3, 5  # types
_WHITE_IS_ZERO, _GREY, _RGB, _PALETTE, _YCBCR = 0, 1, 2, 3, 6
_COLOURS: Final = {_RGB, _PALETTE, _YCBCR}
_DEFAULT_CURVE: Final = Curve(2.2)  # what TIFF 6.0 sets where a file has no table
_DEPTHS: Final = range(2, 17)  # of a table; with one bit there is only black and white
_MOST_ENTRIES: Final = 4096  # of a curve in a profile: one of 65,536 would make the profile larger than most photos
_SAME_LIGHT: Final = 0.005


def profile_of(page: Directory) -> bytes | None:
    """An ICC profile that says what the tags say; None where they say nothing usable, or sRGB.

    Without `PrimaryChromaticities` and `WhitePoint`, for which TIFF 6.0 has no defaults, colours have sRGB's. A table
    that is near sRGB's curve, or near its usual stand-in, a gamma of 2.2, is sRGB's if the primaries are.
    """
    try:
        photometric = page.value(_PHOTOMETRIC, _GREY)
        curves = _curves(page, photometric)
        if photometric in _COLOURS:
            return _rgb_profile(_primaries(page), curves)
        if photometric == _GREY and curves is not None and not _near_srgb(curves[0]):
            linear = color_signal.icc_profile(ColorSignal(BT709, Curve(1.0)))
            assert linear is not None
            return color_profile.grey_profile(linear, color_signal.table_tag(curves[0]))
    except (struct.error, ValueError):  # broken tags, or primaries that span no colour space
        return None
    return None


def _rgb_profile(primaries: Primaries | None, curves: NDArray[np.uint16] | None) -> bytes | None:
    is_srgb = primaries is None or primaries.near(BT709)
    if curves is None:
        return None if primaries is None or is_srgb else _of_signal(primaries, _DEFAULT_CURVE)
    if all(_near(curve, SRGB_CURVE) for curve in curves):
        return _of_signal(primaries or BT709, SRGB_CURVE)
    if is_srgb and all(_near_srgb(curve) for curve in curves):
        return None
    return color_signal.table_profile(primaries or BT709, [color_signal.table_tag(curve) for curve in curves])


def _of_signal(primaries: Primaries, curve: Curve) -> bytes | None:
    return color_signal.icc_profile(ColorSignal(primaries, curve))


def _primaries(page: Directory) -> Primaries | None:
    white, colours = _rationals(page, _WHITE, 2), _rationals(page, _PRIMARIES, 6)
    if white is None or colours is None:
        return None
    red, green, blue = ((colours[at], colours[at + 1]) for at in (0, 2, 4))
    found = Primaries(red, green, blue, (white[0], white[1]))
    found.to_xyz()
    return found


def _rationals(page: Directory, tag: int, count: int) -> tuple[float, ...] | None:
    if tag not in page.entries or page.span(tag)[:2] != (_RATIONAL, count):
        return None
    numbers = struct.unpack(f"{page.order}{2 * count}I", page.raw(tag))
    if 0 in numbers[1::2]:
        return None
    values = tuple(above / below for above, below in zip(numbers[::2], numbers[1::2], strict=True))
    return values if max(values) <= 1 else None


def _curves(page: Directory, photometric: int) -> NDArray[np.uint16] | None:
    """`[1 or 3, entries]`: light, 0 to 65535, of evenly spaced stored values.

    A palette's table is for its indexes, and one of inverted grey for inverted values: both are left out.
    """
    bits = set(page.values(_BITS))
    depth = bits.pop() if len(bits) == 1 else 1
    if _TRANSFER not in page.entries or depth not in _DEPTHS or photometric in {_PALETTE, _WHITE_IS_ZERO}:
        return None
    kind, count, _ = page.span(_TRANSFER)
    entries = 1 << depth
    if kind != _SHORT or count not in {entries, 3 * entries} or (photometric == _GREY and count != entries):
        return None
    tables = np.array(page.values(_TRANSFER), np.uint16).reshape(-1, entries)
    if (np.diff(tables.astype(int)) < 0).any() or (tables[:, -1] == tables[:, 0]).any():
        return None
    if entries > _MOST_ENTRIES:
        tables = tables[:, np.linspace(0, entries - 1, _MOST_ENTRIES).round().astype(int)]
    return tables if photometric == _GREY else np.broadcast_to(tables, (3, tables.shape[1]))


def _near(table: NDArray[np.uint16], curve: Curve) -> bool:
    wanted = curve.to_light(np.linspace(0, 1, len(table)))
    return bool(np.abs(table / 65535 - wanted).max() <= _SAME_LIGHT)


def _near_srgb(table: NDArray[np.uint16]) -> bool:
    return _near(table, SRGB_CURVE) or _near(table, _DEFAULT_CURVE)
