"""What can go wrong between us and Discord, sorted by what to do about it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

T = TypeVar("T")

# The connection broke, or Discord is in trouble: nobody knows whether the request was done.
UNCERTAIN = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError, discord.DiscordServerError)

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
ALREADY_ACKNOWLEDGED = 40060
FIRST_OWN_CODE = 10000
TOO_LARGE = 40005
INVALID_TOKEN = 50027
# A message of ours, or the place it stands in, cannot be reached this way any more; another way may.
OUT_OF_REACH = frozenset(
    {
        UNKNOWN_CHANNEL,
        UNKNOWN_MESSAGE,
        UNKNOWN_WEBHOOK,
        UNKNOWN_INTERACTION,
        INVALID_TOKEN,
        50001,  # no access
        50005,  # written by somebody else
        50007,  # takes no direct messages
        50013,  # a permission is missing
        50033,  # nobody to write to
        50083,  # the thread is archived
        50278,  # no server in common
    }
)
TRIES = 3
FIRST_PAUSE_S = 0.3


def is_out_of_reach(error: discord.HTTPException) -> bool:
    """Whether this way to somebody is closed for good. A refusal without a code of Discord's own says nothing about
    the way: our token may be refused, or a proxy in between.
    """
    return error.code in OUT_OF_REACH or (error.status in (403, 404) and error.code >= FIRST_OWN_CODE)


async def persist(call: Callable[[], Awaitable[T]]) -> T:
    """Try what may safely be done twice until Discord answers, a few times."""
    for attempt in range(1, TRIES):
        try:
            return await call()
        except UNCERTAIN:
            await asyncio.sleep(FIRST_PAUSE_S * attempt)
    return await call()
