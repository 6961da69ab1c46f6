"""Clients of the strict Telegram server: the library's application, and plain HTTP."""

import io
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from PIL import Image
from telegram.ext import Application, ApplicationBuilder

from tests.servers.telegram import TelegramServer


def picture(width: int = 320, height: int = 240, kind: str = "JPEG", noise: bool = False) -> bytes:
    """A small picture file; with `noise` it does not compress."""
    data = random.Random(width).randbytes(width * height * 3) if noise else bytes(width * height * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), data).save(out, kind)
    return out.getvalue()


@asynccontextmanager
async def application(server: TelegramServer) -> AsyncIterator["Application[Any, Any, Any, Any, Any, Any]"]:
    """The library's application, unchanged except for the server's address."""
    builder = ApplicationBuilder().token(server.token)
    app = builder.base_url(server.base_url).base_file_url(server.base_file_url).build()
    async with app:
        await app.start()
        try:
            yield app
        finally:
            if app.updater and app.updater.running:
                await app.updater.stop()
            await app.stop()


@asynccontextmanager
async def raw(server: TelegramServer) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client for the methods of the Bot API."""
    async with httpx.AsyncClient(base_url=f"{server.base_url}{server.token}/", timeout=20) as client:
        yield client


async def said(client: httpx.AsyncClient, method: str, **parameters: Any) -> tuple[int, str]:
    """The status and the description of an answer."""
    files = {name: value for name, value in parameters.items() if isinstance(value, tuple)}
    plain = {name: value for name, value in parameters.items() if name not in files}
    answer = await client.post(method, data=plain, files=files or None)
    body = answer.json()
    assert body["ok"] is (answer.status_code == 200)
    if not body["ok"]:
        assert body["error_code"] == answer.status_code
    return answer.status_code, str(body.get("description", ""))
