"""How the operator's commands come to the database, and the one sentence they say where they cannot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError

from magicmemory.cli.processes import operator_errors
from magicmemory.core.errors import OperatorError
from magicmemory.core.settings import Settings, load
from magicmemory.storage.database import Database


class DatabaseError(OperatorError):
    """The database cannot be used; the message is one sentence for the operator."""


def work(what: Callable[[Settings, Database], Awaitable[None]]) -> None:
    """Do something with the settings' database. An `OperatorError` ends the command with its sentence and status 2."""

    async def working() -> None:
        settings = load()
        async with opened(settings.database) as database:
            await what(settings, database)

    with operator_errors():
        asyncio.run(working())


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database at `url`, up to date.

    Raises:
        DatabaseError: it cannot be reached, or stops answering.
    """
    try:
        database = Database(url)
        await database.__aenter__()
    except ModuleNotFoundError as error:
        raise DatabaseError(f"PostgreSQL needs {error.name}: pip install 'magicmemory[postgres]'.") from None
    # The drivers' errors are as many as the drivers; whatever it is, the operator must see it.
    except Exception as error:
        raise DatabaseError(f"The database cannot be opened: {reason(error)}.") from None
    try:
        yield database
    except SQLAlchemyError as error:
        raise DatabaseError(f"The database has stopped answering: {reason(error)}.") from None
    finally:
        await database.__aexit__(None, None, None)


def reason(error: Exception) -> str:
    """The first line of what went wrong, without its full stop."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
