"""From a file's bytes to an upright photo.

What is decoded: JPEG, PNG, WebP, TIFF, HEIF, AVIF, BMP and the first frame of a GIF. The limits are checked
before the first pixel is decoded, the container is stripped before a library sees it, and whatever a library
makes of a hostile file ends as one of the errors that have a sentence.
"""

import io
import math
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile, open_heif

from magicmemory.core.errors import (
    FileTooLarge,
    PhotoAnimated,
    PhotoTooLarge,
    PhotoTruncated,
    PhotoUnreadable,
)
from magicmemory.core.report import Note, NoteKind
from magicmemory.pipeline.imaging import color_profile, color_signal
from magicmemory.pipeline.imaging.color_signal import SRGB_CURVE, ColorSignal, HighRange
from magicmemory.pipeline.imaging.container import Container, exif_orientation
from magicmemory.pipeline.imaging.picture import Picture, Pixels, eight_bits
from magicmemory.pipeline.imaging.sniff import sniff
from magicmemory.pipeline.imaging.tone_mapping import tone_mapped
from magicmemory.pipeline.imaging.unwrap import unwrap

# The classes themselves, not `Image.open`: that tries other formats, takes a JPEG for a multi-picture file,
# and has a limit of its own in a global that other code may change.
_OPENERS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "TIFF": TiffImageFile,
    "HEIF": HeifImageFile,
    "AVIF": AvifImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
}
# What Pillow, pillow-heif, OpenCV and Little CMS raise over broken files. Wide on purpose: their parsers
# index, unpack and multiply whatever the file says (a TIFF's offset may be a fraction), and promise no
# particular exception. MemoryError comes from absurd headers, and warnings are raised wherever they are set
# to be errors.
_BROKEN_FILE = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    struct.error,
    cv2.error,
    ImageCms.PyCMSError,
    Image.DecompressionBombError,
    Warning,
)
_ANIMATED = {"WEBP", "AVIF"}  # in a GIF the first frame is wanted, in a HEIF further pictures are a burst
_PLAIN_MODES = {"1": "L", "P": "RGB", "PA": "RGBA", "RGBX": "RGB", "RGBa": "RGBA", "La": "LA", "YCbCr": "RGB"}
_SIXTEEN_BIT_MODES = {"I;16", "I;16L", "I;16B", "I;16N"}
_ROWS_AT_ONCE = 256
_SAMPLE_STEP = 16
_WARNING = {"AVIF", "TIFF"}  # kinds whose metadata reach Pillow
_WARNINGS = threading.Lock()  # Python's warning filters belong to the whole process


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What is accepted.

    Attributes:
        max_bytes: of the file.
        max_pixels: of the picture, width times height.
    """

    max_bytes: int
    max_pixels: int


def decode(data: bytes, limits: DecodeLimits) -> Picture:
    """Decode a photo and turn it upright.

    Pixels stay in the colour space of the profile that comes with them; inks (CMYK) become sRGB. An alpha
    channel that is opaque everywhere is left out. EXIF (place, time, camera), XMP, comments, thumbnails and
    depth maps are read no further than to the orientation, and dropped. Depth: 16-bit PNG and TIFF stay
    16-bit; HEIF and AVIF of 10 or 12 bits become 8-bit.

    Raises:
        FileTooLarge: more bytes than `limits.max_bytes`.
        PhotoTooLarge: more pixels than `limits.max_pixels`; nothing has been decoded.
        NotAPhoto: empty, or neither picture nor video.
        PhotoAnimated: a video, or an animated WebP, PNG or AVIF.
        PhotoTruncated: the file ends too early.
        PhotoUnreadable: broken, or of a kind or depth (floating point, 32 bits) that is not decoded.
    """
    if len(data) > limits.max_bytes:
        raise FileTooLarge(limit_mb=round(limits.max_bytes / 1e6, 1))
    kind = sniff(data)
    container = unwrap(kind, data)
    if container.size is not None:
        _check_size(container.size, limits)
    with _named_errors(container), _opened(kind, container.data) as image:
        _check_size(image.size, limits)
        if kind in _ANIMATED and getattr(image, "is_animated", False):
            raise PhotoAnimated
        icc = container.icc or image.info.get("icc_profile")
        orientation = container.orientation or exif_orientation(image.info.get("exif") or b"")
        high_range = container.signal is not None and isinstance(container.signal.transfer, HighRange)
        if container.deep:
            samples = _deep_samples(container, image.size)
        elif high_range and kind in _HIGH_RANGE:
            samples = _HIGH_RANGE[kind](container)
        else:
            samples = _samples(image, container, icc)
    picture = _picture(kind, _upright(samples, orientation), None if image.mode == "CMYK" else icc)
    picture = _in_carried_colours(picture, container.signal)
    return replace(picture, notes=(*picture.notes, Note(kind=NoteKind.GAIN_MAP))) if container.gain_map else picture


def _check_size(size: tuple[int, int], limits: DecodeLimits) -> None:
    pixels = size[0] * size[1]
    if pixels > limits.max_pixels:
        # Rounded up, so that no sentence says that 64.0 is more than 64.
        raise PhotoTooLarge(megapixels=math.ceil(pixels / 1e5) / 10, limit_megapixels=round(limits.max_pixels / 1e6, 1))


@contextmanager
def _named_errors(container: Container) -> Iterator[None]:
    """The one place where libraries' exceptions become ours."""
    try:
        yield
    except _BROKEN_FILE as error:
        raise (PhotoUnreadable if container.complete else PhotoTruncated) from error


