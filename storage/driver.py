"""Opens aiosqlite's connections so that each file is closed again, whatever happens to the task that opens it."""

import sqlite3
from contextlib import ExitStack, closing, suppress
from typing import Any

import aiosqlite

# How many rows aiosqlite fetches at once for a cursor that is iterated; its own default.
ITER_CHUNK_SIZE = 64


def new_driver(database: str, **options: Any) -> aiosqlite.Connection:
    """A connection that opens the file when it is awaited: SQLAlchemy's `async_creator_fn`. `options` are those of
    `sqlite3.connect`.

    aiosqlite opens a file in the connection's thread, and learns of it in the event loop. Where the task is cancelled
    or the loop closed between the two, aiosqlite tells the thread to end, but nothing closes the file
    (https://github.com/omnilib/aiosqlite/issues/259). Here the thread itself closes what it has opened when it ends.
    """
    opened = ExitStack()

    def connect() -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(database, **options)
        return opened.enter_context(closing(connection))

    driver = aiosqlite.Connection(connect, ITER_CHUNK_SIZE)
    serve = driver._thread.run

    def serve_and_close() -> None:
        # The thread cannot answer a loop that is closed. Nobody waits for the answer then.
        with opened, suppress(RuntimeError):
            serve()

    driver._thread.run = serve_and_close  # type: ignore[method-assign]
    driver._thread.daemon = True  # as SQLAlchemy's own: a process can end though a connection is open
    return driver
