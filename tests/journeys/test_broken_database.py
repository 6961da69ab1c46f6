"""A database that fails in the middle: whoever waits for an answer gets an apology, and nobody is charged."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.support import discord_harness
from tests.support.telegram_harness import harness, photo

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

SORRY = "Sorry, something went wrong on our side."


def rename(database: str, old: str, new: str) -> None:
    """Take a table away, or put it back."""
    with closing(sqlite3.connect(make_url(database).database or "", timeout=30)) as connection:
        connection.execute(f"ALTER TABLE {old} RENAME TO {new}")


async def test_on_telegram_everybody_who_waits_for_an_answer_gets_an_apology(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, privacy=False) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob", language_code="de")
        family = running.server.group("Family", by=ana)
        await ana.send_text("/settings")
        menu = await ana.hears("Your settings")
        url = running.settings.database
        rename(url, "users", "users_gone")

        await ana.press(menu, "Language: automatic")  # answered at once, and then it fails
        await ana.hears(SORRY, after=menu)
        answer = await ana.press_data(menu, "del:no").answered()
        assert SORRY in answer["text"]
        assert answer["show_alert"]
        for text in ("/quota", "hello"):
            asked = await ana.send_text(text)
            await ana.hears(SORRY, after=asked)
        asked = await ana.send_photo(photo())
        await ana.hears(SORRY, after=asked)
        album = await ana.send_album([photo(1), photo(2)])
        await ana.hears(SORRY, after=album[-1])
        asked = await bob.send_text("/quota", group=family)
        await bob.hears("Entschuldige, bei uns ist etwas schiefgegangen.", after=asked, group=family)
        await bob.send_text("What a lovely day", group=family)  # nobody waits for an answer to that
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        assert len(family.chat.of_bot()) == 1, "the apology to Bob"

        rename(url, "users_gone", "users")
        asked = await ana.send_text("/quota")
        await ana.hears("You have 3 of 3 left today.", after=asked)


async def test_on_discord_everybody_who_waits_for_an_answer_gets_an_apology(tmp_path: Path, redis_url: str) -> None:
    async with discord_harness.harness(tmp_path, redis_url, worker=False) as there:
        server, user = there.server, there.server.user
        url = there.settings.database
        rename(url, "users", "users_gone")

        assert SORRY in await there.said(user.slash(server.channel, "quota"))
        assert SORRY in await there.said(user.slash(server.channel, "restore", photo=photo()))
        user.say(user.dm, "hello")
        await server.wait_for(lambda: len(server.said(user.dm)) == 1, 30)
        user.say(user.dm, "", photo())
        await server.wait_for(lambda: len(server.said(user.dm)) == 2, 30)
        assert all(SORRY in message.texts for message in server.said(user.dm))

        rename(url, "users_gone", "users")
        assert "3 of 3 left" in await there.said(user.slash(server.channel, "quota"))
