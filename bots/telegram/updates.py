"""Updates come in: asked for in long polls, or pushed to a webhook. Each is handled once, and none is lost.

Telegram keeps an update until it is confirmed. A poll therefore confirms only what has been handled, and a webhook is
answered only then; what a process had in hand when it died comes again. What comes again without need is known by its
number, which Redis keeps for a day.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any, Final

from arq.connections import ArqRedis
from redis.exceptions import RedisError
from telegram import Update
from telegram.error import Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from magicmemory.bots.telegram.rate_limiter import Urgency, pause_of
from magicmemory.core.errors import OperatorError
from magicmemory.queue.connection import RedisKeys

log = logging.getLogger(__name__)

KINDS: Final = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.PRE_CHECKOUT_QUERY]
POLL_S: Final = 30
BATCH: Final = 100
AT_ONCE: Final = 64
REMEMBERED_S: Final = 24 * 3600
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
SETTLE_S: Final = 0.5  # until the next poll where all of the last one is still in hand
REDIS_RETRY_S: Final = 1.0
GRACE_S: Final = 20.0  # for what is in hand when the process ends

Handle = Callable[[Update], Awaitable[None]]


class BadToken(OperatorError):
    """Telegram does not know the token."""


class UpdateReceiver:
    """Handles each update once, several at a time."""

    def __init__(self, handle: Handle, redis: ArqRedis, names: RedisKeys) -> None:
        self._handle = handle
        self._redis = redis
        self._prefix = f"{names.prefix}:telegram:update"
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        # Telegram tells these again as long as an older one is in hand.
        self._done: deque[int] = deque(maxlen=10 * BATCH)
        self._room = asyncio.Semaphore(AT_ONCE)

    @property
    def oldest(self) -> int | None:
        """The first update that is still in hand."""
        return min(self._in_hand, default=None)

    def accept(self, update: Update) -> "asyncio.Task[None]":
        """Handle an update; the task is done when it may be confirmed."""
        task = self._in_hand.get(update.update_id)
        if task is None:
            task = asyncio.create_task(self._once(update))
            self._in_hand[update.update_id] = task
            task.add_done_callback(lambda _: self._in_hand.pop(update.update_id, None))
            task.add_done_callback(lambda done: None if done.cancelled() else self._done.append(update.update_id))
        return task

    def is_done(self, update: Update) -> bool:
        """Whether it was handled here a moment ago, and only waits to be confirmed."""
        return update.update_id in self._done

    async def some_done(self, within_s: float) -> None:
        """Wait until something in hand is done, but not longer."""
        if self._in_hand:
            await asyncio.wait(set(self._in_hand.values()), timeout=within_s, return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Let what is in hand come to its end."""
        if self._in_hand:
            await asyncio.wait(set(self._in_hand.values()), timeout=GRACE_S)
        for task in set(self._in_hand.values()):
            task.cancel()

    async def _once(self, update: Update) -> None:
        name = f"{self._prefix}:{update.update_id}"
        # Who pays must not wait behind other people's photos: Telegram gives us ten seconds.
        async with nullcontext() if update.pre_checkout_query else self._room:
            if await self._insist(lambda: self._redis.exists(name)):
                log.info("update %d came again", update.update_id)
                return
            # The one broad net here: no update may stop the others, and one that fails would fail again.
            try:
                await self._handle(update)
            except Exception:
                log.exception("update %d could not be handled", update.update_id)
            await self._insist(lambda: self._redis.set(name, b"", ex=REMEMBERED_S))

    async def _insist(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask Redis until it answers. Meanwhile the update stays unconfirmed, which is as it should be."""
        while True:
            try:
                return await ask()
            except (RedisError, OSError) as error:
                log.warning("Redis is away (%s); trying again", error)
                await asyncio.sleep(REDIS_RETRY_S)


async def poll(bot: ExtBot[Urgency], receiver: UpdateReceiver, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Ask for updates until `stop` is set.

    Raises:
        BadToken: Telegram does not know us.
    """
    await patiently(lambda: bot.delete_webhook(drop_pending_updates=False), stop)
    ready()
    offset, pause = 0, FIRST_PAUSE_S
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
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
            offset = await _accept(receiver, updates, offset)
    finally:
        stopping.cancel()


async def _ask(bot: ExtBot[Urgency], offset: int) -> tuple[Update, ...]:
    return await bot.get_updates(
        offset=offset or None, limit=BATCH, timeout=POLL_S, allowed_updates=KINDS, read_timeout=POLL_S + 10
    )


async def _accept(receiver: UpdateReceiver, updates: tuple[Update, ...], offset: int) -> int:
    """Take updates in hand; the offset that confirms all that are done."""
    before = receiver.oldest
    for update in updates:
        if not receiver.is_done(update):
            receiver.accept(update)
        offset = max(offset, update.update_id + 1)
    oldest = receiver.oldest
    if oldest is None:
        return offset
    # Whatever is in hand is told again with the next poll: not to ask at once is enough to keep that rare.
    if before is not None or updates:
        await receiver.some_done(SETTLE_S)
    oldest = receiver.oldest
    return offset if oldest is None else min(offset, oldest)


async def _pause_after(error: TelegramError, pause: float, stop: asyncio.Event) -> float:
    """Wait after a failed poll, longer each time; how long the next wait would be."""
    if isinstance(error, (InvalidToken, Forbidden)):
        raise BadToken("Telegram does not accept MAGIC_TELEGRAM_TOKEN: ask @BotFather for a valid one.") from error
    if isinstance(error, Conflict):
        log.error("another process polls with the same token: %s", error.message)
    else:
        log.warning("no updates: %s", error.message)
    if isinstance(error, RetryAfter):
        pause = max(pause, pause_of(error))
    try:
        async with asyncio.timeout(pause):
            await stop.wait()
    except TimeoutError:
        pass
    return min(LONGEST_PAUSE_S, pause * 2)


async def patiently(request: Callable[[], Awaitable[Any]], stop: asyncio.Event) -> None:
    """Make a request that must succeed before anything else can begin.

    Raises:
        BadToken: Telegram does not know us.
    """
    pause = FIRST_PAUSE_S
    while not stop.is_set():
        try:
            await request()
            return
        except TelegramError as error:
            pause = await _pause_after(error, pause, stop)
