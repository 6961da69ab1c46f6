"""Receives updates, by long polling or by a webhook. Each update is handled once, and none is lost.

Telegram keeps an update until it is confirmed. A poll confirms only updates that have been handled, and a webhook
request is answered only then, so Telegram sends again what a process was handling when it died. Redis remembers the
number of each handled update for a day, so that an update that comes again is not handled twice.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import closing, nullcontext
from typing import Any, Final
from urllib.parse import urlsplit

from arq.connections import ArqRedis
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.error import (
    BadRequest,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from magicmemory.bots.telegram.rate_limiter import Urgency, pause_of
from magicmemory.core.errors import OperatorError
from magicmemory.core.http_server import Server, listen
from magicmemory.core.job import Platform
from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import RedisKeys

log = logging.getLogger(__name__)

KINDS: Final = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CHANNEL_POST,
    Update.EDITED_CHANNEL_POST,
    Update.GUEST_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.PRE_CHECKOUT_QUERY,
    Update.MY_CHAT_MEMBER,
]
# The library turns this into `getUpdates`. For that name itself it warns that `Bot.get_updates` exists.
GET_UPDATES: Final = "get_Updates"
POLL_S: Final = 30
BATCH: Final = 100
AT_ONCE: Final = 64
REMEMBERED_S: Final = 24 * 3600
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
# Some servers answer an empty poll at once instead of waiting: the pause after such an answer grows up to this.
QUICK_S: Final = 0.5
LONGEST_EMPTY_PAUSE_S: Final = 2.0
FIRST_EMPTY_PAUSE_S: Final = 0.05
SETTLE_S: Final = 0.5  # before the next poll while none of the last poll's updates is done
REDIS_RETRY_S: Final = 1.0
HANDLE_TRIES: Final = 6  # of an update during which Redis or Telegram went away; about 15 seconds in all
HANDLE_S: Final = 15 * 60.0  # of one try, with Telegram's pauses; updates behind one that hangs would wait for ever
APOLOGY_S: Final = 15.0  # to tell that an update could not be handled
GRACE_S: Final = 20.0  # for updates that are being handled when the process ends

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_UPDATE: Final = 1_000_000  # bytes
# Telegram gives up on an answer after about a minute and sends the update again.
WEBHOOK_ANSWER_S: Final = 50.0
WEBHOOK_GRACE_S: Final = 5

Handle = Callable[[Update], Awaitable[None]]


class BadToken(OperatorError):
    """Telegram does not know the token."""


class UpdateReceiver:
    """Handles each update once, several at a time."""

    def __init__(self, handle: Handle, apologise: Handle, redis: ArqRedis, names: RedisKeys, metrics: Metrics) -> None:
        """
        Args:
            handle: handles an update.
            apologise: tells whoever waits for an answer that an update could not be handled.
            redis: remembers the handled updates.
            names: of the keys there.
            metrics: counts the updates that cannot be read.
        """
        self._handle = handle
        self._apologise = apologise
        self._metrics = metrics
        self._redis = redis
        self._prefix = f"{names.prefix}:telegram:update"
        self._in_progress: dict[int, asyncio.Task[None]] = {}
        # Telegram sends these again for as long as an older one is in progress.
        self._done: deque[int] = deque(maxlen=10 * BATCH)
        self._slots = asyncio.Semaphore(AT_ONCE)

    @property
    def oldest(self) -> int | None:
        """The number of the oldest update that is in progress."""
        return min(self._in_progress, default=None)

    def accept(self, update: Update) -> "asyncio.Task[None]":
        """Handle an update; the task is done when the update may be confirmed."""
        task = self._in_progress.get(update.update_id)
        if task is None:
            task = asyncio.create_task(self._once(update))
            self._in_progress[update.update_id] = task
            task.add_done_callback(lambda done: None if done.cancelled() else self._done.append(update.update_id))
            task.add_done_callback(lambda _: self._in_progress.pop(update.update_id, None))
        return task

    def read(self, raw: dict[str, Any], bot: ExtBot[Urgency]) -> Update | None:
        """Parse one update; None if the library cannot. It is then logged, counted, and may be confirmed.

        Raises:
            ValueError: it has no number, so it is not an update.
        """
        number = raw.get("update_id") if isinstance(raw, dict) else None
        if not isinstance(number, int):
            raise ValueError("this is not an update")
        # The library promises no kinds of errors for what it does not know, and this update would come again for ever.
        try:
            return Update.de_json(raw, bot)
        except Exception as error:
            kinds = ", ".join(sorted(raw.keys() - {"update_id"}))
            # The error's text may quote what somebody wrote: only its type is logged.
            log.error("update %d (%s) is skipped: the library cannot read it: %s", number, kinds, type(error).__name__)
            self._metrics.unreadable(Platform.TELEGRAM)
            self._done.append(number)
            return None

    def is_known(self, number: int) -> bool:
        """Whether this process handles the update of this number now, or has handled or skipped it."""
        return number in self._in_progress or number in self._done

    async def some_done(self, within_s: float) -> None:
        """Wait until an update in progress is done, at most `within_s` seconds."""
        if self._in_progress:
            await asyncio.wait(set(self._in_progress.values()), timeout=within_s, return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Let updates in progress finish within `GRACE_S`, then cancel them."""
        if self._in_progress:
            await asyncio.wait(set(self._in_progress.values()), timeout=GRACE_S)
        for task in set(self._in_progress.values()):
            task.cancel()

    async def _once(self, update: Update) -> None:
        name = f"{self._prefix}:{update.update_id}"
        # A payment's check must not wait behind photos: Telegram allows ten seconds for it.
        async with nullcontext() if update.pre_checkout_query else self._slots:
            if await self._insist(lambda: self._redis.exists(name)):
                log.info("update %d came again", update.update_id)
                return
            await self._handle_or_log(update)
            await self._insist(lambda: self._redis.set(name, b"", ex=REMEMBERED_S))

    async def _handle_or_log(self, update: Update) -> None:
        """Handle an update, again while Redis or Telegram is away. Every other error is caught and logged: no update
        may stop the others, and a failed one would fail again.
        """
        for tries in range(1, HANDLE_TRIES + 1):
            try:
                async with asyncio.timeout(HANDLE_S):
                    await self._handle(update)
                return
            except Exception as error:
                if tries == HANDLE_TRIES or not _is_passing(error):
                    log.exception("update %d could not be handled", update.update_id)
                    await self._give_up(update)
                    return
                log.warning("update %d waits: %s", update.update_id, error)
                await asyncio.sleep(REDIS_RETRY_S * tries)

    async def _give_up(self, update: Update) -> None:
        try:
            async with asyncio.timeout(APOLOGY_S):
                await self._apologise(update)
        except (TelegramError, TimeoutError) as error:
            log.warning("update %d: nobody could be told: %s", update.update_id, error)

    async def _insist(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask Redis until it answers. The update stays unconfirmed meanwhile."""
        while True:
            try:
                return await ask()
            except (RedisError, OSError) as error:
                log.warning("Redis does not answer (%s); trying again", error)
                await asyncio.sleep(REDIS_RETRY_S)


def _is_passing(error: Exception) -> bool:
    """Whether an update may succeed if it is handled again: Redis or Telegram did not answer."""
    if isinstance(error, BadRequest):  # the library counts it as an error of the network
        return False
    return isinstance(error, (RedisError, NetworkError, RetryAfter))


async def poll(bot: ExtBot[Urgency], receiver: UpdateReceiver, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Ask for updates until `stop` is set.

    Raises:
        BadToken: Telegram does not know the token.
    """
    await retry_until_done(lambda: bot.delete_webhook(drop_pending_updates=False), stop)
    ready()
    offset, pause, empty_pause = 0, FIRST_PAUSE_S, FIRST_EMPTY_PAUSE_S
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            began = time.monotonic()
            asking = asyncio.create_task(_ask(bot, offset))
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
                return
            try:
                updates = asking.result()
            except TelegramError as error:
                pause = await _pause_after(error, pause, stop)
                continue
            pause = FIRST_PAUSE_S
            if updates or time.monotonic() - began > QUICK_S:
                empty_pause = FIRST_EMPTY_PAUSE_S
            else:
                await asyncio.wait({stopping}, timeout=empty_pause)
                empty_pause = min(LONGEST_EMPTY_PAUSE_S, empty_pause * 2)
            offset = await _accept(bot, receiver, updates, offset)
    finally:
        stopping.cancel()


async def _ask(bot: ExtBot[Urgency], offset: int) -> list[dict[str, Any]]:
    """The updates as Telegram sent them: `Bot.get_updates` parses all or fails for all."""
    request: dict[str, Any] = {"limit": BATCH, "timeout": POLL_S, "allowed_updates": KINDS}
    if offset:
        request["offset"] = offset
    updates: list[dict[str, Any]] = await bot.do_api_request(GET_UPDATES, api_kwargs=request, read_timeout=POLL_S + 10)
    return updates


async def _accept(bot: ExtBot[Urgency], receiver: UpdateReceiver, updates: list[dict[str, Any]], offset: int) -> int:
    """Start handling updates; returns the offset that confirms all updates that are done."""
    before = receiver.oldest
    for raw in updates:
        number = int(raw["update_id"])
        # A poll brings all unconfirmed updates again, and parsing them was an eighth of the bot's work.
        if not receiver.is_known(number) and (update := receiver.read(raw, bot)) is not None:
            receiver.accept(update)
        offset = max(offset, number + 1)
    oldest = receiver.oldest
    if oldest is None:
        return offset
    # The next poll brings every unconfirmed update again; a short wait makes that rare.
    if before is not None or updates:
        await receiver.some_done(SETTLE_S)
    oldest = receiver.oldest
    return offset if oldest is None else min(offset, oldest)


async def _pause_after(error: TelegramError, pause: float, stop: asyncio.Event) -> float:
    """Wait `pause` seconds after a failed request; returns the seconds to wait after the next failure."""
    if isinstance(error, (InvalidToken, EndPointNotFound, Forbidden)):
        raise BadToken("Telegram does not accept MAGIC_TELEGRAM_TOKEN: ask @BotFather for a valid one.") from error
    if isinstance(error, Conflict):
        log.error("another process polls with the same token: %s", error.message)
    else:
        log.warning("Telegram sends no updates: %s", error.message)
    if isinstance(error, RetryAfter):
        pause = max(pause, pause_of(error))
    try:
        async with asyncio.timeout(pause):
            await stop.wait()
    except TimeoutError:
        pass
    return min(LONGEST_PAUSE_S, pause * 2)


async def retry_until_done(request: Callable[[], Awaitable[Any]], stop: asyncio.Event) -> None:
    """Repeat a request until it succeeds or `stop` is set.

    Raises:
        BadToken: Telegram does not know the token.
    """
    pause = FIRST_PAUSE_S
    while not stop.is_set():
        try:
            await request()
            return
        except TelegramError as error:
            pause = await _pause_after(error, pause, stop)


def webhook_secret(token: str) -> str:
    """The secret that Telegram sends with each update. It is the same after a restart and does not reveal the token."""
    return hashlib.sha256(f"webhook of {token}".encode()).hexdigest()


def webhook_app(receiver: UpdateReceiver, bot: ExtBot[Urgency], secret: str, path: str) -> Starlette:
    """The web application that receives updates at `path`."""

    async def receive(request: Request) -> Response:
        shown = request.headers.get(HEADER, "")
        if not hmac.compare_digest(shown.encode(), secret.encode()):
            return Response(status_code=403)
        if int(request.headers.get("Content-Length") or 0) > LARGEST_UPDATE:
            return Response(status_code=413)
        try:
            update = receiver.read(json.loads(await request.body()), bot)
        except (ValueError, RecursionError):
            log.warning("the webhook received something that is not an update")
            return Response(status_code=400)
        if update is None:
            return Response(status_code=200)  # any other answer brings it again
        # Only a handled update is confirmed. A client that gives up must not cancel the handling.
        done, _ = await asyncio.wait({receiver.accept(update)}, timeout=WEBHOOK_ANSWER_S)
        return Response(status_code=200 if done else 503)

    return Starlette(routes=[Route(path, receive, methods=["POST"])])


async def serve_webhook(
    bot: ExtBot[Urgency], receiver: UpdateReceiver, settings: Settings, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Receive updates by webhook until `stop` is set. Telegram reaches it through the operator's HTTPS proxy.

    Raises:
        CannotListen: the port is taken, or the address is not this machine's.
        BadToken: Telegram does not know the token.
    """
    secret, url = webhook_secret(bot.token), settings.telegram_webhook_url
    host, remedy = settings.telegram_webhook_host, "set MAGIC_TELEGRAM_WEBHOOK_PORT to another port"
    with closing(listen(host, settings.telegram_webhook_port, "The Telegram webhook", remedy)) as listener:
        server = Server(
            webhook_app(receiver, bot, secret, urlsplit(url).path or "/"),
            WEBHOOK_GRACE_S,
            trusted_proxies=settings.trusted_proxies,
        )
        serving = asyncio.create_task(server.serve_until(stop, listener))
        try:
            # The socket accepts connections already; the server answers them once it runs.
            await retry_until_done(lambda: _register_webhook(bot, url, secret), stop)
            ready()
            await serving
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _register_webhook(bot: ExtBot[Urgency], url: str, secret: str) -> Any:
    return await bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS, drop_pending_updates=False)
