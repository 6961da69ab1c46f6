"""Every TIFF layout is read as another program wrote it, and as a second reader reads it."""

import io
import itertools
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from magicmemory.core.errors import KindUnsupported
from magicmemory.pipeline.imaging.decode import decode
from tests.pipeline.imaging.test_color_signal import as_srgb
from tests.support.photo_files import (
    ALPHA,
    COLOUR,
    DEEP,
    GREY,
    HEIGHT,
    LIMITS,
    RGB,
    WIDTH,
    differs,
    repeated,
    rgb_tags,
    saved,
    tiff,
    with_alpha,
)

BIG = np.asarray(Image.fromarray(RGB).resize((160, 96), Image.Resampling.BICUBIC))


def written(samples: NDArray[Any], **options: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, samples, metadata=None, **options)
    return file.getvalue()


def in_planes(samples: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.ascontiguousarray(np.moveaxis(samples, 2, 0))


LAYOUTS = [
    {"compression": packed, "planarconfig": planes, "tile": tile, "byteorder": order, "bigtiff": big}
    for packed, planes, tile, order, big in itertools.product(
        [None, "lzw", "zlib", "packbits"], ["contig", "separate"], [None, (16, 48)], "<>", [False, True]
    )
]


@pytest.mark.parametrize("depth", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: "-".join(map(str, layout.values())))
def test_every_colour_layout_is_read(layout: dict[str, object], depth: type[np.unsignedinteger]) -> None:
    factor = {1: 1, 2: 257, 4: 16843009}[np.dtype(depth).itemsize]
    samples = BIG.astype(depth) * depth(factor)
    if layout["planarconfig"] == "separate":
        samples = in_planes(samples)
    strips = {} if layout["tile"] else {"rowsperstrip": 7}
    picture = decode(written(samples, photometric="rgb", **layout, **strips), LIMITS)
    assert picture.pixels.dtype == (np.uint8 if depth is np.uint8 else np.uint16)
    assert (picture.rgb8() == BIG).all()


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 10, 12, 14, 16, 32])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_every_grey_depth_is_read(bits: int, photometric: str) -> None:
    peak = (1 << bits) - 1
    levels: NDArray[Any] = np.rint(GREY / 255 * peak).astype(
        np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32
    )
    stored = peak - levels if photometric == "miniswhite" else levels
    options = {} if bits in (8, 16, 32) else {"bitspersample": bits}
    if bits == 1:
        stored = stored.astype(bool)
    picture = decode(written(stored, photometric=photometric, **options), LIMITS)
    assert picture.monochrome
    assert np.abs(picture.pixels[..., 0] / picture.peak - levels / peak).max() <= 1 / 250


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("extra", ["unassalpha", "assocalpha", "unspecified"])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_fourth_channel_is_read(depth: type[np.unsignedinteger], extra: str, planes: str) -> None:
    peak = np.iinfo(depth).max
    alpha = np.maximum(with_alpha(RGB)[..., 3:], 40)
    colours = RGB * (alpha / 255) if extra == "assocalpha" else RGB
    samples = np.rint(np.dstack([colours, alpha]) * (peak / 255)).astype(depth)
    samples = in_planes(samples) if planes == "separate" else samples
    data = written(samples, photometric="rgb", planarconfig=planes, extrasamples=[extra])
    picture = decode(data, LIMITS)
    assert (picture.alpha is None) == (extra == "unspecified")
    if picture.alpha is not None:
        assert np.abs(picture.alpha / (peak / 255) - alpha[..., 0]).max() <= 1
    assert np.abs(picture.rgb8().astype(int) - RGB).max() <= (4 if extra == "assocalpha" and depth is np.uint8 else 1)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("photometric", ["cielab", "icclab"])
