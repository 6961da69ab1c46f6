"""Writers share commits: each row is on disk before its writer continues, and each writer fails alone."""

import asyncio
import fcntl
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from magicmemory.storage import sqlite as sqlite_module
from magicmemory.storage.database import Database

INSERT = text("INSERT INTO users (platform, account, preferences, created_at) VALUES ('t', :account, '{}', :now)")
NOW = "2026-01-01 00:00:00.000000"


async def add(database: Database, account: object, then: BaseException | None = None) -> None:
    async with database.write() as transaction:
        await transaction.execute(INSERT, {"account": str(account), "now": NOW})
        if then is not None:
            raise then


def kept(file: Path) -> set[str]:
    """The rows that another connection reads."""
    with closing(sqlite3.connect(file)) as connection:
        return {account for (account,) in connection.execute("SELECT account FROM users")}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


def opened(file: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{file}")


@pytest.mark.slow
async def test_a_new_file_can_be_opened_by_many_at_once(tmp_path: Path) -> None:
    """SQLite fails at once, without its wait, where two switch a file to WAL: one round in six did."""

    async def open_and_close(file: Path) -> None:
        async with opened(file):
            pass

    for number in range(12):
        await asyncio.gather(*(open_and_close(tmp_path / f"{number}.db") for _ in range(8)))


async def test_many_writers_need_few_commits(file: Path) -> None:
    async with opened(file) as database:
        commits = 0

        def count(_: object) -> None:
            nonlocal commits
            commits += 1

        event.listen(database._engine.sync_engine, "commit", count)
        await asyncio.gather(*(add(database, number) for number in range(200)))
        assert commits < 10
        assert len(kept(file)) == 200


async def test_committed_row_is_on_disk_before_the_writer_continues(file: Path) -> None:
    async with opened(file) as database:

        async def add_and_look(number: int) -> None:
            await add(database, number)
            assert str(number) in kept(file)

        await asyncio.gather(*(add_and_look(number) for number in range(50)))


async def test_failing_transaction_fails_alone(file: Path) -> None:
    async with opened(file) as database:
        await add(database, 0)
        wishes = [add(database, number, ValueError(number) if number % 3 == 1 else None) for number in range(1, 30)]
        wishes.append(add(database, 0))  # there already
        ended = await asyncio.gather(*wishes, return_exceptions=True)
        assert [type(end) for end in ended[:3]] == [ValueError, type(None), type(None)]
        assert isinstance(ended[-1], IntegrityError)
        assert kept(file) == {str(number) for number in range(30) if number % 3 != 1}


async def test_a_transaction_whose_first_writer_fails_does_not_hold_up_the_next(file: Path) -> None:
    async with opened(file) as database, asyncio.timeout(10):
        for number in range(3):
            with suppress(ValueError):
                await add(database, f"fails {number}", ValueError())
            assert kept(file) == {str(earlier) for earlier in range(number)}
            await add(database, number)
        wishes = [add(database, "fails", ValueError()), add(database, "fails too", ValueError()), add(database, 3)]
        await asyncio.gather(*wishes, return_exceptions=True)
        assert kept(file) == {"0", "1", "2", "3"}


async def test_many_failing_writers_need_one_connection(file: Path) -> None:
    """Each began a transaction of its own once, on a connection that it kept until all others had their turn."""
    async with opened(file) as database, asyncio.timeout(10):
        wishes = [add(database, number, ValueError()) for number in range(3 * sqlite_module.CONNECTIONS)]
        ended = await asyncio.gather(*wishes, add(database, "last"), return_exceptions=True)
        assert [type(end) for end in ended[:-1]] == [ValueError] * len(wishes)
        assert kept(file) == {"last"}


async def test_cancelled_transaction_does_not_affect_others(file: Path) -> None:
    async with opened(file) as database:
        writers = [asyncio.create_task(add(database, number)) for number in range(60)]
        for delay in range(20):
            await asyncio.sleep(0.0003)
            writers[3 * delay].cancel()
        ended = await asyncio.gather(*writers, return_exceptions=True)
        others = {str(number) for number in range(60) if number % 3}
        assert {str(number) for number, end in enumerate(ended) if end is None} >= others
        assert kept(file) >= others
        # Whoever was cancelled before its turn has left nothing; after it, the commit was under way.
        await add(database, "afterwards")


async def test_transaction_rolled_back_by_sqlite_does_not_affect_others(file: Path) -> None:
    async with opened(file) as database:
        await add(database, "before")

        async def lose() -> None:
            async with database.write() as transaction:
                # What SQLite does by itself when the disk is full.
                await transaction.exec_driver_sql("ROLLBACK")
                raise OSError("disk full")

        first, lost, last = await asyncio.gather(
            add(database, "first"), lose(), add(database, "last"), return_exceptions=True
        )
        assert isinstance(first, sqlite3.OperationalError)
        assert lost is not None
        assert last is None
        assert kept(file) == {"before", "last"}


async def test_a_lost_transaction_is_not_joined_though_its_writer_ended_well(file: Path) -> None:
    async with opened(file) as database:

        async def lose() -> None:
            async with database.write() as transaction:
                # What SQLite does by itself when the disk is full; the writer does not notice.
                await transaction.exec_driver_sql("ROLLBACK")

        lost, kept_ = await asyncio.gather(lose(), add(database, "next"), return_exceptions=True)
        assert isinstance(lost, sqlite3.OperationalError)
        assert kept_ is None
        assert kept(file) == {"next"}


async def test_waiting_for_another_processs_lock_does_not_block_the_loop(file: Path) -> None:
    async with opened(file) as database:
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(add(database, "waits"))
        for _ in range(20):
            await asyncio.sleep(0.01)
            async with database.read() as connection:
                assert (await connection.scalar(text("SELECT count(*) FROM users"))) == 0
        assert not writing.done()
        holder.execute("COMMIT")
        holder.close()
        await writing
        assert kept(file) == {"waits"}


async def test_processes_write_in_turn(file: Path) -> None:
    """SQLite's own wait is unfair: here a quiet process once waited for hundreds of a busy one's transactions."""
    async with opened(file) as busy, opened(file) as quiet:
        commits = 0

        def count(_: object) -> None:
            nonlocal commits
            commits += 1

        async def keep_writing(writer: int) -> None:
            for number in itertools.count():
                await add(busy, f"{writer}:{number}")

        event.listen(busy._engine.sync_engine, "commit", count)
        writing = [asyncio.create_task(keep_writing(writer)) for writer in range(3)]
        ahead = []
        for number in range(30):
            await asyncio.sleep(0.005)
            before = commits
            await add(quiet, number)
            ahead.append(commits - before)
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        assert sum(ahead) / len(ahead) < 5, ahead
        assert max(ahead) < 12, ahead


async def test_writers_go_on_where_the_turn_cannot_be_had(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_module, "TURN_S", 0.05)
    async with opened(file) as database:
        turn = file.with_name("test.db-turn")
        with turn.open("r+") as held:  # a stopped process holds it
            fcntl.flock(held, fcntl.LOCK_EX)
            await add(database, "while it is held")
    turn.unlink()
    turn.mkdir()  # nothing that could be locked
    async with opened(file) as database:
        await add(database, "without it")
    assert kept(file) == {"while it is held", "without it"}


async def test_a_writer_cancelled_at_its_end_stops_nobody(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its savepoint is gone by then, so a rollback to it would fail, or find another writer's."""
    finish, execute = sqlite_module._finish, aiosqlite.Connection.execute_fetchall
    executed: list[str] = []

    def recorded(driver: aiosqlite.Connection, sql: str, *parameters: Any) -> Any:
        executed.append(sql)
        return execute(driver, sql, *parameters)

    async def cancelling(statements: Awaitable[Any]) -> None:
        await finish(statements)
        if executed[-1] == "RELEASE writer" and executed.count("RELEASE writer") == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(aiosqlite.Connection, "execute_fetchall", recorded)
    monkeypatch.setattr(sqlite_module, "_finish", cancelling)
    async with opened(file) as database:
        wishes = [add(database, 0, ValueError()), *(add(database, number) for number in range(1, 6))]
        async with asyncio.timeout(10):
            ended = await asyncio.gather(*(asyncio.create_task(wish) for wish in wishes), return_exceptions=True)
        kinds = [type(end) for end in ended]
        assert kinds.count(asyncio.CancelledError) == 1
        assert kinds.count(ValueError) == 1
        assert kinds.count(type(None)) == 4
        assert kept(file) == {str(number) for number in range(1, 6)}


WRITER = """
import asyncio, sys
from pathlib import Path
from typing import Any
from tests.storage.test_sqlite import add, opened

async def write():
    async with opened(Path(sys.argv[1])) as database:
        async def one(number):
            await add(database, number)
            print(number, flush=True)
        await asyncio.gather(*(one(number) for number in range(5000)))

asyncio.run(write())
"""


@pytest.mark.processes
async def test_acknowledged_rows_survive_a_killed_process(file: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, str(file)), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    told = [int(await process.stdout.readline()) for _ in range(300)]
    process.kill()
    rest, _ = await process.communicate()
    told += [int(line) for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]
    async with opened(file):
        assert {str(number) for number in told} <= kept(file)


@pytest.mark.parametrize("fails", [False, True])
async def test_snapshot_ends_with_its_reader(file: Path, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    monkeypatch.setattr(sqlite_module, "CONNECTIONS", 1)  # the writer gets the reader's connection
    async with opened(file) as database:
        with suppress(ValueError):
            async with database.read(snapshot=True) as connection:
                assert not (await connection.execute(text("SELECT account FROM users"))).all()
                if fails:
                    raise ValueError
        await add(database, 1)
        async with database.read() as connection:
            assert (await connection.scalars(text("SELECT account FROM users"))).all() == ["1"]


async def test_a_statement_and_its_rows_wait_for_the_connections_thread_once(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each wait is a change of threads. A release of SQLAlchemy that makes its cursors otherwise fails here."""
    waits: list[str] = []

    def counted(name: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            waits.append(name)
            return inner(*arguments)

        return call

    for name in ("execute", "execute_fetchall", "cursor"):
        monkeypatch.setattr(aiosqlite.Connection, name, counted(name, getattr(aiosqlite.Connection, name)))
    for name in ("fetchall", "close"):
        monkeypatch.setattr(aiosqlite.Cursor, name, counted(name, getattr(aiosqlite.Cursor, name)))
    async with opened(file) as database:
        await add(database, 1)
        async with database.read() as connection:
            waits.clear()
            assert (await connection.execute(text("SELECT account FROM users"))).scalars().all() == ["1"]
        assert waits == ["execute_fetchall"]
        async with database.write() as transaction:
            waits.clear()
            await transaction.execute(INSERT, {"account": "2", "now": NOW})
            assert waits == ["execute_fetchall"]
