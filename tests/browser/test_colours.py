"""A photo and its result have the same colours in Chromium, for every way to state colours."""

import base64
import io
import struct
from collections.abc import Callable

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.async_api import Browser

from magicmemory.pipeline.imaging.color_signal import DISPLAY_P3, SRGB_CURVE, ColorSignal, icc_profile
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from tests.pipeline.imaging.test_color_signal import ADOBE_RGB, chrm, cicp, gama, with_chunks
from tests.support.photo_files import LIMITS, png16, saved

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


def png(*chunks: bytes) -> bytes:
    return with_chunks(saved(SCENE, "PNG"), *chunks)


def avif(primaries: int, transfer: int) -> bytes:
    data = saved(SCENE, "AVIF", quality=98, subsampling="4:4:4")
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def inks(*, adobe: bool) -> bytes:
    data = saved(Image.fromarray(SCENE).convert("CMYK"), "JPEG", quality=98, subsampling=0)
    at = data.index(b"\xff\xee")
    return data if adobe else data[:at] + data[at + 16 :]


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
    "jpeg inks": ("jpeg", lambda: inks(adobe=True)),
    "jpeg inks, no marker": ("jpeg", lambda: inks(adobe=False)),
}


async def shown(browser: Browser, kind: str, data: bytes) -> NDArray[np.int64]:
    """The picture on a screen of sRGB."""
    page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1)
    try:
        source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
        await page.set_content(f"<body style='margin:0'><img src='{source}' style='display:block'></body>")
        await page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth > 0")
        with Image.open(io.BytesIO(await page.screenshot())) as screen:
            return np.asarray(screen.convert("RGB")).astype(int)
    finally:
        await page.close()


@pytest.mark.parametrize("name", CASES)
async def test_a_result_looks_like_its_photo(browser: Browser, name: str) -> None:
    kind, make = CASES[name]
    data = make()
    encoded = encode(decode(data, LIMITS))
    before = await shown(browser, kind, data)
    after = await shown(browser, encoded.media_type.removeprefix("image/"), encoded.data)
    assert np.abs(before - after).mean() <= MOST_LEVELS
