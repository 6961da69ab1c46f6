"""Readers, one for each library: each turns a bare picture into samples."""

import io
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from magicmemory.core.errors import KindUnsupported, PageMissing, PhotoAnimated, PhotoTruncated, PhotoUnreadable
from magicmemory.pipeline.imaging import color_profile, jxl_reader, tiff_reader
from magicmemory.pipeline.imaging.color_signal import ColorSignal, HighRange
from magicmemory.pipeline.imaging.container import Container, exif_orientation
from magicmemory.pipeline.imaging.inks import without_inks
from magicmemory.pipeline.imaging.metadata import Metadata
from magicmemory.pipeline.imaging.picture import Pixels

# Under the GPL, so a published image may leave them out: docs/licences.md.
try:
    pillow_heif: Any = import_module("pillow_heif")
except ImportError:
    pillow_heif = None
try:
    pillow_jxl: Any = import_module("pillow_jxl.JpegXLImagePlugin")
except ImportError:
    pillow_jxl = None

# The classes themselves, not `Image.open`: that tries other formats, takes a JPEG for a multi-picture file,
# and has a limit of its own in a global that other code may change.
_OPENERS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "TIFF": TiffImageFile,
    "AVIF": AvifImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
    "JPEG2000": Jpeg2KImageFile,
}
if pillow_heif is not None:
    _OPENERS["HEIF"] = pillow_heif.HeifImageFile
if pillow_jxl is not None:
    _OPENERS["JXL"] = pillow_jxl.JXLImageFile
_NAMES = {"HEIF": "HEIC", "JXL": "JPEG XL"}  # for people
_ANIMATED = {"WEBP", "AVIF"}  # in a GIF the first frame is wanted, in a HEIF further pictures are a burst
_PLAIN_MODES = {"1": "L", "P": "RGB", "PA": "RGBA", "RGBX": "RGB", "RGBa": "RGBA", "La": "LA", "YCbCr": "RGB"}
_SIXTEEN_BIT_MODES = {"I;16", "I;16L", "I;16B", "I;16N"}
_WARNING = {"AVIF", "TIFF", "JXL"}  # kinds whose metadata reach Pillow
_TOLD_BY_LIBRARY = {"HEIF", "AVIF", "JXL"}
_FRAMED = {"WEBP", "AVIF", "HEIF"}
_WARNINGS = threading.Lock()  # Python's warning filters belong to the whole process


@dataclass(frozen=True, slots=True)
class Samples:
    """What a reader makes of a bare picture.

    Attributes:
        pixels: grey `[height, width]`; grey and alpha, RGB or RGBA `[height, width, 2 to 4]`; not yet upright.
        orientation: as in EXIF, 1 to 8.
        icc: the profile that they are in, not yet checked.
        signal: what they are in where there is no sound profile.
        pages: how many pictures the file has.
        metadata: EXIF, XMP and IPTC as found.
    """

    pixels: Pixels
    orientation: int
    icc: object
    signal: ColorSignal | None
    pages: int
    metadata: Metadata


def read(kind: str, container: Container, page: int, check_size: Callable[[tuple[int, int]], None]) -> Samples:
    """Read a bare picture.

    Args:
        kind: as `sniff` names it.
        container: from `unwrap`.
        page: from 1, for the kinds whose pages the container does not pick.
        check_size: called with width and height before anything is decoded; raises where they are too much.

    Raises:
        PageMissing, PhotoAnimated, PhotoUnreadable, KindUnsupported: see `decode`.
        Exception: anything that a library makes of a broken file.
    """
    if container.odd:
        assert container.size is not None, "it was needed to check the limits"
        pixels, signal = tiff_reader.read(container.data, container.size, container.icc)
        inks = container.icc is not None and color_profile.space(container.icc) == b"CMYK"
        icc = None if inks or signal is not None else container.icc
        return Samples(pixels, container.orientation or 1, icc, signal, container.pages, container.metadata)
    with _opened(kind, container.data) as image:
        pages = _turn_to(image, kind, page, container)
        frame = None
        if container.animated:
            frame, pages = jxl_reader.frame(container.data, page)
        elif page > pages:
            raise PageMissing(page=page, pages=pages)
        check_size(image.size)
        icc = container.icc or image.info.get("icc_profile")
        orientation = container.orientation or _orientation(kind, image)
        pixels = _pixels(kind, image, container, icc) if frame is None else frame
        icc = None if image.mode == "CMYK" else icc
        return Samples(pixels, orientation, icc, container.signal, pages, _metadata(kind, image, container))


