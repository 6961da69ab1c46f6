"""TIFF by tifffile, which reads the directory, and imagecodecs, which unpacks the strips.

They know every depth, byte order, plane and tile. Pillow cuts 16-bit colour to 8 and refuses LAB and BigTIFF of the
other byte order; OpenCV 5.0 makes garbage of separate 16-bit planes. What they leave half done (palettes, faxes, JPEG)
is read by Pillow: see `tiff_container`.
"""

import io
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from tifffile import PHOTOMETRIC, PLANARCONFIG, SAMPLEFORMAT, TiffFile, TiffPage

from magicmemory.core.errors import KindUnsupported, PhotoUnreadable
from magicmemory.pipeline.imaging.color_signal import DISPLAY_P3, SRGB_CURVE, ColorSignal, adapted_to_d50, encoded_srgb
from magicmemory.pipeline.imaging.inks import without_inks, without_inks16
from magicmemory.pipeline.imaging.picture import Pixels

_ALPHA = {1: "associated", 2: "unassociated"}  # TIFF's numbers for what an extra sample is
_ROWS_AT_ONCE = 128
LAB_SIGNAL = ColorSignal(DISPLAY_P3, SRGB_CURVE)
"""What `read` turns LAB into: most of what a photo shows lies in it, and every program can show it."""


def read(data: bytes, size: tuple[int, int], icc: object) -> tuple[Pixels, ColorSignal | None]:
    """The first page's samples, `[height, width]` or `[height, width, 2 to 4]`, and their colours where they changed.

    Args:
        data: the file.
        size: width and height as they were checked against the limits.
        icc: the profile of inks.

    Raises:
        KindUnsupported: floating point, signed numbers, or a colour model that is no photo's.
    """
    with TiffFile(io.BytesIO(data)) as file:
        page = file.pages[0]
        assert isinstance(page, TiffPage)
        # Tags of a wrong type are read one way here and another way there.
        if (page.imagewidth, page.imagelength) != size or page.samplesperpixel < 1:
            raise PhotoUnreadable
        _check(page)
        samples = page.asarray(maxworkers=1)
        return _as_photo(page, _channels_last(page, samples), icc)


def _check(page: TiffPage) -> None:
    if page.sampleformat == SAMPLEFORMAT.IEEEFP:
        raise KindUnsupported(kind=f"TIFF ({page.bitspersample}-bit float)")
    if page.sampleformat == SAMPLEFORMAT.INT and page.photometric not in (PHOTOMETRIC.CIELAB, PHOTOMETRIC.ICCLAB):
        raise KindUnsupported(kind="TIFF (signed)")
    if page.sampleformat not in (SAMPLEFORMAT.UINT, SAMPLEFORMAT.INT, SAMPLEFORMAT.VOID):
        raise KindUnsupported(kind="TIFF (complex)")
    if page.imagedepth != 1:
        raise KindUnsupported(kind="TIFF (volume)")


def _channels_last(page: TiffPage, samples: NDArray[Any]) -> NDArray[Any]:
    """`[height, width, channels]`."""
    if page.samplesperpixel == 1:
        samples = samples.reshape(page.imagelength, page.imagewidth, 1)
    elif page.planarconfig == PLANARCONFIG.SEPARATE:
        samples = np.moveaxis(samples.reshape(page.samplesperpixel, page.imagelength, page.imagewidth), 0, 2)
    if samples.shape != (page.imagelength, page.imagewidth, page.samplesperpixel):
        raise PhotoUnreadable
    return samples


def _as_photo(page: TiffPage, samples: NDArray[Any], icc: object) -> tuple[Pixels, ColorSignal | None]:
    photometric = page.photometric
    if photometric in (PHOTOMETRIC.CIELAB, PHOTOMETRIC.ICCLAB) and samples.shape[2] >= 3:
        return _from_lab(samples[..., :3], signed=photometric == PHOTOMETRIC.CIELAB), LAB_SIGNAL
    if photometric == PHOTOMETRIC.PALETTE and page.colormap is not None:
        return np.ascontiguousarray((page.colormap[:, samples[..., 0]] >> 8).astype(np.uint8).transpose(1, 2, 0)), None
    whole = _full_scale(samples, page.bitspersample)
    if photometric == PHOTOMETRIC.SEPARATED and whole.shape[2] >= 4:
        return _from_inks(whole[..., :4], icc), None
    if photometric == PHOTOMETRIC.MINISWHITE:
        whole[..., :1] = np.iinfo(whole.dtype).max - whole[..., :1]
    colours = {PHOTOMETRIC.MINISBLACK: 1, PHOTOMETRIC.MINISWHITE: 1, PHOTOMETRIC.RGB: 3}.get(cast(Any, photometric), 0)
    if not colours or whole.shape[2] < colours:
        raise KindUnsupported(kind=f"TIFF ({getattr(photometric, 'name', photometric)})")
    return _with_alpha(whole, colours, page.extrasamples), None


