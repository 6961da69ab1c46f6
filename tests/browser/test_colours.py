"""A photo and its result have the same colours in Chromium, for every way to state colours."""

import base64
import io
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import pytest_asyncio
from numpy.typing import NDArray
from PIL import Image
from playwright.async_api import Browser, Page

from magicmemory.pipeline.imaging.color_profile import grey_of
from magicmemory.pipeline.imaging.color_signal import DISPLAY_P3, SRGB_CURVE, ColorSignal, Curve, icc_profile
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from tests.pipeline.imaging.test_color_signal import ADOBE_RGB, bmp_with_profile, chrm, cicp, gama, with_chunks
from tests.pipeline.imaging.test_tiff_colors import ADOBE, points, tiff
from tests.support.jxl_with_profile import JXL_OF_P3
from tests.support.photo_files import LIMITS, behind_start, chunk, chunk_of_profile, exif_colours, png16, saved, segment
from tests.support.table_profiles import ink_profile, linear_table_profile

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_LEVELS = 1.5  # mean difference, of 255
WIDTH, HEIGHT = 128, 96


def scene() -> NDArray[np.float64]:
    """Smooth colours, most of them muted, and a row of greys, 0 to 1."""
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    colours = np.dstack([0.2 + 0.6 * x, 0.3 + 0.5 * y, 0.7 - 0.5 * x * y])
    colours[: HEIGHT // 4] = np.repeat(x[: HEIGHT // 4, :, None], 3, axis=2)
    return np.asarray(colours)


SCENE = np.rint(scene() * 255).astype(np.uint8)
DEEP = np.rint(scene() * 65535).astype(np.uint16)
P3 = icc_profile(ColorSignal(DISPLAY_P3, SRGB_CURVE))
LINEAR = icc_profile(ColorSignal(DISPLAY_P3, Curve(1.0))) or b""


def png(*chunks: bytes) -> bytes:
    return with_chunks(saved(SCENE, "PNG"), *chunks)


def avif(primaries: int, transfer: int) -> bytes:
    data = saved(SCENE, "AVIF", quality=98, subsampling="4:4:4")
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def inks(*, adobe: bool, **options: object) -> bytes:
    data = saved(Image.fromarray(SCENE).convert("CMYK"), "JPEG", quality=98, subsampling=0, **options)
    at = data.index(b"\xff\xee")
    return data if adobe else data[:at] + data[at + 16 :]


def deep_avif(primaries: int, transfer: int, bits: int = 10) -> bytes:
    levels: dict[str, Any] = {"level": 98, "bitspersample": bits, "matrix": 9}
    return bytes(imagecodecs.avif_encode(DEEP >> (16 - bits), primaries=primaries, transfer=transfer, **levels))


def by_stream(data: bytes) -> bytes:
    """Without the box that says the colours: the codec's own header does."""
    assert b"colrnclx" in data
    return data.replace(b"colrnclx", b"freenclx")


def streamed_avif(primaries: int, transfer: int) -> bytes:
    colours: dict[str, Any] = {"primaries": primaries, "transfer": transfer, "matrix": 6}
    return by_stream(bytes(imagecodecs.avif_encode(SCENE, level=98, **colours)))


def heif(primaries: int, transfer: int, **options: int) -> bytes:
    colours = {"color_primaries": primaries, "transfer_characteristics": transfer, "matrix_coefficients": 6}
    return saved(SCENE, "HEIF", quality=98, chroma=444, **colours, **options)


def deep_heif(primaries: int, transfer: int) -> bytes:
    file = io.BytesIO()
    pillow_heif.encode(
        "RGB;16", (WIDTH, HEIGHT), DEEP.tobytes(), file, quality=98, chroma=444, color_primaries=primaries,
        transfer_characteristics=transfer, matrix_coefficients=9, full_range_flag=1,
    )  # fmt: skip
    return file.getvalue()


def gain_map() -> bytes:
    """An Ultra HDR photo: a usual screen shows its base picture."""
    xmp = b'http://ns.adobe.com/xap/1.0/\0<x hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/">'
    data = saved(SCENE, "JPEG", quality=98, subsampling=0)
    return behind_start(data, segment(0xE1, xmp)) + data


CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "png": ("png", png),
    "png P3": ("png", lambda: png(cicp(12, 13))),
    "png BT.2020": ("png", lambda: png(cicp(9, 13))),
    "png BT.709 video": ("png", lambda: png(cicp(1, 1))),
    "png linear": ("png", lambda: png(cicp(1, 8))),
    "png PQ": ("png", lambda: png16(DEEP, cicp(9, 16))),
    "png PQ of P3": ("png", lambda: png16(DEEP, cicp(12, 16))),
    "png HLG": ("png", lambda: png16(DEEP, cicp(9, 18))),
    "png gamma 1": ("png", lambda: png(gama(1.0))),
    "png gamma 1.8": ("png", lambda: png(gama(1.8))),
    "png gamma 2.2": ("png", lambda: png(gama(2.2))),
    "png Adobe RGB": ("png", lambda: png(gama(2.2) + chrm(ADOBE_RGB))),
    "png cHRM alone": ("png", lambda: png(chrm(ADOBE_RGB))),
    "png 16 P3": ("png", lambda: png16(DEEP, cicp(12, 13))),
    "png grey gamma 1.8": ("png", lambda: with_chunks(saved(SCENE[..., 1], "PNG"), gama(1.8))),
    "png linear profile": ("png", lambda: saved(SCENE, "PNG", icc_profile=LINEAR)),
    "png 16 linear profile": ("png", lambda: png16(DEEP, chunk_of_profile(LINEAR))),
    "png linear table": ("png", lambda: saved(SCENE, "PNG", icc_profile=linear_table_profile())),
    "png 16 linear table": ("png", lambda: png16(DEEP, chunk_of_profile(linear_table_profile()))),
    "png grey linear profile": ("png", lambda: saved(SCENE[..., 1], "PNG", icc_profile=grey_of(LINEAR))),
    "jpeg linear profile": ("jpeg", lambda: saved(SCENE, "JPEG", quality=98, subsampling=0, icc_profile=LINEAR)),
    "png profile": ("png", lambda: saved(SCENE, "PNG", icc_profile=P3)),
    "jpeg profile": ("jpeg", lambda: saved(SCENE, "JPEG", quality=98, icc_profile=P3)),
    "webp profile": ("webp", lambda: saved(SCENE, "WEBP", lossless=True, icc_profile=P3)),
    "avif": ("avif", lambda: avif(1, 13)),
    "avif P3": ("avif", lambda: avif(12, 13)),
    "avif BT.2020": ("avif", lambda: avif(9, 13)),
    "avif PQ": (
        "avif",
        lambda: bytes(
            imagecodecs.avif_encode(DEEP >> 6, level=98, bitspersample=10, primaries=9, transfer=16, matrix=9)
        ),
    ),
    "avif HLG": ("avif", lambda: deep_avif(9, 18)),
    "avif PQ of 12 bits": ("avif", lambda: deep_avif(9, 16, 12)),
    "avif PQ of P3": ("avif", lambda: deep_avif(12, 16)),
    "avif linear": ("avif", lambda: avif(1, 8)),
    "avif P3, by its stream": ("avif", lambda: streamed_avif(12, 13)),
    "avif BT.2020, by its stream": ("avif", lambda: streamed_avif(9, 13)),
    "avif BT.709 video, by its stream": ("avif", lambda: streamed_avif(1, 1)),
    "avif PQ, by its stream": ("avif", lambda: by_stream(deep_avif(9, 16))),
    "avif profile": ("avif", lambda: saved(SCENE, "AVIF", quality=98, subsampling="4:4:4", icc_profile=P3)),
    "png 16 PQ with its peak": (
        "png",
        lambda: png16(DEEP, cicp(9, 16) + chunk(b"cLLI", (600 * 10_000).to_bytes(4, "big") + bytes(4))),
    ),
    "avif BT.709 video": ("avif", lambda: avif(1, 1)),
    "avif BT.601 video": ("avif", lambda: avif(6, 6)),
    "avif BT.2020 video": ("avif", lambda: avif(9, 14)),
    "avif BT.2020 of no curve": ("avif", lambda: avif(9, 2)),
    "avif of gamma 2.2": ("avif", lambda: avif(1, 4)),
    "jpeg gain map": ("jpeg", gain_map),
    "jpeg Adobe RGB in EXIF": (
        "jpeg",
        lambda: behind_start(saved(SCENE, "JPEG", quality=98), segment(0xE1, exif_colours(65535, b"R03"))),
    ),
    "jpeg grey": ("jpeg", lambda: saved(SCENE[..., 1], "JPEG", quality=98)),
    "gif": ("gif", lambda: saved(Image.fromarray(SCENE).quantize(256), "GIF")),
    "bmp": ("bmp", lambda: saved(SCENE, "BMP")),
    "bmp profile": ("bmp", lambda: bmp_with_profile(SCENE, P3 or b"")),
    "jpeg inks, profile": ("jpeg", lambda: inks(adobe=True, icc_profile=ink_profile())),
    "jpeg inks": ("jpeg", lambda: inks(adobe=True)),
    "jpeg inks, no marker": ("jpeg", lambda: inks(adobe=False)),
}


