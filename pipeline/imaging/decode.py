"""Decodes a file's bytes into an upright photo.

What is decoded: JPEG, PNG, WebP, TIFF, HEIF, AVIF, BMP, GIF, JPEG 2000, JPEG XL, the camera's preview in raw files and
the scanned pages of PDFs; docs/formats.md has the table. The limits are checked before the first pixel is decoded, the
container is stripped before a library sees it, and whatever a library makes of a hostile file ends as one of the errors
that have a sentence.
"""

import math
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import cv2
import imagecodecs
import numpy as np
from PIL import Image, ImageCms
from tifffile import TiffFileError

from magicmemory.core.errors import FileTooLarge, PhotoTooLarge, PhotoTruncated, PhotoUnreadable
from magicmemory.core.file_type import sniff
from magicmemory.core.report import Note, NoteKind
from magicmemory.pipeline.imaging import (
    color_profile,
    color_signal,
    cut_filled,
    cut_jpeg,
    cut_jpeg2000,
    png_container,
    readers,
    unusual_curve,
)
from magicmemory.pipeline.imaging.color_signal import SRGB_CURVE, ColorSignal, HighRange
from magicmemory.pipeline.imaging.container import Container
from magicmemory.pipeline.imaging.cut import Cut
from magicmemory.pipeline.imaging.metadata import Keep
from magicmemory.pipeline.imaging.metadata_cleaning import cleaned
from magicmemory.pipeline.imaging.picture import Picture, Pixels, eight_bits
from magicmemory.pipeline.imaging.raw_preview import largest_preview
from magicmemory.pipeline.imaging.tiff_container import is_camera_raw
from magicmemory.pipeline.imaging.tone_mapping import tone_mapped
from magicmemory.pipeline.imaging.unwrap import bmp_with_all_rows, unwrap

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
    zlib.error,
    cv2.error,
    ImageCms.PyCMSError,
    TiffFileError,
    imagecodecs.DelayedImportError,
    Image.DecompressionBombError,
    Warning,
)
_MOST_MISSING = 0.95  # of a cut photo: less than the rest shows nobody
_WITH_ALL_ROWS = {
    "PNG": png_container.with_all_rows,
    "BMP": bmp_with_all_rows,
    "JPEG2000": cut_jpeg2000.with_all_tiles,
}
_ROWS_AT_ONCE = 256
_SAMPLE_STEP = 16


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What is accepted.

    Attributes:
        max_bytes: of the file.
        max_pixels: of the picture, width times height.
    """

    max_bytes: int
    max_pixels: int


def decode(data: bytes, limits: DecodeLimits, page: int = 1, keep: Keep = Keep.NOTHING) -> Picture:
    """Decode a photo and turn it upright.

    Pixels stay in the colour space of the profile that comes with them; inks (CMYK) become sRGB, a high dynamic range
    is tone-mapped. An alpha channel that is opaque everywhere is left out. Depth: 16-bit PNG and TIFF stay 16-bit;
    HEIF and AVIF of 10 or 12 bits become 8-bit.

    Args:
        data: the file.
        limits: what is accepted.
        page: which page or picture of a file with several, from 1.
        keep: how much of EXIF, XMP and IPTC comes with the picture.

    Raises:
        FileTooLarge: more bytes than `limits.max_bytes`.
        PhotoTooLarge: more pixels than `limits.max_pixels`; nothing has been decoded.
        NotAPhoto: empty, or nothing that is known.
        KindUnsupported, ArchiveSent: of a kind that is not decoded; its name is told.
        PhotoAnimated: a video, or an animated WebP, PNG or AVIF.
        PhotoTruncated: the file ends too early to show anything.
        PdfWithoutScan, PdfLocked, PreviewMissing: there is no picture to be had in it.
        PageMissing: there is no such page.
        PhotoUnreadable: broken.
    """
    if len(data) > limits.max_bytes:
        raise FileTooLarge(limit_mb=round(limits.max_bytes / 1e6, 1))
    kind = sniff(data)
    if kind == "PDF":
        return _scanned(data, limits, page)
    if kind == "RAW" or (kind == "TIFF" and is_camera_raw(data)):
        return _developed(data, limits, page, keep)
    return _decoded(kind, unwrap(kind, data, page), limits, keep, page)


def _decoded(kind: str, container: Container, limits: DecodeLimits, keep: Keep, page: int = 1) -> Picture:
    if container.size is not None:
        _check_size(container.size, limits)
    if kind in _WITH_ALL_ROWS and not container.complete:
        with _named_errors(container):
            container = _WITH_ALL_ROWS[kind](container)
    with _named_errors(container):
        reader = partial(readers.read, kind, page=page, check_size=partial(_check_size, limits=limits))
        found, cut = _found(kind, container, reader)
        if cut is not None and cut.share > _MOST_MISSING:
            raise PhotoTruncated
    stored = _picture(kind, _upright(found.pixels, found.orientation), found.icc)
    with _named_errors(container):
        picture = _in_carried_colours(stored, found.signal)
    same_colours = picture.pixels is stored.pixels and picture.icc == stored.icc
    metadata = cleaned(found.metadata, keep, same_colours=same_colours)
    picture = replace(picture, pages=found.pages, metadata=metadata)
    if container.gain_map:
        picture = replace(picture, notes=(*picture.notes, Note(kind=NoteKind.GAIN_MAP)))
    orientation = found.orientation if container.stored == 1 else container.stored
    picture = replace(picture, orientation=orientation)
    return picture if cut is None else _with_cut(picture, cut, orientation)


def _found(
    kind: str, container: Container, reader: Callable[[Container], readers.Samples]
) -> tuple[readers.Samples, Cut | None]:
    if container.filled is not None:
        return cut_filled.read(kind, container, reader)
    found = reader(container)
    return found, _missing(kind, container, found.pixels)


def _missing(kind: str, container: Container, pixels: Pixels) -> Cut | None:
    """What is missing in the file; None where it is whole."""
    if kind == "JPEG" and not container.complete:
        return cut_jpeg.missing(container)
    if container.coarse:
        return Cut(len(pixels), 0.0, coarse=True)
    if container.whole_rows is None:
        return None
    rows = pixels.shape[1 if container.stored >= 5 else 0]
    return Cut(container.whole_rows, 1 - container.whole_rows / rows, coarse=False)


def _with_cut(picture: Picture, cut: Cut, orientation: int) -> Picture:
    notes = picture.notes
    if cut.share:
        notes = (*notes, Note(kind=NoteKind.INCOMPLETE, count=max(1, round(100 * cut.share))))
    if cut.coarse:
        notes = (*notes, Note(kind=NoteKind.COARSE))
    return replace(picture, notes=notes, missing=cut.area(picture.width, picture.height, orientation))


def _developed(data: bytes, limits: DecodeLimits, page: int, keep: Keep) -> Picture:
    """The preview in a camera's raw file."""
    preview = largest_preview(data)
    container = unwrap("JPEG", preview.data, page)
    if container.orientation == 1:
        container = replace(container, orientation=preview.orientation)
    picture = _decoded("JPEG", container, limits, keep)
    if preview.adobe_rgb and picture.icc is None:
        picture = replace(picture, icc=color_signal.icc_profile(color_signal.ADOBE_RGB))
    return replace(picture, format="RAW", notes=(*picture.notes, Note(kind=NoteKind.PREVIEW)))


def _scanned(data: bytes, limits: DecodeLimits, page: int) -> Picture:
    """A page of a PDF."""
    # A PDF is rare, and its library is as large as those of all other formats.
    from magicmemory.pipeline.imaging.pdf_reader import PdfPage

    with _named_errors(Container(data)), closing(PdfPage(data, page)) as scan:
        _check_size(scan.size, limits)
        return replace(_picture("PDF", scan.pixels(), None), pages=scan.pages)


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
            if not unusual_curve.is_unusual(picture.icc):
                return picture
            pixels, icc = unusual_curve.with_srgb_curve(picture.pixels, picture.icc)
            return replace(picture, pixels=pixels, icc=icc)
    if signal is None:
        return picture
    pixels, notes = picture.pixels, picture.notes
    if isinstance(signal.transfer, HighRange):
        pixels, signal = tone_mapped(pixels, signal)
        if picture.format in readers.HIGH_RANGE:  # its 10 bits and more were for the mapping
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
