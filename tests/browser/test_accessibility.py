"""How the playground's page looks and can be used: on a phone, in the dark, in every language, by keyboard alone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from magicmemory.bots.texts import Texts
from tests.browser.conftest import PATIENCE_MS, OpenWindow
from tests.journeys.test_telegram_faces import ThreeFaces
from tests.support.page import last, pick, result, say, shown_pictures
from tests.support.playground import open_playground, photo

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=PATIENCE_MS)

PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
# Pixels of the input that its hint leaves free.
ROOM_FOR_HINT = """() => {
    const input = document.getElementById("text"), style = getComputedStyle(input);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return room - pen.measureText(input.placeholder).width;
}"""
REFUSAL = re.compile("You have used today’s free photo. You get the next one in ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_phone_and_can_be_read(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow, scheme: str
) -> None:
    async with (
        open_playground(tmp_path, browsers_redis) as url,
        open_window(url, expected=(429,), color_scheme=scheme, reduced_motion="reduce", **PHONE) as window,
    ):
        page: Page = window.page
        await assert_fits(page)
        await say(page, "/help")
        await expect(last(page)).to_contain_text("/quota")  # its arrival moves the button
        await pick(page, photo(1600, 900), "a-very-long-name-without-any-space-in-it-" * 3 + ".jpg")
        await shown_pictures(await result(page))
        await pick(page)
        await expect(last(page)).to_contain_text(REFUSAL)
        await assert_fits(page)
        assert await unreadable_texts(page) == []
        assert await page.evaluate("document.getAnimations().length") == 0


async def test_it_fits_a_phone_in_every_language(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    texts = Texts()
    async with open_playground(tmp_path, browsers_redis) as url:
        for language in texts.languages:
            async with open_window(url, locale=language, **PHONE) as window:
                page: Page = window.page
                await expect(page.locator("h1")).to_have_text(texts.say(language, "playground-headline"))
                assert await page.evaluate(ROOM_FOR_HINT) >= 0, f"{language}: the hint is cut"
                await say(page, "/help", texts.say(language, "playground-message"))
                await expect(page.locator(".bubble")).to_have_count(2)
                await page.locator("#sample").click()
                whole = texts.say(language, "playground-scope-photo")
                await (await result(page)).get_by_role("button", name=whole).click()
                faces = texts.say(language, "playground-scope-faces")
                await expect(last(page).get_by_role("button", name=faces)).to_be_visible()
                await assert_fits(page)


async def assert_fits(page: Page) -> None:
    widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1], widths


async def unreadable_texts(page: Page) -> list[Any]:
    """Texts with less contrast than WCAG's AA asks for (4.5), against the nearest filled background."""
    found: list[Any] = await page.evaluate(
        """() => {
        const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const light = (colour) => {
            const [r, g, b] = channels(colour).map((c) => c / 255)
                .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = (element) => {
            for (let at = element; at; at = at.parentElement) {
                const colour = getComputedStyle(at).backgroundColor;
                if (/^rgb\\(/.test(colour)) return colour;
            }
            return "rgb(255, 255, 255)";
        };
        const texts = [...document.querySelectorAll("p, h1, button, a, li, summary, span")].filter((element) =>
            !element.closest(".unseen, .compare") && element.checkVisibility() && element.textContent.trim());
        return texts.flatMap((element) => {
            const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            return contrast < 4.5 ? [[element.textContent, contrast]] : [];
        });
    }"""
    )
    return found


async def test_a_result_is_looked_at_closely_and_the_focus_is_never_hidden(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow
) -> None:
    size = {"width": 1280, "height": 800}
    async with (
        open_playground(tmp_path, browsers_redis, ThreeFaces(), free_per_day=3) as url,
        open_window(url, viewport=size) as window,
    ):
        page: Page = window.page
        await pick(page, photo(600, 760))
        restored = await result(page)
        await shown_pictures(restored)
        after = restored.locator("img.after")
        hold = restored.get_by_role("button", name="Hold to see the original")
        await hold.hover()
        await page.mouse.down()
        await expect(after).to_be_hidden()
        await page.mouse.up()
        await expect(after).to_be_visible()
        await restored.get_by_role("button", name="Large view").click()
        viewer = page.get_by_role("dialog", name="Large view")
        await viewer.get_by_role("button", name="Enlarge").click()
        await expect(viewer.locator(".stage")).to_have_class("stage zoomed")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")  # the first may end the full screen only
        await expect(viewer).to_have_count(0)
        await expect(restored.locator(".compare")).to_be_visible()
        await pick(page, photo(600, 761))
        await expect(page.locator(".bubble.result")).to_have_count(2)
        await expect(page.get_by_role("link", name="Download all in one file")).to_have_count(1)
        await last(page).get_by_role("button", name="Choose faces").click()
        await last(page).get_by_role("button", name="Face cards").click()
        await expect(last(page).get_by_text("Face 2: row 1, number 1 from the left.")).to_be_visible()
        assert len(await shown_pictures(last(page).locator(".cards"))) == 3
        async with page.expect_download() as downloading:
            await last(page).locator(".card").first.click()
        assert (await downloading.value).suggested_filename == "granny restored, face 1 (row 1, number 2).jpg"
        await say(page, "/deletemydata")
        await expect(last(page).get_by_role("button", name="Delete everything")).to_be_visible()
        await page.reload()
        await expect(page.locator(".bubble.result")).to_have_count(2)
        hidden = []
        for _ in range(34):
            await page.keyboard.press("Tab")
            hidden += await page.evaluate(
                """() => {
                const [element, composer] = [document.activeElement, document.getElementById("composer")];
                const [own, other] = [element.getBoundingClientRect(), composer.getBoundingClientRect()];
                const free = element === document.body || composer.contains(element);
                return free || (own.bottom <= other.top + 1 && own.top >= -1) || own.height > 600
                    ? [] : [element.outerHTML];
            }"""
            )
        assert hidden == []


async def test_everything_has_a_name(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with open_playground(tmp_path, browsers_redis) as url, open_window(url) as window:
        page: Page = window.page
        await pick(page)
        await shown_pictures(await result(page))
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll("button, a, input:not([hidden]), img, progress, ol[aria-label]")]
            .filter((element) => !(element.textContent.trim() || element.ariaLabel || element.alt
                || element.labels?.length || (element.alt === "" && element.closest(".brand"))))
            .map((element) => element.outerHTML)"""
        )
        assert nameless == []
        # From the top, Tab alone reaches everything that can be used.
        await page.reload()
        await result(page)
        reached = []
        for _ in range(16):
            await page.keyboard.press("Tab")
            reached.append(
                await page.evaluate(
                    "document.activeElement.id || document.activeElement.type || document.activeElement.textContent"
                )
            )
        assert reached[:4] == ["drop", "sample", "range", "Download"]
        # Hold, large view and copy; gentler, the whole photo, the faces' boxes, and print quality.
        assert reached[4:-4] == ["button"] * 8
        assert reached[-4:] == ["Before and after, to share", "Faces (2)", "add", "text"]
