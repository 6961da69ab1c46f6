"""Makes the README's pictures: the page, a Telegram chat, a Discord chat, the terminal and the operator's page.

`make pictures` runs it. The whole service restores the sample photo with `lite`; the chats are those of the tests' own
servers, as their renderers show them. It needs Redis and Chromium.
"""

import asyncio
import html
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright

from magicmemory.bots import telegram
from magicmemory.bots.playground.page import sample_photo
from magicmemory.cli.operator_page import server as operator_page
from magicmemory.core.errors import NoFaceFound
from magicmemory.core.job import Address, Outcome
from magicmemory.core.options import Options
from magicmemory.core.report import Face, Failure, Report
from magicmemory.core.settings import Settings
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.queue.embedded import embedded_redis
from magicmemory.storage.database import Database
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.quota import Allowance
from tests.browser.conftest import ARGUMENTS, NAMES
from tests.support import discord_harness, telegram_harness
from tests.support.filled_database import PLANS, person
from tests.support.harness import settings_for
from tests.support.playground import open_playground

PATIENCE_S = 180
EXAMPLE = Path(telegram.__path__[0]) / "example.jpg"
COLOURS = 256  # of a picture: enough for a page, and a third of the bytes
FACE = Face(box=(0, 0, 9, 9), landmarks=((3, 3), (6, 3), (4, 5), (3, 7), (6, 7)), score=0.99, restored=True)
REPORT = Report(width=9, height=9, faces=(FACE,), model="lite", detector="mtcnn", stages_ms={}, total_ms=900)
TERMINAL = """
body { background: #1c1917; margin: 0; padding: 18px 22px } pre { color: #e7e2dc; font: 14px/1.45 "DejaVu Sans Mono",
monospace; margin: 0; white-space: pre-wrap } b { color: #f0a06a; font-weight: normal }
"""


async def main(out: Path) -> None:
    """Make all pictures."""
    binary = next(path for name in NAMES if (path := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            pipeline = Pipeline.of(settings_for(folder))
            async with embedded_redis(folder / "redis") as redis_url:
                await _page(browser, folder / "page", redis_url, pipeline, out / "page.png")
                await _telegram(browser, folder / "telegram", redis_url, pipeline, out / "telegram.png")
                await _discord(browser, folder / "discord", redis_url, pipeline, out / "discord.png")
                await _operator(browser, folder / "operator", redis_url, out / "operator.png")
            await _terminal(browser, folder / "terminal", out / "terminal.png")
        await browser.close()


async def _page(browser: Browser, folder: Path, redis_url: str, pipeline: Pipeline, out: Path) -> None:
    # As `make run` offers it.
    async with open_playground(folder, redis_url, pipeline, playground_free_per_day=None) as url:
        page = await browser.new_page(viewport={"width": 760, "height": 1180}, color_scheme="light")
        await page.goto(url)
        await page.wait_for_selector("html[data-ready]")
        await page.get_by_role("button", name="Try the sample photo").click()
        result = page.locator(".bubble.result")
        await result.wait_for(timeout=PATIENCE_S * 1000)
        for picture in await result.locator("img").all():
            await picture.evaluate("picture => picture.decode()")
        await page.wait_for_timeout(500)  # the scrolling
        await page.screenshot(path=out)
        await page.close()
    _shrink(out)


async def _telegram(browser: Browser, folder: Path, redis_url: str, pipeline: Pipeline, out: Path) -> None:
    folder.mkdir()
    async with telegram_harness.harness(folder, redis_url, pipeline) as running:
        ana = running.server.user("Magic Memory")
        asked = await ana.send_photo(sample_photo())
        assert await ana.hears(lambda message: message.photo is not None, after=asked, within_s=PATIENCE_S)
        await _shot(browser, running.server.render_html(ana), out, width=460)


async def _discord(browser: Browser, folder: Path, redis_url: str, pipeline: Pipeline, out: Path) -> None:
    folder.mkdir()
    async with discord_harness.harness(folder, redis_url, pipeline) as there:
        used = there.server.user.slash(there.server.channel, "restore", photo=sample_photo())
        await there.answer(used, PATIENCE_S)
        await _shot(browser, there.server.render_html(there.server.channel), out, width=760)


async def _terminal(browser: Browser, folder: Path, out: Path) -> None:
    """What commands print, really run, on a page that looks like a terminal."""
    folder.mkdir()
    (folder / "family").mkdir()
    for name, photo in (("granny.jpg", sample_photo()), ("postcard.jpg", EXAMPLE.read_bytes())):
        (folder / "family" / name).write_bytes(photo)
    # The first photo on a machine converts the models, which takes longer once.
    await asyncio.to_thread(_run, "magicmemory restore family/ --out before", folder)
    shown = []
    for command in ("magicmemory restore family/ --out restored --compare", "magicmemory faces family/postcard.jpg"):
        ended = await asyncio.to_thread(_run, command, folder)
        shown.append(f"<b>$</b> {html.escape(command)}\n{html.escape(ended)}")
    await _shot(browser, f"<style>{TERMINAL}</style><pre>{chr(10).join(shown)}</pre>", out, width=860)


def _run(command: str, folder: Path) -> str:
    program = Path(sys.executable).with_name("magicmemory")
    ended = subprocess.run(
        [program, *command.split()[1:]], cwd=folder, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    return ended.stdout + ended.stderr


async def _operator(browser: Browser, folder: Path, redis_url: str, out: Path) -> None:
    settings = Settings.model_validate({"data_dir": folder, "redis_url": redis_url})
    async with Database(settings.database) as database:
        await _two_weeks(database)
    stop, told = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(operator_page.serve(settings, "127.0.0.1", 0, stop, told.set_result))
    page = await browser.new_page(viewport={"width": 1000, "height": 760}, color_scheme="light")
    await page.goto(await told)
    await page.screenshot(path=out)
    await page.close()
    stop.set()
    await serving
    _shrink(out)


async def _two_weeks(database: Database) -> None:
    """Made-up people, a few more each day, whose photos are answered within seconds; every ninth has no face."""
    now = datetime.now(UTC)
    ledger = Ledger(database, Allowance.of(Settings(_env_file=None), PLANS), lambda: now)
    begin, number = now - timedelta(minutes=50), 0
    for days_ago in reversed(range(14)):
        for nth in range(44 - 2 * days_ago):
            number += 1
            now = begin - timedelta(days=days_ago) + timedelta(minutes=nth)
            sender = person(number * 7 % 401)
            address = Address(platform=sender.platform, chat=sender.account, message=str(number))
            job = (await ledger.reserve(sender, address, Options(), free=True)).job
            now += timedelta(seconds=2 + number % 5)
            if number % 9:
                await ledger.settle(Outcome(job=job.id, report=REPORT, extension="jpg"), {"reply": "1"})
            else:
                await ledger.refund_quota(job.id, Failure.of(NoFaceFound()))
            await ledger.replied(job.id, {})


async def _shot(browser: Browser, text: str, out: Path, width: int) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 100}, color_scheme="light")
    await page.set_content(text)
    await page.screenshot(path=out, full_page=True)
    await page.close()
    _shrink(out)


def _shrink(file: Path) -> None:
    """Fewer colours: the repository keeps every version of a picture."""
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG).save(file, optimize=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
