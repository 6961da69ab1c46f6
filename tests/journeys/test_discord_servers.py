"""Servers on Discord: what their administrators choose, and who deletes a reply."""

from functools import partial
from pathlib import Path

import pytest

from magicmemory.core.options import Scope
from tests.servers.discord.people import NotOffered
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Message
from tests.support.discord_harness import harness
from tests.support.telegram_harness import QuickPipeline, photo


def is_deleted(message: Message) -> bool:
    return message.deleted


async def test_settings_of_a_server_apply_to_everybody_there(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    server = DiscordServer()
    server.guild.owner = server.user
    async with harness(tmp_path, redis_url, pipeline, server=server) as there:
        bob, channel = server.person("bob"), server.channel
        server.guild.members[bob.id] = bob
        with pytest.raises(NotOffered, match="needs permissions"):
            bob.slash(channel, "server-settings", who="everybody")
        changed = server.user.slash(channel, "server-settings", scope="photo", language="de", **{"photos-per-day": 2})
        said = await there.said(changed)
        assert "Umfang: ganzes Foto" in said
        assert "Fotos am Tag: 2" in said
        for number in range(2):
            answer = await there.answer(bob.slash(channel, "restore", photo=photo(number)))
            assert "wiederhergestellt" in answer.texts
        await there.answer(server.user.slash(server.user.dm, "restore", photo=photo(5)))
        assert [run.scope for run in pipeline.runs] == [Scope.PHOTO, Scope.PHOTO, Scope.AUTO]
        refused = server.user.slash(channel, "restore", photo=photo(6))
        await server.wait_for(lambda: "verbraucht" in "".join(message.texts for message in refused.shown))
        mentioned = bob.say(channel, "", photo(7), mention=True)
        await server.wait_for(lambda: "verbraucht" in "".join(message.texts for message in server.said(channel)))
        assert mentioned.reference is None
        assert (await there.quota_of(bob)).used == 2
        back = server.user.slash(channel, "server-settings", scope="own", **{"photos-per-day": 0})
        assert "ohne Grenze" in await there.said(back)
        await there.answer(bob.slash(channel, "restore", photo=photo(8)))
        assert pipeline.runs[-1].scope is Scope.AUTO


async def test_only_administrators_may_ask_where_they_decided_so(tmp_path: Path, redis_url: str) -> None:
    server = DiscordServer()
    server.guild.owner = server.user
    async with harness(tmp_path, redis_url, server=server) as there:
        bob, channel = server.person("bob"), server.channel
        server.guild.members[bob.id] = bob
        assert "administrators" in await there.said(server.user.slash(channel, "server-settings", who="administrators"))
        refused = bob.slash(channel, "restore", photo=photo())
        await server.wait_for(lambda: "Only administrators" in "".join(shown.texts for shown in refused.shown))
        bob.say(channel, "", photo(2), mention=True)
        await server.wait_for(lambda: "Only administrators" in "".join(m.texts for m in server.said(channel)))
        await there.answer(bob.slash(bob.dm, "restore", photo=photo(3)))
        await there.answer(server.user.slash(channel, "restore", photo=photo(4)))


async def test_results_go_to_the_channel_for_results(tmp_path: Path, redis_url: str) -> None:
    server = DiscordServer()
    server.guild.owner = server.user
    results = server.add_channel(server.guild, "results")
    async with harness(tmp_path, redis_url, server=server) as there:
        bob, channel = server.person("bob"), server.channel
        server.guild.members[bob.id] = bob
        await there.said(server.user.slash(channel, "server-settings", results=results))
        used = bob.slash(channel, "restore", photo=photo())
        [shown] = await server.wait_for(lambda: [m for m in server.said(results) if m.attachments])
        assert f"<@{bob.id}>" in shown.texts
        assert f"comes in <#{results.id}>" in (await there.answer(used)).texts
        await there.finished_jobs_of(bob)
        await there.answer(bob.press(shown, "Gentler"))
        private = await there.answer(bob.slash(channel, "restore", photo=photo(2), private=True))
        assert private.attachments
        await there.said(server.user.slash(channel, "server-settings", **{"where-asked": True}))
        assert (await there.answer(bob.slash(channel, "restore", photo=photo(3)))).attachments


async def test_a_reply_is_deleted_by_its_person_or_a_moderator(tmp_path: Path, redis_url: str) -> None:
    server = DiscordServer()
    server.guild.owner = server.user
    async with harness(tmp_path, redis_url, server=server) as there:
        bob, eve, channel = server.person("bob"), server.person("eve"), server.channel
        server.guild.members |= {bob.id: bob, eve.id: eve}
        # A reply to a command, a reply to a message, one that a moderator deletes.
        answer = await there.answer(bob.slash(channel, "restore", photo=photo(1)))
        bob.say(bob.dm, "", photo(2))
        [direct] = await server.wait_for(lambda: [m for m in server.said(bob.dm) if m.attachments])
        other = await there.answer(bob.slash(channel, "restore", photo=photo(3)))
        await there.finished_jobs_of(bob)
        assert "Only the person who asked" in await there.said(eve.press(answer, "Delete"))
        assert "Only the person who asked" in await there.said(server.user.press(other, "Gentler"))
        for person, message in ((bob, answer), (bob, direct), (server.user, other)):
            person.press(message, "Delete")
            await server.wait_for(partial(is_deleted, message))
        kept = [file for file in (tmp_path / "photos").rglob("*") if file.is_file() and "result" in str(file)]
        assert kept == []
        assert (await there.quota_of(bob)).used == 3
