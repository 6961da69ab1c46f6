"""The media type of an image by its first bytes, and a form of it that every browser shows."""

from collections.abc import Awaitable, Callable

UNKNOWN = "application/octet-stream"
JPEG = "image/jpeg"
HEIC = "image/heic"
TIFF = "image/tiff"
EXTENSIONS = {
    JPEG: "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/avif": "avif",
    HEIC: "heic",
    TIFF: "tif",
}
_MAGIC = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
    b"II*\0": TIFF,
    b"MM\0*": TIFF,
    b"II+\0": TIFF,
    b"MM\0+": TIFF,
}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def media_type(data: bytes) -> str:
    """The image's media type. Never a type that a browser would execute, such as HTML or SVG."""
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        if data[8:12] in (b"avif", b"avis"):
            return "image/avif"
        if data[8:12] in _HEIF_BRANDS:
            return HEIC
    return UNKNOWN


async def shown(data: bytes, preview: Callable[[bytes], Awaitable[bytes]]) -> bytes:
    """The image as every browser shows it: formats that few browsers know go through `preview`.

    Raises:
        PhotoTooLarge: the image has too many megapixels.
        PhotoUnreadable: the image cannot be decoded.
    """
    return await preview(data) if media_type(data) in (HEIC, TIFF) else data
