"""What all tests share: a Redis and databases of their own, so that nothing of the machine's is touched."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from magicmemory.queue.embedded import embedded_redis

pytest_plugins = ["tests.support.state_guard"]

POSTGRES = os.environ.get("MAGIC_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(state_guard: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not see the developer's own settings."""
    for name in [name for name in os.environ if name.startswith("MAGIC_") and name != "MAGIC_TEST_POSTGRES"]:
        monkeypatch.delenv(name)


@pytest.fixture
async def redis_url(tmp_path: Path) -> AsyncIterator[str]:
    """A real Redis that ends with the test."""
    async with embedded_redis(tmp_path / "redis") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    name = f"magicmemory_test_{uuid.uuid4().hex[:12]}"
    server = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        async with server.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
    except (OSError, SQLAlchemyError) as error:
        await server.dispose()
        reason = f"no PostgreSQL at {make_url(POSTGRES).host}: {type(error).__name__}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    async with server.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await server.dispose()
