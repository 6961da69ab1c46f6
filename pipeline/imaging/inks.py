"""Converts CMYK to sRGB."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from magicmemory.pipeline.imaging import color_profile


def without_inks(image: Image.Image, icc: object) -> Image.Image:
    """A CMYK image as sRGB: through its profile where there is a sound one, else by subtracting inks from white."""
    profile = color_profile.usable(icc, b"CMYK")
    if profile is not None:
        try:
            return _managed(image, profile)
        except ImageCms.PyCMSError:  # a profile that can be opened need not be one that can convert
            pass
    return image.convert("RGB")


def without_inks16(inks: NDArray[np.uint16], icc: object) -> Image.Image:
    """The same for 16-bit inks `[height, width, 4]`; the result has 8 bits, because Pillow's conversion has."""
    return without_inks(Image.fromarray(((inks.astype(np.uint32) + 128) // 257).astype(np.uint8), "CMYK"), icc)


def _managed(image: Image.Image, profile: bytes) -> Image.Image:
    source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
    converted = ImageCms.profileToProfile(image, source, target, intent, "RGB", flags=flags)
    assert converted is not None  # only `inPlace` returns nothing
    return converted
