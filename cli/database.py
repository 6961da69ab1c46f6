"""`magicmemory database`: copies the ledger from one database to another."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from magicmemory.cli.database_session import open_database
from magicmemory.cli.processes import operator_errors
from magicmemory.core.errors import OperatorError
from magicmemory.storage.copy import CannotCopy, copy

app = typer.Typer(help="Copy the ledger from one database to another.", no_args_is_help=True)

KINDS = ("sqlite+aiosqlite:///", "postgresql+asyncpg://")
HOW = "sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"


@app.command("copy")
def copy_database(
    source: Annotated[str, typer.Argument(metavar="FROM", help=HOW)],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="The same form. The database must be empty; its tables are created.")
    ],
) -> None:
    """Copy everything from one database into an empty one. Stop all processes that use them first."""

    async def copying() -> None:
        for url in (source, target):
            _check(url)
        file = make_url(source).database
        if source.startswith("sqlite") and not Path(file or "").is_file():
            raise CannotCopy(f"There is no database {file}.")
        async with open_database(source) as origin, open_database(target) as copied:
            counts = await copy(origin, copied)
        for name, count in counts.items():
            print(f"{name:<12}{count:>10}")
        print(
            "Set MAGIC_DATABASE_URL to the copy. Codes are checked with the key in the data folder, or MAGIC_CODES_KEY."
        )

    with operator_errors():
        asyncio.run(copying())


def _check(url: str) -> None:
    try:
        if url.startswith(KINDS) and make_url(url).database:
            return
    except (ArgumentError, ValueError):
        pass
    raise OperatorError(f"Write a database as {HOW}.")
