"""Lists who redeemed which code, for the operator."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from magicmemory.core.job import Platform, Sender
from magicmemory.storage.database import Database
from magicmemory.storage.people import find_user
from magicmemory.storage.tables import redemptions, users
from magicmemory.storage.timestamps import from_db


@dataclass(frozen=True, slots=True)
class Redemption:
    """One redemption of a code. After erasure, `account` no longer identifies the person."""

    code_id: str
    platform: Platform
    account: str
    at: datetime


async def redeemed(database: Database, *, code_id: str | None = None, by: Sender | None = None) -> list[Redemption]:
    """Redemptions, oldest first: all, or those of one code or one person."""
    rows = select(redemptions.c.code_id, redemptions.c.created_at, users.c.platform, users.c.account).join(
        users, users.c.id == redemptions.c.user_id
    )
    async with database.read() as connection:
        if code_id is not None:
            rows = rows.where(redemptions.c.code_id == code_id)
        if by is not None:
            rows = rows.where(redemptions.c.user_id == await find_user(connection, by))
        found = await connection.execute(rows.order_by(redemptions.c.created_at, redemptions.c.code_id))
        return [Redemption(row.code_id, Platform(row.platform), row.account, from_db(row.created_at)) for row in found]
