"""ICC profiles whose stored values are far from what a screen shows, such as those of linear light.

Networks that were trained on photos see such a picture much too dark, and 8 bits of its result would show steps. So it
gets sRGB's curve. Little CMS reads the curves, because profiles have them in seven forms.
"""

import math
from typing import Any, Final, cast

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.imaging import color_profile, color_signal
from magicmemory.pipeline.imaging.color_signal import BT709, DISPLAY_P3, SRGB_CURVE, USUAL_GAMMAS, ColorSignal, Curve
from magicmemory.pipeline.imaging.picture import Pixels

_CURVES: Final = {b"RGB ": (b"rTRC", b"gTRC", b"bTRC"), b"GRAY": (b"kTRC",)}
_COLORANTS: Final = (b"rXYZ", b"gXYZ", b"bXYZ")
_SAME_COLORANT = 0.002
_MIDDLE = 32768  # of 65535
_FLAGS = imagecodecs.CMS.FLAGS
_BY_TABLE = int(_FLAGS.BLACKPOINTCOMPENSATION)
_EXACTLY = int(_FLAGS.NOOPTIMIZE)  # not by a table of a few points, which are too few for linear light
_LINEAR: Final = cast(bytes, color_signal.icc_profile(ColorSignal(BT709, Curve(1.0))))
_P3: Final = cast(bytes, color_signal.icc_profile(ColorSignal(DISPLAY_P3, SRGB_CURVE)))


def is_unusual(icc: bytes) -> bool:
    """Whether the middle grey of a sound profile has not the light that it has in a photo for screens."""
    middle = np.full((1, 1) if color_profile.space(icc) == b"GRAY" else (1, 1, 3), _MIDDLE, np.uint16)
    try:
        shown = _converted(middle, icc, _LINEAR, _EXACTLY)
    except RuntimeError:  # a profile that can be opened need not be one that can convert
        return False
    light = max(int(shown[0, 0, 1]), 1) / 65535
    return not USUAL_GAMMAS[0] <= math.log(light) / math.log(_MIDDLE / 65535) <= USUAL_GAMMAS[1]


def with_srgb_curve(pixels: Pixels, icc: bytes) -> tuple[Pixels, bytes | None]:
    """The pixels as a screen stores them, and the profile that they are then in; None means sRGB.

    Primaries are kept. A profile that has tables instead becomes Display P3.

    Args:
        pixels: `[height, width, 3]`.
        icc: their profile, for which `is_unusual`.
    """
    tags = color_profile.tags(icc)
    curves = _CURVES[color_profile.space(icc)]
    if b"A2B0" in tags or b"A2B1" in tags or any(name not in tags for name in curves):
        samples = pixels if len(curves) == 3 else cast(Pixels, np.ascontiguousarray(pixels[..., 0]))
        return _converted(samples, icc, _P3, _BY_TABLE), _P3
    luts = [_lut(color_profile.grey_profile(icc, tags[name]), int(np.iinfo(pixels.dtype).max)) for name in curves]
    converted = [luts[channel % len(luts)][pixels[..., channel]] for channel in range(3)]
    return cast(Pixels, np.stack(converted, axis=2)), _with_srgb_curve(tags) if len(curves) == 3 else None


def _lut(grey: bytes, peak: int) -> Pixels:
    """`[peak + 1]`: values of a profile of one channel as values of sRGB's curve."""
    ramp = np.linspace(0, 65535, peak + 1).round().astype(np.uint16)[None]
    values = _converted(ramp, grey, _P3, _EXACTLY)[0, :, 1]
    return cast(Pixels, values if peak > 255 else ((values.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _with_srgb_curve(tags: dict[bytes, bytes]) -> bytes | None:
    """A profile of the same primaries with sRGB's curve; None where that is sRGB."""
    srgb = color_profile.tags(_LINEAR)
    if all(np.abs(_xyz(tags[name]) - _xyz(srgb[name])).max() <= _SAME_COLORANT for name in _COLORANTS):
        return None
    kept: dict[bytes, bytes] = {name: tags[name] for name in (b"wtpt", b"chad", *_COLORANTS) if name in tags}
    return color_signal.matrix_profile(kept, SRGB_CURVE, "Custom RGB, sRGB curve")


def _xyz(tag: bytes) -> NDArray[np.float64]:
    return np.frombuffer(tag[8:20], ">i4") / 65536


def _converted(samples: Pixels, icc: bytes, target: bytes, flags: int) -> Pixels:
    """Samples of a profile as `[height, width, 3]` of another one for RGB, at the same depth; relative colorimetric."""
    options = {"intent": int(imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC), "flags": flags}
    space = "gray" if color_profile.space(icc) == b"GRAY" else "rgb"
    convert: Any = imagecodecs.cms_transform
    return cast(Pixels, convert(samples, icc, target, colorspace=space, outcolorspace="rgb", **options))
