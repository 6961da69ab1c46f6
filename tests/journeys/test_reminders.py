"""“Tell me when it is back”: one message on request, in the morning after the quota has renewed."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.reminders import MORNING
from magicmemory.core.settings import Settings
from magicmemory.storage.database import Database
from magicmemory.storage.reminders import Reminders
from magicmemory.storage.tables import reminders
from tests.servers.telegram import Person, TelegramServer
from tests.servers.telegram.model import Message
from tests.support import discord_harness
from tests.support.harness import eventually
from tests.support.telegram_harness import harness, photo, running_bot, sender_of, telegram_settings

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def photos_to(person: Person) -> list[Message]:
    return [said for said in person.of_bot() if said.photo]


async def due_times(settings: Settings) -> list[datetime]:
    async with Database(settings.database) as database, database.read() as connection:
        return [row.due_at for row in await connection.execute(reminders.select())]


async def test_a_person_is_reminded_once_and_only_on_request_on_telegram(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=1) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob", language_code="de")
        for person in (ana, bob):
            await person.send_photo(photo(person.id % 200))
            await running.server.wait_for(partial(photos_to, person))
            await running.settled(person)
            await person.send_photo(photo(3))
        refused = await bob.hears("von heute ist verbraucht")
        await ana.hears("used today’s free photo")
        answer = await (await bob.press(refused, "Sag mir")).answered()
        assert "morgens Bescheid" in answer["text"]
        await running.server.wait_for(lambda: not refused.buttons)
        async with open_service(running.settings, running.redis_url) as service:
            renews = (await service.quota(sender_of(bob))).renews_at
        [due] = await due_times(running.settings)
        assert due == (renews + MORNING).replace(tzinfo=None)


async def test_who_has_used_the_photo_is_not_reminded(tmp_path: Path, redis_url: str) -> None:
    """The bot looks at its start; both reminders are due then."""
    async with TelegramServer() as server:
        settings = telegram_settings(tmp_path, server, free_per_day=1)
        ana, bob = server.user("Ana", language_code="de"), server.user("Bob")
        async with running_bot(settings, redis_url):
            for person in (ana, bob):
                await person.send_text("/quota")
                await person.hears("1")
            await bob.send_photo(photo())
            await bob.hears("Got it.")
        async with Database(settings.database) as database:
            for person in (ana, bob):
                await Reminders(database).ask(sender_of(person), datetime.now(UTC) - timedelta(minutes=1))
        async with running_bot(settings, redis_url):
            await ana.hears("Dein freies Foto ist wieder da.")

            async def none_left() -> bool | None:
                return not await due_times(settings) or None

            await eventually(none_left)
        assert not [message for message in bob.of_bot() if "is back" in message.words]
        async with running_bot(settings, redis_url):
            pass
        assert len([message for message in ana.of_bot() if "wieder da" in message.words]) == 1


async def test_a_person_is_reminded_on_discord(tmp_path: Path, redis_url: str) -> None:
    async with discord_harness.harness(tmp_path, redis_url, free_per_day=1) as there:
        server, user = there.server, there.server.user
        await there.answer(user.slash(server.channel, "restore", photo=photo()))
        refused = await there.answer(user.slash(server.channel, "restore", photo=photo(2)))
        assert list(refused.buttons) == ["Tell me when it is back"]
        assert "in the morning" in await there.said(user.press(refused, "Tell me when it is back"))
        assert len(await due_times(there.settings)) == 1
