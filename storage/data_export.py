"""Exports everything that is stored about one person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.job import Sender
from magicmemory.storage.database import Database
from magicmemory.storage.people import find_user
from magicmemory.storage.photos import PhotoStore, mask, original, result
from magicmemory.storage.tables import guesses, metadata, users

Row = dict[str, Any]


async def export_user(database: Database, photos: PhotoStore, sender: Sender) -> dict[str, list[Row]] | None:
    """The sender's rows by table, and the names of their stored photos. Times are UTC in ISO 8601. None if the sender
    is unknown.
    """
    tables = [table for table in metadata.sorted_tables if "user_id" in table.c]
    async with database.read(snapshot=True) as connection:
        user = await find_user(connection, sender)
        if user is None:
            return None
        found = {"users": await _rows(connection, users, users.c.id == user)}
        for table in tables:
            found[table.name] = await _rows(connection, table, table.c.user_id == user)
        tries = f"{sender.platform}:person:{sender.account}"
        found[guesses.name] = await _rows(connection, guesses, guesses.c.who == tries)
    names = [name(row["id"]) for row in found["jobs"] for name in (original, result, mask)]
    found["photos"] = [{"name": name} for name in names if await photos.has(name)]
    return found


async def _rows(connection: AsyncConnection, table: Table, which: Any) -> list[Row]:
    rows = await connection.execute(select(table).where(which).order_by(*table.primary_key.columns))
    return [{name: _to_json(value) for name, value in row._mapping.items()} for row in rows]


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
