"""What somebody sent, as a picture that is safe to open and that every program shows."""

import asyncio
import io
import logging

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from magicmemory.core.errors import PhotoTooLarge, PhotoUnreadable
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess

log = logging.getLogger(__name__)

LONGEST_SIDE = 2048  # pixels, of a screen
QUALITY = 92
SECONDS = 60.0
KEPT = 2  # idle processes; to start one takes ten times as long as a small photo
BYTES_A_PIXEL = 40
BYTES_BESIDE = 1 << 29
_KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF")


class Previews:
    """Makes previews in processes of their own, because what a stranger sent may crash whoever reads it."""

    def __init__(self, most_megapixels: float) -> None:
        """`most_megapixels` is what a photo may have."""
        self._most_pixels = round(most_megapixels * 1e6)
        memory = BYTES_BESIDE + BYTES_A_PIXEL * self._most_pixels
        self._cell = SandboxedProcess(_preview, memory_bytes=memory, seconds=SECONDS, kept=KEPT)

    async def of(self, photo: bytes) -> bytes:
        """The photo upright, on white where it was transparent, no larger than a screen, as a JPEG.

        Raises:
            PhotoTooLarge: it has too many megapixels.
            PhotoUnreadable: it cannot be opened.
        """
        try:
            _, made = await asyncio.to_thread(self._cell, photo, most_pixels=self._most_pixels)
        except SandboxCrashed as error:
            log.warning("a file of %d bytes ended the process that opened it: %s", len(photo), error)
            raise PhotoUnreadable from None
        return bytes(made)


def _preview(photo: bytes, *, most_pixels: int) -> tuple[None, list[bytes]]:
    """In the child."""
    # Pillow's own limit is for those who have none.
    Image.MAX_IMAGE_PIXELS = None
    register_heif_opener()
    try:
        with Image.open(io.BytesIO(photo), formats=_KINDS) as image:
            if image.width * image.height > most_pixels:
                megapixels = round(image.width * image.height / 1e6, 1)
                raise PhotoTooLarge(megapixels=megapixels, limit_megapixels=round(most_pixels / 1e6, 1))
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG need not be decoded larger
            return None, [_jpeg(image)]
    except PhotoTooLarge:
        raise
    except Exception:  # libraries promise no particular one over broken files
        raise PhotoUnreadable from None


def _jpeg(image: Image.Image) -> bytes:
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode.startswith(("I", "F")):
        # Sixteen bits: Pillow's own conversion would cut everything above 255 off.
        upright = upright.point(lambda level: level / 256).convert("L")
    if upright.mode not in ("L", "RGB"):
        # A profile describes the mode it came with.
        profile = None if upright.mode == "CMYK" else profile
        upright = upright.convert("RGB") if upright.mode == "CMYK" else _on_white(upright)
    file = io.BytesIO()
    upright.save(file, "JPEG", quality=QUALITY, icc_profile=profile)
    return file.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """A JPEG has no transparency."""
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat
