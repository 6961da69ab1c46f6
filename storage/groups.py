"""The settings of groups on Telegram and servers on Discord."""

from typing import Any

from sqlalchemy import ColumnElement, select, update

from magicmemory.core.groups import GroupSettings
from magicmemory.core.job import Platform
from magicmemory.storage.database import Database
from magicmemory.storage.tables import groups
from magicmemory.storage.upsert import insert


class Groups:
    """Reads and changes the settings of groups."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, platform: Platform, group: str) -> GroupSettings:
        """A group's settings; the defaults for a group whose administrators chose nothing."""
        async with self._database.read() as connection:
            kept = await connection.scalar(select(groups.c.settings).where(*_is(platform, group)))
        return GroupSettings.model_validate(kept or {})

    async def choose(self, platform: Platform, group: str, **choices: Any) -> GroupSettings:
        """Change some of a group's settings, given by field name. Returns all of them."""
        async with self._database.write() as transaction:
            empty = insert(transaction, groups).values(platform=platform, chat=group, settings={})
            await transaction.execute(empty.on_conflict_do_nothing())
            row = select(groups.c.settings).where(*_is(platform, group)).with_for_update()
            chosen = GroupSettings.model_validate({**(await transaction.scalar(row) or {}), **choices})
            values = {"settings": chosen.model_dump(mode="json")}
            await transaction.execute(update(groups).where(*_is(platform, group)).values(values))
        return chosen


def _is(platform: Platform, group: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return groups.c.platform == platform, groups.c.chat == group
