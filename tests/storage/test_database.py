"""The migrations make the schema that the code expects, on both databases, also when several start at once."""

import asyncio
import stat
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from magicmemory.core.job import Platform, Sender
from magicmemory.storage import database as database_module
from magicmemory.storage.database import Database
from magicmemory.storage.people import lock_user
from magicmemory.storage.schema import MIGRATIONS, revisions
from magicmemory.storage.tables import metadata
from tests.support.services import postgres_database


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_migrations_create_the_tables(empty_database_url: str) -> None:
    async with Database(empty_database_url) as database, database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_opening_again_changes_nothing(empty_database_url: str) -> None:
    for _ in range(2):
        async with Database(empty_database_url) as database, database.read() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


async def test_a_schema_that_is_up_to_date_is_opened_without_alembic(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == [script.revision for script in known.walk_revisions()][::-1]
    assert known.get_heads() == [revisions()[-1]]
    monkeypatch.setitem(sys.modules, "alembic", None)
    async with Database(database_url):
        pass


async def test_database_file_is_private(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'here' / 'one.db'}"):
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "here").iterdir()}
    assert "one.db" in modes
    assert set(modes.values()) == {0o600}


async def test_concurrent_opening_migrates_once(empty_database_url: str) -> None:
    async def opened() -> None:
        async with Database(empty_database_url):
            pass

    await asyncio.gather(*(opened() for _ in range(8)))
    async with Database(empty_database_url) as database, database.read() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


async def test_failed_transaction_is_rolled_back(database_url: str) -> None:
    class Interrupted(Exception):
        pass

    async with Database(database_url) as database:
        try:
            async with database.write() as transaction:
                await lock_user(transaction, Sender(platform=Platform.TELEGRAM, account="1"), datetime.now(UTC))
                raise Interrupted
        except Interrupted:
            pass
        async with database.read() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM users")) == 0


@pytest.fixture
async def one_connection_url(postgres_template: str) -> AsyncIterator[str]:
    """The URL of a migrated PostgreSQL database, for a role that may have one connection at a time."""
    async with postgres_database(postgres_template) as url:
        role = f"magicmemory_test_{uuid.uuid4().hex[:12]}"
        owner = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        async with owner.connect() as connection:
            await connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 1")
            await connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        try:
            yield make_url(url).set(username=role).render_as_string(hide_password=False)
        finally:
            async with owner.connect() as connection:
                await connection.exec_driver_sql(f"DROP OWNED BY {role}")
                await connection.exec_driver_sql(f"DROP ROLE {role}")


async def test_a_request_waits_until_postgresql_has_a_connection_to_spare(one_connection_url: str) -> None:
    async with Database(one_connection_url) as database, database.read() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
        waiting = asyncio.create_task(count_users(database))
        await asyncio.sleep(3 * database_module.ASK_FOR_CONNECTION_EVERY_S)
        assert not waiting.done()
        await connection.close()
        assert await waiting == 0


async def test_a_request_does_not_wait_for_ever_for_a_connection(
    one_connection_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database(one_connection_url) as database, database.read():
        monkeypatch.setattr(database_module, "WAIT_FOR_CONNECTION_S", 0.2)
        with pytest.raises(DBAPIError, match="too many connections"):
            await count_users(database)


async def count_users(database: Database) -> int | None:
    async with database.write() as connection:
        count: int | None = await connection.scalar(text("SELECT count(*) FROM users"))
        return count
