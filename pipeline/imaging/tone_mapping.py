"""Tone mapping from a high dynamic range (PQ, HLG) to the standard range of a screen.

The method is the reference white tone mapping operator of SMPTE ST 2094-50, which Skia and so Chromium use: in linear
BT.2020 light, every pixel is scaled by a gain that depends on its largest component. Light up to the reference white
(203 candela a square metre, ITU-R BT.2408) keeps its proportions at half of the screen's brightness, and what is
brighter is bent along a quadratic Bézier curve, so that the picture's peak becomes the screen's white. Hue is kept.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.imaging.color_signal import (
    BT709,
    BT2020,
    DISPLAY_P3,
    SRGB_CURVE,
    ColorSignal,
    HighRange,
    Levels,
    Primaries,
    adapted_to_d50,
    encoded_srgb,
    stored,
)

REFERENCE_WHITE_NITS: Final = 203.0
_PQ_PEAK_NITS, _HLG_PEAK_NITS = 10_000.0, 1_000.0
_HLG_GAMMA = 1.2  # of BT.2100's display at 1000 candela a square metre
_USUAL_HEADROOM = math.log2(1000 / REFERENCE_WHITE_NITS)
_KNEE_SHAPE = 0.65  # kappa of ST 2094-50
_CURVE_POINTS = 4096
_ENCODE_STEPS = 1 << 14
_ROWS_AT_ONCE = 128

_Floats = NDArray[np.float32]


def tone_mapped(pixels: Levels, signal: ColorSignal) -> tuple[Levels, ColorSignal]:
    """Map the pixels of PQ or HLG, and say what the result is in: sRGB, or Display P3 where the source is wider.

    Args:
        pixels: `[height, width, 3]`, uint8 or uint16.
        signal: what they are; its transfer is a `HighRange`.
    """
    assert isinstance(signal.transfer, HighRange)
    target = BT709 if signal.primaries.near(BT709) else DISPLAY_P3
    peak = int(np.iinfo(pixels.dtype).max)
    to_light = _light_lut(signal, peak)
    into_2020 = _between(signal.primaries, BT2020)
    out_of_2020 = _between(BT2020, target)
    levels, gains = _gain_curve(signal)
    encode = _encode_lut(peak)
    mapped = np.empty_like(pixels)
    for top in range(0, pixels.shape[0], _ROWS_AT_ONCE):
        light = to_light[pixels[top : top + _ROWS_AT_ONCE]] @ into_2020.T
        if signal.transfer is HighRange.HLG:
            light *= _hlg_system_gain(light)
        brightest = light.max(axis=2)
        light *= np.interp(brightest, levels, gains).astype(np.float32)[..., None]
        steps = (light @ out_of_2020.T).clip(0, 1) ** np.float32(0.5) * _ENCODE_STEPS
        mapped[top : top + _ROWS_AT_ONCE] = encode[(steps + 0.5).astype(np.int32)]
    return mapped, ColorSignal(target, SRGB_CURVE)


def _between(source: Primaries, target: Primaries) -> _Floats:
    """`[3, 3]`: from linear RGB of one set of primaries to another, white to white."""
    return np.asarray(np.linalg.solve(_to_d50(target), _to_d50(source)), np.float32)


def _to_d50(primaries: Primaries) -> NDArray[np.float64]:
    to_xyz = primaries.to_xyz()
    return np.asarray(adapted_to_d50(to_xyz.sum(axis=1)) @ to_xyz)


def _light_lut(signal: ColorSignal, peak: int) -> _Floats:
    """`[peak + 1]`: light of stored values; 1 is the reference white for PQ, and for HLG the scene's peak."""
    values = np.arange(peak + 1) / peak
    if signal.narrow:
        values = ((values * 255 - 16) / 219).clip(0, 1)
    if signal.transfer is HighRange.PQ:
        return (_pq(values) * (_PQ_PEAK_NITS / REFERENCE_WHITE_NITS)).astype(np.float32)
    return _hlg(values).astype(np.float32)


def _pq(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084: light, 1 for 10,000 candela a square metre."""
    power = values ** (1 / 78.84375)
    return (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)


def _hlg(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """ARIB STD-B67's inverse: light of the scene, 0 to 1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)


def _hlg_system_gain(scene: _Floats) -> _Floats:
    """`[height, width, 1]`: from the scene's light to a display's of 1000 candela, 1 for the reference white."""
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593], np.float32)
    gain = np.maximum(luminance, 1e-6) ** np.float32(_HLG_GAMMA - 1) * np.float32(_HLG_PEAK_NITS / REFERENCE_WHITE_NITS)
    return np.asarray(gain[..., None], np.float32)


def _gain_curve(signal: ColorSignal) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Levels (1 is the reference white), and the gain for a pixel whose largest component has this level."""
    top = max(signal.peak_nits, REFERENCE_WHITE_NITS) / REFERENCE_WHITE_NITS
    knee = 1 - 0.5 * min(math.log2(top) / _USUAL_HEADROOM, 1)
    middle_x = (1 - _KNEE_SHAPE) + _KNEE_SHAPE / knee
    middle_y = (1 - _KNEE_SHAPE) * knee + _KNEE_SHAPE
    t = np.linspace(0, 1, _CURVE_POINTS)
    x = (1 - t) ** 2 + 2 * t * (1 - t) * middle_x + t**2 * top
    y = (1 - t) ** 2 * knee + 2 * t * (1 - t) * middle_y + t**2
    beyond = np.geomspace(top, _PQ_PEAK_NITS / REFERENCE_WHITE_NITS + 1, 256)[1:]
    x, y = np.maximum.accumulate(x), np.minimum(y, 1)
    levels, mapped = np.concatenate([x, beyond]), np.concatenate([y, np.ones(len(beyond))])
    return levels, mapped / levels


def _encode_lut(peak: int) -> Levels:
    """`[_ENCODE_STEPS + 1]`: stored values for the square roots of light, which spread the dark steps evenly."""
    light = (np.arange(_ENCODE_STEPS + 1) / _ENCODE_STEPS) ** 2
    return stored(encoded_srgb(light), peak)
