"""The next bot process finds pending requests until they are done or too old to answer."""

import pytest

from magicmemory.core.job import Platform
from magicmemory.queue import pending_requests
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.pending_requests import EXPIRY_S, PendingRequests


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now


async def test_requests_are_kept_until_they_are_done_or_too_old(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(pending_requests, "time", clock)
    names = RedisKeys("test")
    async with connect(redis_url) as redis:
        first = PendingRequests(redis, names, Platform.DISCORD)
        for number in ("1", "2", "3"):
            await first.keep(number, {"id": number, "text": "ü"})
            clock.now += 60
        await first.drop("2")
        await first.drop("9")
        # Another process, and another platform.
        assert [told["id"] for told in await PendingRequests(redis, names, Platform.DISCORD).all()] == ["1", "3"]
        assert await PendingRequests(redis, names, Platform.TELEGRAM).all() == []
        clock.now = 1_000.0 + EXPIRY_S + 1
        assert await first.all() == [{"id": "3", "text": "ü"}]
        assert await redis.hlen(names.pending_requests(Platform.DISCORD)) == 1  # type: ignore[misc]
        # Redis lets go of them by itself.
        assert 0 < await redis.ttl(names.pending_requests(Platform.DISCORD)) <= EXPIRY_S
