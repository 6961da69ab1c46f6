"""The webhook: Telegram pushes updates to an address of ours, behind the operator's own HTTPS proxy."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import ExtBot

from magicmemory.bots.telegram.rate_limiter import Urgency
from magicmemory.bots.telegram.updates import KINDS, UpdateReceiver, patiently
from magicmemory.core.errors import OperatorError
from magicmemory.core.settings import Settings

log = logging.getLogger(__name__)

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_UPDATE: Final = 1_000_000
# Telegram gives up on an answer after about a minute and tells the update again.
PATIENCE_S: Final = 50.0
GRACE_S: Final = 5


class WebhookUnavailable(OperatorError):
    """The webhook cannot be served."""


def secret_of(token: str) -> str:
    """The secret that Telegram shows with each update: the same after a restart, and useless to find the token."""
    return hashlib.sha256(f"webhook of {token}".encode()).hexdigest()


def endpoint(receiver: UpdateReceiver, bot: ExtBot[Urgency], secret: str, path: str) -> Starlette:
    """The web application that takes updates."""

    async def take(request: Request) -> Response:
        shown = request.headers.get(HEADER, "")
        if not hmac.compare_digest(shown.encode(), secret.encode()):
            return Response(status_code=403)
        if int(request.headers.get("Content-Length") or 0) > LARGEST_UPDATE:
            return Response(status_code=413)
        try:
            update = Update.de_json(json.loads(await request.body()), bot)
        except (ValueError, KeyError, TypeError):
            log.warning("the webhook was sent something that is no update")
            return Response(status_code=400)
        # Only what is handled is confirmed. A client that gives up must not end the handling.
        done, _ = await asyncio.wait({receiver.accept(update)}, timeout=PATIENCE_S)
        return Response(status_code=200 if done else 503)

    return Starlette(routes=[Route(path, take, methods=["POST"])])


async def listen(
    bot: ExtBot[Urgency],
    receiver: UpdateReceiver,
    settings: Settings,
    token: str,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Take updates from the webhook until `stop` is set.

    Raises:
        WebhookUnavailable: the port cannot be listened on.
    """
    secret = secret_of(token)
    path = urlsplit(settings.telegram_webhook_url).path or "/"
    config = uvicorn.Config(
        endpoint(receiver, bot, secret, path),
        host=settings.telegram_webhook_host,
        port=settings.telegram_webhook_port,
        lifespan="off",
        proxy_headers=False,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    try:
        await _begin(server, serving)
        await patiently(lambda: _register(bot, settings.telegram_webhook_url, secret), stop)
        ready()
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


async def _register(bot: ExtBot[Urgency], url: str, secret: str) -> Any:
    return await bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS, drop_pending_updates=False)


async def _begin(server: uvicorn.Server, serving: "asyncio.Task[None]") -> None:
    while not server.started:
        if serving.done():
            raise WebhookUnavailable(
                f"The Telegram webhook cannot listen on {server.config.host}:{server.config.port}: "
                "set MAGIC_TELEGRAM_WEBHOOK_PORT to another port."
            )
        await asyncio.sleep(0.02)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling and without ending the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals as they are."""
        yield

    async def serve(self, sockets: Any = None) -> None:
        """Serve; a port that is taken ends this task, not the process."""
        try:
            await super().serve(sockets)
        except SystemExit as error:
            log.error("the webhook ends: status %s", error.code)
