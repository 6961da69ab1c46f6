"""Each SQLite file that is opened is closed again, whatever happens to the task that opens it.

Python 3.13 warns of a connection that is collected unclosed; older ones do not, so these tests ask each connection.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from magicmemory.storage import database
from magicmemory.storage.database import Database, ping
from tests.support.services import copy_migrated

PATIENCE_S = 10.0


class HeldConnect:
    """`sqlite3.connect` that waits until it is let go, and what it has opened."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.opened: list[sqlite3.Connection] = []
        self._connect = sqlite3.connect

    def __call__(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        self.begun.set()
        assert self.go.wait(PATIENCE_S)
        self.opened.append(self._connect(*arguments, **options))
        return self.opened[-1]

    def all_closed(self) -> bool:
        """Let it go. Whether it opens a connection, and each one is closed soon."""
        self.go.set()
        latest = time.monotonic() + PATIENCE_S
        while not self.opened or any(map(is_open, self.opened)):
            if time.monotonic() > latest:
                return False
            time.sleep(0.005)
        return True


def is_open(connection: sqlite3.Connection) -> bool:
    try:
        _ = connection.total_changes  # unlike other attributes, any thread may read it
    except sqlite3.ProgrammingError:
        return False
    return True


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldConnect]:
    held = HeldConnect()
    monkeypatch.setattr(sqlite3, "connect", held)
    yield held
    held.go.set()


@pytest.fixture
def url(tmp_path: Path) -> str:
    copy_migrated(tmp_path / "test.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


async def open_database(url: str) -> None:
    async with Database(url):
        pass


OPENERS = pytest.mark.parametrize("use", [ping, open_database])


@OPENERS
async def test_the_file_of_a_task_cancelled_while_it_opens_is_closed(
    url: str, held: HeldConnect, use: Callable[[str], Awaitable[None]]
) -> None:
    task = asyncio.ensure_future(use(url))
    await asyncio.to_thread(held.begun.wait, PATIENCE_S)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(held.all_closed)


@OPENERS
def test_the_file_that_opens_while_the_loop_ends_is_closed(
    url: str, held: HeldConnect, use: Callable[[str], Awaitable[None]]
) -> None:
    async def leave_it_open() -> None:
        opening = asyncio.ensure_future(use(url))
        await asyncio.to_thread(held.begun.wait, PATIENCE_S)
        assert not opening.done()

    asyncio.run(leave_it_open())
    assert held.all_closed()


async def test_a_database_cancelled_while_it_migrates_closes_its_connections(
    url: str, held: HeldConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(_: object) -> None:
        raise asyncio.CancelledError

    held.go.set()
    monkeypatch.setattr(database, "migrate", cancelled)
    with pytest.raises(asyncio.CancelledError):
        await open_database(url)
    assert not any(map(is_open, held.opened))
