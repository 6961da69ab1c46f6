"""What kind of picture a file is, by its first bytes, and how every browser shows it."""

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
    """The picture's type by its first bytes. Never a type that a browser would run, such as HTML or SVG."""
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
    """The picture as every browser shows it: a type that few browsers know goes through `preview`.

    Raises:
        PhotoTooLarge: it has too many megapixels.
        PhotoUnreadable: it cannot be decoded.
    """
    return await preview(data) if media_type(data) in (HEIC, TIFF) else data
