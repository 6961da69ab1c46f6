"""Interactions with photos are recorded in Redis before they are acknowledged.

Discord sends an interaction once. If the bot is killed before the photos are in the ledger, its next start reads the
record and resumes. A record holds what Discord's API calls the interaction's fields, so records of older versions can
be read too.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final

import discord

from magicmemory.bots.discord.interactions import Interaction
from magicmemory.queue.pending_requests import PendingRequests

log = logging.getLogger(__name__)

# Discord waits three seconds for the acknowledgement; a Redis that is down must not use them up.
REDIS_TIMEOUT_S: Final = 0.5
SHUTDOWN_TIMEOUT_S: Final = 20.0


class InFlight:
    """Counts the requests in progress, so that a shutdown can wait for them."""

    def __init__(self) -> None:
        self._commands: set[int] = set()
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self, command: int) -> None:
        """Count a command by its interaction's id, until `end`."""
        if command not in self._commands:
            self._commands.add(command)
            self.__enter__()

    def end(self, command: int) -> None:
        """The command is finished; nothing happens if it was not counted."""
        if command in self._commands:
            self._commands.discard(command)
            self.__exit__(None, None, None)

    def __enter__(self) -> None:
        self._count += 1
        self._idle.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    async def idle(self, timeout_s: float = SHUTDOWN_TIMEOUT_S) -> None:
        """Wait until no request is in progress, at most `timeout_s` seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout_s)
        except TimeoutError:
            log.warning("%d requests were still in progress", self._count)


class InteractionJournal:
    """The interactions whose photos are not in the ledger yet."""

    def __init__(self, pending: PendingRequests, in_flight: InFlight) -> None:
        self._pending = pending
        self._in_flight = in_flight
        self._records: dict[str, dict[str, Any]] = {}  # of the open requests

    @asynccontextmanager
    async def recording(self, interaction: Interaction) -> AsyncIterator[None]:
        """Keep a record of the interaction while the context lasts. It stays behind if the process is killed."""
        request = str(interaction.id)
        self._records[request] = record_of(interaction)
        failed: Exception | None = None
        with self._in_flight:
            await self._keep(request)
            try:
                yield
            except Exception as error:
                failed = error
            await self.remove(request)
        if failed is not None:
            raise failed

    async def acknowledged(self, interaction: Interaction, message: int) -> None:
        """Add the id of our deferred message to the record, so that a resumed request fills that message."""
        request = str(interaction.id)
        self._records[request]["response_message"] = str(message)
        await self._keep(request)

    async def progress_shown(self, request: str, part: int, message: int) -> None:
        """Add the id of the progress message of photo number `part`, so that a resumed request fills that message."""
        if request in self._records:
            self._records[request].setdefault("progress_messages", {})[str(part)] = str(message)
            await self._keep(request)

    async def unfinished(self) -> list[dict[str, Any]]:
        """The records that an earlier process left behind, oldest first."""
        try:
            records = await self._pending.all()
        except Exception as error:  # the bot must start without Redis, too
            log.warning("the interactions of the last run cannot be read from Redis: %r", error)
            return []
        found = {str(record.get("id")): record for record in records if str(record.get("id")) not in self._records}
        self._records |= found
        return list(found.values())

    async def remove(self, request: str) -> None:
        """Delete the record of a request that is finished."""
        self._records.pop(request, None)
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                await self._pending.drop(request)
        except Exception as error:  # resuming it again changes nothing: its jobs are in the ledger
            log.info("the record of interaction %s stays in Redis: %r", request, error)

    async def _keep(self, request: str) -> None:
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                await self._pending.keep(request, self._records[request])
        except Exception as error:  # without a record it is answered as well, unless the bot is killed just now
            log.warning("interaction %s could not be recorded: %r", request, error)


def record_of(interaction: Interaction) -> dict[str, Any]:
    """The interaction's fields that a resumed request needs, under the names that Discord's API gives them."""
    message = interaction.message
    return {
        "id": str(interaction.id),
        "type": interaction.type.value,
        "application_id": str(interaction.application_id),
        "token": interaction.token,
        "channel_id": str(interaction.channel_id or 0),
        "user": {"id": str(interaction.user.id)},
        "locale": interaction.locale.value,
        "attachment_size_limit": interaction.filesize_limit,
        "app_permissions": str(interaction.app_permissions.value),
        "message": {"flags": message.flags.value} if isinstance(message, discord.Message) else None,
        "data": interaction.data,
    }