ELSEWHERE: dict[str, tuple[Callable[[], bytes], str, Callable[[], bytes]]] = {
    "heif": (lambda: heif(1, 13), "png", png),
    "heif P3": (lambda: heif(12, 13), "png", lambda: png(cicp(12, 13))),
    "heif BT.2020": (lambda: heif(9, 13), "png", lambda: png(cicp(9, 13))),
    "heif linear": (lambda: heif(1, 8), "png", lambda: png(cicp(1, 8))),
    "heif P3, by its stream": (lambda: by_stream(heif(12, 13)), "png", lambda: png(cicp(12, 13))),
    "heif BT.709 video, by its stream": (lambda: by_stream(heif(1, 1)), "png", png),
    "heif profile": (
        lambda: saved(SCENE, "HEIF", quality=98, chroma=444, icc_profile=P3),
        "png",
        lambda: png(cicp(12, 13)),
    ),
    "heif PQ": (lambda: deep_heif(9, 16), "png", lambda: png16(DEEP, cicp(9, 16))),
    "heif PQ, by its stream": (lambda: by_stream(deep_heif(9, 16)), "png", lambda: png16(DEEP, cicp(9, 16))),
    "heif HLG": (lambda: deep_heif(9, 18), "png", lambda: png16(DEEP, cicp(9, 18))),
    "tiff profile": (lambda: saved(SCENE, "TIFF", icc_profile=P3), "png", lambda: png(cicp(12, 13))),
    "tiff primaries": (
        lambda: tiff(SCENE, *points(ADOBE)),
        "png",
        lambda: png(gama(2.2) + chrm(ADOBE_RGB)),
    ),
    "tiff inks": (
        lambda: saved(Image.fromarray(SCENE).convert("CMYK"), "TIFF"),
        "jpeg",
        lambda: inks(adobe=True),
    ),
    "jpeg xl profile": (lambda: JXL_OF_P3, "png", lambda: png(cicp(12, 13))),
    "jpeg 2000": (lambda: saved(SCENE, "JPEG2000"), "png", png),
}
"""What Chromium cannot show: a file, and the kind and bytes of one that says the same and that it can show."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def screen(browser: Browser) -> AsyncIterator[Page]:
    """One window for all pictures: another one takes half a second of processor time."""
    page = await browser.new_page(viewport={"width": 2 * WIDTH, "height": HEIGHT}, device_scale_factor=1)
    yield page
    await page.close()


async def shown(screen: Page, *pictures: tuple[str, bytes]) -> list[NDArray[np.int64]]:
    """Pictures (kind, file) on a screen of sRGB."""
    sources = [f"data:image/{kind};base64,{base64.b64encode(data).decode()}" for kind, data in pictures]
    images = "".join(f"<img src='{source}' style='display:block'>" for source in sources)
    await screen.set_content(f"<body style='margin:0; display:flex'>{images}</body>")
    await screen.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    with Image.open(io.BytesIO(await screen.screenshot())) as taken:
        seen = np.asarray(taken.convert("RGB")).astype(int)
    return [seen[:, place * WIDTH : (place + 1) * WIDTH] for place in range(len(pictures))]


@pytest.mark.parametrize("name", CASES)
async def test_a_result_looks_like_its_photo(screen: Page, name: str) -> None:
    kind, make = CASES[name]
    data = make()
    encoded = encode(decode(data, LIMITS))
    before, after = await shown(screen, (kind, data), (encoded.media_type.removeprefix("image/"), encoded.data))
    assert np.abs(before - after).mean() <= MOST_LEVELS


@pytest.mark.parametrize("name", ELSEWHERE)
async def test_a_result_looks_like_another_file_that_says_the_same(screen: Page, name: str) -> None:
    make, kind, make_other = ELSEWHERE[name]
    encoded = encode(decode(make(), LIMITS))
    if encoded.media_type == "image/tiff":
        encoded = encode(decode(make(), LIMITS), kind="PNG")
    result = (encoded.media_type.removeprefix("image/"), encoded.data)
    other, after = await shown(screen, (kind, make_other()), result)
    assert np.abs(other - after).mean() <= MOST_LEVELS
