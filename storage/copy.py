"""Moves a database's contents into another one, from SQLite to PostgreSQL or back, all of it or nothing."""

from sqlalchemy import JSON, Insert, Table, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import OperatorError
from magicmemory.storage.database import Database
from magicmemory.storage.tables import jobs, metadata

BATCH = 1000


class CannotCopy(OperatorError):
    """The database cannot be copied; the message is one sentence for the operator."""


async def copy(source: Database, target: Database, batch: int = BATCH) -> dict[str, int]:
    """Copy all rows of `source` into `target`, which must be empty, and tell how many there are in each table.

    While it lasts nobody can write into either. Both are opened, and so have the same schema; rows are read and written
    `batch` at a time. An error of any kind leaves the target empty.

    Raises:
        CannotCopy: the target is not empty, or holds something else than the source afterwards.
    """
    # Before anything is locked too: where both are one database, its own lock would be waited for without end.
    async with target.read() as copied:
        await _check_empty(copied)
    async with source.write() as origin, target.write() as copied:
        await _lock(origin)
        await _lock(copied)
        await _check_empty(copied)
        for table in metadata.sorted_tables:
            await _copy(table, origin, copied, batch)
            await _continue_numbers(table, copied)
        counts = {table.name: await _count(origin, table) for table in metadata.sorted_tables}
        if counts != {table.name: await _count(copied, table) for table in metadata.sorted_tables}:
            raise CannotCopy("The target holds something else than the source: nothing was kept of it.")
    return counts


async def _check_empty(connection: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        if await _count(connection, table):
            raise CannotCopy(f"The target is not empty: its table {table.name} has rows.")


async def _lock(connection: AsyncConnection) -> None:
    """Let nobody else write until the transaction ends. SQLite's write lock does it already."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        await connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


async def _copy(table: Table, origin: AsyncConnection, copied: AsyncConnection, batch: int) -> None:
    rows = select(table).order_by(*table.primary_key.columns)
    if table is jobs:
        # What others refer to comes first; no job refers to one that refers to another itself.
        rows = select(table).order_by(table.c.parent.is_not(None), table.c.id)
    insert = _insert(table)
    found = await origin.stream(rows)
    async for some in found.partitions(batch):
        await copied.execute(insert, [{f"new_{name}": value for name, value in row._mapping.items()} for row in some])


def _insert(table: Table) -> Insert:
    """Writes each column from a parameter `new_<its name>`; no value in a JSON column stays none, and is no `null`."""
    types = {column.name: JSON(none_as_null=True) for column in table.c if isinstance(column.type, JSON)}
    return table.insert().values(
        {column.name: bindparam(f"new_{column.name}", type_=types.get(column.name, column.type)) for column in table.c}
    )


async def _continue_numbers(table: Table, copied: AsyncConnection) -> None:
    """Have PostgreSQL number new rows after the copied ones. SQLite does it by itself."""
    column = table.autoincrement_column
    if column is None or copied.dialect.name != "postgresql":
        return
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    last = await copied.scalar(select(func.max(column)))
    if last is not None:
        await copied.execute(select(func.setval(sequence, last)))


async def _count(connection: AsyncConnection, table: Table) -> int:
    return await connection.scalar(select(func.count()).select_from(table)) or 0
