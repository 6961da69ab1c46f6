"""People: accounts on platforms, and what they chose."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.job import Sender
from magicmemory.core.preferences import Preferences
from magicmemory.storage.database import Database
from magicmemory.storage.tables import users
from magicmemory.storage.timestamps import from_db, to_db, utc_now

# Made once: every photo asks these, and making them takes as long as asking.
THEIRS = (users.c.platform == bindparam("platform"), users.c.account == bindparam("account"))
PREFERENCES = select(users.c.preferences).where(*THEIRS)
FIND = select(users.c.id).where(*THEIRS)
LOCK = FIND.with_for_update()


def _key(sender: Sender) -> dict[str, str]:
    return {"platform": sender.platform, "account": sender.account}


class People:
    """What people chose for themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preferences(self, sender: Sender) -> Preferences:
        """The sender's choices; the defaults for somebody new."""
        async with self._database.read() as connection:
            kept = await connection.scalar(PREFERENCES, _key(sender))
        return Preferences.model_validate(kept or {})

    async def choose(self, sender: Sender, **choices: Any) -> Preferences:
        """Change some of the sender's choices and return them all."""
        async with self._database.write() as transaction:
            user = await lock_user(transaction, sender, utc_now())
            kept = await transaction.scalar(select(users.c.preferences).where(users.c.id == user))
            preferences = Preferences.model_validate({**(kept or {}), **choices})
            # Who comes back after deleting everything is no longer somebody to forget.
            values = {"preferences": preferences.model_dump(mode="json"), "erased_at": None}
            await transaction.execute(update(users).where(users.c.id == user).values(values))
        return preferences

    async def ban(self, sender: Sender, *, banned: bool, reason: str = "") -> None:
        """Keep somebody out, or let them in again. The reason is for the operator's own records."""
        async with self._database.write() as transaction:
            user = await lock_user(transaction, sender, utc_now())
            await transaction.execute(
                update(users).where(users.c.id == user).values(banned=banned, ban_reason=reason[:200] if banned else "")
            )

    async def ban_reason(self, sender: Sender) -> str | None:
        """Why the sender is kept out, as the operator wrote it, which may be nothing; None: they are not."""
        this = (users.c.platform == sender.platform, users.c.account == sender.account, users.c.banned)
        async with self._database.read() as connection:
            reason: str | None = await connection.scalar(select(users.c.ban_reason).where(*this))
        return reason

    async def since(self, sender: Sender) -> datetime | None:
        """When the sender was seen first; None: never."""
        this = (users.c.platform == sender.platform, users.c.account == sender.account)
        async with self._database.read() as connection:
            seen: datetime | None = await connection.scalar(select(users.c.created_at).where(*this))
        return seen and from_db(seen)


async def find_user(connection: AsyncConnection, sender: Sender) -> int | None:
    """The sender's row, or None for somebody who was never seen."""
    found: int | None = await connection.scalar(FIND, _key(sender))
    return found


async def lock_user(transaction: AsyncConnection, sender: Sender, now: datetime) -> int:
    """The sender's row, made on first sight, and held until the transaction ends: what a person has changes by one
    request at a time.

    Whatever changes a person's jobs, grants or payments takes this lock first, so that no two wait for each other.
    SQLite's write lock does it already, and it ignores this one.
    """
    insert = sqlite.insert if transaction.dialect.name == "sqlite" else postgresql.insert
    made = insert(users).values(platform=sender.platform, account=sender.account, preferences={}, created_at=to_db(now))
    # Two first sights at once make one row. Who waited for a row that was let go of meanwhile (see `Erasure.tidy`)
    # finds none either.
    while (held := await transaction.scalar(LOCK, _key(sender))) is None:
        await transaction.execute(made.on_conflict_do_nothing())
    user: int = held
    return user
