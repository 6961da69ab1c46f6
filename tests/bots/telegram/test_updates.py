"""Each update is handled once, and again only if Redis went away meanwhile."""

import asyncio
import logging
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisAway
from telegram import Update
from telegram.error import TimedOut
from telegram.ext import ExtBot

from magicmemory.bots.telegram import updates
from magicmemory.bots.telegram.updates import UpdateReceiver
from magicmemory.core.metrics import Metrics
from magicmemory.queue.connection import RedisKeys, connect


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "REDIS_RETRY_S", 0.01)


async def no_apology(_: Update) -> None:
    raise AssertionError


@pytest.mark.parametrize(
    ("errors", "handled", "apologies"),
    [
        ([], 1, 0),
        ([RedisAway("gone")] * 2, 3, 0),
        ([RedisAway("gone")] * 9, updates.HANDLE_TRIES, 1),
        ([KeyError("a bug")], 1, 1),
    ],
)
async def test_update_is_handled_again_only_while_redis_is_away(
    redis_url: str, errors: list[Exception], handled: int, apologies: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    calls = 0
    sorry: list[int] = []

    async def handle(_: Update) -> None:
        nonlocal calls
        calls += 1
        if calls <= len(errors):
            raise errors[calls - 1]

    async def apologise(update: Update) -> None:
        sorry.append(update.update_id)
        raise TimedOut  # it is not tried for ever, and the update counts as handled

    async with connect(redis_url) as redis:
        receiver = UpdateReceiver(handle, apologise, redis, RedisKeys("updates"), Metrics())
        for _ in range(2):  # Telegram may send it again
            await receiver.accept(Update(7))
    assert (calls, sorry) == (handled, [7] * apologies)


async def test_update_that_hangs_is_given_up_with_an_apology(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(updates, "HANDLE_S", 0.05)
    sorry: list[int] = []

    async def handle(_: Update) -> None:
        await asyncio.Event().wait()

    async def apologise(update: Update) -> None:
        sorry.append(update.update_id)

    async with connect(redis_url) as redis:
        receiver = UpdateReceiver(handle, apologise, redis, RedisKeys("updates-hanging"), Metrics())
        await asyncio.wait_for(receiver.accept(Update(7)), 20)
        assert receiver.oldest is None
    assert sorry == [7]


async def test_update_in_progress_is_not_parsed_again_by_each_poll(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = asyncio.Event()
    parsed: list[int] = []
    parse = Update.de_json

    def counted(raw: dict[str, Any], bot: Any) -> Update:
        parsed.append(raw["update_id"])
        return parse(raw, bot)

    async def handle(_: Update) -> None:
        await finished.wait()

    monkeypatch.setattr(Update, "de_json", counted)
    monkeypatch.setattr(updates, "SETTLE_S", 0.01)
    bot: Any = ExtBot("1:token")
    async with connect(redis_url) as redis:
        receiver = UpdateReceiver(handle, no_apology, redis, RedisKeys("updates-parsed"), Metrics())
        first, second = {"update_id": 7}, {"update_id": 8}
        offset = await updates._accept(bot, receiver, [first], 0)
        assert offset == 7, "it is not confirmed before it is handled"
        assert await updates._accept(bot, receiver, [first, second], offset) == 7
        finished.set()
        await receiver.close()
        assert await updates._accept(bot, receiver, [first, second], offset) == 9
    assert parsed == [7, 8]
