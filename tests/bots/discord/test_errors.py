"""Errors of Discord's API, and events that cannot be read."""

import asyncio
from unittest.mock import Mock

import aiohttp
import discord
import pytest

from magicmemory.bots.discord.errors import is_out_of_reach, skip_unreadable_events


@pytest.mark.parametrize(
    ("status", "code", "closed"),
    [
        *((401, 50027, True), (404, 10008, True), (403, 50013, True), (403, 59999, True)),
        *((401, 0, False), (403, 0, False), (404, 0, False), (400, 50035, False), (500, 0, False)),
    ],
)
def test_a_target_is_out_of_reach_only_if_discord_says_so(status: int, code: int, closed: bool) -> None:
    answer = Mock(aiohttp.ClientResponse, status=status, reason="none")
    error = discord.HTTPException(answer, {"code": code, "message": "no"})
    assert is_out_of_reach(error) is closed


class Listener(discord.AutoShardedClient):
    """A client that keeps the entitlements it is told of."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none(), shard_count=1)
        self.entitlements_told: list[int] = []

    async def on_entitlement_create(self, entitlement: discord.Entitlement) -> None:
        self.entitlements_told.append(entitlement.id)


async def test_unreadable_events_are_counted_and_the_others_are_read() -> None:
    """The contract with discord.py 2.7: `_connection.parsers` has a function for each event of the gateway."""
    counted: list[None] = []
    async with Listener() as client:
        skip_unreadable_events(client, lambda: counted.append(None))
        parsers = client._connection.parsers
        assert {"READY", "MESSAGE_CREATE", "INTERACTION_CREATE", "ENTITLEMENT_CREATE"} <= set(parsers)
        parsers["MESSAGE_CREATE"]({"id": "1", "channel_id": "2", "guild_id": None})
        assert len(counted) == 1
        bought = {"id": "7", "sku_id": "8", "application_id": "9", "user_id": "10", "type": 8, "deleted": False}
        parsers["ENTITLEMENT_CREATE"](bought)
        await asyncio.sleep(0.01)
        assert client.entitlements_told == [7]
        assert len(counted) == 1
