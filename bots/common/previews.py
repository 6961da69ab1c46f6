"""Previews of photos that people sent: safe to open, and shown by every program."""

import asyncio
import io
import logging

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from magicmemory.bots.common.image_fitting import encode_jpeg, flattened
from magicmemory.core.errors import PhotoTooLarge, PhotoUnreadable
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess

log = logging.getLogger(__name__)

LONGEST_SIDE = 2048  # pixels, of a screen
SECONDS = 60.0
KEPT = 2  # idle processes: starting one takes ten times as long as a small photo
BYTES_A_PIXEL = 40
BYTES_BESIDE = 1 << 29
_KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF")


class Previews:
    """Makes previews in sandboxed processes: a file from a stranger may crash the decoder."""

    def __init__(self, most_megapixels: float) -> None:
        """`most_megapixels` is the limit for a photo."""
        self._most_pixels = round(most_megapixels * 1e6)
        memory = BYTES_BESIDE + BYTES_A_PIXEL * self._most_pixels
        self._sandbox = SandboxedProcess(_preview, memory_bytes=memory, seconds=SECONDS, kept=KEPT)

    async def of(self, photo: bytes) -> bytes:
        """The photo as a JPEG: upright, on white where it was transparent, at most 2048 pixels a side.

        Raises:
            PhotoTooLarge: the photo has too many megapixels.
            PhotoUnreadable: the photo cannot be opened.
        """
        try:
            _, made = await asyncio.to_thread(self._sandbox, photo, most_pixels=self._most_pixels)
        except SandboxCrashed as error:
            log.warning("a file of %d bytes crashed the process that opened it: %s", len(photo), error)
            raise PhotoUnreadable from None
        return bytes(made)


def _preview(photo: bytes, *, most_pixels: int) -> tuple[None, list[bytes]]:
    """Runs in the sandboxed process."""
    # Pillow's own limit is lower than ours.
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
    except Exception:  # decoders raise errors of many kinds over broken files
        raise PhotoUnreadable from None


def _jpeg(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return encode_jpeg(flattened(upright))
