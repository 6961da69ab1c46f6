"""JPEG 2000, JPEG XL, raw files and PDFs are read with the same limits and errors as other formats."""

import io
import struct

import imagecodecs
import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageCms, ImageDraw

from magicmemory.core.errors import (
    PageMissing,
    PdfLocked,
    PdfWithoutScan,
    PhotoTooLarge,
    PhotoTruncated,
    PhotoUnreadable,
    PreviewMissing,
    UserError,
)
from magicmemory.core.report import NoteKind
from magicmemory.pipeline.imaging.color_signal import ADOBE_RGB, DISPLAY_P3, SRGB_CURVE, ColorSignal, icc_profile
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.imaging.exif_block import Entry, written
from tests.support.photo_files import (
    GREY,
    HEIGHT,
    LIMITS,
    NEWER,
    RGB,
    WIDTH,
    differs,
    exif_with,
    large,
    pdf_of,
    raw_of,
    repeated,
    saved,
    with_alpha,
)

P3 = icc_profile(ColorSignal(DISPLAY_P3, SRGB_CURVE)) or b""


@pytest.mark.parametrize("name", NEWER)
def test_newer_formats_are_read(name: str) -> None:
    kind, make, tolerance = NEWER[name]
    picture = decode(make(), LIMITS)
    assert picture.format == kind
    assert differs(picture, large(RGB) if kind == "RAW" else RGB) <= tolerance
    assert encode(picture).extension == ".jpg"


@pytest.mark.parametrize("name", NEWER)
def test_newer_formats_obey_the_pixel_limit(name: str) -> None:
    with pytest.raises(PhotoTooLarge):
        decode(NEWER[name][1](), DecodeLimits(max_bytes=20_000_000, max_pixels=WIDTH * HEIGHT - 1))


