"""SQLite through aiosqlite, with one commit for all writers that wait at the same time.

A commit waits for the disk (a few milliseconds), and SQLite allows one writer at a time. Without sharing, a photo's
five small transactions would each pay for a commit of their own. So writers that arrive during a commit share the next
transaction: each has its own savepoint, one after the other, and all continue once the common commit is on the disk.
"""

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, cast

import aiosqlite
from sqlalchemy import URL, AdaptedConnection, Connection, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from magicmemory.storage.driver import new_driver

if sys.platform != "win32":
    import fcntl

# How long a transaction waits for another process's write lock before it fails, seconds.
BUSY_S: Final = 60
# How long a process waits for its turn before it tries without: a stopped process may hold the turn. Seconds.
TURN_S: Final = 5.0
# How often it looks whether the turn is free, seconds.
LOOK_EVERY_S: Final = 0.001
# Connections of a process, each with a thread of its own.
CONNECTIONS: Final = 15


def sqlite_engine(url: URL) -> AsyncEngine:
    """The engine for a file."""
    # Readers need no transaction, so nothing is rolled back after them: that would be one more wait for the thread of
    # the connection after each read. `_end_transaction` sees to the rest.
    # Connections are kept, because opening one costs as much as a photo's statements; none is opened beyond them. Under
    # load, requests wait for one as long as needed: the pool's own time limit would refuse them.
    engine = create_async_engine(
        url,
        connect_args={"async_creator_fn": new_driver, "timeout": BUSY_S, "factory": _DriverConnection},
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=None,
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "reset", _end_transaction)
    event.listen(engine.sync_engine, "handle_error", _keep_shared_connection)
    return engine


class _Rows(list[Any]):
    """All rows of a statement, and what its cursor says of it."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None


class _DriverCursor(sqlite3.Cursor):
    """Python's cursor. Its rows know their columns, so that they can leave the connection's thread without it."""

    def fetchall(self) -> _Rows:
        rows = _Rows(super().fetchall())
        rows.description, rows.rowcount, rows.lastrowid = self.description, self.rowcount, self.lastrowid
        return rows


class _DriverConnection(sqlite3.Connection):
    """Python's connection, with the cursor above."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return self.cursor(_DriverCursor).execute(sql, parameters)


