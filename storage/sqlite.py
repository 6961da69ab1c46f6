"""SQLite at the speed of its disk: statements run at once, and writers who wait for each other share one commit.

aiosqlite hands every statement to a thread and back, which costs several times what the statement itself does, for ours
take microseconds. Only what may wait, for the disk or for another process, goes to the thread here.

A commit waits for the disk. So whoever comes while one is under way joins the next: each writer has a savepoint of its
own in a common transaction, one after the other, and all of them go on when that is on the disk.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import aiosqlite
from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

# How long a transaction waits for another process's write lock before it fails.
BUSY_S: Final = 60
BEGIN_WRITING: Final = "BEGIN IMMEDIATE"


class _Direct(aiosqlite.Connection):
    """A connection whose statements run where they are called."""

    def run(self, statement: str) -> None:
        """Run what neither has parameters nor waits."""
        self._conn.execute(statement)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if fn == self._conn.commit or args[:1] == (BEGIN_WRITING,):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)


def sqlite_engine(url: URL) -> AsyncEngine:
    """The engine for a file."""
    path = url.database or ":memory:"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)

    async def open_one() -> aiosqlite.Connection:
        connection = _Direct(connect, iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does where it connects by itself
        return await connection

    engine = create_async_engine(url, async_creator=open_one)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begin` does, and chooses how.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # In WAL mode NORMAL cannot corrupt; only FULL also keeps the last transactions over a power failure, and the
    # ledger holds people's quota.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql(BEGIN_WRITING)
    else:
        _driver(connection.connection.driver_connection).run("BEGIN")


def _driver(connection: object) -> _Direct:
    assert isinstance(connection, _Direct)
    return connection


class SharedCommits:
    """The writers of this process. SQLite lets one write at a time, and its own wait for that is unfair: they queue up
    here instead.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()  # fair: who comes first is served first
        self._group: _Group | None = None  # those whose common transaction is open
        self._commits: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Wait for what is under way. Who failed or was cancelled has not waited for the others' commit."""
        await asyncio.gather(*self._commits, return_exceptions=True)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for writing, on the disk when the context ends. What fails in it leaves no trace, and does not
        touch the others'.
        """
        async with self._turn:
            if self._group is None:
                self._group = self._new_group()
            group = self._group
            connection = await asyncio.shield(group.opened)
            driver = _driver((await connection.get_raw_connection()).driver_connection)
            driver.run("SAVEPOINT writer")
            try:
                yield connection
                driver.run("RELEASE writer")
            except BaseException:
                # A full disk makes SQLite roll the whole transaction back. Nobody may join what is no transaction.
                if driver.in_transaction:
                    driver.run("ROLLBACK TO writer")
                else:
                    self._group = None
                raise
        await asyncio.shield(group.committed)

    def _new_group(self) -> "_Group":
        group = _Group()
        # In a task of its own: whoever opens it may be cancelled, and others rely on it.
        group.committed = asyncio.create_task(self._run(group))
        self._commits.add(group.committed)
        group.committed.add_done_callback(self._commits.discard)
        return group

    async def _run(self, group: "_Group") -> None:
        try:
            async with self._engine.connect() as plain:
                connection = await plain.execution_options(writing=True)
                transaction = await connection.begin()
                group.opened.set_result(connection)
                # Those who wait already come before us.
                async with self._turn:
                    self._group = None
                    driver = _driver((await connection.get_raw_connection()).driver_connection)
                    if not driver.in_transaction:
                        # The driver would take this for committed.
                        raise sqlite3.OperationalError("SQLite rolled the transaction back")
                    await transaction.commit()
        except Exception as error:
            if group.opened.done():
                raise
            self._group = None
            group.opened.set_exception(error)


class _Group:
    """Writers who share a transaction."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[AsyncConnection] = asyncio.get_running_loop().create_future()
        self.committed: asyncio.Task[None]
