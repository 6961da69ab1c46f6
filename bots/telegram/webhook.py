"""The webhook: Telegram pushes updates to an address of ours, behind the operator's own HTTPS proxy."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import ExtBot

from magicmemory.bots.telegram.rate_limiter import Urgency
from magicmemory.bots.telegram.updates import KINDS, UpdateReceiver, patiently
from magicmemory.core.http_server import Server
from magicmemory.core.http_server import listen as listening_socket
from magicmemory.core.settings import Settings

log = logging.getLogger(__name__)

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_UPDATE: Final = 1_000_000
# Telegram gives up on an answer after about a minute and tells the update again.
PATIENCE_S: Final = 50.0
GRACE_S: Final = 5


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
        CannotListen: the port cannot be listened on.
        BadToken: Telegram refuses the token.
    """
    secret, url = secret_of(token), settings.telegram_webhook_url
    host, remedy = settings.telegram_webhook_host, "set MAGIC_TELEGRAM_WEBHOOK_PORT to another port"
    with closing(listening_socket(host, settings.telegram_webhook_port, "The Telegram webhook", remedy)) as listener:
        server = Server(endpoint(receiver, bot, secret, urlsplit(url).path or "/"), GRACE_S)
        serving = asyncio.create_task(server.serve_until(stop, listener))
        try:
            # The socket takes connections already: updates that come now are answered once the server runs.
            await patiently(lambda: _register(bot, url, secret), stop)
            ready()
            await serving
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _register(bot: ExtBot[Urgency], url: str, secret: str) -> Any:
    return await bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS, drop_pending_updates=False)
