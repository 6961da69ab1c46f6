"""Pictures as Discord can show them, within a place's limit."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

# What Discord's clients show in a gallery.
SHOWN = frozenset({"jpg", "jpeg", "png", "webp", "gif"})
QUALITIES = (95, 90, 82, 74)
SMALLER = 0.8
LEAST_SIDE = 64


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that fits. `changed` says that it is not the one that was made."""

    data: bytes
    extension: str
    changed: bool


def fit(data: bytes, extension: str, limit: int) -> Picture:
    """A picture of our own making: itself where it fits and can be shown, else a JPEG, the best quality first, then
    smaller.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    if len(data) <= limit and extension.lower() in SHOWN:
        return Picture(data, extension.lower(), changed=False)
    image = _opened(data)
    while True:
        for quality in QUALITIES:
            encoded = _jpeg(image, quality)
            if len(encoded) <= limit:
                return Picture(encoded, "jpg", changed=True)
        if min(image.size) * SMALLER < LEAST_SIDE:
            raise ValueError("the limit is too small for any picture")
        image = image.resize((round(image.width * SMALLER), round(image.height * SMALLER)), Image.Resampling.LANCZOS)


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as file:
        image = ImageOps.exif_transpose(file)
        return image if image.mode in ("RGB", "L") else _flat(image)


def _flat(image: Image.Image) -> Image.Image:
    """On white where it was transparent: a JPEG has no transparency."""
    if image.mode.startswith(("I", "F")):
        return image.convert("L") if image.mode == "L" else image.point(lambda value: value / 256).convert("L")
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    profile = image.info.get("icc_profile")
    image.save(file, "JPEG", quality=quality, optimize=True, icc_profile=profile)
    return file.getvalue()
