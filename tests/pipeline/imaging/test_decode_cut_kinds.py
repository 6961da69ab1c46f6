"""Files of other kinds than JPEG that end too early."""

import io
import struct
import tracemalloc
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from magicmemory.core.errors import PhotoTruncated, PhotoUnreadable
from magicmemory.core.report import Note, NoteKind
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.imaging.unwrap import unwrap
from tests.support.photo_files import (
    LIMITS,
    RGB,
    chunk,
    exif_with,
    heif_of_tiles,
    interlaced,
    png16,
    saved,
    turned,
    with_alpha,
)

SMOOTH = np.asarray(Image.fromarray(RGB).resize((400, 300), Image.Resampling.BICUBIC))
NOISE = np.random.default_rng(3).integers(1, 255, (300, 400, 3), dtype=np.uint8)
PHOTO = (SMOOTH * 0.8 + NOISE * 0.2).astype(np.uint8)
DEEP_NOISE = NOISE.astype(np.uint16) * 257


def a_tiff(pixels: NDArray[np.generic], **options: object) -> bytes:
    """Its directory stands before the pixels."""
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, photometric="rgb", metadata=None, **options)  # type: ignore[arg-type]
    return file.getvalue()


MAKERS: dict[str, Callable[[], bytes]] = {
    "png": lambda: saved(NOISE, "PNG"),
    "png 16": lambda: png16(DEEP_NOISE),
    "png grey": lambda: saved(NOISE[..., 0].copy(), "PNG"),
    "png palette": lambda: saved(Image.fromarray(NOISE).quantize(200), "PNG"),
    "png with alpha": lambda: saved(np.dstack([NOISE, NOISE[..., 0]]), "PNG"),
    "bmp": lambda: saved(NOISE, "BMP"),
    "bmp palette": lambda: saved(Image.fromarray(NOISE).quantize(200), "BMP"),
    "tiff": lambda: a_tiff(NOISE),
    "tiff 16": lambda: a_tiff(DEEP_NOISE),
    "tiff in strips": lambda: a_tiff(NOISE, rowsperstrip=7),
    "tiff deflate": lambda: a_tiff(NOISE, rowsperstrip=8, compression="zlib"),
    "tiff lzw": lambda: a_tiff(NOISE, rowsperstrip=8, compression="lzw", predictor=True),
    "tiff in tiles": lambda: a_tiff(NOISE, tile=(32, 32)),
    "tiff in packed tiles": lambda: a_tiff(NOISE, tile=(16, 16), compression="zlib"),
    "gif": lambda: saved(Image.fromarray(NOISE).quantize(200), "GIF", interlace=0),
    "gif of four colours": lambda: saved(Image.fromarray(NOISE).quantize(4), "GIF", interlace=0),
    "webp lossless": lambda: saved(NOISE, "WEBP", lossless=True),
    "jpeg 2000 in tiles": lambda: saved(NOISE, "JPEG2000", tile_size=(32, 32)),
    "jpeg 2000 in tiles, codestream": lambda: saved(NOISE, "JPEG2000", tile_size=(400, 16), no_jp2=True),
    "tiff big": lambda: a_tiff(NOISE, rowsperstrip=8, bigtiff=True, byteorder=">"),
}


@cache
def made(name: str) -> bytes:
    return MAKERS[name]()


def whole_and_cut(data: bytes, part: float) -> tuple[Picture, Picture]:
    return decode(data, LIMITS), cut_at(data, part)


def cut_at(data: bytes, part: float) -> Picture:
    return decode(data[: int(len(data) * part)], LIMITS)


def complete(cut: Picture) -> NDArray[np.bool_]:
    """Which pixels are in the file."""
    assert cut.missing is not None
    left, top, right, bottom = (int(value) for value in cut.missing)
    outside = np.ones(cut.pixels.shape[:2], bool)
    outside[top:bottom, left:right] = False
    return outside


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("part", [0.3, 0.77, 0.95])
def test_complete_part_is_shown(name: str, part: float) -> None:
    whole, cut = whole_and_cut(made(name), part)
    assert cut.missing is not None
    _, top, right, bottom = (int(value) for value in cut.missing)
    assert right == 400
    rows = slice(0, top) if top else slice(bottom, None)
    assert (cut.pixels[rows] == whole.pixels[rows]).all()
    (note,) = cut.notes
    assert note.kind is NoteKind.INCOMPLETE
    assert note.count == pytest.approx(100 * (1 - part), abs=12), "up to a row of tiles more"


@pytest.mark.parametrize("part", [0.4, 0.9])
def test_a_tiff_of_planes_is_whole_where_each_plane_is(part: float) -> None:
    planes = np.ascontiguousarray(np.moveaxis(NOISE, 2, 0))
    for packed in (None, "zlib"):
        data = a_tiff(planes, planarconfig="separate", rowsperstrip=10, compression=packed)
        if part < 0.6:
            with pytest.raises(PhotoTruncated):
                decode(data[: int(len(data) * part)], LIMITS)
            continue
        whole, cut = whole_and_cut(data, part)
        assert cut.missing is not None
        top = int(cut.missing[1])
        assert 180 <= top <= 230
        assert (cut.pixels[:top] == whole.pixels[:top]).all()


