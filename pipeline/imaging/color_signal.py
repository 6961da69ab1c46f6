"""What a file says about its colours without an ICC profile: CICP code points (PNG `cICP`, HEIF and AVIF `nclx`), and
PNG's `gAMA` and `cHRM`.

The code points are those of ITU-T H.273. A signal of the standard dynamic range becomes an ICC profile, because every
kind of file that is written here can carry one. See `tone_mapping` for PQ and HLG.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint8] | NDArray[np.uint16]
Chromaticity = tuple[float, float]

_SAME_CHROMATICITY = 0.0015  # PNG's cHRM of sRGB is rounded in several ways
_SAME_GAMMA = 0.01
USUAL_GAMMAS: Final = (1.6, 2.9)  # an 8-bit photo is stored in these: the networks see it as it looks
DEFAULT_PEAK_NITS: Final = 1000.0


class HighRange(Enum):
    """Transfer functions of a high dynamic range (ITU-R BT.2100)."""

    PQ = 16
    HLG = 18


@dataclass(frozen=True, slots=True)
class Curve:
    """A parametric transfer function, from a stored value 0 to 1 to light 0 to 1, as ICC's `para` type 3 has it.

    `((a * x + b) ** gamma` where `x >= d`, else `c * x`.
    """

    gamma: float
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0

    def to_light(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Light of stored values."""
        return np.where(values >= self.d, np.maximum(self.a * values + self.b, 0) ** self.gamma, self.c * values)


@dataclass(frozen=True, slots=True)
class Primaries:
    """CIE 1931 x and y of red, green, blue and white."""

    red: Chromaticity
    green: Chromaticity
    blue: Chromaticity
    white: Chromaticity

    def to_xyz(self) -> NDArray[np.float64]:
        """`[3, 3]`: from linear RGB to XYZ, white at Y = 1.

        Raises:
            ValueError: the primaries span no colour space.
        """
        if min(point[1] for point in (self.red, self.green, self.blue, self.white)) <= 0:
            raise ValueError("a primary without luminance")
        columns = np.array([_xyz(point) for point in (self.red, self.green, self.blue)]).T
        if abs(np.linalg.det(columns)) < 1e-4:
            raise ValueError("primaries on one line")
        scale = np.linalg.solve(columns, _xyz(self.white))
        if scale.min() <= 0:
            raise ValueError("the white lies outside the primaries")
        return columns * scale

    def near(self, other: "Primaries") -> bool:
        """Whether the two are the same within rounding."""
        return all(
            abs(mine - theirs) <= _SAME_CHROMATICITY
            for own, others in zip(self._points(), other._points(), strict=True)
            for mine, theirs in zip(own, others, strict=True)
        )

    def _points(self) -> tuple[Chromaticity, ...]:
        return self.red, self.green, self.blue, self.white


@dataclass(frozen=True, slots=True)
class ColorSignal:
    """How stored values become light.

    Attributes:
        primaries: of the RGB values.
        transfer: from stored values to light.
        narrow: values are in the narrow range of video, 16 to 235 of 255. Only PNG stores them like this; video codecs
            give out full range.
        peak_nits: the brightest light of the picture, candela a square metre; used for PQ and HLG.
    """

    primaries: Primaries
    transfer: Curve | HighRange
    narrow: bool = False
    peak_nits: float = DEFAULT_PEAK_NITS

    @property
    def is_srgb(self) -> bool:
        """Whether it says what is assumed where nothing is said."""
        return self.primaries.near(BT709) and self.transfer == SRGB_CURVE and not self.narrow

    @property
    def unusual(self) -> bool:
        """Whether the stored values look wrong without conversion: linear light, for example."""
        low, high = USUAL_GAMMAS
        return isinstance(self.transfer, Curve) and self.transfer.d == 0 and not low <= self.transfer.gamma <= high


