"""Faults between a bot and Telegram, on request."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DOWNLOAD = "download"  # of a file, which is no method
Kind = Literal["429", "500", "502", "reset", "lost", "slow"]
SENDING = [
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendMediaGroup",
    "editMessageText",
    "editMessageCaption",
    "editMessageMedia",
    "editMessageReplyMarkup",
    "deleteMessage",
]


@dataclass
class Fault:
    """One kind of trouble. `reset` breaks the connection while the request is read, before anything happened;
    `lost` does what was asked and breaks the connection instead of answering."""

    kind: Kind
    method: str = ""  # empty: any method but getUpdates
    chat: int | None = None
    times: int = 1
    retry_after: int = 1  # of `429`, seconds
    seconds: float = 2.0  # of `slow`


class Faults:
    """The troubles that wait for their request."""

    def __init__(self) -> None:
        self.happened: list[tuple[str, Kind]] = []
        self._planned: list[Fault] = []
        self._random: list[tuple[float, Sequence[Kind], Sequence[str], random.Random]] = []

    def add(
        self,
        kind: Kind,
        method: str = "",
        *,
        chat: int | None = None,
        times: int = 1,
        retry_after: int = 1,
        seconds: float = 2.0,
    ) -> None:
        """Let the next matching requests fail."""
        self._planned.append(Fault(kind, method, chat, times, retry_after, seconds))

    def at_random(self, share: float, kinds: Sequence[Kind], methods: Sequence[str] = SENDING, seed: int = 1) -> None:
        """Let a share of all matching requests fail."""
        self._random.append((share, kinds, methods, random.Random(seed)))

    def end(self) -> None:
        """From now on everything works."""
        self._random.clear()
        self._planned.clear()

    def before_reading(self, method: str) -> Fault | None:
        """Trouble that strikes while the request is still coming in, when its chat is not known yet."""
        return self._planned_for(method, None, ("reset",)) or self._rolled(method)

    def after_reading(self, method: str, chat: int | None) -> Fault | None:
        """Any other trouble."""
        return self._planned_for(method, chat, ("429", "500", "502", "lost", "slow"))

    def _planned_for(self, method: str, chat: int | None, kinds: Sequence[Kind]) -> Fault | None:
        for fault in self._planned:
            meant = fault.method == method or (not fault.method and method != DOWNLOAD)
            matches = meant and fault.chat in (None, chat) and fault.kind in kinds
            if matches and fault.times > 0:
                fault.times -= 1
                self.happened.append((method, fault.kind))
                return fault
        return None

    def _rolled(self, method: str) -> Fault | None:
        for share, kinds, methods, dice in self._random:
            if method in methods and dice.random() < share:
                kind = dice.choice(kinds)
                self.happened.append((method, kind))
                return Fault(kind, method, seconds=0.5)
        return None
