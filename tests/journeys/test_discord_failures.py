"""Discord fails in unusual ways: unreadable events, refused registrations, forwards, withdrawn permissions."""

import io
import logging
from pathlib import Path

import pytest
from PIL import Image

from magicmemory.queue import delivery
from tests.servers.discord.files import Upload
from tests.servers.discord.permissions import Permission
from tests.support.discord_harness import harness, running_bot, running_worker
from tests.support.telegram_harness import QuickPipeline, photo


async def test_an_event_that_cannot_be_read_is_skipped(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        server.gateway.tell("MESSAGE_CREATE", {"id": "1", "channel_id": str(server.channel.id), "guild_id": None})
        await there.answer(server.user.slash(server.channel, "restore", photo=photo()))
        assert server.gateway.count("identify") == 1


async def test_a_refused_registration_of_commands_does_not_end_the_bot(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, bot=False, worker=False) as there:
        server = there.server
        server.faults.plan("400", "PUT /applications/{application}/commands")
        async with running_bot(there.settings, redis_url, server):
            server.user.say(server.user.dm, "hello")
            said = await server.wait_for(lambda: server.said(server.user.dm), 30)
            assert said[0].texts == "Send a photo, and I restore it."
        async with running_bot(there.settings, redis_url, server):
            assert "3 of 3 left" in await there.said(server.user.slash(server.channel, "quota"))


async def test_forwarded_photos_are_restored_in_direct_messages_and_from_the_menu(
    tmp_path: Path, redis_url: str
) -> None:
    async with harness(tmp_path, redis_url, free_per_day=9) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        friend = server.person("bob")
        server.guild.members[friend.id] = friend
        original = friend.say(channel, "grandmother", photo(1), photo(2))
        user.forward(user.dm, original)
        await server.wait_for(lambda: len([m for m in server.said(user.dm) if m.components]) == 2, 60)
        another = friend.say(channel, "grandfather", photo(3), photo(4))
        used = user.context_menu(channel, "Restore faces", friend.forward(channel, another))
        await there.answers(used, 2)
        assert (await there.quota_of(user)).used == 4
        assert not server.refusals()


async def test_embedded_images_and_replies_in_direct_messages_are_restored(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=9) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        linked = user.say(channel, "https://example.com/old.jpg")
        copy = server.files.url(server.files.keep(Upload(photo(1), "old.jpg"), channel.id))
        image = {"url": "https://example.com/old.jpg", "proxy_url": copy, "width": 64, "height": 64}
        linked.embeds = [{"type": "image", "url": "https://example.com/old.jpg", "thumbnail": image}]
        await there.answer(user.context_menu(channel, "Restore faces", linked))
        linked.embeds = [{"type": "article", "url": "https://example.com/", "thumbnail": image}]
        refused = await there.said(user.context_menu(channel, "Restore faces", linked))
        assert "This is not a photo" in refused
        earlier = user.forward(user.dm, user.say(channel, "", photo(2)))
        await server.wait_for(lambda: [m for m in server.said(user.dm) if m.components], 60)
        user.say(user.dm, "once more, please", to=earlier)
        await server.wait_for(lambda: len([m for m in server.said(user.dm) if m.components]) == 2, 60)


async def test_a_limit_that_became_lower_shrinks_files_until_they_are_accepted(tmp_path: Path, redis_url: str) -> None:
    big = io.BytesIO()
    Image.effect_noise((1400, 1400), 90).convert("RGB").save(big, "PNG")
    async with harness(tmp_path, redis_url, worker=False) as there:
        server = there.server
        server.guild.file_limit = 100 * 1024 * 1024
        used = server.user.slash(server.channel, "restore", photo=photo())
        await server.wait_for(lambda: used.shown)
        server.guild.file_limit = 1024 * 1024
        async with running_worker(there.settings, redis_url, QuickPipeline(result=big.getvalue())):
            answer = await there.answer(used)
        assert all(len(kept.data) <= 1024 * 1024 for kept in answer.attachments)
        assert "smaller to fit the 1 MB" in answer.texts


async def test_a_reply_that_is_given_up_becomes_an_apology(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # pytest would keep the logged errors, and with their frames the service and its decoder's process.
    caplog.set_level(logging.CRITICAL, "magicmemory.queue.delivery")
    monkeypatch.setattr(delivery, "FIRST_RETRY_S", 0.02)
    monkeypatch.setattr(delivery, "MAX_TRIES", 2)
    async with harness(tmp_path, redis_url) as there:
        server = there.server
        server.faults.plan("400", "PATCH /webhooks/{application}/{token}/messages/{message}", times=2)
        used = server.user.slash(server.channel, "restore", photo=photo())
        assert "Sorry, something went wrong on our side." in await there.said(used)
        assert server.faults.done == {"400": 2}
        await there.finished_jobs_of(server.user)
        assert (await there.quota_of(server.user)).used == 0


async def test_a_reply_that_may_not_refer_to_the_message_is_sent_without(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        user.say(channel, "", photo(), mention=True)
        progress = (await server.wait_for(lambda: server.said(channel)))[0]
        await server.wait_for(lambda: progress.content)
        server.writer.delete(progress)
        channel.denied = int(Permission.READ_MESSAGE_HISTORY)
        async with running_worker(there.settings, redis_url, QuickPipeline()):
            answers = await server.wait_for(lambda: [m for m in server.said(channel) if m.components], 60)
        assert answers[0].reference is None
        assert answers[0].texts.startswith(f"<@{user.id}> One face restored.")


async def test_progress_message_is_deleted_if_the_reply_goes_elsewhere(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as there:
        server, user, channel = there.server, there.server.user, there.server.channel
        user.say(channel, "", photo(), mention=True)
        await server.wait_for(lambda: server.said(channel))
        channel.denied = int(Permission.ATTACH_FILES)
        async with running_worker(there.settings, redis_url, QuickPipeline()):
            await server.wait_for(lambda: [m for m in server.said(user.dm) if m.components], 60)
            await server.wait_for(lambda: not server.said(channel), 20)
