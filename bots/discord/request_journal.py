"""Requests with photos are recorded in the database before anything else is done for them.

Discord sends an interaction or a message once. If the bot is killed before the photos are in the ledger, its next
start reads the record and resumes. The keys of a record are those of Discord's API.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Protocol

import discord

from magicmemory.bots.discord.context import BotContext
from magicmemory.bots.discord.interactions import Interaction
from magicmemory.core.job import Platform
from magicmemory.storage.pending_requests import PendingRequests

log = logging.getLogger(__name__)

# Discord waits three seconds for the acknowledgement; a database that is locked must not use them up. If it comes too
# late, Discord itself tells the person; a request without a record is lost if the bot is killed.
DATABASE_TIMEOUT_S: Final = 2.0
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


class RequestJournal:
    """The requests whose photos are not in the ledger yet."""

    def __init__(self, pending: PendingRequests, in_flight: InFlight) -> None:
        self._pending = pending
        self._in_flight = in_flight
        self._records: dict[str, dict[str, Any]] = {}  # of the requests that this process works on
        self._writing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def recording(self, record: dict[str, Any]) -> AsyncIterator[None]:
        """Keep the record of a request while the context lasts.

        It stays behind if the process is killed or the context raises an error: then nobody was answered.
        """
        request = str(record["id"])
        self._records[request] = record
        with self._in_flight:
            await self._keep(request)
            try:
                yield
            except BaseException:
                self._records.pop(request, None)
                raise
            await self.remove(request)

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

    async def unfinished(self, application: int, min_age: timedelta = timedelta()) -> list[dict[str, Any]]:
        """The records that this or an earlier process left behind, oldest first. From here on, this process works on
        them until `remove` or `leave`.

        Args:
            application: the id of our application. Several bots may use one database.
            min_age: leave younger ones out: another process may be working on them.
        """
        try:
            records = await self._pending.all(Platform.DISCORD, min_age)
        except Exception as error:  # the bot looks again later
            log.warning("the unfinished requests cannot be read from the database: %r", error)
            return []
        found = {
            str(record["id"]): record
            for record in records
            if str(record["id"]) not in self._records and record.get("application_id") == str(application)
        }
        self._records |= found
        return list(found.values())

    def leave(self, request: str) -> None:
        """Stop work on a request whose sender could not be answered. Its record stays behind."""
        self._records.pop(request, None)

    async def remove(self, request: str) -> None:
        """Delete the record of a request that is finished."""
        self._records.pop(request, None)
        try:
            await self._within_reason(self._pending.drop(Platform.DISCORD, request))
        except Exception as error:  # resuming it again changes nothing: its jobs are in the ledger
            log.info("the record of request %s stays in the database: %r", request, error)

    async def _within_reason(self, write: Coroutine[Any, Any, None]) -> None:
        """Wait at most `DATABASE_TIMEOUT_S` for a write. It goes on in the background: other writers share its
        transaction, so it is not cancelled.

        Raises:
            TimeoutError: the write takes longer.
        """
        writing = asyncio.create_task(write)
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        # Marks an error that comes too late as seen.
        writing.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait_for(asyncio.shield(writing), DATABASE_TIMEOUT_S)

    async def _keep(self, request: str) -> None:
        try:
            await self._within_reason(self._pending.keep(Platform.DISCORD, request, dict(self._records[request])))
        except Exception as error:  # without a record it is answered as well, unless the bot is killed just now
            log.warning("request %s could not be recorded: %r", request, error)


class Bot(Protocol):
    """What a button needs of the client, which it gets with the interaction."""

    ctx: BotContext
    journal: RequestJournal
    in_flight: InFlight


def record_of_interaction(interaction: Interaction) -> dict[str, Any]:
    """The interaction's fields that a resumed request needs, under the names that Discord's API gives them."""
    message = interaction.message
    return {
        "id": str(interaction.id),
        "type": interaction.type.value,
        "application_id": str(interaction.application_id),
        "token": interaction.token,
        "channel_id": str(interaction.channel_id or 0),
        "guild_id": str(interaction.guild_id or 0),
        "member": {"permissions": str(interaction.permissions.value)},
        "user": {"id": str(interaction.user.id)},
        "locale": interaction.locale.value,
        "attachment_size_limit": interaction.filesize_limit,
        "app_permissions": str(interaction.app_permissions.value),
        "message": {"flags": message.flags.value} if isinstance(message, discord.Message) else None,
        "data": interaction.data,
    }


def record_of_message(message: discord.Message, application: int) -> dict[str, Any]:
    """What a resumed request needs to read a message again, under the names that Discord's API gives the fields."""
    return {"id": str(message.id), "channel_id": str(message.channel.id), "application_id": str(application)}
