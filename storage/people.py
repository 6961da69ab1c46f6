"""People: accounts on platforms, and what they chose."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.job import Sender
from magicmemory.core.preferences import Preferences
from magicmemory.storage.database import Database
from magicmemory.storage.tables import users


class People:
    """What people chose for themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preferences(self, sender: Sender) -> Preferences:
        """The sender's choices; the defaults for somebody new."""
        async with self._database.read() as connection:
            kept = await connection.scalar(
                select(users.c.preferences).where(
                    users.c.platform == sender.platform, users.c.account == sender.account
                )
            )
        return Preferences.model_validate(kept or {})

    async def choose(self, sender: Sender, **choices: Any) -> Preferences:
        """Change some of the sender's choices and return them all."""
        async with self._database.write() as transaction:
            user = await user_id(transaction, sender, datetime.now(UTC))
            kept = await transaction.scalar(select(users.c.preferences).where(users.c.id == user))
            preferences = Preferences.model_validate({**(kept or {}), **choices})
            await transaction.execute(
                update(users).where(users.c.id == user).values(preferences=preferences.model_dump(mode="json"))
            )
        return preferences

    async def ban(self, sender: Sender, *, banned: bool) -> None:
        """Keep somebody out, or let them in again."""
        async with self._database.write() as transaction:
            user = await user_id(transaction, sender, datetime.now(UTC))
            await transaction.execute(update(users).where(users.c.id == user).values(banned=banned))

    async def forget(self, sender: Sender) -> None:
        """Forget the sender's choices. The account itself stays known: the quota is counted by it."""
        async with self._database.write() as transaction:
            await transaction.execute(
                update(users)
                .where(users.c.platform == sender.platform, users.c.account == sender.account)
                .values(preferences={})
            )


async def user_id(transaction: AsyncConnection, sender: Sender, now: datetime) -> int:
    """The sender's row, made on first sight; two first sights at once make one row."""
    insert = sqlite.insert if transaction.dialect.name == "sqlite" else postgresql.insert
    await transaction.execute(
        insert(users)
        .values(
            platform=sender.platform,
            account=sender.account,
            preferences={},
            created_at=now.astimezone(UTC).replace(tzinfo=None),
        )
        .on_conflict_do_nothing()
    )
    found = await transaction.scalar(
        select(users.c.id).where(users.c.platform == sender.platform, users.c.account == sender.account)
    )
    assert found is not None
    return int(found)
