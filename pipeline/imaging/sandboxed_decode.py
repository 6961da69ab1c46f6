"""Decoding in a child process, so that a file that crashes a decoder harms no other photo."""

import logging
from typing import Any

import numpy as np

from magicmemory.core.errors import PhotoUnreadable
from magicmemory.core.report import Note
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.metadata import Keep, Metadata
from magicmemory.pipeline.imaging.picture import Picture, Pixels

log = logging.getLogger(__name__)

# 64 megapixels of the slowest kind take 6 s on a slow machine; what takes so much longer never ends.
SECONDS = 60.0
# The hungriest kind takes 36 bytes a pixel, its file included; the rest is for libraries' threads and tables.
BYTES_A_PIXEL = 40
BYTES_BESIDE = 1 << 29


class SandboxedDecoder:
    """Decodes as `decode` does, in children of its own."""

    def __init__(self, limits: DecodeLimits, *, kept: int = 2, seconds: float = SECONDS) -> None:
        """`limits` are the largest it will be called with; `kept` children wait for photos."""
        memory = BYTES_BESIDE + BYTES_A_PIXEL * limits.max_pixels + 3 * limits.max_bytes
        self._process = SandboxedProcess(_decode, memory_bytes=memory, seconds=seconds, kept=kept)

    def start(self) -> None:
        """Start the children, so that the first photo need not wait for their imports."""
        self._process.start()

    def close(self) -> None:
        """End the children."""
        self._process.close()

    def __call__(self, data: bytes, limits: DecodeLimits, page: int = 1, keep: Keep = Keep.NOTHING) -> Picture:
        """See `decode`; a file that crashes its decoder, or never ends, is unreadable too.

        Raises:
            UserError: see `decode`.
        """
        try:
            answer, buffers = self._process(
                data, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels, page=page, keep=keep.value
            )
        except SandboxCrashed as error:
            log.warning("a file of %d bytes crashed its decoder: %s", len(data), error)
            raise PhotoUnreadable from None
        return _unpacked(answer, buffers)


def _decode(data: bytes, *, max_bytes: int, max_pixels: int, page: int, keep: str) -> tuple[dict[str, Any], list[Any]]:
    """In the child."""
    picture = decode(data, DecodeLimits(max_bytes, max_pixels), page, Keep(keep))
    buffers = [np.ascontiguousarray(picture.pixels)]
    if picture.alpha is not None:
        buffers.append(np.ascontiguousarray(picture.alpha))
    found = picture.metadata
    answer = {
        "shape": picture.pixels.shape,
        "depth": picture.pixels.dtype.name,
        "format": picture.format,
        "monochrome": picture.monochrome,
        "alpha": picture.alpha is not None,
        "pages": picture.pages,
        "missing": picture.missing,
        "notes": [note.model_dump(mode="json") for note in picture.notes],
        "blocks": [len(block) for block in (picture.icc or b"", found.exif, found.xmp, found.iptc)],
    }
    return answer, [*buffers, picture.icc or b"", found.exif, found.xmp, found.iptc]


def _unpacked(answer: dict[str, Any], buffers: memoryview) -> Picture:
    height, width, channels = answer["shape"]
    depth = np.dtype({"uint8": np.uint8, "uint16": np.uint16}[answer["depth"]])
    count = height * width
    pixels: Pixels = np.frombuffer(buffers, depth, count * channels).reshape(height, width, channels)
    at = pixels.nbytes
    alpha: Pixels | None = None
    if answer["alpha"]:
        alpha = np.frombuffer(buffers, depth, count, at).reshape(height, width)
        at += alpha.nbytes
    blocks = list[bytes]()
    for size in answer["blocks"]:
        blocks.append(bytes(buffers[at : at + size]))
        at += size
    icc, exif, xmp, iptc = blocks
    left, top, right, bottom = answer["missing"] or (0, 0, 0, 0)
    return Picture(
        pixels,
        answer["format"],
        answer["monochrome"],
        alpha,
        icc or None,
        notes=tuple(Note.model_validate(note) for note in answer["notes"]),
        pages=answer["pages"],
        missing=(left, top, right, bottom) if answer["missing"] else None,
        metadata=Metadata(exif, xmp, iptc),
    )
