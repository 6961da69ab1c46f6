"""Preferences are stored, and a new person has the defaults."""

import asyncio

from magicmemory.core.job import Platform, Sender
from magicmemory.core.preferences import Preferences
from magicmemory.storage.database import Database
from magicmemory.storage.people import People

ANA = Sender(platform=Platform.TELEGRAM, account="7")


async def test_preferences_are_stored(database_url: str) -> None:
    async with Database(database_url) as database:
        people = People(database)
        assert await people.preferences(ANA) == Preferences()
        await people.choose(ANA, language="pt")
        await people.choose(ANA, strength=0.5)
        assert await people.preferences(ANA) == Preferences(language="pt", strength=0.5)
        assert (await people.preferences(ANA)).options.strength == 0.5


async def test_concurrent_first_contact_makes_one_person(database_url: str) -> None:
    async with Database(database_url) as database:
        people = People(database)
        await asyncio.gather(*(people.choose(ANA, upscale=2) for _ in range(10)))
        assert (await people.preferences(ANA)).upscale == 2
