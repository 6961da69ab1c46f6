"""Preferences are stored, and a new person has the defaults."""

import asyncio

from sqlalchemy import update

from magicmemory.core.job import Platform, Sender
from magicmemory.core.options import Options, Scope
from magicmemory.core.preferences import Preferences
from magicmemory.storage.database import Database
from magicmemory.storage.people import People
from magicmemory.storage.tables import users

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


async def test_scope_of_the_first_version_counts_as_not_chosen_if_it_was_the_default(database_url: str) -> None:
    first = {"language": "pt", "model": "auto", "strength": 0.5, "fidelity": None, "upscale": 1, "reply_as_file": False}
    async with Database(database_url) as database:
        people = People(database)
        await people.choose(ANA, language="pt")
        for stored, scope in ((Scope.FACES, Scope.AUTO), (Scope.PHOTO, Scope.PHOTO)):
            async with database.write() as transaction:
                await transaction.execute(update(users).values(preferences={**first, "scope": stored}))
            assert await people.preferences(ANA) == Preferences(language="pt", strength=0.5, scope=scope)


async def test_faces_only_is_kept_once_it_is_chosen(database_url: str) -> None:
    async with Database(database_url) as database:
        people = People(database)
        await people.choose(ANA, scope=Scope.FACES)
        await people.choose(ANA, upscale=2)
        assert (await people.preferences(ANA)).options == Options(scope=Scope.FACES, upscale=2)
