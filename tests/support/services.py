"""The services that tests share: one Redis a process of the suite, and migrated databases to copy.

What a machine lacks skips the tests that need it, with the reason; in CI it fails them.
"""

import asyncio
import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
import redis
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from magicmemory.core.processes import end_with_parent
from magicmemory.queue.embedded import find_binary
from magicmemory.storage.database import Database

POSTGRES = os.environ.get("MAGIC_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres")
NO_REDIS = "no redis-server on the PATH, and none of the extra `embedded` (no wheel for this Python)"
START_S = 20.0


def missing(reason: str) -> NoReturn:
    """Skip the test because a service is missing; in CI fail it."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def shared_redis(*options: str) -> Iterator[str]:
    """A Redis that keeps nothing on disk, on a Unix socket, started with further `options`; its URL."""
    binary = find_binary()
    if binary is None:
        missing(NO_REDIS)
    with tempfile.TemporaryDirectory(prefix="redis-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as folder:
        socket = f"{folder}/redis.sock"
        command = [binary, "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""]
        # As the embedded one is told, for what looks at it.
        command += ["--appendonly", "yes", "--appendfsync", "no", *options]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=end_with_parent)
        try:
            _wait_for(socket, server)
            yield f"unix://{socket}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(socket: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_S
    with redis.Redis(unix_socket_path=socket) as client:
        while True:
            try:
                client.ping()
            except redis.AuthenticationError:
                return  # it answers, and wants a password
            except redis.RedisError:
                assert server.poll() is None, "redis-server does not start"
                assert time.monotonic() < deadline, "redis-server does not answer"
                time.sleep(0.01)
            else:
                return


def as_new(url: str) -> None:
    """Make a shared Redis what it was at its start: no keys, no scripts, no settings of the test before."""
    with redis.Redis.from_url(url) as client:
        client.config_set("maxmemory", "0")
        client.config_set("maxmemory-policy", "noeviction")
        client.flushall()
        client.script_flush()


@cache
def migrated_sqlite() -> bytes:
    """A SQLite file with every migration applied; made once a process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        migrate(f"sqlite+aiosqlite:///{file}")
        return file.read_bytes()


def migrate(url: str) -> None:
    """Apply every migration, from a test's event loop too: in a loop and a thread of its own."""

    async def open_once() -> None:
        async with Database(url):
            pass

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, open_once()).result()


def copy_migrated(target: Path) -> None:
    """A migrated, empty SQLite database at `target`, unless there is one: opening it then has nothing to migrate."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(migrated_sqlite())


@asynccontextmanager
async def postgres_database(template: str = "") -> AsyncIterator[str]:
    """A new database on the PostgreSQL server, dropped at the end; its URL."""
    name = f"magicmemory_test_{uuid.uuid4().hex[:12]}"
    server = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        await _create(server, name, template)
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        async with server.connect() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        await server.dispose()


async def _create(server: AsyncEngine, name: str, template: str) -> None:
    try:
        async with server.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")))
            # A commit is safe from everything but a power cut without waiting for the disk.
            await connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit TO off"))
    except (OSError, SQLAlchemyError) as error:
        missing(f"no PostgreSQL at {make_url(POSTGRES).host}: {type(error).__name__}")
