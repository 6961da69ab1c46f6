"""Which of Discord's errors mean that a reply needs another way."""

from unittest.mock import Mock

import aiohttp
import discord
import pytest

from magicmemory.bots.discord.errors import is_out_of_reach


@pytest.mark.parametrize(
    ("status", "code", "closed"),
    [
        *((401, 50027, True), (404, 10008, True), (403, 50013, True), (403, 59999, True)),
        *((401, 0, False), (403, 0, False), (404, 0, False), (400, 50035, False), (500, 0, False)),
    ],
)
def test_a_way_is_closed_only_where_discord_says_so(status: int, code: int, closed: bool) -> None:
    answer = Mock(aiohttp.ClientResponse, status=status, reason="none")
    error = discord.HTTPException(answer, {"code": code, "message": "no"})
    assert is_out_of_reach(error) is closed
