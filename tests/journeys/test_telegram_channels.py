"""Less common ways to send a photo on Telegram: channels, supergroups, quoted replies, edited captions."""

import asyncio
import threading
from pathlib import Path

import pytest

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.job import Platform
from magicmemory.core.options import Options
from tests.servers.telegram import Message
from tests.support.telegram_harness import QuickPipeline, harness, photo, running_worker

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def shows_photo(message: Message) -> bool:
    return message.photo is not None


async def test_a_group_that_becomes_a_supergroup_gets_its_photos_there(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False, privacy=False) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        await ana.send_photo(photo(), "/restore", group=group)
        await ana.send_album([photo(1), photo(2)], "/restore", group=group)
        await running.server.wait_for(lambda: len(group.of_bot()) == 2)
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        group.upgrade()
        async with running_worker(running.settings, redis_url, QuickPipeline()):
            await ana.hears("Pick a photo for more", group=group)
            await running.server.wait_for(lambda: len([one for one in group.of_bot() if one.photo]) == 3)
        await running.settled(ana)
        assert await running.used_by(ana) == 3
        asked = await ana.send_photo(photo(4), "/restore", group=group)
        await ana.hears("You have used", group=group, after=asked)


async def test_an_album_is_sent_together_if_its_group_becomes_a_supergroup_between_its_photos(
    tmp_path: Path, redis_url: str
) -> None:
    moved = threading.Event()
    begun: list[bytes] = []

    def second_waits(data: bytes, _: Options) -> None:
        begun.append(data)
        if len(begun) == 2:
            moved.wait(10)

    async with harness(tmp_path, redis_url, QuickPipeline(second_waits), privacy=False) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        await ana.send_album([photo(1), photo(2)], "/restore", group=group)
        await running.server.wait_for(lambda: len(begun) == 2)
        await asyncio.sleep(0.5)  # the first photo waits for the second one now
        old = str(group.chat.id)
        group.upgrade()
        async with open_service(running.settings, redis_url) as service:
            await service.move_chat(Platform.TELEGRAM, old, str(group.chat.id), {"progress": ""})
        moved.set()
        await ana.hears("Pick a photo for more", group=group)
        assert len([message for message in group.of_bot() if message.photo]) == 2


async def test_photo_of_a_message_in_another_chat_is_restored(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        group = running.server.group("Family", by=ana)
        elsewhere = await bob.send_photo(photo(), group=running.server.group("Friends", by=bob))
        asked = await ana.send_text("/restore", group=group, elsewhere=elsewhere)
        assert (await ana.hears(shows_photo, group=group)).reply_to is asked
        assert await running.used_by(ana) == 1


async def test_caption_edited_into_a_command_is_handled_once(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, privacy=False) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        sent = await ana.send_photo(photo(), "grandmother", group=group)
        await ana.edit(sent, "/restore")
        first = await ana.hears(shows_photo, group=group)
        assert first.reply_to is sent
        await running.settled(ana)
        await ana.edit(sent, "/restore please")
        await ana.edit(sent, "grandmother, restored")
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        await asyncio.sleep(0.3)
        assert group.of_bot() == [first]
        assert await running.used_by(ana) == 1


async def test_channel_post_with_a_command_is_answered(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        channel = running.server.channel("Old town")
        await ana.send_photo(photo(), "look", group=channel)
        asked = await ana.send_photo(photo(), "/restore", group=channel)
        assert (await ana.hears(shows_photo, group=channel)).reply_to is asked
        assert len(channel.of_bot()) == 1


async def test_an_edited_post_of_a_channel_is_obeyed(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        channel = running.server.channel("Old town")
        sent = await ana.send_photo(photo(), "the market, 1920", group=channel)
        await ana.edit(sent, "/restore")
        assert (await ana.hears(shows_photo, group=channel)).reply_to is sent


async def test_a_post_in_the_group_for_its_discussion_is_answered_once(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        channel, group = running.server.channel("Old town"), running.server.group("Talk", by=ana)
        post = await ana.send_photo(photo(), "/restore", group=channel)
        discussed = group.discuss(post)
        assert (await ana.hears(shows_photo, group=channel)).reply_to is post
        asked = await bob.send_text("/restore", group=group, reply_to=discussed)
        assert (await bob.hears(shows_photo, group=group)).reply_to is asked
        assert len(group.of_bot()) == 1
        # A channel whose posts the bot does not get: then the group is the place.
        channel.chat.bot_is = "left"
        another = group.discuss(post)
        assert (await ana.hears(shows_photo, group=group, after=another)).reply_to is another


async def test_a_guest_is_told_once_what_is_possible(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana = running.server.user("Ana", language_code="de")
        answer = await ana.mention_elsewhere(photo()).answered()
        assert "Als Gast" in answer["text"]
        assert answer["keyboard"][0][0]["url"] == f"https://t.me/{running.server.username}"
        assert ana.of_bot() == []
        assert await running.used_by(ana) == 0


async def test_a_photo_that_names_the_bot_in_a_group_is_restored(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, privacy=False) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        group = running.server.group("Family", by=ana)
        named = f"look, @{running.server.username}"
        first = await ana.send_photo(photo(), named, group=group)
        assert (await ana.hears(shows_photo, group=group)).reply_to is first
        theirs = await bob.send_photo(photo(9), group=group)
        asked = await ana.send_text(named, group=group, reply_to=theirs)
        assert (await ana.hears(shows_photo, group=group, after=asked)).reply_to is asked
        await ana.send_text(named, group=group)
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        assert len(group.of_bot()) == 2


async def test_a_group_is_greeted_once(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        group.add_bot(ana)
        await ana.hears("Reply to a photo with /restore", group=group)
        ana.membership(group.chat, "member", "administrator")
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        assert len(group.of_bot()) == 1


async def test_an_anonymous_administrator_uses_the_buttons_and_settings_of_the_group(
    tmp_path: Path, redis_url: str
) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        group = running.server.group("Family", by=ana)
        group.chat.administrators.add(ana.id)
        ana.is_anonymous = True
        await ana.send_photo(photo(), "/restore", group=group)
        first = await ana.hears(shows_photo, group=group)
        theirs = await (await bob.press(first, "Gentler")).answered()
        assert "Only the person who asked" in theirs["text"]
        await ana.press(first, "Gentler")
        await ana.hears(shows_photo, after=first, group=group)
        asked = await ana.send_text("/settings", group=group)
        menu = await ana.hears(lambda message: bool(message.buttons), after=asked, group=group)
        button = menu.buttons[0]
        assert (await (await bob.press(menu, button)).answered())["text"]
        await ana.press(menu, button)
        await running.server.wait_for(lambda: menu.edits)
        assert await running.used_by(ana) == 0