def test_lab_is_read(depth: type[np.unsignedinteger], photometric: str) -> None:
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    lab = ImageCms.applyTransform(Image.fromarray(RGB), to_lab)
    assert lab is not None
    raw = np.frombuffer(lab.tobytes(), np.uint8).reshape(HEIGHT, WIDTH, 3)
    lightness, ab = raw[..., :1] / 255, raw[..., 1:].view(np.int8).astype(int)
    deep = depth is np.uint16
    top = (65535 if photometric == "cielab" else 65280) if deep else 255
    shifted = ab * (256 if deep else 1) if photometric == "cielab" else (ab + 128) * (256 if deep else 1)
    samples = np.dstack([np.rint(lightness * top), shifted]).astype(np.int64).astype(depth)
    picture = decode(written(samples, photometric=photometric), LIMITS)
    assert picture.pixels.dtype == depth
    assert np.abs(as_srgb(picture) - RGB).mean() <= 1.0


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_cmyk_is_read(depth: type[np.unsignedinteger], planes: str) -> None:
    inks = np.asarray(Image.fromarray(RGB).convert("CMYK")).astype(depth) * depth(257 if depth is np.uint16 else 1)
    samples = in_planes(inks) if planes == "separate" else inks
    picture = decode(written(samples, photometric="separated", planarconfig=planes), LIMITS)
    assert differs(picture, RGB) <= 1
    assert picture.icc is None


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int16])
def test_unsupported_sample_types_are_named(kind: type[np.generic]) -> None:
    with pytest.raises(KindUnsupported) as told:
        decode(written(RGB.astype(kind), photometric="rgb"), LIMITS)
    assert str(told.value.parameters["kind"]).startswith("TIFF (")


@pytest.mark.parametrize("name", ["tiff", "tiff lzw", "tiff jpeg", "tiff palette"])
def test_tiff_equals_a_second_reader(name: str) -> None:

    data = COLOUR[name][1]()
    second = tifffile.imread(io.BytesIO(data)) if name != "tiff palette" else None
    with Image.open(io.BytesIO(data)) as image:
        third = np.asarray(image.convert("RGB"))
    ours = decode(data, LIMITS).pixels
    assert (ours == third).all()
    if second is not None and name != "tiff jpeg":  # tifffile leaves YCbCr to its caller
        assert (ours == second).all()


def test_chunky_sixteen_bits_equal_opencv() -> None:
    data = written(DEEP, photometric="rgb", compression="lzw", predictor=2)
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert bgr is not None
    assert (decode(data, LIMITS).pixels == bgr[..., ::-1]).all()
    assert decode(ALPHA["tiff 16-bit"](), LIMITS).alpha is not None


def test_fax_is_read() -> None:
    two = Image.fromarray(GREY).convert("1")
    for packed in ("group3", "group4", "tiff_ccitt"):
        assert (decode(saved(two, "TIFF", compression=packed), LIMITS).pixels == repeated(np.asarray(two) * 255)).all()


@pytest.mark.parametrize("subsampling", [0, 2])
def test_a_jpeg_in_the_old_style(subsampling: int) -> None:
    """Compression 6: the strip is a JPEG, which two tags of its own point to."""
    inside = saved(BIG, "JPEG", quality=95, subsampling=subsampling)
    side = 2 if subsampling else 1
    tags = rgb_tags(160, 96) | {259: (3, [6]), 262: (3, [6]), 530: (3, [side, side]), 512: (3, [1])}
    data = tiff(tags | {513: (4, [8]), 514: (4, [len(inside)])}, inside)
    picture = decode(data, LIMITS)
    assert picture.format == "TIFF"
    assert differs(picture, BIG) <= 3
    assert np.abs(picture.rgb8().astype(int) - np.asarray(Image.open(io.BytesIO(inside)))).mean() <= 1


@settings(max_examples=80, deadline=None)
@given(
    width=st.integers(1, 70),
    height=st.integers(1, 50),
    channels=st.sampled_from([1, 3]),
    depth=st.sampled_from([np.uint8, np.uint16]),
    planes=st.sampled_from(["contig", "separate"]),
    packed=st.sampled_from([None, "lzw", "zlib", "packbits", "zstd", "lzma"]),
    predictor=st.booleans(),
    tile=st.sampled_from([None, (16, 16), (32, 16)]),
    order=st.sampled_from("<>"),
    seed=st.integers(0, 99),
)
def test_any_combination_of_tags_is_read(
    width: int,
    height: int,
    channels: int,
    depth: type[np.unsignedinteger],
    planes: str,
    packed: str | None,
    predictor: bool,
    tile: tuple[int, int] | None,
    order: str,
    seed: int,
) -> None:
    shape = (height, width) if channels == 1 else (height, width, channels)
    samples = np.random.default_rng(seed).integers(0, np.iinfo(depth).max, shape, dtype=depth)
    stored = in_planes(samples) if channels == 3 and planes == "separate" else samples
    options = {"photometric": "rgb", "planarconfig": planes} if channels == 3 else {"photometric": "minisblack"}
    data = written(
        stored, compression=packed, predictor=predictor and packed is not None, tile=tile, byteorder=order, **options
    )
    pixels = decode(data, LIMITS).pixels
    assert pixels.dtype == depth
    assert (pixels == (np.dstack([samples] * 3) if channels == 1 else samples)).all()
