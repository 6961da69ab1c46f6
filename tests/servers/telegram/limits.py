"""How fast the bot may talk: about one message a second to a chat, 30 a second over all, 20 a minute to a
group.

Every message is counted; a violation is noted, and answered with 429 where the test wants that.
"""

import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass

from tests.servers.telegram.model import Chat
from tests.servers.telegram.refusals import too_many_requests

CHAT_BURST = 4  # short bursts go through
CHAT_PER_S = 1.0
ALL_PER_S = 30
GROUP_PER_MINUTE = 20


@dataclass(frozen=True)
class Violation:
    """A message that came too early."""

    at: float
    chat: int
    rule: str
    wait: float  # seconds


class Limits:
    """The counters of one bot."""

    def __init__(self, enforce: bool = False) -> None:
        self.enforce = enforce
        self.violations: list[Violation] = []
        self.sent: list[tuple[float, int, str]] = []  # time, chat, method
        self._bucket: dict[int, tuple[float, float]] = {}  # chat: messages in hand, at
        self._all: deque[float] = deque()
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)

    def count(self, chat: Chat, method: str, messages: int = 1) -> None:
        """Note that the bot wants to send.

        Raises:
            Refusal: too fast, and the limits are enforced.
        """
        now = time.monotonic()
        is_edit = method.startswith("edit")
        waits = {
            "one message a second to a chat": 0.0 if is_edit else self._chat_wait(chat.id, now, messages),
            "30 messages a second": _window_wait(self._all, now, 1.0, ALL_PER_S, messages),
            "20 messages a minute to a group": 0.0
            if chat.type == "private"
            else _window_wait(self._groups[chat.id], now, 60.0, GROUP_PER_MINUTE, messages),
        }
        rule, wait = max(waits.items(), key=lambda item: item[1])
        if wait > 0:
            self.violations.append(Violation(now, chat.id, rule, wait))
            if self.enforce:
                raise too_many_requests(math.ceil(wait))
        self._note(chat, method, messages, now, is_edit)

    def _note(self, chat: Chat, method: str, messages: int, now: float, is_edit: bool) -> None:
        for _ in range(messages):
            self.sent.append((now, chat.id, method))
            self._all.append(now)
            if chat.type != "private":
                self._groups[chat.id].append(now)
        if not is_edit:
            hand, _ = self._bucket[chat.id]
            self._bucket[chat.id] = (hand - messages, now)

    def _chat_wait(self, chat: int, now: float, messages: int) -> float:
        hand, at = self._bucket.get(chat, (float(CHAT_BURST), now))
        hand = min(float(CHAT_BURST), hand + (now - at) * CHAT_PER_S)
        self._bucket[chat] = (hand, now)
        need = 1.0 if messages > 1 else float(messages)  # an album is one request; it empties the bucket afterwards
        return max(0.0, need - hand - 0.05)


def _window_wait(times: deque[float], now: float, window: float, limit: int, messages: int) -> float:
    while times and times[0] <= now - window:
        times.popleft()
    over = len(times) + messages - limit
    return times[min(over, len(times)) - 1] + window - now if over > 0 and times else 0.0
