"""The database: SQLite through aiosqlite, or PostgreSQL through asyncpg, with the migrations applied when it opens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

# How long a transaction waits for another process's write lock before it fails.
SQLITE_BUSY_S = 60
# Any constant will do; it names the migration lock among PostgreSQL's advisory locks.
POSTGRES_MIGRATION_LOCK = 0x4D61676963


class Database:
    """Connections to the database, opened with `async with`; opening brings the schema up to date."""

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's: `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`."""
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = self._create_engine()
        # SQLite's own wait for the write lock polls and is unfair: within a process writers queue up here instead.
        self._writers = asyncio.Semaphore(1 if self.sqlite else 1_000_000)

    def _create_engine(self) -> AsyncEngine:
        if not self.sqlite:
            return create_async_engine(self.url, pool_pre_ping=True)
        engine = create_async_engine(self.url, connect_args={"timeout": SQLITE_BUSY_S})
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    async def __aenter__(self) -> Self:
        if self.sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        async with self.write() as connection:
            if not self.sqlite:
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRES_MIGRATION_LOCK})")
            await connection.run_sync(_migrate)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading: a snapshot that waits for nobody."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for writing, committed at the end. On SQLite it holds the write lock from its first moment,
        so that what it read is still true when it writes.
        """
        async with self._writers, self._engine.connect() as plain:
            connection = await plain.execution_options(immediate=True)
            async with connection.begin():
                yield connection


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does, and chooses how.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # In WAL mode NORMAL cannot corrupt; only FULL also keeps the last transactions over a power failure, and the
    # ledger holds people's quota.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    command.upgrade(config, "head")


async def ping(url: str) -> None:
    """Ask a database that was opened before for its schema; whatever is raised says why it does not answer."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    finally:
        await engine.dispose()
