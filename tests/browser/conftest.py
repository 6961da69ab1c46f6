"""A real browser for the playground's page: headless Chromium, and windows that notice every error."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response, async_playwright

from magicmemory.queue.embedded import embedded_redis

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests; each window of it is a new visitor."""
    binary = next((path for name in NAMES if (path := shutil.which(name))), None)
    if binary is None:
        reason = "no Chromium on this machine: install the package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browsers_redis(redis_binary: str, tmp_path: Path) -> AsyncIterator[str]:
    """A real Redis in the browser's own event loop."""
    async with embedded_redis(tmp_path / "redis") as url:
        yield url


@dataclass
class Window:
    """A page, and what went wrong in it."""

    page: Page
    home: str
    expected: set[int] = field(default_factory=set)  # refusals that a test provokes
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note every error, every request that fails, and every one that leaves the machine."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"exception: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        refused = any(f"status of {status} " in message.text for status in self.expected)
        if message.type in ("error", "warning") and not refused:
            self.wrong.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A stream of events that the page itself closes ends like this too.
        if not (request.url.endswith("/events") and request.failure == "net::ERR_ABORTED"):
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, f"blob:{self.home}")):
            self.wrong.append(f"foreign: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.wrong.append(f"refused: {response.status} {response.url}")


OpenWindow = Callable[..., AbstractAsyncContextManager[Window]]


@pytest.fixture
def open_window(browser: Browser) -> OpenWindow:
    """Opens the page for a new visitor; at the end, nothing may have gone wrong."""

    @asynccontextmanager
    async def open_(home: str, *, expected: tuple[int, ...] = (), offline: bool = False, **options: Any) -> Any:
        context = await browser.new_context(
            **{"viewport": {"width": 1000, "height": 900}, "locale": "en-GB", **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        window = Window(await context.new_page(), home, set(expected))
        window.watch()
        await window.page.goto(home)
        await window.page.wait_for_selector("html[data-ready]")
        try:
            yield window
        finally:
            await context.close()
        assert offline or not window.wrong, "\n".join(window.wrong)

    return open_