def _metadata(kind: str, image: ImageFile.ImageFile, container: Container) -> Metadata:
    """What the container found, or where it is not walked, what the library did."""
    if kind not in _TOLD_BY_LIBRARY:
        return container.metadata
    exif, xmp = (image.info.get(name) for name in ("exif", "xmp"))
    return Metadata(exif if isinstance(exif, bytes) else b"", xmp if isinstance(xmp, bytes) else b"")


def _turn_to(image: ImageFile.ImageFile, kind: str, page: int, container: Container) -> int:
    """Turn the image to a page; returns how many there are. In a HEIF the primary picture comes first."""
    frames = getattr(image, "n_frames", 1) if kind in _FRAMED else 1
    if kind in _ANIMATED and frames > 1:
        raise PhotoAnimated
    if kind == "HEIF":
        if page > frames:
            raise PageMissing(page=page, pages=frames)
        primary = image.tell()
        order = [primary, *(number for number in range(frames) if number != primary)]
        if page > 1:
            image.seek(order[page - 1])
        return frames
    if kind == "GIF" and page > 1:
        image.seek(page - 1)
    return container.pages


def _orientation(kind: str, image: ImageFile.ImageFile) -> int:
    """What EXIF says. libjxl has turned the picture already, except where it gives an old JPEG back."""
    if kind == "JXL" and not getattr(image, "jpeg", None):
        return 1
    return exif_orientation(image.info.get("exif") or b"")


def _pixels(kind: str, image: ImageFile.ImageFile, container: Container, icc: object) -> Pixels:
    high_range = container.signal is not None and isinstance(container.signal.transfer, HighRange)
    if container.deep:
        return _deep_samples(container, image.size)
    if high_range and kind in HIGH_RANGE:
        return HIGH_RANGE[kind](container)
    return _samples(image, container, icc)


def _opened(kind: str, data: bytes) -> ImageFile.ImageFile:
    """The file with its header read. Odd tags make Pillow warn, of which nobody here can make anything."""
    if kind not in _OPENERS:
        raise KindUnsupported(kind=_NAMES.get(kind, kind))
    if kind not in _WARNING:
        return _OPENERS[kind](io.BytesIO(data))
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _OPENERS[kind](io.BytesIO(data))
        except RuntimeError:
            if kind == "JXL" and jxl_reader.ends_early(data):
                raise PhotoTruncated from None
            raise


def _samples(image: ImageFile.ImageFile, container: Container, icc: object) -> Pixels:
    """The decoded image: grey `[height, width]`; grey and alpha, RGB or RGBA `[height, width, 2 to 4]`."""
    image.load()
    plain: Image.Image = image
    if image.mode in _SIXTEEN_BIT_MODES:
        return _grey16(image)
    if image.mode == "CMYK":
        return np.array(without_inks(image, icc))
    if "transparency" in image.info:
        plain = image.convert("LA" if image.mode in {"1", "L"} else "RGBA")
    elif image.mode in _PLAIN_MODES:
        plain = image.convert(_PLAIN_MODES[image.mode])
    if plain.mode == "F":
        raise KindUnsupported(kind=f"{image.format_description} (float)")
    if plain.mode not in {"L", "LA", "RGB", "RGBA"}:
        raise PhotoUnreadable
    return np.array(plain)


def _grey16(image: Image.Image) -> Pixels:
    grey: NDArray[np.uint16] = np.asarray(image).astype(np.uint16)
    transparent = image.info.get("transparency")
    if transparent is None:
        return grey
    return np.dstack([grey, np.where(grey == transparent, 0, 65535).astype(np.uint16)])


def _deep_samples(container: Container, size: tuple[int, int]) -> Pixels:
    """Several channels of 16 bits, by OpenCV: Pillow would cut them to 8."""
    pixels = cv2.imdecode(np.frombuffer(container.data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.shape[1::-1] != size:
        raise ValueError("OpenCV cannot decode this file")
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)
    return cast(Pixels, pixels)  # OpenCV's stubs know no depths, here and below


def _heif16(container: Container) -> Pixels:
    """All bits of a HEIF of 10 or 12 bits, spread over 16."""
    image = pillow_heif.open_heif(container.data, convert_hdr_to_8bit=False)
    return np.ascontiguousarray(np.asarray(image))


def _avif16(container: Container) -> Pixels:
    """All bits of an AVIF of 10 or 12 bits, spread over 16. Pillow gives 8."""
    samples = imagecodecs.avif_decode(container.data, 0, numthreads=1)
    if samples.dtype == np.uint8:
        return cast(Pixels, samples)
    peak = (1 << container.bits) - 1
    return ((samples.astype(np.uint32) * 65535 + peak // 2) // peak).astype(np.uint16)


# For PQ and HLG, whose steps at 8 bits can be seen.
HIGH_RANGE: dict[str, Callable[[Container], Pixels]] = {"HEIF": _heif16, "AVIF": _avif16}