@pytest.mark.parametrize("name", NEWER)
def test_truncated_newer_formats_give_a_named_error(name: str) -> None:
    data = NEWER[name][1]()
    for at in {*range(12, 200, 17), *range(200, len(data), max(1, len(data) // 12))}:
        try:
            decode(data[:at], LIMITS)
        except UserError:
            continue


@pytest.mark.parametrize("pixels", [GREY, with_alpha(RGB)], ids=["grey", "alpha"])
@pytest.mark.parametrize("kind", ["JPEG2000", "JXL"])
def test_newer_formats_keep_grey_and_alpha(kind: str, pixels: np.ndarray) -> None:
    options = {"lossless": True} if kind == "JXL" else {}
    picture = decode(saved(pixels, kind, **options), LIMITS)
    assert picture.monochrome == (pixels.ndim == 2)
    assert differs(picture, repeated(GREY) if pixels.ndim == 2 else RGB) == 0
    if pixels.ndim == 3:
        assert picture.alpha is not None
        assert np.array_equal(picture.alpha, pixels[..., 3])


def test_jpeg_2000_equals_a_second_reader() -> None:
    for data in (saved(RGB, "JPEG2000"), saved(RGB, "JPEG2000", irreversible=True, quality_layers=[8])):
        assert np.abs(decode(data, LIMITS).pixels.astype(int) - imagecodecs.jpeg2k_decode(data)).max() <= 1


def test_jpeg_xl_equals_a_second_reader() -> None:
    data = saved(RGB, "JXL", quality=80)
    assert np.abs(decode(data, LIMITS).pixels.astype(int) - imagecodecs.jpegxl_decode(data)).max() <= 1


def test_jpeg_2000_profile_is_read() -> None:
    data = saved(RGB, "JPEG2000")
    at = data.index(b"colr") - 4
    (length,) = struct.unpack_from(">I", data, at)
    colr = struct.pack(">I4sBBB", 11 + len(P3), b"colr", 2, 0, 0) + P3
    header = data.index(b"jp2h") - 4
    longer = struct.pack(">I", struct.unpack_from(">I", data, header)[0] + len(colr) - length)
    changed = data[:header] + longer + data[header + 4 : at] + colr + data[at + length :]
    assert decode(changed, LIMITS).icc == P3


def test_jpeg_xl_profile_is_kept() -> None:
    data = bytes(imagecodecs.jpegxl_encode(RGB, lossless=True))
    picture = decode(data, LIMITS)
    assert picture.icc is None or b"RGB " in picture.icc
    if picture.icc is not None:
        source = ImageCms.ImageCmsProfile(io.BytesIO(picture.icc))
        shown = ImageCms.profileToProfile(Image.fromarray(picture.rgb8()), source, ImageCms.createProfile("sRGB"))
        assert np.abs(np.asarray(shown).astype(int) - RGB).mean() <= 1


@pytest.mark.parametrize("header", [b"\xff\x0a" + bytes(range(20)), b"\xff\x0a" + b"\xff" * 20])
def test_a_huge_jpeg_xl_is_refused_by_its_header(header: bytes) -> None:
    with pytest.raises((PhotoTooLarge, PhotoUnreadable, PhotoTruncated)):
        decode(header, LIMITS)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_raw_preview_is_turned_by_the_raw_files_orientation(orientation: int) -> None:
    undo = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    wanted = large(RGB)
    image = Image.fromarray(wanted)
    stored = image.transpose(undo[orientation]) if orientation in undo else image
    picture = decode(raw_of(saved(stored, "JPEG", quality=95), saved(RGB, "JPEG"), orientation), LIMITS)
    assert differs(picture, wanted) <= 2
    assert [note.kind for note in picture.notes] == [NoteKind.PREVIEW]


@pytest.mark.parametrize(("space", "index", "is_adobe"), [(65535, b"R03", True), (2, b"", True), (1, b"R98", False)])
def test_raw_preview_is_in_the_colours_that_the_raw_file_says(space: int, index: bytes, is_adobe: bool) -> None:
    """The way Canon writes a CR2: the preview itself says nothing."""
    photo = (Entry(40961, 3, struct.pack("<H", space)), Entry(40965, 4, (Entry(1, 2, index + b"\0"),)))
    start = b"II*\0" + struct.pack("<I", 16) + b"CR\2\0" + bytes(4) + written((Entry(34665, 4, photo),), 16)
    picture = decode(start + bytes(100) + saved(large(RGB), "JPEG", quality=95) + bytes(100), LIMITS)
    assert differs(picture, large(RGB)) <= 4
    assert picture.icc == (icc_profile(ADOBE_RGB) if is_adobe else None)


def test_raw_files_in_other_containers_are_read() -> None:
    preview = saved(large(RGB), "JPEG", quality=95, exif=b"Exif\0\0" + exif_with(3))
    fuji = b"FUJIFILMCCD-RAW 0201" + bytes(100) + preview + bytes(1000)
    canon = struct.pack(">I", 24) + b"ftypcrx \0\0\0\1crx isom" + bytes(40) + preview + bytes(500)
    for data in (fuji, canon):
        assert differs(decode(data, LIMITS), large(RGB)[::-1, ::-1]) <= 2


def test_thumbnail_does_not_count_as_preview() -> None:
    with pytest.raises(PreviewMissing):
        decode(raw_of(saved(RGB, "JPEG"), saved(RGB[::2, ::2], "JPEG")), LIMITS)


def test_pdf_pages_are_read() -> None:
    data = pdf_of(RGB, 255 - RGB, RGB[::-1].copy())
    assert decode(data, LIMITS).pages == 3
    assert differs(decode(data, LIMITS, 2), 255 - RGB) <= 3
    with pytest.raises(PageMissing) as told:
        decode(data, LIMITS, 4)
    assert told.value.parameters == {"page": 4, "pages": 3}


def test_scanned_pdf_page_has_its_pictures_size() -> None:
    for resolution in (50, 300):
        picture = decode(pdf_of(large(RGB), resolution=resolution), LIMITS)
        assert (picture.width, picture.height) == (WIDTH * 10, HEIGHT * 10)


def test_text_pdf_is_refused() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(300, 400)
    file = io.BytesIO()
    document.save(file)
    with pytest.raises(PdfWithoutScan):
        decode(file.getvalue(), LIMITS)


LOCKED = b"""%%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj
3 0 obj <</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>> endobj
trailer <</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>
%%%%EOF
""" % (b"11" * 32, b"22" * 32)


def test_locked_pdf_is_refused() -> None:
    with pytest.raises(PdfLocked):
        decode(LOCKED, LIMITS)


def test_page_with_a_small_logo_is_refused() -> None:
    page = Image.new("RGB", (1000, 1400), "white")
    ImageDraw.Draw(page).text((10, 10), "a letter")
    logo = saved(page.resize((60, 80)), "PDF", resolution=72)
    # The same picture on a page ten times as wide and high.
    with pytest.raises(PdfWithoutScan):
        decode(logo.replace(b"[ 0 0 60.0 80.0 ]", b"[ 0 0 600.0 800.]"), LIMITS)
