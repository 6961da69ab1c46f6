"""INSERT with ON CONFLICT, which SQLAlchemy has for each database apart."""

from importlib import import_module
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert(connection: AsyncConnection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """The connection's INSERT into a table."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    # Only here, because a process with SQLite does not need what takes it 50 ms to import.
    made: postgresql.Insert = import_module("sqlalchemy.dialects.postgresql").insert(table)
    return made