class _Cursor:
    """A cursor for SQLAlchemy that waits for the connection's thread once for a statement and its rows.

    aiosqlite's own waits for the thread when it is made, for the statement, for the rows, and when it is closed. The
    price: all rows of a statement are in memory, so SQLAlchemy cannot stream.
    """

    arraysize = 1

    def __init__(self, driver: aiosqlite.Connection) -> None:
        self._driver = driver
        self._rows = _Rows()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Iterable[Any] = ()) -> Self:
        rows = await self._driver.execute_fetchall(operation, parameters)
        assert isinstance(rows, _Rows)
        self._rows = rows
        return self

    async def executemany(self, operation: str, parameters: Iterable[Iterable[Any]]) -> Self:
        self._rows = _Rows()
        self._rows.rowcount = (await self._driver.executemany(operation, parameters)).rowcount
        return self

    async def fetchall(self) -> _Rows:
        return self._rows

    async def close(self) -> None:
        pass

    @property
    def description(self) -> Any:
        return self._rows.description

    @property
    def rowcount(self) -> int:
        return self._rows.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._rows.lastrowid


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    driver = cast(AdaptedConnection, connection).driver_connection
    assert isinstance(driver, aiosqlite.Connection)
    driver.cursor = partial(_Cursor, driver)  # type: ignore[method-assign, assignment]
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
    # A reader needs no transaction: each of its statements reads a consistent state.
    if _is_writing(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _end_transaction(connection: DBAPIConnection, _record: ConnectionPoolEntry, state: PoolResetState) -> None:
    """Roll back what a snapshot or a failed writer left open, before another task gets the connection."""
    driver = cast(AdaptedConnection, connection).driver_connection
    if state.asyncio_safe and driver.in_transaction:
        connection.rollback()


def _keep_shared_connection(context: ExceptionContext) -> None:
    """SQLAlchemy drops a connection whose task is cancelled during a statement. A writers' connection must stay: others
    share its transaction. It stays usable, because aiosqlite runs statements in order: the next one waits for the one
    that the cancelled task began.
    """
    cancelled = isinstance(context.original_exception, asyncio.CancelledError)
    if cancelled and context.connection is not None and _is_writing(context.connection):
        context.is_disconnect = False


def _is_writing(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writing", False))


class ProcessTurns:
    """Lets the processes of a database begin transactions in turn.

    SQLite's write lock is unfair: a process that waits for it sleeps for up to 0.1 s between its tries, and a busy one
    that has just committed takes the lock again meanwhile. Here the one that waits for the lock holds a lock on a file
    beside the database, so all others come after it.
    """

    def __init__(self, database: str | None) -> None:
        """`database` is the file, None for one in memory."""
        self._file = Path(f"{database}-turn") if database and database != ":memory:" else None
        self._within = asyncio.Lock()  # a process's own transactions share the file's lock
        self._descriptor: int | None = None

    def close(self) -> None:
        """Close the file. It stays: another process may have it open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold the turn. Where the file cannot be locked, or a process holds it for long, this goes on without: the
        turn is only about who comes first.
        """
        async with self._within:
            if not await self._lock():
                yield
                return
            try:
                yield
            finally:
                if sys.platform != "win32" and self._descriptor is not None:
                    fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    async def _lock(self) -> bool:
        if self._file is None or sys.platform == "win32":
            return False
        latest = time.monotonic() + TURN_S
        while time.monotonic() < latest:
            try:
                if self._descriptor is None:
                    self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(LOOK_EVERY_S)
            except OSError:
                return False
            else:
                return True
        return False


class SharedCommits:
    """The writers of this process, in the order in which they arrive: SQLite's own wait for its lock is unfair."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._processes = ProcessTurns(engine.url.database)
        self._turn = asyncio.Lock()  # fair: first come, first served
        self._group: _Group | None = None  # the writers whose common transaction is open
        self._commits: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Make the first connection. It alone switches a new file to WAL: SQLite does not wait while another process
        does the same, but fails.
        """
        async with self._processes.taken(), self._engine.connect():
            pass

    async def close(self) -> None:
        """Wait for commits that are under way. A writer that failed or was cancelled has not waited for the others'."""
        await asyncio.gather(*self._commits, return_exceptions=True)
        self._processes.close()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for writing, on the disk when the context ends. An error inside it undoes this writer's changes
        and nobody else's.
        """
        async with self._turn:
            if self._group is None:
                self._group = self._new_group()
            group = self._group
            connection = await asyncio.shield(group.opened)
            driver = await _driver(connection)
            is_first = group.is_empty
            try:
                # What the first one writes is all that its transaction holds.
                if not is_first:
                    await _finish(driver.execute_fetchall("SAVEPOINT writer"))
                yield connection
            except BaseException:
                try:
                    await _finish(_begin_again(driver) if is_first else _undo_writer(driver))
                except sqlite3.Error:
                    self._leave_lost(driver)
                raise
            group.is_empty = False
            # A writer that is cancelled from here on has written: there is no savepoint to go back to any more.
            if is_first and not driver.in_transaction:  # lost, and the writer caught the error
                self._group = None
            elif not is_first:
                try:
                    await _finish(driver.execute_fetchall("RELEASE writer"))
                except sqlite3.Error:
                    self._leave_lost(driver)
                    raise
        await asyncio.shield(group.committed)

    def _leave_lost(self, driver: aiosqlite.Connection) -> None:
        """A full disk makes SQLite roll the whole transaction back. Nobody may join a lost transaction; while it is
        open, nobody can begin another one.
        """
        if not driver.in_transaction:
            self._group = None

    def _new_group(self) -> "_Group":
        group = _Group()
        # In its own task: the writer that opens the transaction may be cancelled, and others rely on it.
        group.committed = asyncio.create_task(self._run(group))
        self._commits.add(group.committed)
        group.committed.add_done_callback(self._commits.discard)
        return group

    async def _run(self, group: "_Group") -> None:
        try:
            async with self._engine.connect() as plain:
                connection = await plain.execution_options(writing=True)
                async with self._processes.taken():
                    transaction = await connection.begin()
                group.opened.set_result(connection)
                # The lock is fair: the writers that wait for it already are served before this commit.
                async with self._turn:
                    if self._group is group:
                        self._group = None
                    if not (await _driver(connection)).in_transaction and not group.is_empty:
                        # The driver would report a commit that never happened.
                        raise sqlite3.OperationalError("SQLite rolled the transaction back")
                    await transaction.commit()
        except Exception as error:
            if group.opened.done():
                raise
            self._group = None
            group.opened.set_exception(error)


class _Group:
    """Writers that share a transaction."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[AsyncConnection] = asyncio.get_running_loop().create_future()
        self.is_empty = True  # no writer has ended well so far
        self.committed: asyncio.Task[None]


async def _driver(connection: AsyncConnection) -> aiosqlite.Connection:
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, aiosqlite.Connection)
    return driver


async def _begin_again(driver: aiosqlite.Connection) -> None:
    """Undo a transaction that only one writer has used, and open it for the others."""
    await driver.rollback()  # nothing happens if SQLite has undone it already
    await driver.execute_fetchall("BEGIN IMMEDIATE")


async def _undo_writer(driver: aiosqlite.Connection) -> None:
    await driver.execute_fetchall("ROLLBACK TO writer")
    # Else a later writer's rollback could find this savepoint, and undo what others wrote since.
    await driver.execute_fetchall("RELEASE writer")


async def _finish(statements: Awaitable[Any]) -> None:
    """Run statements to their end, also where this task is cancelled meanwhile: a savepoint that was half opened or
    half released would mix this writer's changes with others'. The driver runs one in one step; SQLAlchemy takes three.
    """
    running = asyncio.ensure_future(statements)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:
            break
    running.result()
    if cancelled is not None:
        raise cancelled
