"""What kind of picture a file is, and a form of it that every browser shows."""

from io import BytesIO

from PIL import Image, ImageOps
from pillow_heif import open_heif

from magicmemory.core.errors import PhotoTooLarge, PhotoUnreadable

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
PREVIEW_PX = 2048
PREVIEW_QUALITY = 92


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


def shown(data: bytes, most_megapixels: float) -> bytes:
    """The picture as every browser shows it: as it is, or, where few browsers know its type, as a JPEG.

    Raises:
        PhotoTooLarge: it has more than `most_megapixels`.
        PhotoUnreadable: it cannot be decoded.
    """
    kind = media_type(data)
    if kind not in (HEIC, TIFF):
        return data
    try:
        return _as_jpeg(data, kind, most_megapixels)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise PhotoUnreadable from None


def _as_jpeg(data: bytes, kind: str, most_megapixels: float) -> bytes:
    # Both only read the header; the pixels are decoded when they are asked for.
    picture = open_heif(BytesIO(data)) if kind == HEIC else Image.open(BytesIO(data), formats=("TIFF",))
    megapixels = picture.size[0] * picture.size[1] / 1e6
    if megapixels > most_megapixels:
        raise PhotoTooLarge(megapixels=round(megapixels, 1), limit_megapixels=most_megapixels)
    image = picture if isinstance(picture, Image.Image) else picture.to_pillow()
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((PREVIEW_PX, PREVIEW_PX))
    if upright.mode.startswith("I"):
        # Sixteen bits: Pillow's own conversion would cut everything above 255 off.
        upright = upright.point(lambda level: level / 256).convert("L")
    if upright.mode not in ("L", "RGB"):
        # A profile describes the mode it came with.
        profile = None if upright.mode == "CMYK" else profile
        upright = upright.convert("RGB")
    output = BytesIO()
    upright.save(output, "JPEG", quality=PREVIEW_QUALITY, icc_profile=profile)
    return output.getvalue()
