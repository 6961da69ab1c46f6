"""Copies a whole database into another one, from SQLite to PostgreSQL or back: everything or nothing."""

from sqlalchemy import JSON, Insert, Table, bindparam, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.errors import OperatorError
from magicmemory.storage.database import Database
from magicmemory.storage.tables import jobs, metadata

BATCH = 1000


class CannotCopy(OperatorError):
    """The database cannot be copied. The message is one sentence for the operator."""


async def copy(source: Database, target: Database, batch: int = BATCH) -> dict[str, int]:
    """Copy all rows of `source` into the empty `target`. Returns the number of rows by table.

    Both are locked against writers meanwhile. Both are open, so their schema is the same. Rows are copied `batch` at a
    time. Any error leaves the target empty.

    Raises:
        CannotCopy: the target is not empty, or its row counts differ from the source's afterwards.
    """
    # Also before locking: if both are the same database, the second lock would wait for the first without end.
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
            raise CannotCopy("The target's row counts differ from the source's: nothing was kept.")
    return counts


async def _check_empty(connection: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        if await _count(connection, table):
            raise CannotCopy(f"The target is not empty: its table {table.name} has rows.")


async def _lock(connection: AsyncConnection) -> None:
    """Block other writers until the transaction ends. SQLite's write lock does that already."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        await connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


async def _copy(table: Table, origin: AsyncConnection, copied: AsyncConnection, batch: int) -> None:
    # Parents come first; no parent has a parent itself.
    parts = [table.c.parent.is_(None), table.c.parent.is_not(None)] if table is jobs else [true()]
    insert = _insert(table)
    key = table.primary_key.columns
    for part in parts:
        page = select(table).where(part).order_by(*key).limit(batch)
        rows = (await origin.execute(page)).all()
        while rows:
            await copied.execute(
                insert, [{f"new_{name}": value for name, value in row._mapping.items()} for row in rows]
            )
            last = [literal(rows[-1]._mapping[column.name], column.type) for column in key]
            rows = (await origin.execute(page.where(tuple_(*key) > tuple_(*last)))).all()


def _insert(table: Table) -> Insert:
    """An insert with a parameter `new_<column>` for each column. None in a JSON column stays NULL and does not become
    JSON's `null`.
    """
    types = {column.name: JSON(none_as_null=True) for column in table.c if isinstance(column.type, JSON)}
    return table.insert().values(
        {column.name: bindparam(f"new_{column.name}", type_=types.get(column.name, column.type)) for column in table.c}
    )


async def _continue_numbers(table: Table, copied: AsyncConnection) -> None:
    """Let PostgreSQL number new rows after the copied ones. SQLite does so by itself."""
    column = table.autoincrement_column
    if column is None or copied.dialect.name != "postgresql":
        return
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    last = await copied.scalar(select(func.max(column)))
    if last is not None:
        await copied.execute(select(func.setval(sequence, last)))


async def _count(connection: AsyncConnection, table: Table) -> int:
    return await connection.scalar(select(func.count()).select_from(table)) or 0