SRGB_CURVE: Final = Curve(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_D65: Final = (0.3127, 0.3290)
_C: Final = (0.310, 0.316)
BT709: Final = Primaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
BT2020: Final = Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65)
DISPLAY_P3: Final = Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65)
_PRIMARIES: Final = {
    1: BT709,
    4: Primaries((0.670, 0.330), (0.210, 0.710), (0.140, 0.080), _C),
    5: Primaries((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), _D65),
    6: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C),
    9: BT2020,
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: DISPLAY_P3,
    22: Primaries((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
_BT709, _UNSPECIFIED, _SRGB = 1, 2, 13  # code points
# BT.709 and its relatives describe a camera; a screen shows them with BT.1886's 2.4, as browsers do.
_SCREEN_OF_BT709 = Curve(2.4)
_TRANSFERS: Final[dict[int, Curve | HighRange]] = {
    1: _SCREEN_OF_BT709,
    4: Curve(2.2),
    5: Curve(2.8),
    6: _SCREEN_OF_BT709,
    7: Curve(1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 0.0913),
    8: Curve(1.0),
    11: _SCREEN_OF_BT709,
    12: _SCREEN_OF_BT709,
    13: SRGB_CURVE,
    14: _SCREEN_OF_BT709,
    15: _SCREEN_OF_BT709,
    16: HighRange.PQ,
    17: Curve(2.6, (52.37 / 48) ** (1 / 2.6)),  # SMPTE ST 428-1
    18: HighRange.HLG,
}


ADOBE_RGB: Final = ColorSignal(Primaries((0.640, 0.330), (0.210, 0.710), (0.150, 0.060), _D65), Curve(563 / 256))


def from_cicp(primaries: int, transfer: int, *, narrow: bool = False) -> ColorSignal | None:
    """The signal of H.273's code points; None where one is unspecified, reserved, or no photo is stored like that."""
    known, curve = _PRIMARIES.get(primaries), _TRANSFERS.get(transfer)
    return None if known is None or curve is None else ColorSignal(known, curve, narrow)


def from_nclx(primaries: int, transfer: int) -> ColorSignal | None:
    """The same in HEIF and AVIF, whose writers name a camera's curve (BT.709's and its relatives) for what is sRGB's.

    Chromium reads AVIF so: these curves and an unspecified one are sRGB's, unspecified primaries are BT.709's.
    """
    if transfer == _UNSPECIFIED or _TRANSFERS.get(transfer) is _SCREEN_OF_BT709:
        transfer = _SRGB
    return from_cicp(_BT709 if primaries == _UNSPECIFIED else primaries, transfer)


def from_png(gama: bytes | None, chrm: bytes | None) -> ColorSignal | None:
    """The signal of PNG's `gAMA` and `cHRM` chunks; None where they say nothing that can be used.

    `cHRM` alone says nothing: without a gamma nobody can tell the light. A gamma of 1/2.2 without other primaries is
    how older programs say "sRGB", and browsers read it so.
    """
    if gama is None or len(gama) != 4 or not (stored := int.from_bytes(gama, "big")):
        return None
    gamma = 100_000 / stored
    primaries = _png_primaries(chrm)
    if not 0.2 <= gamma <= 10 or primaries is None:
        return None
    is_srgb = primaries.near(BT709) and abs(gamma - 2.2) < _SAME_GAMMA
    return ColorSignal(primaries, SRGB_CURVE if is_srgb else Curve(gamma))


def _png_primaries(chrm: bytes | None) -> Primaries | None:
    if chrm is None or len(chrm) != 32:
        return BT709
    white_x, white_y, *rest = (value / 100_000 for value in struct.unpack(">8I", chrm))
    found = Primaries((rest[0], rest[1]), (rest[2], rest[3]), (rest[4], rest[5]), (white_x, white_y))
    try:
        found.to_xyz()
    except ValueError:
        return None
    return found


def srgb_lut(signal: ColorSignal, peak: int) -> Levels:
    """`[peak + 1]`: stored values of the signal's own curve and range, as values of sRGB's curve."""
    values = np.arange(peak + 1) / peak
    if signal.narrow:
        values = ((values * 255 - 16) / 219).clip(0, 1)
    light = signal.transfer.to_light(values) if isinstance(signal.transfer, Curve) else values
    return stored(encoded_srgb(light), peak)


def full_range_lut(peak: int) -> Levels:
    """`[peak + 1]`: values of the narrow range as values of the full one."""
    values = ((np.arange(peak + 1) / peak * 255 - 16) / 219).clip(0, 1)
    return stored(values, peak)


def stored(values: NDArray[np.float64], peak: int) -> Levels:
    """Values 0 to 1 as whole numbers up to `peak`, which is 255 or 65535."""
    whole = values * peak + 0.5
    return whole.astype(np.uint8) if peak == 255 else whole.astype(np.uint16)


def encoded_srgb(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stored values 0 to 1 of light, by sRGB's curve."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 0) ** (1 / 2.4) - 0.055).clip(0, 1)


def _xyz(point: Chromaticity) -> NDArray[np.float64]:
    x, y = point
    return np.array([x / y, 1.0, (1 - x - y) / y])


# --------------------------------------------------------------------------------------------------- ICC profile

_D50_XYZ = np.array([0.9642, 1.0, 0.8249])
_CURVE_TAGS: Final = (b"rTRC", b"gTRC", b"bTRC")
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def icc_profile(signal: ColorSignal) -> bytes | None:
    """A matrix profile, version 4, that says what the signal says; None for sRGB, which needs none.

    Raises:
        ValueError: the transfer is of a high dynamic range, or the primaries span no colour space.
    """
    if signal.is_srgb:
        return None
    if not isinstance(signal.transfer, Curve):
        raise ValueError("PQ and HLG are tone-mapped")
    return matrix_profile(_colorants(signal.primaries), signal.transfer, _description(signal))


def table_profile(primaries: Primaries, curves: Sequence[bytes]) -> bytes:
    """A matrix profile with a curve of its own, a tag's content, for each of red, green and blue.

    Raises:
        ValueError: the primaries span no colour space.
    """
    named = _named(f"{_name(primaries)}, curves of its own")
    return _profile(named | _colorants(primaries) | dict(zip(_CURVE_TAGS, curves, strict=True)))


def matrix_profile(tags: dict[bytes, bytes], curve: Curve, description: str) -> bytes:
    """A profile, version 4, with tags for white point and colorants, and one curve for all channels."""
    return _profile(_named(description) | tags | dict.fromkeys(_CURVE_TAGS, _para(curve)))


def table_tag(light: NDArray[np.uint16]) -> bytes:
    """A curve as a profile has it: the light of evenly spaced stored values, 0 to 65535."""
    return b"curv" + struct.pack(">II", 0, len(light)) + light.astype(">u2").tobytes()


def _named(description: str) -> dict[bytes, bytes]:
    return {b"desc": _text(description), b"cprt": _text("No copyright")}


def _colorants(primaries: Primaries) -> dict[bytes, bytes]:
    to_xyz = primaries.to_xyz()
    adaptation = adapted_to_d50(to_xyz.sum(axis=1))
    colorants = (adaptation @ to_xyz).T
    return {
        b"wtpt": _xyz_tag(_D50_XYZ),
        b"chad": b"sf32" + bytes(4) + struct.pack(">9i", *(_fixed(value) for value in adaptation.flat)),
        b"rXYZ": _xyz_tag(colorants[0]),
        b"gXYZ": _xyz_tag(colorants[1]),
        b"bXYZ": _xyz_tag(colorants[2]),
    }


def adapted_to_d50(white: NDArray[np.float64]) -> NDArray[np.float64]:
    """`[3, 3]`: Bradford's matrix from a white point to D50, the white of ICC profiles."""
    scale = np.diag((_BRADFORD @ _D50_XYZ) / (_BRADFORD @ white))
    return np.asarray(np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD)


def _description(signal: ColorSignal) -> str:
    assert isinstance(signal.transfer, Curve)
    curve = "sRGB curve" if signal.transfer == SRGB_CURVE else f"gamma {signal.transfer.gamma:.2f}"
    return f"{_name(signal.primaries)}, {curve}"


def _name(primaries: Primaries) -> str:
    return next((known for known, others in _NAMES.items() if primaries.near(others)), "Custom RGB")


_NAMES: Final = {"BT.709": BT709, "Display P3": DISPLAY_P3, "BT.2020": BT2020}


def _fixed(value: float) -> int:
    return math.floor(value * 65536 + 0.5)


def _para(curve: Curve) -> bytes:
    if (curve.a, curve.b, curve.c, curve.d) == (1.0, 0.0, 0.0, 0.0):
        return b"para" + bytes(4) + struct.pack(">HHi", 0, 0, _fixed(curve.gamma))
    values = (curve.gamma, curve.a, curve.b, curve.c, curve.d)
    return b"para" + bytes(4) + struct.pack(">HH5i", 3, 0, *(_fixed(value) for value in values))


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(encoded), 28) + encoded


def _xyz_tag(xyz: NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(_fixed(value) for value in xyz))


def _profile(tags: dict[bytes, bytes]) -> bytes:
    at = 128 + 4 + 12 * len(tags)
    table, body, placed = [struct.pack(">I", len(tags))], list[bytes](), dict[bytes, int]()
    for name, content in tags.items():
        if content not in placed:
            placed[content] = at
            body.append(content + bytes(-len(content) % 4))
            at += len(body[-1])
        table.append(struct.pack(">4sII", name, placed[content], len(content)))
    header = struct.pack(">I4sI4s4s4s", at, bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">3i", *(_fixed(value) for value in _D50_XYZ))
    return b"".join([header.ljust(128, b"\0"), *table, *body])