@pytest.mark.slow
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_heif_of_tiles_is_not_silently_filled_up(orientation: int) -> None:
    data = heif_of_tiles(turned(NOISE, orientation), exif=b"Exif\0\0" + exif_with(orientation))
    whole = decode(data, LIMITS)
    assert whole.missing is None
    for part in (0.4, 0.77, 0.97):
        cut = cut_at(data, part)
        same = (whole.pixels == cut.pixels).all(axis=2)
        assert same[complete(cut)].all(), part
        assert not same.all(), part
        assert [note.kind for note in cut.notes] == [NoteKind.INCOMPLETE]


def test_a_heif_of_tiles_without_the_end_of_its_box_is_found_out() -> None:
    """A box of length 0 reaches to the end of the file, wherever that is."""
    data = heif_of_tiles(NOISE)
    at = data.index(b"mdat") - 4
    data = data[:at] + bytes(4) + data[at + 4 :]
    assert decode(data, LIMITS).missing is None
    assert decode(data[: len(data) * 2 // 3], LIMITS).missing is not None


def test_a_turned_png_names_the_missing_part_as_it_is_shown() -> None:
    data = saved(turned(NOISE, 6), "PNG", exif=exif_with(6))
    _, cut = whole_and_cut(data, 0.6)
    assert cut.missing is not None
    left, top, right, bottom = cut.missing
    assert (left, top, bottom) == (0, 0, 300), "the rows from below stand on the left"
    assert right == pytest.approx(400 * 0.4, abs=12)


@pytest.mark.parametrize("cut", [1, 4, 8, 12, 14, 16])
def test_a_png_without_its_end_is_whole(cut: int) -> None:
    data = saved(SMOOTH, "PNG")
    picture = decode(data[:-cut], LIMITS)
    assert (picture.pixels == SMOOTH).all()
    assert picture.missing is None


def test_a_webp_without_what_follows_its_picture_is_whole() -> None:
    for options in ({"quality": 90}, {"lossless": True}):
        data = saved(SMOOTH, "WEBP", exif=b"Exif\0\0" + exif_with(1) + bytes(200), xmp=b"<x/>" * 50, **options)
        picture = decode(data[:-150], LIMITS)
        assert (picture.pixels == decode(data, LIMITS).pixels).all()
        assert picture.missing is None


def test_a_cut_webp_with_an_empty_header_is_an_error_with_a_name() -> None:
    data = b"RIFF\xff\0\0\0WEBPVP8X\0\0\0\0" + saved(SMOOTH, "WEBP")[12:100]
    with pytest.raises((PhotoUnreadable, PhotoTruncated)):
        decode(data, LIMITS)


@pytest.mark.parametrize("options", [{}, {"no_jp2": True}, {"irreversible": True, "quality_layers": [8]}], ids=str)
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_2000_without_its_end_marker_is_whole(options: dict[str, object], cut: int) -> None:
    data = saved(SMOOTH, "JPEG2000", **options)
    picture = decode(data[:-cut], LIMITS)
    assert (picture.pixels == decode(data, LIMITS).pixels).all()
    assert picture.missing is None


def test_a_jpeg_2000_whose_last_box_has_no_length_is_found_out() -> None:
    data = saved(NOISE, "JPEG2000")
    at = data.index(b"jp2c") - 4
    data = data[:at] + bytes(4) + data[at + 4 :]
    assert decode(data, LIMITS).notes == ()
    assert decode(data[: len(data) * 2 // 3], LIMITS).notes == (Note(kind=NoteKind.COARSE),)


@pytest.mark.parametrize(
    "options",
    [{}, {"no_jp2": True}, {"irreversible": True, "quality_layers": [20, 8]}, {"progression": "RPCL"}],
    ids=str,
)
def test_a_cut_jpeg_2000_of_one_tile_lacks_detail(options: dict[str, object]) -> None:
    """The more is there, the nearer it is; a block that is half there is no noise."""
    data = saved(PHOTO, "JPEG2000", **options)
    whole = decode(data, LIMITS).pixels.astype(int)
    nearer = 12.0
    for part in (0.3, 0.5, 0.7, 0.8, 0.9, 0.99):
        picture = decode(data[: int(len(data) * part)], LIMITS)
        assert picture.missing is None
        assert picture.notes == (Note(kind=NoteKind.COARSE),)
        difference = np.abs(picture.pixels - whole).mean()
        assert difference < nearer
        nearer = difference
    assert nearer < 0.5


@pytest.mark.parametrize("options", [{}, {"progression": "PCRL"}, {"progression": "CPRL"}], ids=str)
def test_a_jpeg_2000_without_most_of_its_detail_or_by_place_is_refused(options: dict[str, object]) -> None:
    data = saved(PHOTO, "JPEG2000", **options)
    with pytest.raises(PhotoTruncated):
        decode(data[: int(len(data) * (0.6 if options else 0.2))], LIMITS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("WEBP", {"quality": 90}),
        ("WEBP", {"quality": 40, "exif": b"Exif\0\0" + exif_with(1)}),
        ("WEBP", {"lossless": True}),
        ("AVIF", {"quality": 80}),
        ("AVIF", {"quality": 90, "subsampling": "4:4:4"}),
        ("AVIF", {"quality": 80, "exif": exif_with(6)}),
        ("HEIF", {"quality": 80}),
        ("HEIF", {"quality": 60, "exif": b"Exif\0\0" + exif_with(6)}),
        ("HEIF", {"quality": 60, "exif": b"Exif\0\0" + exif_with(8)}),
        ("HEIF", {"quality": 60, "exif": b"Exif\0\0" + exif_with(3)}),
    ],
    ids=str,
)
def test_rows_before_the_end_are_shown_and_the_rest_is_grey(kind: str, options: dict[str, object]) -> None:
    """In kinds whose decoders take any bytes for pixels."""
    data = saved(np.concatenate([PHOTO, PHOTO]), kind, **options)
    whole = decode(data, LIMITS)
    for part in (0.4, 0.6, 0.85, 0.97):
        cut = cut_at(data, part)
        outside = complete(cut)
        assert (cut.pixels == whole.pixels)[outside].all(), part
        assert (cut.pixels[~outside] == 127).all(), part
        assert outside.mean() > part - 0.3, "up to two blocks of 64 rows less"
        assert [note.kind for note in cut.notes] == [NoteKind.INCOMPLETE]


@pytest.mark.parametrize("kind", ["WEBP", "HEIF", "AVIF"])
def test_a_cut_picture_with_transparency_is_opaque_where_it_is_missing(kind: str) -> None:
    data = saved(with_alpha(RGB).repeat(8, 0).repeat(8, 1), kind, quality=80)
    for part in (0.3, 0.6, 0.9):
        try:
            picture = decode(data[: int(len(data) * part)], LIMITS)
        except PhotoTruncated:  # its transparency follows the picture
            continue
        if picture.alpha is not None and picture.missing is not None:
            assert (picture.alpha[int(picture.missing[1]) :] == 255).all()


def test_a_mirrored_cut_heif_is_refused() -> None:
    data = saved(turned(PHOTO, 2), "HEIF", quality=80, exif=b"Exif\0\0" + exif_with(2))
    assert b"imir" in data
    with pytest.raises(PhotoTruncated):
        decode(data[: int(len(data) * 0.7)], LIMITS)


@pytest.mark.parametrize("part", [0.5, 0.9, 0.99])
def test_a_cut_jpeg_xl_says_so(part: float) -> None:
    data = saved(NOISE, "JXL")
    with pytest.raises(PhotoTruncated):
        decode(data[: int(len(data) * part)], LIMITS)


def test_a_cut_gif_in_passes_says_so() -> None:
    data = saved(Image.fromarray(NOISE).quantize(200), "GIF", interlace=1)
    with pytest.raises(PhotoTruncated):
        decode(data[: len(data) * 2 // 3], LIMITS)


def test_a_cut_png_in_passes_says_so() -> None:
    data = interlaced()
    with pytest.raises(PhotoTruncated):
        decode(data[: len(data) * 2 // 3], LIMITS)


def test_a_cut_png_costs_no_more_than_its_size_allows() -> None:
    """Its rows are filled up only after the limits have been checked."""
    header = struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"\x78\x9c")
    with pytest.raises(Exception, match=r".") as raised:
        decode(data, LIMITS)
    assert type(raised.value).__name__ == "PhotoTooLarge"


def test_a_cut_png_whose_pixels_are_broken_too_is_an_error_with_a_name() -> None:
    data = bytearray(saved(NOISE, "PNG"))
    at = data.index(b"IDAT") + 6
    data[at : at + 40] = bytes(range(255, 215, -1))
    with pytest.raises(PhotoTruncated):
        decode(bytes(data[: len(data) // 2]), LIMITS)


def test_a_cut_tiff_without_samples_is_an_error_with_a_name() -> None:
    data = bytearray(a_tiff(np.ascontiguousarray(np.moveaxis(NOISE, 2, 0)), planarconfig="separate"))
    at = data.index(struct.pack("<HHIH", 277, 3, 1, 3))
    data[at + 8] = 0
    with pytest.raises((PhotoTruncated, PhotoUnreadable)):
        decode(bytes(data[: len(data) // 2]), LIMITS)


def test_a_heif_that_says_its_exif_is_huge_costs_no_more_than_its_filling() -> None:
    """An item that ends far behind the file is filled up once, not twice."""
    exif = b"Exif\0\0" + exif_with(3) + bytes(777)
    data = bytearray(saved(RGB, "HEIF", exif=exif))
    at = data.index(b"iloc")
    said = next(place for place in range(at, at + 100) if data[place : place + 4] == struct.pack(">I", len(exif) + 4))
    data[said : said + 4] = struct.pack(">I", 40 << 20)
    tracemalloc.start()
    try:
        unwrap("HEIF", bytes(data))
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()
