"""People who asked to be told when their free photo is back."""

from datetime import datetime

from sqlalchemy import delete, select

from magicmemory.core.job import Platform, Sender
from magicmemory.storage.database import Database
from magicmemory.storage.people import lock_user
from magicmemory.storage.tables import reminders, users
from magicmemory.storage.timestamps import Clock, to_db, utc_now
from magicmemory.storage.upsert import insert


class Reminders:
    """Keeps who is to be told, and when."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def ask(self, sender: Sender, due_at: datetime) -> None:
        """Tell the sender at this time. A second request changes the time."""
        async with self._database.write() as transaction:
            user = (await lock_user(transaction, sender, self._clock())).id
            row = {"due_at": to_db(due_at), "language": sender.language}
            asked = insert(transaction, reminders).values(user_id=user, **row)
            await transaction.execute(asked.on_conflict_do_update(index_elements=["user_id"], set_=row))

    async def due(self, platform: Platform) -> list[Sender]:
        """Whom a platform's bot has to tell now."""
        rows = (
            select(users.c.account, reminders.c.language)
            .join(users, users.c.id == reminders.c.user_id)
            .where(users.c.platform == platform, reminders.c.due_at <= to_db(self._clock()))
            .order_by(reminders.c.due_at)
        )
        async with self._database.read() as connection:
            found = await connection.execute(rows)
            return [Sender(platform=platform, account=row.account, language=row.language) for row in found]

    async def drop(self, sender: Sender) -> None:
        """The sender was told, or need not be told any more."""
        theirs = select(users.c.id).where(users.c.platform == sender.platform, users.c.account == sender.account)
        async with self._database.write() as transaction:
            await transaction.execute(delete(reminders).where(reminders.c.user_id.in_(theirs)))
