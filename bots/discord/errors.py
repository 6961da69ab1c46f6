"""Errors of Discord's API, by what to do about them, and events that the library cannot read."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import aiohttp
import discord

log = logging.getLogger(__name__)

T = TypeVar("T")

# The connection broke or Discord has an internal error, so the request may or may not have been carried out.
UNCERTAIN: Final = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError, discord.DiscordServerError)


class NotAnswered(Exception):
    """Discord could not be reached to answer a person. A later attempt may succeed."""


UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
ALREADY_ACKNOWLEDGED = 40060
FIRST_OWN_CODE = 10000
TOO_LARGE = 40005
MAY_NOT_REPLY = 160002  # a message of the bot may not refer to another one: it may not read the history
INVALID_TOKEN = 50027
# The message, the channel or the token cannot be used any more; another one may work.
OUT_OF_REACH: Final = frozenset(
    {
        UNKNOWN_CHANNEL,
        UNKNOWN_MESSAGE,
        UNKNOWN_WEBHOOK,
        UNKNOWN_INTERACTION,
        INVALID_TOKEN,
        50001,  # no access
        50005,  # the message is somebody else's
        50007,  # takes no direct messages
        50013,  # a permission is missing
        50033,  # no such recipient
        50083,  # the thread is archived
        50278,  # no server in common
    }
)
TRIES: Final = 3
FIRST_PAUSE_S: Final = 0.3


def is_out_of_reach(error: discord.HTTPException) -> bool:
    """Whether Discord will refuse this message, channel or token from now on. A refusal without one of Discord's own
    codes does not say so: the bot's token may be refused, or a proxy may have answered.
    """
    return error.code in OUT_OF_REACH or (error.status in (403, 404) and error.code >= FIRST_OWN_CODE)


async def persist(call: Callable[[], Awaitable[T]]) -> T:
    """Make an idempotent call up to three times until Discord answers."""
    for attempt in range(1, TRIES):
        try:
            return await call()
        except UNCERTAIN:
            await asyncio.sleep(FIRST_PAUSE_S * attempt)
    return await call()


def skip_unreadable_events(client: discord.Client, count: Callable[[], None]) -> None:
    """Log, count and skip events that the library cannot read; without this, one of them ends the connection.

    This borrows `_connection.parsers` of discord.py 2.7, which has no public place for it: the table of functions, by
    the events' names, that read what the gateway sends. A test checks that the installed release still has it.
    """
    parsers = client._connection.parsers
    for event, parse in parsers.items():
        parsers[event] = functools.partial(_read_event, event, parse, count)


def _read_event(event: str, parse: Callable[[Any], None], count: Callable[[], None], data: Any) -> None:
    try:
        parse(data)
    except Exception:
        log.exception("Discord's event %s could not be read and is skipped", event)
        count()