def _full_scale(samples: NDArray[Any], bits: int) -> Pixels:
    """Whole numbers of any width as 8 bits where 8 are enough, else as 16."""
    if bits == 8:
        return np.ascontiguousarray(samples, np.uint8)
    if bits == 16:
        return np.ascontiguousarray(samples, np.uint16)
    if bits > 16:
        return np.ascontiguousarray(samples >> np.array(bits - 16, samples.dtype), np.uint16)
    peak, top = (1 << bits) - 1, 255 if bits < 8 else 65535
    scaled = (samples.astype(np.uint32) * np.uint32(top) + np.uint32(peak // 2)) // np.uint32(peak)
    return scaled.astype(np.uint8) if bits < 8 else scaled.astype(np.uint16)


def _with_alpha(samples: Pixels, colours: int, extra: tuple[int, ...]) -> Pixels:
    """Colours, and the first extra sample where it is alpha."""
    # One more channel that the file says nothing of is alpha, as Pillow and OpenCV read and write it.
    told = int(extra[0]) if extra else 2
    meaning = _ALPHA.get(told) if samples.shape[2] > colours else None
    if meaning is None:
        return cast(Pixels, np.ascontiguousarray(samples[..., 0] if colours == 1 else samples[..., :colours]))
    kept = cast(Pixels, np.ascontiguousarray(samples[..., : colours + 1]))
    if meaning == "associated":
        peak = int(np.iinfo(kept.dtype).max)
        for row in kept:
            alpha = np.maximum(row[:, colours:].astype(np.uint64), 1)
            row[:, :colours] = np.minimum((row[:, :colours] * np.uint64(peak) + alpha // 2) // alpha, peak)
    return kept


def _from_inks(inks: Pixels, icc: object) -> Pixels:
    from PIL import Image

    if inks.dtype == np.uint16:
        return np.array(without_inks16(inks.astype(np.uint16, copy=False), icc))
    return np.array(without_inks(Image.fromarray(inks, "CMYK"), icc))


def _from_lab(lab: NDArray[Any], *, signed: bool) -> Pixels:
    """CIE L*a*b* (D50) as RGB of `LAB_SIGNAL`, at 8 or 16 bits.

    TIFF's own encoding has signed a* and b*; the ICC's has them shifted, and its 16-bit L* ends at 65280.
    """
    deep = lab.dtype.itemsize > 1
    unit, top = (256, 65535 if signed else 65280) if deep else (1, 255)
    bits = np.int16 if deep else np.int8
    to_p3 = np.linalg.inv(adapted_to_d50(DISPLAY_P3.to_xyz().sum(axis=1)) @ DISPLAY_P3.to_xyz())
    peak = 65535 if deep else 255
    out = np.empty(lab.shape, np.uint16 if deep else np.uint8)
    for at in range(0, lab.shape[0], _ROWS_AT_ONCE):
        rows = np.ascontiguousarray(lab[at : at + _ROWS_AT_ONCE])
        lightness = rows[..., 0].astype(np.uint16 if deep else np.uint8).astype(float) * (100 / top)
        ab = rows[..., 1:].astype(bits).astype(float) / unit if signed else rows[..., 1:].astype(float) / unit - 128
        light = _xyz_of(lightness, ab[..., 0], ab[..., 1]) @ to_p3.T
        out[at : at + _ROWS_AT_ONCE] = encoded_srgb(light.clip(0, 1)) * peak + 0.5
    return cast(Pixels, out)


def _xyz_of(lightness: NDArray[Any], a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    y = (lightness + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    linear = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    return np.asarray(linear * np.array([0.9642, 1.0, 0.8249]))
