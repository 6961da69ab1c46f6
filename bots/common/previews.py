"""Previews of photos that people sent: safe to open, and shown by every program."""

import asyncio
import hashlib
import io
import logging
from collections import OrderedDict
from importlib import import_module
from typing import Any, Final

from PIL import Image, ImageOps

from magicmemory.bots.common.image_fitting import encode_jpeg, flattened
from magicmemory.core.errors import PhotoTooLarge, PhotoUnreadable, UserError
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess
from magicmemory.core.units import MIB

# Under the GPL, so a published image may leave it out: docs/licences.md.
try:
    pillow_heif: Any = import_module("pillow_heif")
except ImportError:
    pillow_heif = None

log = logging.getLogger(__name__)

LONGEST_SIDE = 2048  # pixels, of a screen
SECONDS = 60.0
CHILDREN = 2  # processes at a time; they stay, for starting one takes ten times as long as a small photo
MAX_CACHE_BYTES: Final = 64 * MIB
BYTES_A_PIXEL = 40
BYTES_BESIDE = 1 << 29
_KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF")


class Previews:
    """Makes previews in sandboxed processes: a file from a stranger may crash the decoder."""

    def __init__(self, most_megapixels: float) -> None:
        """`most_megapixels` is the limit for a photo."""
        self._most_pixels = round(most_megapixels * 1e6)
        memory = BYTES_BESIDE + BYTES_A_PIXEL * self._most_pixels
        self._sandbox = SandboxedProcess(_preview, memory_bytes=memory, seconds=SECONDS, kept=CHILDREN)
        self._places = asyncio.Semaphore(CHILDREN)  # a photo takes up to 40 bytes a pixel: never many at once
        self._running: dict[bytes, asyncio.Task[bytes]] = {}  # by the photo's SHA-256
        self._made: OrderedDict[bytes, bytes | UserError] = OrderedDict()  # the last used last
        self._made_bytes = 0

    def close(self) -> None:
        """End the idle children."""
        self._sandbox.close()

    async def of(self, photo: bytes) -> bytes:
        """The photo as a JPEG: upright, on white where it was transparent, at most 2048 pixels a side.

        The same photo is computed once; its preview, or the error, is kept for a while.

        Raises:
            PhotoTooLarge: the photo has too many megapixels.
            PhotoUnreadable: the photo cannot be opened.
        """
        digest = (await asyncio.to_thread(hashlib.sha256, photo)).digest()
        kept = self._made.get(digest)
        if kept is None:
            if digest not in self._running:
                task = asyncio.create_task(self._make(digest, photo))
                # If everybody gives up, nobody is left to read its error.
                task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
                self._running[digest] = task
            # One who is cancelled must not end it for the others.
            return await asyncio.shield(self._running[digest])
        self._made.move_to_end(digest)
        if isinstance(kept, UserError):
            raise type(kept)(**kept.parameters)
        return kept

    async def _make(self, digest: bytes, photo: bytes) -> bytes:
        try:
            async with self._places:
                made = await self._read(photo)
        except UserError as error:
            self._keep(digest, error)
            raise
        else:
            self._keep(digest, made)
            return made
        finally:
            del self._running[digest]

    def _keep(self, digest: bytes, made: bytes | UserError) -> None:
        self._made[digest] = made
        self._made_bytes += _size(made)
        while self._made_bytes > MAX_CACHE_BYTES:
            _, oldest = self._made.popitem(last=False)
            self._made_bytes -= _size(oldest)

    async def _read(self, photo: bytes) -> bytes:
        try:
            _, made = await asyncio.to_thread(self._sandbox, photo, most_pixels=self._most_pixels)
        except SandboxCrashed as error:
            log.warning("a file of %d bytes crashed the process that opened it: %s", len(photo), error)
            raise PhotoUnreadable from None
        return bytes(made)


def _size(made: bytes | UserError) -> int:
    return len(made) if isinstance(made, bytes) else 1000


def _preview(photo: bytes, *, most_pixels: int) -> tuple[None, list[bytes]]:
    """Runs in the sandboxed process."""
    # Pillow's own limit is lower than ours.
    Image.MAX_IMAGE_PIXELS = None
    kinds: tuple[str, ...] = _KINDS
    if pillow_heif is None:
        kinds = tuple(kind for kind in _KINDS if kind != "HEIF")
    else:
        pillow_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(photo), formats=kinds) as image:
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
