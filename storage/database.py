"""The database: SQLite through aiosqlite, or PostgreSQL through asyncpg, with the migrations applied when it opens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from magicmemory.core.errors import OperatorError, ServerUnreachable
from magicmemory.storage.driver import new_driver
from magicmemory.storage.schema import LaterSchema, migrate
from magicmemory.storage.sqlite import SharedCommits, sqlite_engine

# Any constant will do: it identifies the migration lock among PostgreSQL's advisory locks.
POSTGRES_MIGRATION_LOCK = 0x4D61676963

# PostgreSQL's SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html).
TOO_MANY_CONNECTIONS = "53300"  # all are in use
REFUSED_LOGIN = "28"  # the class of all refused logins
NO_SUCH_DATABASE = "3D000"
STARTING_OR_STOPPING = "57P03"
# How long a request waits for PostgreSQL to have one to spare, and how often it asks, seconds.
WAIT_FOR_CONNECTION_S = 10.0
ASK_FOR_CONNECTION_EVERY_S = 0.1

# How often a process checks that its SQLite file is still the one it opened.
CHECK_FILE_EVERY_S = 2.0


class DatabaseUnusable(OperatorError):
    """The database cannot be used. The message is one sentence for the operator."""


class Database:
    """Connections to the database, opened with `async with`; opening brings the schema up to date."""

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's: `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`."""
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = sqlite_engine(self.url) if self.sqlite else _postgres_engine(self.url)
        self._shared = SharedCommits(self._engine) if self.sqlite else None

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            # Nothing else closes the connections of an opening that fails or is cancelled.
            await self.__aexit__(None, None, None)
            raise
        return self

    async def _open(self) -> None:
        if self.sqlite and self.url.database:
            file = Path(self.url.database)
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # It holds personal data: only the service's user may read it. SQLite gives its log the same permissions.
            file.touch(mode=0o600)
        try:
            if self._shared is not None:
                await self._shared.open()
            async with self.write() as connection:
                if not self.sqlite:
                    await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRES_MIGRATION_LOCK})")
                await connection.run_sync(migrate)
        except (LaterSchema, DBAPIError) as error:
            raise self._explained(error) from error
        except OSError as error:
            if self.sqlite:
                raise
            raise ServerUnreachable(
                f"The database at {self.url.host}:{self.url.port} cannot be reached: start it, or correct "
                f"MAGIC_DATABASE_URL. ({error})"
            ) from error

    def _explained(self, error: Exception) -> Exception:
        """A sentence for errors that the operator can act on; other errors as they are."""
        if isinstance(error, LaterSchema):
            return DatabaseUnusable(
                "The database was last used by a later version of Magic Memory: install that version or a newer one."
            )
        state = _state(error)
        if state.startswith(REFUSED_LOGIN) or state == NO_SUCH_DATABASE:
            return DatabaseUnusable(
                f"The database at {self.url.host}:{self.url.port} refuses the connection: correct MAGIC_DATABASE_URL. "
                f"({getattr(error, 'orig', error)})"
            )
        if state == STARTING_OR_STOPPING:
            return ServerUnreachable(f"The database at {self.url.host}:{self.url.port} is only starting, or stopping.")
        damaged = ("file is not a database", "malformed", "file is encrypted")
        if self.sqlite and any(sign in str(error) for sign in damaged):
            return DatabaseUnusable(
                f"The database {self.url.database} is damaged: move it away and run `magicmemory restore-backup`."
            )
        return error

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shared is not None:
            await self._shared.close()
        await self._engine.dispose()

    @asynccontextmanager
    async def read(self, *, snapshot: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection for reading, which needs no lock. Each statement sees what was committed before it; with
        `snapshot`, all statements see what was committed before the first.
        """
        async with self._connection() as connection:
            if snapshot:
                await self._keep_snapshot(connection)
            yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection of the pool. Where PostgreSQL has none left, wait for one: other processes use theirs for
        milliseconds, and a person's photo should not be refused for that.
        """
        give_up = asyncio.get_running_loop().time() + WAIT_FOR_CONNECTION_S
        async with AsyncExitStack() as stack:
            while True:
                try:
                    connection = await stack.enter_async_context(self._engine.connect())
                    break
                except DBAPIError as error:
                    if _state(error) != TOO_MANY_CONNECTIONS or asyncio.get_running_loop().time() > give_up:
                        raise
                await asyncio.sleep(ASK_FOR_CONNECTION_EVERY_S)
            yield connection

    async def _keep_snapshot(self, connection: AsyncConnection) -> None:
        if self.sqlite:
            await connection.exec_driver_sql("BEGIN")
        else:
            await connection.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for writing, committed at the end. On SQLite it holds the write lock from the start, so the
        rows that it reads cannot change before it writes.
        """
        if self._shared is not None:
            async with self._shared.write() as connection:
                yield connection
        else:
            async with self._connection() as connection, connection.begin():
                yield connection


def _postgres_engine(url: URL) -> AsyncEngine:
    # Under load, requests wait for a connection as long as needed: the pool's own time limit would refuse them.
    return create_async_engine(url, pool_pre_ping=True, pool_timeout=None)


async def watch_file(url: str, every_s: float = CHECK_FILE_EVERY_S) -> None:
    """Watch that an open SQLite file stays in its place; runs until cancelled. PostgreSQL needs no watch.

    Raises:
        DatabaseUnusable: the file was moved away or replaced. This process still writes to the old one.
    """
    place = make_url(url)
    if place.get_backend_name() != "sqlite" or not place.database:
        await asyncio.Event().wait()
    file = Path(place.database or "")
    opened = _identity(file)
    while True:
        await asyncio.sleep(every_s)
        if _identity(file) != opened:
            raise DatabaseUnusable(
                f"The database {file} was moved away or replaced while this process used it: "
                "stop all processes before you move or restore it."
            )


def _state(error: Exception) -> str:
    """PostgreSQL's SQLSTATE of an error; empty for other errors."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def ping(url: str) -> None:
    """Write to a database that was opened before, without changing it. Any exception says why it does not work."""
    sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = create_async_engine(
        url, poolclass=NullPool, connect_args={"async_creator_fn": new_driver} if sqlite else {}
    )
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
    finally:
        await engine.dispose()
