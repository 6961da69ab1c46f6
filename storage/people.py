"""People: accounts on platforms, their preferences and bans."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from magicmemory.core.job import Sender
from magicmemory.core.preferences import Preferences
from magicmemory.storage.database import Database
from magicmemory.storage.tables import users
from magicmemory.storage.timestamps import from_db, to_db, utc_now
from magicmemory.storage.upsert import insert

# Built once: every photo runs these, and building a statement takes as long as running it.
THEIRS = (users.c.platform == bindparam("platform"), users.c.account == bindparam("account"))
PREFERENCES = select(users.c.preferences).where(*THEIRS)
FIND = select(users.c.id).where(*THEIRS)
LOCK = select(users.c.id, users.c.banned, users.c.erased_at).where(*THEIRS).with_for_update()


def _key(sender: Sender) -> dict[str, str]:
    return {"platform": sender.platform, "account": sender.account}


class People:
    """Reads and changes preferences and bans."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preferences(self, sender: Sender) -> Preferences:
        """The sender's preferences; the defaults for a new person."""
        async with self._database.read() as connection:
            kept = await connection.scalar(PREFERENCES, _key(sender))
        return Preferences.stored(kept or {})

    async def choose(self, sender: Sender, **choices: Any) -> Preferences:
        """Change some of the sender's preferences. Returns all of them."""
        async with self._database.write() as transaction:
            user = (await lock_user(transaction, sender, utc_now())).id
            kept = await transaction.scalar(select(users.c.preferences).where(users.c.id == user))
            preferences = Preferences.stored(kept or {}).changed(**choices)
            # A person who returns after erasure keeps the account.
            values = {"preferences": preferences.model_dump(mode="json"), "erased_at": None}
            await transaction.execute(update(users).where(users.c.id == user).values(values))
        return preferences

    async def ban(self, sender: Sender, *, banned: bool, reason: str = "") -> None:
        """Ban or unban a person. The reason is for the operator's own records."""
        async with self._database.write() as transaction:
            user = (await lock_user(transaction, sender, utc_now())).id
            await transaction.execute(
                update(users).where(users.c.id == user).values(banned=banned, ban_reason=reason[:200] if banned else "")
            )

    async def ban_reason(self, sender: Sender) -> str | None:
        """The operator's reason for the sender's ban, which may be empty; None: not banned."""
        this = (users.c.platform == sender.platform, users.c.account == sender.account, users.c.banned)
        async with self._database.read() as connection:
            reason: str | None = await connection.scalar(select(users.c.ban_reason).where(*this))
        return reason

    async def since(self, sender: Sender) -> datetime | None:
        """When the sender was first seen; None: never."""
        this = (users.c.platform == sender.platform, users.c.account == sender.account)
        async with self._database.read() as connection:
            seen: datetime | None = await connection.scalar(select(users.c.created_at).where(*this))
        return seen and from_db(seen)


async def find_user(connection: AsyncConnection, sender: Sender) -> int | None:
    """The id of the sender's row; None: never seen."""
    found: int | None = await connection.scalar(FIND, _key(sender))
    return found


@dataclass(frozen=True, slots=True)
class LockedUser:
    """A locked row of `users`. `erased`: the person asked for erasure and has sent nothing since."""

    id: int
    banned: bool
    erased: bool


async def lock_user(transaction: AsyncConnection, sender: Sender, now: datetime) -> LockedUser:
    """The sender's row, created on first sight and locked until the transaction ends.

    Every change of a person's jobs, grants or payments takes this lock first, so requests of one person run one after
    the other and cannot deadlock. SQLite ignores the lock: its write lock has the same effect.
    """
    new = {**_key(sender), "preferences": {}, "created_at": to_db(now)}
    # Two first sights at once create one row. The loop also covers a row that `Erasure.tidy` deleted while this waited.
    while (held := (await transaction.execute(LOCK, _key(sender))).one_or_none()) is None:
        await transaction.execute(insert(transaction, users).on_conflict_do_nothing(), new)
    return LockedUser(held.id, held.banned, held.erased_at is not None)
