"""Albums: Telegram tells the photos of one as separate updates without an end, so they are gathered for a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from telegram import Message

GATHER_S: Final = 1.2  # after the latest photo
LONGEST_S: Final = 6.0
MOST: Final = 10

Take = Callable[[list[Message]], Awaitable[None]]


class Gathering:
    """Photos of one album that are here already."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.news = asyncio.Event()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Albums:
    """Gathers albums, and hands each on when no more photos come."""

    def __init__(self, take: Take, gather_s: float = GATHER_S) -> None:
        self._take = take
        self._gather_s = gather_s
        self._open: dict[str, Gathering] = {}

    async def add(self, message: Message) -> None:
        """Add a photo, and return when its album has been handed on: until then its update is not finished."""
        name = f"{message.chat_id}:{message.media_group_id}"
        gathering = self._open.get(name)
        if gathering is not None:
            gathering.messages[message.message_id] = message
            gathering.news.set()
            await asyncio.shield(gathering.done)
            return
        gathering = self._open[name] = Gathering()
        gathering.messages[message.message_id] = message
        try:
            await self._wait(gathering)
            del self._open[name]
            await self._take([gathering.messages[number] for number in sorted(gathering.messages)])
        finally:
            self._open.pop(name, None)
            gathering.done.set_result(None)

    async def _wait(self, gathering: Gathering) -> None:
        until = asyncio.get_running_loop().time() + LONGEST_S
        while len(gathering.messages) < MOST and asyncio.get_running_loop().time() < until:
            gathering.news.clear()
            try:
                async with asyncio.timeout(self._gather_s):
                    await gathering.news.wait()
            except TimeoutError:
                return
