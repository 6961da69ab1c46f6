"""Requests with photos are noted before they are answered: if the bot is killed before they are in the ledger, it takes
them up again when it starts, and nobody waits for ever.
"""

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from magicmemory.bots.discord.senders import Interaction
from magicmemory.core.job import Platform
from magicmemory.queue.pending_requests import PendingRequests

if TYPE_CHECKING:
    from magicmemory.bots.discord.client import MagicClient

log = logging.getLogger(__name__)

EVENT: Final = "INTERACTION_CREATE"
COMMAND, COMPONENT, MENU = 2, 3, 3
# Discord waits three seconds for our first word; a Redis that is away must not use them up.
PATIENCE_S: Final = 0.5


class InteractionJournal:
    """Notes what Discord tells of an interaction, as it tells it, until that is taken care of."""

    def __init__(self, client: "MagicClient") -> None:
        self._client = client
        self._pending_requests: PendingRequests = client.ctx.service.pending_requests(Platform.DISCORD)
        # The library has no public place between an event's arrival and its handlers.
        self._parse = client._connection.parsers[EVENT]
        client._connection.parsers[EVENT] = self._hear
        self._in_hand: set[str] = set()
        self._again: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def is_told_again(self, interaction: Interaction) -> bool:
        """Whether an earlier process had this in hand."""
        return str(interaction.id) in self._again

    async def done(self, interaction: Interaction) -> None:
        """It is taken care of."""
        request = str(interaction.id)
        if request not in self._in_hand:
            return
        self._in_hand.discard(request)
        self._again.discard(request)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._pending_requests.drop(request)
        # To take it up twice changes nothing: it has its job.
        except Exception as error:
            log.info("interaction %s stays noted: %r", request, error)

    async def take_up(self) -> None:
        """Go on with what an earlier process had in hand."""
        try:
            noted = await self._pending_requests.all()
        # It must not keep the bot from what comes next.
        except Exception as error:
            log.warning("Redis does not tell which interactions were in hand: %r", error)
            return
        for told in noted:
            if told["id"] not in self._in_hand:
                log.info("interaction %s is taken up again", told["id"])
                self._in_hand.add(told["id"])
                self._again.add(told["id"])
                self._parse(told)

    def _hear(self, told: dict[str, Any]) -> None:
        if not _has_a_photo(told):
            self._parse(told)
            return
        task = asyncio.create_task(self._note(told))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note(self, told: dict[str, Any]) -> None:
        self._in_hand.add(told["id"])
        with self._client.in_flight:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._pending_requests.keep(told["id"], told)
            # Without a note it is answered all the same, unless we are killed just now.
            except Exception as error:
                log.warning("interaction %s could not be noted: %r", told["id"], error)
            self._parse(told)


def _has_a_photo(told: dict[str, Any]) -> bool:
    """Whether it is about photos. The others take a moment, some must not be done twice, and one carries a code."""
    data = told.get("data", {})
    if told["type"] == COMMAND:
        return bool(data.get("type") == MENU or data.get("name") == "restore")
    return told["type"] == COMPONENT and str(data.get("custom_id")).startswith("photo:")
