"""How fast the bot talks: within Telegram's limits, chat by chat, so that one slow chat holds up no other.

Telegram allows about one message a second to a chat, 20 a minute to a group and 30 a second over all. We stay a little
below. When it asks for a pause all the same (429), only the chat that it was about waits.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

CHAT_BURST: Final = 3.0  # messages that may follow each other at once
CHAT_PER_S: Final = 1.0
GROUP_PER_MINUTE: Final = 18
ALL_PER_S: Final = 25
LONGEST_PAUSE_S: Final = 60.0  # a longer one is handed to the caller, who may have better to do than wait
TRIES: Final = 4
IDLE_S: Final = 120.0
POLL_INTERVAL_S: Final = 0.02
MANY_CHATS: Final = 1000

# Telegram counts messages; these are none, and must not wait behind them.
FREE: Final = frozenset({"sendChatAction", "deleteMessage"})

Answer = bool | dict[str, Any] | list[dict[str, Any]]


class Urgency(StrEnum):
    """What becomes of a request whose chat is busy."""

    MUST = "must"
    MAY = "may"  # progress: not worth waiting for


class Busy(Exception):
    """A request that was not worth waiting for was not sent."""


class Window:
    """At most so many messages in any stretch of time."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._times: deque[float] = deque()

    def wait_s(self, now: float, messages: int) -> float:
        """How long until `messages` more are within the limit."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        over = min(len(self._times) + messages - self._limit, len(self._times))
        return self._times[over - 1] + self._seconds - now if over > 0 else 0.0

    def note(self, now: float, messages: int) -> None:
        """Count messages that are sent now."""
        self._times.extend([now] * messages)


class Traffic:
    """All chats' messages: those on their way and those answered lately, together within the limit.

    Telegram counts a message somewhere between our asking and its answering. Counting both ends keeps the limit
    whatever the network does in between, also where it stands still for a moment and then delivers all at once.
    """

    def __init__(self, per_second: int) -> None:
        self._limit = per_second
        self._on_their_way = 0
        self._answered = Window(per_second, 1.0)
        self._lock = asyncio.Lock()

    async def enter(self, messages: int, urgency: Urgency) -> None:
        """Wait until there is room.

        Raises:
            Busy: there is none, and it is not worth waiting.
        """
        if urgency is Urgency.MAY and self._lock.locked():
            raise Busy
        async with self._lock:
            while (wait := self._wait_s(messages)) > 0:
                if urgency is Urgency.MAY:
                    raise Busy
                await asyncio.sleep(wait)
            self._on_their_way += messages

    def leave(self, messages: int) -> None:
        """The messages are answered, or given up."""
        self._on_their_way -= messages
        self._answered.note(time.monotonic(), messages)

    def _wait_s(self, messages: int) -> float:
        wait = self._answered.wait_s(time.monotonic(), self._on_their_way + messages)
        if wait == 0 and self._on_their_way and self._on_their_way + messages > self._limit:
            return POLL_INTERVAL_S  # nothing answered is left to wait for: room comes with an answer
        return wait


class Line:
    """One chat's messages, in order."""

    def __init__(self, is_group: bool) -> None:
        self.lock = asyncio.Lock()
        self.used_at = time.monotonic()
        self._hand = CHAT_BURST
        self._held_until = 0.0
        self._window = Window(GROUP_PER_MINUTE, 60.0) if is_group else None

    @property
    def is_idle(self) -> bool:
        """Whether nothing would change if it were forgotten."""
        return not self.lock.locked() and time.monotonic() - self.used_at > IDLE_S

    def hold(self, seconds: float) -> None:
        """Telegram wants a pause in this chat."""
        self._held_until = max(self._held_until, time.monotonic() + seconds)

    def wait_s(self, now: float, messages: int, is_edit: bool) -> float:
        """How long until this chat may hear more."""
        self._hand = min(CHAT_BURST, self._hand + (now - self.used_at) * CHAT_PER_S)
        self.used_at = now
        own = 0.0 if is_edit else (1 - self._hand) / CHAT_PER_S
        group = self._window.wait_s(now, messages) if self._window else 0.0
        return max(0.0, own, group, self._held_until - now)

    def note(self, now: float, messages: int, is_edit: bool) -> None:
        """Count what is sent now. An album may go below zero, and is paid back before the next message."""
        if not is_edit:
            self._hand -= messages
        if self._window:
            self._window.note(now, messages)


class RateLimiter(BaseRateLimiter[Urgency]):
    """The library's rate limiter, by chat."""

    def __init__(self, all_per_s: int = ALL_PER_S) -> None:
        """`all_per_s` is how many messages a second go out over all chats."""
        self._lines: dict[str, Line] = {}
        self._all = Traffic(all_per_s)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Urgency | None,
    ) -> Answer:
        """Send a request when its turn has come.

        Raises:
            Busy: it may be left out, and its turn has not come.
            RetryAfter: Telegram wants a long pause.
        """
        chat = data.get("chat_id")
        if chat is None or endpoint in FREE:
            return await callback(*args, **kwargs)
        line = self._line(str(chat))
        urgency = rate_limit_args or Urgency.MUST
        messages = len(data["media"]) if endpoint == "sendMediaGroup" else 1
        is_edit = endpoint.startswith("edit")
        for last in [False] * (TRIES - 1) + [True]:
            await self._turn(line, messages, is_edit, urgency)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                pause = pause_of(error)
                line.hold(pause)
                if last or urgency is Urgency.MAY or pause > LONGEST_PAUSE_S:
                    raise
            finally:
                self._all.leave(messages)
        raise AssertionError("the last try returns or raises")

    async def _turn(self, line: Line, messages: int, is_edit: bool, urgency: Urgency) -> None:
        if urgency is Urgency.MAY and line.lock.locked():
            raise Busy
        async with line.lock:
            while (wait := line.wait_s(time.monotonic(), messages, is_edit)) > 0:
                if urgency is Urgency.MAY:
                    raise Busy
                await asyncio.sleep(wait)
            await self._all.enter(messages, urgency)
            line.note(time.monotonic(), messages, is_edit)

    def _line(self, chat: str) -> Line:
        if chat not in self._lines:
            if len(self._lines) >= MANY_CHATS:
                self._lines = {name: line for name, line in self._lines.items() if not line.is_idle}
            self._lines[chat] = Line(is_group=chat.startswith(("-", "@")))
        return self._lines[chat]


def pause_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone, seconds."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
