"""Describes a file, for support. Runs in a child process, as decoding does."""

import io
from typing import Any

from PIL import ExifTags, Image, ImageCms
from tifffile import PHOTOMETRIC, PLANARCONFIG, TiffFile, TiffFileError, TiffPage

from magicmemory.core.errors import PhotoUnreadable
from magicmemory.core.file_type import sniff
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.metadata import Keep, Metadata
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.imaging.sandboxed_decode import BYTES_A_PIXEL, BYTES_BESIDE, SECONDS
from magicmemory.pipeline.imaging.tiff_container import is_camera_raw
from magicmemory.pipeline.imaging.unwrap import unwrap

_TOLD_EXIF = (
    ExifTags.Base.DateTimeOriginal,
    ExifTags.Base.DateTime,
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.Software,
    ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
    ExifTags.Base.ImageDescription,
)
_LONGEST_VALUE = 200
_PNG_COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
_BANDS = {
    ("1",): "black and white",
    ("L",): "grey",
    ("L", "A"): "grey with alpha",
    ("P",): "palette",
    ("R", "G", "B", "A"): "RGB with alpha",
}
_TIFF_COLOURS = {
    "MINISWHITE": "grey, white is 0",
    "MINISBLACK": "grey",
    "PALETTE": "palette",
    "SEPARATED": "CMYK",
    "YCBCR": "YCbCr",
    "CIELAB": "LAB",
}


def inspect(data: bytes, limits: DecodeLimits, page: int = 1) -> dict[str, Any]:
    """Facts by name, as JSON can say them, in the order in which people read them.

    Raises:
        UserError: see `decode`.
    """
    memory = BYTES_BESIDE + BYTES_A_PIXEL * limits.max_pixels + 3 * limits.max_bytes
    process = SandboxedProcess(_inspect, memory_bytes=memory, seconds=SECONDS)
    try:
        facts, _ = process(data, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels, page=page)
    except SandboxCrashed:
        raise PhotoUnreadable from None
    assert isinstance(facts, dict)
    return facts


def _inspect(data: bytes, *, max_bytes: int, max_pixels: int, page: int) -> tuple[dict[str, Any], list[Any]]:
    """In the child."""
    picture = decode(data, DecodeLimits(max_bytes, max_pixels), page, Keep.ALL)
    facts: dict[str, Any] = {
        "kind": picture.format,
        "bytes": len(data),
        "pages": picture.pages,
        "page": page,
        "width": picture.width,
        "height": picture.height,
        "stored": _stored(data, picture.format, page),
        "bits": 16 if picture.peak > 255 else 8,
        "channels": "grey" if picture.monochrome else "colour",
        "alpha": picture.alpha is not None,
        "orientation": picture.orientation,
        "ends_early": _ends_early(data, page),
        "colours": _colours(picture),
        "missing": list(picture.missing) if picture.missing else None,
        "notes": [note.model_dump(mode="json") for note in picture.notes],
        **_metadata(picture.metadata),
    }
    return facts, []


def _stored(data: bytes, kind: str, page: int) -> str | None:
    """How the file keeps its samples, such as `CMYK, 8 bits`, before they were read as grey or RGB of 8 or 16 bits;
    None where its kind is read by other libraries.
    """
    if kind == "TIFF":
        return _stored_in_tiff(data, page)
    if kind == "PNG" and data[12:16] == b"IHDR":
        return _with_bits(_PNG_COLOURS.get(data[25], "unknown"), data[24])
    try:
        with Image.open(io.BytesIO(data)) as opened:
            bands = opened.getbands()
            return _with_bits(_BANDS.get(bands, "".join(bands)), 1 if opened.mode == "1" else 8)
    except (OSError, Image.DecompressionBombError):
        return None


def _stored_in_tiff(data: bytes, page: int) -> str | None:
    try:
        with TiffFile(io.BytesIO(data)) as file:
            stored = file.pages[page - 1]
            if not isinstance(stored, TiffPage):
                return None
            name = PHOTOMETRIC(stored.photometric).name
            planes = ", in planes" if stored.planarconfig == PLANARCONFIG.SEPARATE else ""
            return _with_bits(_TIFF_COLOURS.get(name, name), stored.bitspersample) + planes
    except (IndexError, ValueError, TiffFileError):
        return None


def _with_bits(colours: str, bits: int) -> str:
    return f"{colours}, {bits} bit{'' if bits == 1 else 's'}"


def _ends_early(data: bytes, page: int) -> bool | None:
    """Whether the file does; None where its container is not read."""
    kind = sniff(data)
    if kind in {"PDF", "RAW"} or (kind == "TIFF" and is_camera_raw(data)):
        return None
    return not unwrap(kind, data, page).complete


def _colours(picture: Picture) -> str:
    if picture.icc is None:
        return "sRGB, or nothing that says otherwise"
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(picture.icc))).strip()
    except (OSError, ImageCms.PyCMSError):
        return "a profile without a name"


def _metadata(metadata: Metadata) -> dict[str, Any]:
    exif = Image.Exif()
    if metadata.exif:
        exif.load(b"Exif\0\0" + metadata.exif)
    photo = exif.get_ifd(ExifTags.IFD.Exif)
    told = {tag.name: str(value)[:_LONGEST_VALUE] for tag in _TOLD_EXIF if (value := photo.get(tag) or exif.get(tag))}
    return {
        "exif": told,
        "place": bool(exif.get_ifd(ExifTags.IFD.GPSInfo)),
        "xmp_bytes": len(metadata.xmp),
        "iptc_bytes": len(metadata.iptc),
    }
