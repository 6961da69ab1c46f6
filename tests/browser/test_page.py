"""The playground's page in a real browser: what a person does there, by mouse, by keyboard and on a phone."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from magicmemory.bots.bootstrap import open_service
from magicmemory.storage.codes import CodeKind, CodeSpec
from tests.browser.conftest import PATIENCE_MS, OpenWindow, Window
from tests.support.harness import settings_for
from tests.support.page import followed, last, pick, result, say, shown_pictures
from tests.support.playground import Gate, Painter, open_playground, photo

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=PATIENCE_MS)

PHOTO = {"name": "granny.jpg", "mimeType": "image/jpeg"}
REFUSAL = re.compile("You have used today’s free photo. You get the next one in ")


async def test_a_photo_comes_back_with_live_progress(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow
) -> None:
    gate = Gate()
    async with open_playground(tmp_path, browsers_redis, Painter(step=gate)) as url, open_window(url) as window:
        page: Page = window.page
        await expect(page.get_by_text("You have 1 of 1 left today.")).to_be_visible()
        await pick(page)
        assert await shown_pictures(page.locator(".bubble.you")) == [240]
        await followed(page)
        seen = []
        for sentence in [
            "Looking for faces…",
            "Found 2 faces. Restored 0 so far…",
            "Found 2 faces. Restored 1 so far…",
            "Blending…",
        ]:
            gate.let_one_pass()
            await expect(last(page)).to_contain_text(sentence)
            seen.append(await page.get_by_role("progressbar").evaluate("bar => bar.value"))
        assert seen == sorted(seen)
        assert 0 < seen[0] < seen[-1] < 1
        gate.open()

        restored = await result(page)
        await expect(restored).to_contain_text("One face restored. One face was too small to restore.")
        await expect(restored).to_contain_text("No more photos today.")
        await expect(page.locator("#quota")).to_contain_text("No more photos today.")
        await expect(restored.locator(".faces li")).to_have_text(
            ["Face 1: 72 × 90 pixels, restored", "Face 2: 12 × 15 pixels, too small to restore"]
        )
        assert await shown_pictures(restored) == [240, 240]
        await expect(page.get_by_role("progressbar")).to_have_count(0)


async def test_the_result_is_operable_by_keyboard(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with open_playground(tmp_path, browsers_redis) as url, open_window(url) as window:
        page: Page = window.page
        await pick(page)
        restored = await result(page)
        slider = restored.get_by_role("slider", name="Divider between before and after")
        await slider.focus()
        await expect(slider).to_have_attribute("aria-valuetext", "Before 50 %, After 50 %")
        await page.keyboard.press("ArrowRight")
        await expect(slider).to_have_attribute("aria-valuetext", "Before 51 %, After 49 %")
        await page.keyboard.press("Home")
        after = restored.locator("img.after")
        assert await after.evaluate("picture => getComputedStyle(picture).clipPath") == "inset(0px 0px 0px 0%)"

        await page.keyboard.press("Tab")
        async with page.expect_download() as downloading:
            await page.keyboard.press("Enter")
        download = await downloading.value
        assert download.suggested_filename == "granny restored.jpg"
        assert Path(await download.path()).read_bytes().startswith(b"\xff\xd8\xff")

        faces = restored.get_by_role("button", name="Show faces")
        await faces.focus()
        await page.keyboard.press("Space")
        await expect(faces).to_have_attribute("aria-pressed", "true")
        await expect(restored.locator(".boxes")).to_have_class("boxes shown")
        assert await restored.locator(".boxes rect").count() == 2

        gentler = restored.get_by_role("button", name="Gentler")
        await gentler.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".bubble.you").last).to_contain_text("The same photo, restored at 75 %")
        await expect(page.locator(".bubble.result")).to_have_count(2)
        await expect(page.locator(".bubble.result").last.get_by_role("button", name="Stronger")).to_be_visible()


async def test_the_whole_photo_is_cleaned_on_request(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow
) -> None:
    gate = Gate()
    async with open_playground(tmp_path, browsers_redis, Painter(step=gate)) as url, open_window(url) as window:
        page: Page = window.page
        # The photo itself passes all of its six stages' steps; its adjustment waits at each of its own.
        for _ in range(6):
            gate.let_one_pass()
        await pick(page)
        whole = (await result(page)).get_by_role("button", name="Whole photo")
        await whole.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".bubble.you").last).to_contain_text("The whole photo repaired and cleaned")
        await followed(page)
        seen = []
        for sentence in ["Looking for faces…", "Cleaning the whole photo…", "Found 2 faces. Restored 0 so far…"]:
            gate.let_one_pass()
            await expect(last(page)).to_contain_text(sentence)
            await expect(page.locator("#announcer")).to_contain_text(sentence)
            seen.append(await page.get_by_role("progressbar").evaluate("bar => bar.value"))
        assert seen == sorted(set(seen))
        gate.open()
        await expect(page.locator(".bubble.result")).to_have_count(2)
        again = page.locator(".bubble.result").last
        await expect(again.get_by_role("button", name="Whole photo")).to_have_count(0)
        await again.get_by_role("button", name="Faces only").click()
        await expect(page.locator(".bubble.you").last).to_contain_text("The same photo, faces only, restored at 100 %")
        await expect(page.locator(".bubble.result")).to_have_count(3)


async def test_the_divider_follows_the_pointer(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with open_playground(tmp_path, browsers_redis) as url, open_window(url) as window:
        page: Page = window.page
        await pick(page)
        restored = await result(page)
        await shown_pictures(restored)
        figure = restored.locator(".compare")
        await figure.scroll_into_view_if_needed()
        box = await figure.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        await page.mouse.move(box["x"] + box["width"] * 0.5, middle)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] * 0.25, middle)
        await page.mouse.up()
        await expect(restored.get_by_role("slider")).to_have_value("25")


async def test_the_second_photo_is_refused(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with (
        open_playground(tmp_path, browsers_redis) as url,
        open_window(url, expected=(429,)) as window,
    ):
        page: Page = window.page
        await pick(page)
        await result(page)
        await pick(page, photo(200))
        await expect(last(page)).to_contain_text(REFUSAL)
        await expect(last(page)).to_have_class(re.compile("refusal"))
        await expect(page.locator("#announcer")).to_contain_text(REFUSAL)


async def test_bad_files_are_refused_in_words(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with (
        open_playground(tmp_path, browsers_redis, max_photo_mb=0.1) as url,
        open_window(url, expected=(415,)) as window,
    ):
        page: Page = window.page
        await pick(page, b"<script>alert(1)</script>", "<b>notes</b>.txt")
        await expect(last(page)).to_contain_text("This is not a photo.")
        await expect(page.locator(".bubble.you")).to_contain_text("<b>notes</b>.txt")
        await pick(page, b"", "empty.jpg")
        await expect(last(page)).to_contain_text("This is not a photo.")
        # Told at once: it is never sent.
        await pick(page, bytes(200_000), "large.jpg")
        await expect(last(page)).to_contain_text("This file is too large: 0.1 MB is the limit.")
        await expect(page.locator("#quota")).to_contain_text("You have 1 of 1 left today.")


async def test_commands_are_answered(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with open_playground(tmp_path, browsers_redis, worker=False) as url, open_window(url) as window:
        page: Page = window.page
        for text, answer in {
            "/help": "/quota – what you have left today",
            "/quota": "You have 1 of 1 left today.",
            "/restore": "Send a photo, and I restore it.",
            "/dance": "I do not know /dance.",
        }.items():
            await say(page, text)
            await expect(last(page)).to_contain_text(answer)
            await expect(page.locator("#announcer")).to_contain_text(answer)
        assert await page.evaluate("document.activeElement.id") == "text"


async def test_a_code_is_unlocked(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with open_playground(tmp_path, browsers_redis) as url, open_window(url, expected=(429,)) as window:
        async with open_service(settings_for(tmp_path), browsers_redis) as service:
            ((_, code),) = await service.codes.create(CodeSpec(CodeKind.UNLOCK, plan="premium", days=30))
        page: Page = window.page
        await pick(page)
        await result(page)
        await pick(page, photo(200))
        await expect(last(page)).to_contain_text(REFUSAL)
        await say(page, "/unlock RESTORE41")
        await expect(last(page)).to_contain_text("I do not know this code.")
        await say(page, f"/unlock {code}")
        await expect(last(page)).to_contain_text("The code is good: you have Premium for 30 more days.")
        await expect(page.locator("#quota")).to_contain_text("You have Premium for another 30 days.")
        await pick(page, photo(210))
        await expect(page.locator(".bubble.result")).to_have_count(2)
        await expect(last(page)).to_contain_text("You have Premium for another 30 days.")
        await say(page, "/premium")
        await expect(last(page)).to_contain_text("Nothing is for sale here.")


async def test_a_waiting_photo_is_cancelled(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    async with open_playground(tmp_path, browsers_redis, worker=False) as url, open_window(url) as window:
        page: Page = window.page
        await pick(page)
        await expect(last(page)).to_contain_text("Got it. Your photo is next.")
        await page.get_by_role("button", name="Cancel").click()
        await expect(last(page)).to_contain_text("Cancelled. It cost you nothing.")
        await pick(page)
        await expect(last(page)).to_contain_text("Got it. Your photo is next.")
        await say(page, "/cancel")
        await expect(page.locator(".bubble", has_text="Cancelled. It cost you nothing.")).to_have_count(3)


async def test_a_reload_shows_the_chat(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    gate = Gate()
    async with open_playground(tmp_path, browsers_redis, Painter(step=gate)) as url, open_window(url) as window:
        page: Page = window.page
        await pick(page)
        await followed(page)
        gate.let_one_pass()
        await expect(last(page)).to_contain_text("Looking for faces…")
        await page.reload()
        await expect(page.get_by_role("progressbar")).to_be_visible()
        gate.open()
        assert await shown_pictures(await result(page)) == [240, 240]
        await page.reload()
        assert await shown_pictures(await result(page)) == [240, 240]
        assert await shown_pictures(page.locator(".bubble.you")) == [240]


async def test_photos_are_dropped_and_pasted(tmp_path: Path, browsers_redis: str, open_window: OpenWindow) -> None:
    transfer = """async ([kind, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], kind + ".jpg", { type: "image/jpeg" }));
        const details = { bubbles: true, cancelable: true, clipboardData: transfer, dataTransfer: transfer };
        const event = kind === "paste" ? new ClipboardEvent(kind, details) : new DragEvent(kind, details);
        document.body.dispatchEvent(event);
    }"""
    async with open_playground(tmp_path, browsers_redis, free_per_day=3) as url, open_window(url) as window:
        page: Page = window.page
        await page.evaluate(transfer, ["dragover", [0]])
        await expect(page.get_by_text("Let go to send the photo")).to_be_visible()
        for number, kind in enumerate(["drop", "paste"], start=1):
            await page.evaluate(transfer, [kind, list(photo(200 + number))])
            await expect(page.locator(".bubble.result")).to_have_count(number)
        await expect(page.get_by_text("Let go to send the photo")).to_be_hidden()
        await expect(page.locator("#quota")).to_contain_text("You have 1 of 3 left today.")


async def test_many_photos_at_once_are_all_answered(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow
) -> None:
    async with open_playground(tmp_path, browsers_redis, free_per_day=20) as url, open_window(url) as window:
        page: Page = window.page
        photos = [{**PHOTO, "buffer": photo(200 + number)} for number in range(8)]
        await page.locator("#file").set_input_files(photos)  # type: ignore[arg-type]
        await expect(page.locator(".bubble.result")).to_have_count(8)
        await expect(page.locator("#quota")).to_contain_text("You have 12 of 20 left today.")


async def test_the_page_recovers_when_the_server_restarts(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow
) -> None:
    async with open_playground(tmp_path, browsers_redis, worker=False) as url:
        port = int(url.rsplit(":", 1)[1])
        opening = open_window(url, offline=True)
        window: Window = await opening.__aenter__()
        await pick(window.page)
        await expect(last(window.page)).to_contain_text("Got it. Your photo is next.")
    try:
        page = window.page
        await expect(page.get_by_text("The connection is gone. I keep trying…")).to_be_visible()
        await say(page, "/quota")
        await expect(last(page)).to_contain_text("This was not sent: there is no connection.")
        async with open_playground(tmp_path, browsers_redis, playground_port=port):
            await result(page)
            await expect(page.locator("#banner")).to_be_hidden()
            await say(page, "/quota")
            await expect(last(page)).to_contain_text("No more photos today.")
    finally:
        await opening.__aexit__(None, None, None)
    assert not [wrong for wrong in window.wrong if wrong.startswith(("exception", "foreign"))]


async def test_a_photo_that_was_not_sent_is_sent_again(
    tmp_path: Path, browsers_redis: str, open_window: OpenWindow
) -> None:
    async with open_playground(tmp_path, browsers_redis) as url, open_window(url, offline=True) as window:
        page: Page = window.page
        await page.context.set_offline(True)
        await pick(page)
        await expect(last(page)).to_contain_text("This was not sent: there is no connection.")
        await page.context.set_offline(False)
        await page.get_by_role("button", name="Try again").click()
        await result(page)
        assert await page.locator(".bubble").count() == 2