def _opened(kind: str, data: bytes) -> ImageFile.ImageFile:
    """The file with its header read. Odd tags make Pillow warn, of which nobody here can make anything."""
    if kind not in _WARNING:
        return _OPENERS[kind](io.BytesIO(data))
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _OPENERS[kind](io.BytesIO(data))


def _samples(image: ImageFile.ImageFile, container: Container, icc: object) -> Pixels:
    """The decoded image: grey `[height, width]`; grey and alpha, RGB or RGBA `[height, width, 2 to 4]`."""
    image.load()
    plain: Image.Image = image
    if image.mode in _SIXTEEN_BIT_MODES:
        return _grey16(image, container)
    if image.mode == "CMYK":
        return np.array(_without_inks(image, container, icc))
    if "transparency" in image.info:
        plain = image.convert("LA" if image.mode in {"1", "L"} else "RGBA")
    elif image.mode in _PLAIN_MODES:
        plain = image.convert(_PLAIN_MODES[image.mode])
    if plain.mode not in {"L", "LA", "RGB", "RGBA"}:
        raise PhotoUnreadable
    return np.array(plain)


def _grey16(image: Image.Image, container: Container) -> Pixels:
    grey: NDArray[np.uint16] = np.asarray(image).astype(np.uint16)
    transparent = image.info.get("transparency")
    if container.negative:
        grey = 65535 - grey
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
    image = open_heif(container.data, convert_hdr_to_8bit=False)
    return np.ascontiguousarray(np.asarray(image))


