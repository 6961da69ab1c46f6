"""Images in a form that a platform accepts: eight bits, upright, within a limit of bytes."""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

GOOD_QUALITY: Final = 92
QUALITIES: Final = (95, 90, 82, 74)  # tried in this order before the image is scaled down
SMALLER: Final = 0.8
LEAST_SIDE: Final = 64  # pixels
# Extensions of formats that browsers and chat programs show.
SHOWN: Final = frozenset({"jpg", "jpeg", "png", "webp", "gif"})


@dataclass(frozen=True, slots=True)
class FittedImage:
    """An encoded image that is within a limit."""

    data: bytes
    extension: str
    changed: bool  # whether it was encoded again


def fit(data: bytes, extension: str, limit: int) -> FittedImage:
    """The restored image itself if it has at most `limit` bytes and chat programs show its format; else a JPEG.

    The JPEG is made with decreasing quality, then with decreasing size.

    Raises:
        OSError, ValueError: the image cannot be read, or the limit is too small for any image.
    """
    if len(data) <= limit and extension.lower() in SHOWN:
        return FittedImage(data, extension.lower(), changed=False)
    image = opened(data)
    while True:
        for quality in QUALITIES:
            encoded = encode_jpeg(image, quality, optimize=True)
            if len(encoded) <= limit:
                return FittedImage(encoded, "jpg", changed=True)
        if min(image.size) * SMALLER < LEAST_SIDE:
            raise ValueError("the limit is too small for any image")
        image = image.resize((round(image.width * SMALLER), round(image.height * SMALLER)), Image.Resampling.LANCZOS)


def opened(data: bytes) -> Image.Image:
    """An image of our own encoding, upright, as `flattened` leaves it."""
    with Image.open(io.BytesIO(data)) as file:
        return flattened(ImageOps.exif_transpose(file))


def flattened(image: Image.Image) -> Image.Image:
    """The image with eight bits a channel, grey or RGB, on white where it was transparent. Keeps an ICC profile that
    still describes it.
    """
    if image.mode.startswith(("I", "F")):
        profile = image.info.get("icc_profile")
        # Sixteen bits a pixel: Pillow's own conversion clips at 255 instead of scaling.
        image = image.point(lambda level: level / 256).convert("L")
        image.info["icc_profile"] = profile
    if image.mode in ("L", "RGB"):
        return image
    if image.mode == "CMYK":
        image = image.convert("RGB")
        image.info.pop("icc_profile", None)
        return image
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    flat.info["icc_profile"] = image.info.get("icc_profile")
    return flat


def encode_jpeg(image: Image.Image, quality: int = GOOD_QUALITY, *, optimize: bool = False) -> bytes:
    """A `flattened` image as a JPEG, with its ICC profile."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=optimize, icc_profile=image.info.get("icc_profile"))
    return file.getvalue()
