"""The next bot process finds pending requests until they are done or too old to answer."""

from datetime import timedelta

from magicmemory.core.job import Platform
from magicmemory.storage.database import Database
from magicmemory.storage.pending_requests import EXPIRY, PendingRequests
from tests.storage.conftest import Clock


async def test_records_are_kept_until_they_are_dropped_or_expired(database: Database, clock: Clock) -> None:
    pending = PendingRequests(database, clock)
    for number in ("1", "2", "3"):
        await pending.keep(Platform.DISCORD, number, {"id": number, "text": "ü"})
        clock.wait(seconds=60)
    await pending.keep(Platform.DISCORD, "3", {"id": "3", "response_message": "7"})
    await pending.drop(Platform.DISCORD, "2")
    await pending.drop(Platform.DISCORD, "9")
    # Another process, and another platform.
    found = await PendingRequests(database, clock).all(Platform.DISCORD)
    assert found == [{"id": "1", "text": "ü"}, {"id": "3", "response_message": "7"}]
    assert await pending.all(Platform.TELEGRAM) == []
    assert [record["id"] for record in await pending.all(Platform.DISCORD, timedelta(seconds=61))] == ["1"]
    clock.now -= timedelta(minutes=10)  # the clock was set back
    assert [record["id"] for record in await pending.all(Platform.DISCORD, timedelta(seconds=30))] == ["1", "3"]
    clock.now += EXPIRY + timedelta(minutes=10) - timedelta(seconds=90)
    assert [record["id"] for record in await pending.all(Platform.DISCORD)] == ["3"]


async def test_expired_records_are_deleted(database: Database, clock: Clock) -> None:
    pending = PendingRequests(database, clock)
    await pending.keep(Platform.DISCORD, "1", {"id": "1", "token": "secret"})
    clock.now += EXPIRY + timedelta(seconds=1)
    await pending.keep(Platform.DISCORD, "2", {"id": "2"})
    clock.now -= EXPIRY
    assert [record["id"] for record in await pending.all(Platform.DISCORD)] == ["2"]