def _avif16(container: Container) -> Pixels:
    """All bits of an AVIF of 10 or 12 bits, spread over 16. Pillow gives 8."""
    samples = imagecodecs.avif_decode(container.data, 0, numthreads=1)
    if samples.dtype == np.uint8:
        return cast(Pixels, samples)
    peak = (1 << container.bits) - 1
    return ((samples.astype(np.uint32) * 65535 + peak // 2) // peak).astype(np.uint16)


# For PQ and HLG, whose steps at 8 bits can be seen.
_HIGH_RANGE: dict[str, Callable[[Container], Pixels]] = {"HEIF": _heif16, "AVIF": _avif16}


def _without_inks(image: Image.Image, container: Container, icc: object) -> Image.Image:
    """CMYK as sRGB: through its profile where there is a sound one, else by subtracting inks from white."""
    inks = color_profile.usable(icc, b"CMYK")
    if inks is not None:
        try:
            return _managed(image, inks)
        except ImageCms.PyCMSError:  # a profile that can be opened need not be one that can convert
            pass
    return image.convert("RGB")


def _managed(image: Image.Image, inks: bytes) -> Image.Image:
    source, target = ImageCms.ImageCmsProfile(io.BytesIO(inks)), ImageCms.createProfile("sRGB")
    intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
    converted = ImageCms.profileToProfile(image, source, target, intent, "RGB", flags=flags)
    assert converted is not None  # only `inPlace` returns nothing
    return converted


def _upright(samples: Pixels, orientation: int) -> Pixels:
    """Undo the camera's turn; `orientation` as in EXIF."""
    match orientation:
        case 2:
            turned = cv2.flip(samples, 1)
        case 3:
            turned = cv2.rotate(samples, cv2.ROTATE_180)
        case 4:
            turned = cv2.flip(samples, 0)
        case 5:
            turned = cv2.transpose(samples)
        case 6:
            turned = cv2.rotate(samples, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            turned = cv2.rotate(cv2.transpose(samples), cv2.ROTATE_180)
        case 8:
            turned = cv2.rotate(samples, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            return samples
    return cast(Pixels, turned)


def _picture(kind: str, samples: Pixels, icc: object) -> Picture:
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    alpha = cast(Pixels, cv2.extractChannel(samples, channels - 1)) if channels in (2, 4) else None
    if alpha is not None and int(alpha.min()) == np.iinfo(samples.dtype).max:
        alpha = None
    if channels <= 2:
        grey = samples if channels == 1 else cv2.extractChannel(samples, 0)
        pixels = cast(Pixels, cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB))
    else:
        pixels = samples if channels == 3 else cast(Pixels, cv2.cvtColor(samples, cv2.COLOR_RGBA2RGB))
    # libwebp rounds green apart from red and blue, so the greys of a monochrome photo come out a level off.
    rounding = int(kind == "WEBP")
    monochrome = channels <= 2 or _three_equal(pixels, rounding)
    if monochrome and rounding:
        pixels = cast(Pixels, cv2.cvtColor(cv2.extractChannel(pixels, 0), cv2.COLOR_GRAY2RGB))
    return Picture(
        pixels,
        kind,
        monochrome=monochrome,
        alpha=alpha,
        icc=color_profile.usable(icc, b"GRAY" if channels <= 2 else b"RGB "),
    )


def _in_carried_colours(picture: Picture, signal: ColorSignal | None) -> Picture:
    """The picture with a profile that says what its colours are, its pixels converted where no profile can say it.

    A high dynamic range is tone-mapped; linear light and the like get sRGB's curve, in which the networks see a photo
    as it looks.
    """
    if picture.icc is not None:
        signal = color_profile.signal_of(picture.icc)
        if signal is None or not isinstance(signal.transfer, HighRange):
            return picture
    if signal is None:
        return picture
    pixels, notes = picture.pixels, picture.notes
    if isinstance(signal.transfer, HighRange):
        pixels, signal = tone_mapped(pixels, signal)
        if picture.format in _HIGH_RANGE:  # 10 bits and more were for the mapping: the result has no use for them
            picture = eight_bits(replace(picture, pixels=pixels))
            pixels = picture.pixels
        notes = (*notes, Note(kind=NoteKind.TONE_MAPPED))
    elif signal.unusual:
        pixels = color_signal.srgb_lut(signal, picture.peak)[pixels]
        signal = ColorSignal(signal.primaries, SRGB_CURVE)
    elif signal.narrow:
        pixels = color_signal.full_range_lut(picture.peak)[pixels]
        signal = replace(signal, narrow=False)
    return replace(picture, pixels=pixels, icc=color_signal.icc_profile(signal), notes=notes)


def _three_equal(pixels: Pixels, rounding: int) -> bool:
    """Whether red, green and blue are the same everywhere; a colour photo is found out by a sample."""
    rows = range(0, pixels.shape[0], _ROWS_AT_ONCE)
    blocks = (pixels[at : at + _ROWS_AT_ONCE] for at in rows)
    sample = cast(Pixels, np.ascontiguousarray(pixels[::_SAMPLE_STEP, ::_SAMPLE_STEP]))
    return all(_equal(block, rounding) for block in (sample, *blocks))


def _equal(block: Pixels, rounding: int) -> bool:
    red, green, blue = cv2.split(block)
    return cv2.norm(red, green, cv2.NORM_INF) <= rounding and cv2.norm(red, blue, cv2.NORM_INF) <= rounding
