"""What all tests share: a Redis and databases of their own, so that nothing of the machine's is touched."""

import asyncio
import os
import shutil
import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from magicmemory.queue.embedded import embedded_redis, find_binary
from tests.support.services import NO_REDIS, as_new, copy_migrated, migrate, missing, postgres_database, shared_redis

pytest_plugins = ["tests.support.state_guard", "tests.support.tiers"]

# Tests commit thousands of times, and a disk takes milliseconds to hear of each: memory is asked instead where there is
# enough. What only a power cut could show is not tested here.
MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 4 << 30


# Some tests import OpenVINO before the engine does, which keeps its telemetry from being imported: with it, every
# conversion starts a process that reports to Google Analytics.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]


def pytest_configure() -> None:
    """Put the tests' folders into memory, unless somebody has said where."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES and os.access(MEMORY, os.W_OK):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """Half of the time a test waits: for a lease, a restart, a page. So there are more processes than cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(state_guard: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not see the developer's own settings."""
    for name in [name for name in os.environ if name.startswith("MAGIC_") and name != "MAGIC_TEST_POSTGRES"]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def same_random_numbers(request: pytest.FixtureRequest) -> None:
    """torch's random numbers are the test's own, whatever ran before; pytest-randomly sees to Python's and NumPy's."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The Redis that all tests of this process share, one after another."""
    with shared_redis() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """A real Redis, as new."""
    as_new(redis_server)
    return redis_server


@pytest.fixture
async def own_redis_url(redis_binary: str, tmp_path: Path) -> AsyncIterator[str]:
    """A real Redis for this test alone: one that it stops, or whose settings it changes."""
    async with embedded_redis(tmp_path / "redis") as url:
        yield url


@pytest.fixture
def redis_binary() -> str:
    """The `redis-server` of this machine, for tests that start one themselves, or whose processes do."""
    return find_binary() or missing(NO_REDIS)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a PostgreSQL database with every migration applied, to copy."""
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(1) as thread:  # a test's own loop may be running here
        database = postgres_database()
        url = thread.submit(loop.run_until_complete, database.__aenter__()).result()
        try:
            migrate(url)
            yield str(make_url(url).database)
        finally:
            thread.submit(loop.run_until_complete, database.__aexit__(None, None, None)).result()
            loop.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database without rows, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        copy_migrated(tmp_path / "test.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    async with postgres_database(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    async with postgres_database() as url:
        yield url
