"""Opens the database for the operator's commands, with one sentence for each error."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError

from magicmemory.cli.processes import operator_errors
from magicmemory.core.errors import OperatorError, ServerUnreachable
from magicmemory.core.settings import Settings, load
from magicmemory.storage.database import Database


class DatabaseError(OperatorError):
    """The database cannot be used. The message is one sentence for the operator."""


def with_database(what: Callable[[Settings, Database], Awaitable[None]]) -> None:
    """Run `what` with the settings' database. An `OperatorError` ends the command with its message and status 2."""

    async def working() -> None:
        settings = load()
        async with open_database(settings.database) as database:
            await what(settings, database)

    with operator_errors():
        asyncio.run(working())


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open the database at `url` and migrate it.

    Raises:
        DatabaseError: it cannot be opened, or stops answering.
    """
    try:
        database = Database(url)
        await database.__aenter__()
    except ModuleNotFoundError as error:
        raise DatabaseError(f"PostgreSQL needs {error.name}: pip install 'magicmemory[postgres]'.") from None
    except OperatorError:
        raise
    except ServerUnreachable as error:
        raise DatabaseError(str(error)) from None
    # Each driver has its own errors; the operator must see any of them.
    except Exception as error:
        raise DatabaseError(f"The database cannot be opened: {reason(error)}.") from None
    try:
        yield database
    except SQLAlchemyError as error:
        raise DatabaseError(f"The database has stopped answering: {reason(error)}.") from None
    finally:
        await database.__aexit__(None, None, None)


def reason(error: Exception) -> str:
    """The first line of an error, without a full stop."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
