"""The whole service without test doubles: the sample photo, the bundled networks, a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from magicmemory.pipeline.pipeline import Pipeline
from tests.browser.conftest import OpenWindow
from tests.support.playground import open_playground, photo

pytestmark = pytest.mark.asyncio(loop_scope="session")

# On a busy machine.
FIRST_PHOTO_MS = 150_000


async def test_the_sample_photo_comes_back_restored(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow, lite: Pipeline
) -> None:
    async with (
        open_playground(tmp_path, browsers_redis, lite) as url,
        open_window(url) as window,
    ):
        page: Page = window.page
        await page.get_by_role("button", name="Try the sample photo").click()
        result = page.locator(".bubble.result")
        await expect(result).to_be_visible(timeout=FIRST_PHOTO_MS)
        await expect(result).to_contain_text("One face restored; scratches repaired.")
        for picture in await result.locator("img").all():
            await picture.evaluate("picture => picture.decode()")
        assert await pixels_changed(page) > 0.02
        another = {"name": "another.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        await page.locator("#file").set_input_files(another)  # type: ignore[arg-type]
        # The sample was free.
        await expect(page.locator(".bubble").last).to_contain_text("face", ignore_case=True, timeout=FIRST_PHOTO_MS)


async def pixels_changed(page: Page) -> float:
    """Which share of the picture differs between before and after."""
    share: float = await page.evaluate(
        """() => {
        const [before, after] = [...document.querySelectorAll(".compare img")].map((picture) => {
            const canvas = new OffscreenCanvas(256, 256).getContext("2d");
            canvas.drawImage(picture, 0, 0, 256, 256);
            return canvas.getImageData(0, 0, 256, 256).data;
        });
        return before.filter((level, index) => Math.abs(level - after[index]) > 3).length / before.length;
    }"""
    )
    return share
