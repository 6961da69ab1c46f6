"""Keeps the bot within Telegram's rate limits, chat by chat, so that one slow chat does not delay the others.

Telegram allows about one message a second to a chat, 20 a minute to a group and 30 a second in all. The limits here are
a little lower. If Telegram still asks for a pause (429), only the chat of that request waits.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import httpx
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

CHAT_BURST: Final = 3.0  # messages that may follow each other at once
CHAT_PER_S: Final = 1.0
GROUP_PER_MINUTE: Final = 18
ALL_PER_S: Final = 25
LONGEST_PAUSE_S: Final = 60.0  # for a longer pause the caller gets the error and decides what to do
TRIES: Final = 5
FAULT_PAUSE_S: Final = 0.5  # before the second try after a fault of the network; it doubles
IDLE_S: Final = 120.0
POLL_INTERVAL_S: Final = 0.02
MANY_CHATS: Final = 1000

# Requests that send no message: Telegram does not count them, so they never wait.
FREE: Final = frozenset({"sendChatAction", "deleteMessage"})

Answer = bool | dict[str, Any] | list[dict[str, Any]]


class Urgency(StrEnum):
    """What happens to a request whose chat is busy, or whose answer is lost."""

    MUST = "must"  # it waits
    ONCE = "once"  # it waits, and is not sent again if its answer is lost: something else will tell the person
    MAY = "may"  # it is not sent: progress is not worth waiting for


class Busy(Exception):
    """A request with `Urgency.MAY` was not sent."""


class Window:
    """A sliding window: at most `limit` messages in any `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._times: deque[float] = deque()

    def wait_s(self, now: float, messages: int) -> float:
        """Seconds until `messages` more are within the limit."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        over = min(len(self._times) + messages - self._limit, len(self._times))
        return self._times[over - 1] + self._seconds - now if over > 0 else 0.0

    def note(self, now: float, messages: int) -> None:
        """Count `messages` that are sent now."""
        self._times.extend([now] * messages)


class Traffic:
    """The messages of all chats: those being sent and those answered in the last second, together within the limit.

    Telegram counts a message at some time between our request and its answer. Counting both ends keeps the limit even
    if the network stalls for a moment and then delivers everything at once.
    """

    def __init__(self, per_second: int) -> None:
        self._limit = per_second
        self._sending = 0
        self._answered = Window(per_second, 1.0)
        self._lock = asyncio.Lock()

    async def enter(self, messages: int, urgency: Urgency) -> None:
        """Wait until `messages` more are within the limit.

        Raises:
            Busy: they are not, and the request has `Urgency.MAY`.
        """
        if urgency is Urgency.MAY and self._lock.locked():
            raise Busy
        async with self._lock:
            while (wait := self._wait_s(messages)) > 0:
                if urgency is Urgency.MAY:
                    raise Busy
                await asyncio.sleep(wait)
            self._sending += messages

    def leave(self, messages: int) -> None:
        """Count messages that are answered or given up."""
        self._sending -= messages
        self._answered.note(time.monotonic(), messages)

    def _wait_s(self, messages: int) -> float:
        wait = self._answered.wait_s(time.monotonic(), self._sending + messages)
        if wait == 0 and self._sending and self._sending + messages > self._limit:
            return POLL_INTERVAL_S  # only messages being sent are left, and their answers come at any time
        return wait


class ChatQueue:
    """One chat's messages, in order."""

    def __init__(self, is_group: bool) -> None:
        self.lock = asyncio.Lock()
        self.used_at = time.monotonic()
        self._tokens = CHAT_BURST
        self._held_until = 0.0
        self._window = Window(GROUP_PER_MINUTE, 60.0) if is_group else None

    @property
    def is_idle(self) -> bool:
        """Whether the chat has been quiet for so long that its state does not matter."""
        return not self.lock.locked() and time.monotonic() - self.used_at > IDLE_S

    def hold(self, seconds: float) -> None:
        """Send nothing to this chat for some seconds."""
        self._held_until = max(self._held_until, time.monotonic() + seconds)

    def wait_s(self, now: float, messages: int, is_edit: bool) -> float:
        """Seconds until this chat may get more messages."""
        self._tokens = min(CHAT_BURST, self._tokens + (now - self.used_at) * CHAT_PER_S)
        self.used_at = now
        own = 0.0 if is_edit else (1 - self._tokens) / CHAT_PER_S
        group = self._window.wait_s(now, messages) if self._window else 0.0
        return max(0.0, own, group, self._held_until - now)

    def note(self, now: float, messages: int, is_edit: bool) -> None:
        """Count messages that are sent now. An album may take the tokens below zero; the next message then waits."""
        if not is_edit:
            self._tokens -= messages
        if self._window:
            self._window.note(now, messages)


class RateLimiter(BaseRateLimiter[Urgency]):
    """A rate limiter for the library, by chat."""

    def __init__(self, all_per_s: int = ALL_PER_S) -> None:
        """`all_per_s` is the limit for all chats together, in messages a second."""
        self._queues: dict[str, ChatQueue] = {}
        self._all = Traffic(all_per_s)

    async def initialize(self) -> None:
        """Does nothing; the library requires it."""

    async def shutdown(self) -> None:
        """Does nothing; the library requires it."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Urgency | None,
    ) -> Answer:
        """Send a request when the limits allow it.

        Raises:
            Busy: they do not, and the request has `Urgency.MAY`.
            RetryAfter: Telegram asks for a pause longer than `LONGEST_PAUSE_S`, or has asked `TRIES` times.
        """
        chat = data.get("chat_id")
        if chat is None or endpoint in FREE:
            return await _retried(lambda: callback(*args, **kwargs), endpoint, rate_limit_args or Urgency.MUST)
        queue = self._queue(str(chat))
        urgency = rate_limit_args or Urgency.MUST
        messages = len(data["media"]) if endpoint == "sendMediaGroup" else 1
        is_edit = endpoint.startswith("edit")
        pause = FAULT_PAUSE_S
        for last in [False] * (TRIES - 1) + [True]:
            # Also before a repetition: Telegram may have counted the message whose answer was lost.
            await self._turn(queue, messages, is_edit, urgency)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                queue.hold(pause_of(error))
                if last or urgency is Urgency.MAY or pause_of(error) > LONGEST_PAUSE_S:
                    raise
            except NetworkError as error:
                if last or not may_retry(error, endpoint, urgency):
                    raise
                await asyncio.sleep(pause)
                pause *= 2
            finally:
                self._all.leave(messages)
        raise AssertionError("the last try returns or raises")

    async def _turn(self, queue: ChatQueue, messages: int, is_edit: bool, urgency: Urgency) -> None:
        if urgency is Urgency.MAY and queue.lock.locked():
            raise Busy
        async with queue.lock:
            while (wait := queue.wait_s(time.monotonic(), messages, is_edit)) > 0:
                if urgency is Urgency.MAY:
                    raise Busy
                await asyncio.sleep(wait)
            await self._all.enter(messages, urgency)
            queue.note(time.monotonic(), messages, is_edit)

    def _queue(self, chat: str) -> ChatQueue:
        if chat not in self._queues:
            if len(self._queues) >= MANY_CHATS:
                self._queues = {name: queue for name, queue in self._queues.items() if not queue.is_idle}
            self._queues[chat] = ChatQueue(is_group=chat.startswith(("-", "@")))
        return self._queues[chat]


async def _retried(request: Callable[[], Coroutine[Any, Any, Answer]], endpoint: str, urgency: Urgency) -> Answer:
    """Make a request that sends no message, at most `TRIES` times while Telegram or the network fails."""
    pause = FAULT_PAUSE_S
    for _ in range(TRIES - 1):
        try:
            return await request()
        except RetryAfter as error:
            if urgency is Urgency.MAY or pause_of(error) > LONGEST_PAUSE_S:
                raise
            await asyncio.sleep(pause_of(error))
        except NetworkError as error:
            if not may_retry(error, endpoint, urgency):
                raise
            await asyncio.sleep(pause)
            pause *= 2
    return await request()


def may_retry(error: NetworkError, endpoint: str, urgency: Urgency) -> bool:
    """Whether a failed request may be made again. If its answer was lost, a message is then sent twice: that is better
    than silence, except for messages with `Urgency.ONCE`.
    """
    if isinstance(error, BadRequest) or urgency is Urgency.MAY:
        return False
    sends = endpoint.startswith(("send", "copy", "forward")) and endpoint not in FREE
    # The library keeps the network's error as the cause; there is none if the server answered with an error (5xx).
    is_lost = error.__cause__ is not None and not isinstance(error.__cause__, httpx.ConnectError)
    return not (sends and is_lost and urgency is Urgency.ONCE)


def pause_of(error: RetryAfter) -> float:
    """The pause that Telegram asks for, seconds."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
