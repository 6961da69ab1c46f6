"""Journeys through the Telegram bot: from what a person does in the chat to what the chat shows."""

import asyncio
import io
import random
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageChops, ImageStat
from redis.exceptions import RedisError

from magicmemory.bots.telegram import serve
from magicmemory.bots.telegram.updates import BadToken, webhook_secret
from magicmemory.core.errors import PhotoUnreadable
from magicmemory.core.job import JobState
from magicmemory.core.options import Options, Scope
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.queue.client import Queue
from tests.servers.telegram import Message, TelegramServer
from tests.servers.telegram.faults import Kind
from tests.support.harness import settings_for
from tests.support.telegram_harness import (
    SAMPLE,
    QuickPipeline,
    harness,
    photo,
    running_bot,
    running_worker,
    telegram_settings,
)

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def shows_photo(message: Message) -> bool:
    return message.photo is not None


def shows_file(message: Message) -> bool:
    return message.document is not None


# A photo


async def test_a_photo_is_answered_with_the_restored_one(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        asked = await ana.send_photo(photo())
        reply = await ana.hears(shows_photo)
        assert reply.reply_to is asked
        assert "One face restored." in reply.caption
        assert "You have 2 of 3 left today." in reply.caption
        assert reply.edits[0].text.startswith("Got it. Your photo is next. About ")
        assert len(ana.of_bot()) == 1, "the progress message became the photo"
        assert reply.buttons == [
            "📄 Full quality",
            "↔️ Before/after",
            "➖ Gentler",
            "✨ More vivid",
            "🎯 More faithful",
            "🖼️ Whole photo",
        ]
        assert await running.used_by(ana) == 1
        assert running.server.refusals() == []


async def test_progress_is_shown_while_it_runs(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline(before=lambda *_: time.sleep(2.6))
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        reply = await ana.hears(shows_photo)
        assert [edit.text for edit in reply.edits][1] == "Looking for faces…"
        assert ana.chat.actions[0][1] == "upload_photo"


async def test_a_file_is_answered_with_a_file(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_document(photo(size=(1600, 1200), kind="PNG"), "scan.png")
        reply = await ana.hears(shows_file)
        assert Image.open(io.BytesIO(reply.media)).size == (1600, 1200)
        assert reply.document
        assert reply.document.file.name == "restored.jpg"


async def test_an_update_told_twice_is_answered_once(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        running.server.repeat_updates(3)
        await ana.send_photo(photo())
        await ana.hears(shows_photo)
        await ana.send_text("/quota")
        await ana.hears("You have 2 of 3 left")
        await asyncio.sleep(0.5)
        assert len(ana.of_bot()) == 2
        assert len(running.server.world.updates.given) >= 4


async def test_what_was_sent_while_the_bot_was_away_is_answered(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        settings = telegram_settings(tmp_path, server)
        ana = server.user("Ana")
        await ana.send_photo(photo())
        async with running_worker(settings, redis_url, QuickPipeline()), running_bot(settings, redis_url):
            await ana.hears(shows_photo)


async def test_a_restart_loses_no_reply(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        settings = telegram_settings(tmp_path, server)
        ana = server.user("Ana")
        async with running_bot(settings, redis_url):
            asked = await ana.send_photo(photo())
            await ana.hears("Got it.")
            await server.wait_for(lambda: server.world.updates.pending() == 0)
        async with running_worker(settings, redis_url, QuickPipeline()), running_bot(settings, redis_url):
            reply = await ana.hears(shows_photo)
        assert reply.reply_to is asked
        assert len(ana.of_bot()) == 1


# Buttons


async def test_the_buttons_send_the_file_and_the_comparison(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo(size=(640, 480)))
        reply = await ana.hears(shows_photo)
        press = await ana.press(reply, "Full quality")
        assert (await press.answered())["text"] == "Coming right up…"
        full = await ana.hears(shows_file)
        assert full.caption == "Full quality, as a file."
        assert full.reply_to is reply
        await ana.press(reply, "Before/after")
        both = await ana.hears("Before and after.")
        assert Image.open(io.BytesIO(both.media)).size == (640 * 2 + 8, 480)
        uploads = running.server.world.files.uploads
        await ana.press(reply, "Full quality")
        again = await ana.hears(shows_file, after=both)
        assert again.document
        assert full.document
        assert again.document.file is full.document.file
        assert running.server.world.files.uploads == uploads, "Telegram has the file already"
        assert await running.used_by(ana) == 1


async def test_adjusting_is_free_and_limited(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline, adjustments=2) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        await ana.press(first, "Gentler")
        gentler = await ana.hears(shows_photo, after=first)
        assert "This adjustment was free." in gentler.caption
        assert gentler.reply_to is first
        assert pipeline.runs[-1].strength == 0.75
        assert "➕ Stronger" in gentler.buttons
        await ana.press(gentler, "More faithful")
        faithful = await ana.hears(shows_photo, after=gentler)
        assert pipeline.runs[-1] == Options(strength=0.75, fidelity=0.75)
        await ana.press(faithful, "More vivid")
        await ana.hears("You can adjust a photo 2 times", after=faithful)
        assert await running.used_by(ana) == 1


async def test_a_button_pressed_in_haste_works_once(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        presses = [await ana.press(first, "Gentler") for _ in range(3)]
        for press in presses:
            await press.answered()
        await ana.hears(shows_photo, after=first)
        await asyncio.sleep(0.5)
        assert sum(shows_photo(message) for message in ana.of_bot()) == 2
        assert [job.charged for job in await running.jobs_of(ana)] == [True, False]


async def test_the_whole_photo_and_back_to_the_faces(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        assert "cleaned" not in first.caption
        await ana.press(first, "Whole photo")
        whole = await ana.hears(shows_photo, after=first)
        assert whole.reply_to is first
        assert whole.caption == "One face restored. The whole photo was cleaned.\nThis adjustment was free."
        assert "🙂 Faces only" in whole.buttons
        assert "🖼️ Whole photo" not in whole.buttons
        assert pipeline.runs[-1] == Options(scope=Scope.PHOTO)
        await ana.press(whole, "Gentler")
        gentler = await ana.hears("The whole photo was cleaned.", after=whole)
        assert pipeline.runs[-1] == Options(strength=0.75, scope=Scope.PHOTO)
        await ana.press(gentler, "Faces only")
        faces = await ana.hears(shows_photo, after=gentler)
        assert "cleaned" not in faces.caption
        assert "🖼️ Whole photo" in faces.buttons
        assert pipeline.runs[-1] == Options(strength=0.75)
        assert await running.used_by(ana) == 1
        assert running.server.refusals() == []


async def test_another_model_where_the_operator_offers_one(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline, offered_models=("none", "other")) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        assert "🎨 other" in first.buttons
        assert "🎨 none" not in first.buttons
        await ana.press(first, "🎨 other")
        await ana.hears(shows_photo, after=first)
        assert pipeline.runs[-1].model == "other"
        await ana.send_text("/settings")
        menu = await ana.hears("Your settings")
        await ana.press(menu, "Model: automatic")
        await running.server.wait_for(lambda: "other" in menu.buttons)
        await ana.press(menu, "other")
        await running.server.wait_for(lambda: "Model: other" in menu.buttons)


async def test_strange_buttons_are_answered(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_text("/start")
        hello = await ana.hears("faces back")
        for data in ("", "x", "j:f", "j:f:none:0", "j:z:none:0", "j:m:none:99", "p:1:2:3:4", "p:none", "del:yes"):
            press = ana.press_data(hello, data)
            await press.answered()


# Albums


async def test_an_album_is_answered_as_an_album(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        asked = await ana.send_album([photo(1), photo(2), photo(3)], gap_s=0.2)
        summary = await ana.hears("Pick a photo for more")
        album = [message for message in ana.of_bot() if message.photo]
        assert len({message.media_group for message in album}) == 1
        assert [message.caption for message in album] == ["One face restored."] * 3
        assert album[0].reply_to is asked[0]
        assert summary.buttons == ["1", "2", "3"]
        assert "Photo 2: One face restored." in summary.text
        assert "No more photos today." in summary.text
        assert await running.used_by(ana) == 3
        await ana.press(summary, "2")
        await running.server.wait_for(lambda: "📄 Full quality" in summary.buttons)
        await ana.press(summary, "Gentler")
        adjusted = await ana.hears(shows_photo, after=album[-1])
        assert "This adjustment was free." in adjusted.caption
        await ana.press(summary, "Back")
        await running.server.wait_for(lambda: summary.buttons == ["1", "2", "3"])
        assert running.server.refusals() == []


async def test_an_album_over_the_quota_is_answered_as_far_as_it_goes(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, free_per_day=1) as running:
        ana = running.server.user("Ana")
        asked = await ana.send_album([photo(1), photo(2), photo(3)])
        reply = await ana.hears(shows_photo)
        assert reply.reply_to is asked[0]
        assert "📄 Full quality" in reply.buttons, "a single photo has its buttons below it"
        refusal = await ana.hears("2 photos of this album were not restored.")
        assert "You have used today’s free photo." in refusal.text
        assert len(ana.of_bot()) == 2


async def test_an_album_reports_each_photo(tmp_path: Path, redis_url: str) -> None:
    black = io.BytesIO()
    Image.new("RGB", (100, 100)).save(black, "JPEG")
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_album([photo(1), black.getvalue(), photo(3)])
        summary = await ana.hears("Photo 2: I found no face in this photo.")
        assert summary.buttons == ["1", "3"]
        assert await running.used_by(ana) == 2


# Groups


async def test_a_group_is_answered_where_somebody_asks(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        server = running.server
        ana, bob = server.user("Ana"), server.user("Bob", "de")
        group = server.group("Family", by=ana)
        shared = await ana.send_photo(photo(), group=group)
        await bob.send_text("what a picture", group=group)
        asked = await bob.send_text(f"/restore@{server.username}", group=group, reply_to=shared)
        reply = await bob.hears(shows_photo, group=group)
        assert reply.reply_to is asked
        assert await running.used_by(bob) == 1
        assert await running.used_by(ana) == 0
        press = await ana.press(reply, reply.buttons[0])
        answer = await press.answered()
        assert answer["show_alert"]
        assert answer["text"] == "Only the person who asked for this can use these buttons."
        await ana.send_photo(photo(7), caption="/restore", group=group)
        await ana.hears(shows_photo, after=reply, group=group)
        assert len(group.of_bot()) == 2


async def test_a_group_without_privacy_is_left_in_peace(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, privacy=False) as running:
        server = running.server
        ana = server.user("Ana")
        group = server.group("Family", by=ana)
        await ana.send_photo(photo(), group=group)
        await ana.send_album([photo(1), photo(2)], group=group)
        await ana.send_text("hello", group=group)
        await ana.send_text("/weather", group=group)
        await ana.send_other("sticker", group=group)
        await ana.send_text("/restore", group=group)
        await ana.hears("Reply to a photo with /restore", group=group)
        await ana.send_album([photo(3), photo(4)], caption="/restore", group=group)
        await ana.hears("Pick a photo for more", group=group)
        assert sum(shows_photo(message) for message in group.of_bot()) == 2
        assert len(group.of_bot()) == 4


async def test_a_topic_is_answered_in_its_topic(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", forum=True, by=ana)
        thread = group.topic("Old photos", by=ana)
        await ana.send_photo(photo(), caption="/restore", group=group, thread=thread)
        reply = await ana.hears(shows_photo, group=group)
        assert reply.thread == thread
        await ana.send_text("/restore", group=group, thread=thread)
        howto = await ana.hears("Reply to a photo", group=group)
        assert howto.thread == thread


# Commands


async def test_start_help_quota_and_privacy(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        for command, says in {
            "/start": "I give old and damaged photos their faces back.",
            "/start help": "How does it work?",
            "/help": "Very small faces?",
            "/quota": "You have 3 of 3 left today.",
            "/privacy": "for 24 hours",
            "/premium": "Nothing is for sale here",
            "/unlock": "/unlock CODE",
            "/unlock ABCD": "I do not know this code.",
            "/restore": "Send me a photo, or reply to one",
            "/cancel": "You have no waiting photos.",
            "/weather": "I do not know /weather.",
            "/admin stats": "I do not know /admin.",
        }.items():
            asked = await ana.send_text(command)
            answer = await ana.hears(says, after=asked)
            assert answer.reply_to in (asked, None)


async def test_start_shows_an_example(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob", language_code="de")
        await ana.send_text("/start")
        hello = await ana.hears("3 photos a day are free.")
        assert hello.photo
        await bob.send_text("/start something_else")
        hallo = await bob.hears("3 Fotos am Tag sind frei.")
        assert hallo.photo
        assert hallo.photo.largest.file is hello.photo.largest.file
        assert running.server.world.files.uploads == 1, "Telegram has the example already"


async def test_commands_are_registered_by_scope_and_language(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        commands = running.server.world.commands
        await running.server.wait_for(lambda: len(commands) == 14)
        private = commands['{"type": "all_private_chats"}', ""]
        assert {"command": "quota", "description": "What you have left today"} in private
        assert [command["command"] for command in commands['{"type": "all_group_chats"}', ""]] == [
            "restore",
            "quota",
            "help",
        ]


async def test_cancel_drops_the_photo_and_gives_it_back(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        progress = await ana.hears("Got it.")
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        await ana.send_text("/cancel")
        await running.server.wait_for(lambda: progress.text == "Cancelled. It cost you nothing.")
        assert await running.used_by(ana) == 0
        assert [job.state for job in await running.jobs_of(ana)] == [JobState.CANCELLED]


async def test_settings_are_kept_and_used(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        server = running.server
        ana, bob = server.user("Ana"), server.user("Bob")
        await ana.send_text("/settings")
        menu = await ana.hears("Your settings")
        await ana.press(menu, "Strength")
        await server.wait_for(lambda: "half" in menu.buttons)
        await ana.press(menu, "half")
        await server.wait_for(lambda: "Strength: half" in menu.buttons)
        await ana.press(menu, "Reply:")
        await server.wait_for(lambda: "file" in menu.buttons)
        await ana.press(menu, "file")
        await server.wait_for(lambda: "Reply: file" in menu.buttons)
        press = await bob.press(menu, "Strength")
        assert "Only the person" in (await press.answered())["text"]
        await ana.send_photo(photo())
        await ana.hears(shows_file)
        assert pipeline.runs[-1].strength == 0.5


async def test_the_whole_photo_as_a_setting(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline(before=lambda *_: time.sleep(2.6))
    black = io.BytesIO()
    Image.new("RGB", (100, 100)).save(black, "JPEG")
    async with harness(tmp_path, redis_url, pipeline) as running:
        server = running.server
        ana = server.user("Ana")
        await ana.send_text("/settings")
        menu = await ana.hears("Your settings")
        await ana.press(menu, "Restore: faces only")
        await server.wait_for(lambda: "✓ faces only" in menu.buttons)
        assert "grain" in menu.text
        await ana.press(menu, "whole photo")
        await server.wait_for(lambda: "Restore: whole photo" in menu.buttons)
        await ana.send_photo(photo())
        reply = await ana.hears(shows_photo)
        assert [edit.text for edit in reply.edits][1] == "Cleaning the whole photo…"
        assert "One face restored. The whole photo was cleaned." in reply.caption
        assert "🙂 Faces only" in reply.buttons
        assert pipeline.runs == [Options(scope=Scope.PHOTO)]
        await ana.send_photo(black.getvalue())
        faceless = await ana.hears(shows_photo, after=reply)
        assert faceless.caption.startswith("The whole photo was cleaned.\nYou have 1 of 3 left today.")
        assert server.refusals() == []


async def test_my_data_are_deleted_when_i_confirm(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        server = running.server
        ana = server.user("Ana")
        await ana.send_photo(photo())
        reply = await ana.hears(shows_photo)
        await ana.send_text("/deletemydata")
        sure = await ana.hears("Delete your photos")
        await ana.press(sure, "Keep")
        await server.wait_for(lambda: sure.text == "Nothing was deleted.")
        await ana.send_text("/deletemydata")
        sure = await ana.hears("Delete your photos")
        await ana.press(sure, "Delete everything")
        await server.wait_for(lambda: sure.text.startswith("Done."))
        assert not [path for path in (tmp_path / "photos").rglob("*") if path.is_file()]
        press = await ana.press(reply, "Full quality")
        assert (await press.answered())["text"] == "I no longer have this photo. Please send it again."
        assert await running.used_by(ana) == 1


# What goes wrong


async def test_whatever_else_is_sent_gets_one_sentence(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        for kind, says in {
            "sticker": "I can only restore photos.",
            "voice": "I can only restore photos.",
            "location": "I can only restore photos.",
            "video": "This is an animation or a video.",
            "video_note": "This is an animation or a video.",
            "animation": "This is an animation or a video.",
        }.items():
            asked = await ana.send_other(kind)
            await ana.hears(says, after=asked)
        asked = await ana.send_text("hello")
        await ana.hears("Send me a photo", after=asked)
        asked = await ana.send_document(b"PK\3\4" + bytes(100), "letter.zip")
        await ana.hears("This is a packed file (ZIP).", after=asked)
        asked = await ana.send_document(b"8BPS" + bytes(100), "photo.jpg")
        await ana.hears("This is a Photoshop (PSD) file, which I cannot read.", after=asked)
        asked = await ana.send_document(b"not a photo", "photo.png")
        await ana.hears("This is not a photo.", after=asked)
        asked = await ana.send_document(b"", "huge.png", size=20_500_000)
        await ana.hears("This file is too large: 20 MB is the limit.", after=asked)
        assert await running.used_by(ana) == 0


@pytest.mark.parametrize("name", ["photo", "photo.jpg.bin", "scan.dat"])
async def test_a_photo_is_known_by_its_bytes_not_its_name(tmp_path: Path, redis_url: str, name: str) -> None:
    async with harness(tmp_path, redis_url, QuickPipeline(), free_per_day=1) as running:
        ana = running.server.user("Ana")
        await ana.send_document(photo(), name)
        reply = await ana.hears(shows_file)
        assert reply.caption.startswith("One face restored.")
        assert await running.used_by(ana) == 1


async def test_failures_cost_nothing(tmp_path: Path, redis_url: str) -> None:
    def before(data: bytes, _: Options) -> None:
        if data.startswith(b"\x89PNG"):
            raise RuntimeError("a bug")
        if len(data) < 1000:
            raise PhotoUnreadable

    async with harness(tmp_path, redis_url, QuickPipeline(before), free_per_day=1) as running:
        ana = running.server.user("Ana")
        tiny = io.BytesIO()
        Image.new("RGB", (8, 8)).save(tiny, "JPEG")
        asked = await ana.send_document(tiny.getvalue(), "a.jpg")
        sentence = await ana.hears("I cannot read this picture")
        assert sentence.reply_to is asked
        asked = await ana.send_document(photo(kind="PNG"), "b.png")
        await ana.hears("Sorry, something went wrong on our side.", after=asked)
        assert await running.used_by(ana) == 0
        await ana.send_photo(photo())
        await ana.hears(shows_photo)
        asked = await ana.send_photo(photo(9))
        await ana.hears("You have used today’s free photo. You get the next one in ", after=asked)
        assert await running.used_by(ana) == 1


async def test_who_blocks_the_bot_pays_nothing(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        settings = telegram_settings(tmp_path, server)
        ana, bob = server.user("Ana"), server.user("Bob")
        async with running_bot(settings, redis_url):
            await ana.send_photo(photo())
            await ana.hears("Got it.")
            ana.block()
            async with running_worker(settings, redis_url, QuickPipeline()):
                await server.wait_for(lambda: any("blocked" in refusal for refusal in server.refusals()))
                await bob.send_photo(photo(3))
                await bob.hears(shows_photo)
                ana.unblock()
                await ana.send_text("/quota")
                await ana.hears("You have 3 of 3 left today.")


@pytest.mark.parametrize("kind", ["429", "500", "reset", "lost"])
@pytest.mark.parametrize("method", ["sendMessage", "editMessageMedia", "getFile"])
async def test_trouble_neither_loses_nor_doubles_a_reply(
    tmp_path: Path, redis_url: str, kind: Kind, method: str
) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        running.server.faults.add(kind, method)
        await ana.send_photo(photo())
        await ana.hears(shows_photo, within_s=20)
        await asyncio.sleep(0.3)
        assert sum(shows_photo(message) for message in ana.of_bot()) == 1
        assert running.server.faults.happened == [(method, kind)]
        assert await running.used_by(ana) == 1


async def test_a_pause_in_one_chat_does_not_stop_another(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        server = running.server
        ana, bob = server.user("Ana"), server.user("Bob")
        server.faults.add("429", chat=ana.id, method="sendMessage", retry_after=4)
        await ana.send_text("/quota")
        await server.wait_for(lambda: bool(server.faults.happened))
        began = time.monotonic()
        await bob.send_text("/quota")
        await bob.hears("You have 3 of 3 left today.")
        assert time.monotonic() - began < 2
        await ana.hears("You have 3 of 3 left today.")
        assert time.monotonic() - began > 3


async def test_a_deleted_progress_message_is_no_obstacle(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        settings = telegram_settings(tmp_path, server)
        ana = server.user("Ana")
        async with running_bot(settings, redis_url):
            asked = await ana.send_photo(photo())
            (await ana.hears("Got it.")).deleted = True
            asked.deleted = True
            async with running_worker(settings, redis_url, QuickPipeline()):
                reply = await ana.hears(shows_photo)
                assert reply.reply_to is None


async def test_an_expired_path_is_asked_for_again(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        server, ana = running.server, running.server.user("Ana")
        path = server.world.files.path
        times = 0

        def expired_once(file_id: str) -> dict[str, object]:
            nonlocal times
            given = path(file_id)
            times += 1
            if times == 1:
                server.expire_paths()
            return given

        server.world.files.path = expired_once  # type: ignore[method-assign]
        await ana.send_photo(photo())
        await ana.hears(shows_photo)
        assert times == 2


@pytest.mark.parametrize("size", [(9000, 1500), (2100, 100)])
async def test_what_is_no_photo_for_telegram_goes_as_a_file(
    tmp_path: Path, redis_url: str, size: tuple[int, int]
) -> None:
    async with harness(tmp_path, redis_url, QuickPipeline(result=photo(size=size))) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        reply = await ana.hears(shows_file)
        assert Image.open(io.BytesIO(reply.media)).size == size
        assert running.server.refusals() == []


async def test_a_large_result_goes_as_a_file(tmp_path: Path, redis_url: str) -> None:
    noise, out = Image.frombytes("RGB", (2200, 2000), random.Random(1).randbytes(2200 * 2000 * 3)), io.BytesIO()
    noise.save(out, "PNG", compress_level=0)
    async with harness(tmp_path, redis_url, QuickPipeline(result=out.getvalue())) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        reply = await ana.hears(shows_file)
        assert len(reply.media) > 10 * 1024 * 1024
        assert running.server.refusals() == []


async def test_a_full_queue_refuses_kindly(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False, max_waiting=1) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        await ana.send_photo(photo())
        await ana.hears("Got it.")
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        await bob.send_photo(photo())
        await bob.hears("So many photos are waiting")
        assert await running.used_by(bob) == 0


@pytest.mark.parametrize("kind", ["429", "500", "reset"])
async def test_trouble_neither_loses_nor_doubles_an_album(tmp_path: Path, redis_url: str, kind: Kind) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        running.server.faults.add(kind, "sendMediaGroup")
        await ana.send_album([photo(1), photo(2), photo(3)])
        await ana.hears("Pick a photo for more", within_s=20)
        await asyncio.sleep(0.5)
        assert len([message for message in ana.of_bot() if message.photo]) == 3
        assert running.server.faults.happened == [("sendMediaGroup", kind)]
        assert await running.used_by(ana) == 3


async def test_a_wrong_token_is_said_in_one_sentence(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        settings = telegram_settings(tmp_path, server, telegram_token="123:wrong")
        with pytest.raises(BadToken, match="MAGIC_TELEGRAM_TOKEN"):
            await serve(settings, redis_url, asyncio.Event())


async def test_a_photo_that_cannot_be_queued_costs_nothing(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        queued = Queue.restore

        async def away(*_: object) -> None:
            raise RedisError("away")

        monkeypatch.setattr(Queue, "restore", away)
        await ana.send_photo(photo())
        await ana.hears("Sorry, something went wrong on our side.")
        assert await running.used_by(ana) == 0
        monkeypatch.setattr(Queue, "restore", queued)
        asked = await ana.send_photo(photo())
        first = await ana.hears(shows_photo, after=asked)
        monkeypatch.setattr(Queue, "restore", away)
        await ana.press(first, "Gentler")
        await ana.hears("Sorry, something went wrong on our side.", after=first)
        assert len(ana.of_bot()) == 3


# What the operator chooses


async def test_a_webhook(tmp_path: Path, redis_url: str, unused_tcp_port: int) -> None:
    async with TelegramServer() as server:
        server.tunnel("https://bot.example", f"http://127.0.0.1:{unused_tcp_port}")
        hook = {"telegram_webhook_url": "https://bot.example/hook", "telegram_webhook_port": unused_tcp_port}
        settings = telegram_settings(tmp_path, server, **hook)
        ana = server.user("Ana")
        async with running_bot(settings, redis_url), running_worker(settings, redis_url, QuickPipeline()):
            server.repeat_updates(1)
            await ana.send_photo(photo())
            await ana.hears(shows_photo)
            assert len(ana.of_bot()) == 1
            assert server.world.updates.webhook
            assert server.world.updates.webhook.last_error == ""
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as stranger:
                update = server.world.updates.given[0]
                guessed = {"X-Telegram-Bot-Api-Secret-Token": "guessed"}
                assert (await stranger.post("/hook", json=update)).status_code == 403
                assert (await stranger.post("/hook", json=update, headers=guessed)).status_code == 403
                mine = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret(server.token)}
                assert (await stranger.post("/hook", content=b"{", headers=mine)).status_code == 400
                assert (await stranger.get("/hook")).status_code == 405
        assert server.requests("getUpdates") == []


async def test_an_own_bot_api_server_has_no_limit_of_its_own(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, local=True, max_photo_mb=100) as running:
        ana = running.server.user("Ana")
        noise, out = Image.frombytes("RGB", (3000, 2700), random.Random(1).randbytes(3000 * 2700 * 3)), io.BytesIO()
        noise.save(out, "PNG", compress_level=0)
        await ana.send_document(out.getvalue(), "scan.png")
        await ana.hears(shows_file, within_s=30)
        assert running.server.world.files.downloads == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("en", "You have 3 of 3 left today."),
        ("de", "Heute hast du noch 3 von 3 frei"),
        ("es", "Hoy te quedan 3 de 3."),
        ("pt-br", "Hoje ainda restam 3 de 3."),
        ("fr", "Il vous en reste 3 sur 3 aujourd’hui."),
        ("ru", "Осталось на сегодня: 3 из 3."),
        ("tlh", "You have 3 of 3 left today."),
    ],
)
async def test_languages(tmp_path: Path, redis_url: str, code: str, says: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        somebody = running.server.user("Somebody", language_code=code)
        await somebody.send_text("/quota")
        await somebody.hears(says)
        await somebody.send_text("/settings")
        menu = await somebody.hears(lambda message: len(message.buttons) >= 5)
        await somebody.press(menu, menu.buttons[0])
        await running.server.wait_for(lambda: "Русский" in menu.buttons)
        await somebody.press(menu, "Русский")
        await running.server.wait_for(lambda: "Язык: Русский" in menu.buttons)


async def test_administrators(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, telegram_admins=(100_001,)) as running:
        ana, eve = running.server.user("Ana"), running.server.user("Eve")
        assert ana.id == 100_001
        await eve.send_photo(photo())
        await eve.hears(shows_photo)
        await running.settled(eve)
        for command, says in {
            "/admin": "/admin stats",
            "/admin stats": "1 photos of 1 people (1 new): 1 delivered with 1 faces, 0 failed, 0 cancelled",
            f"/admin quota {eve.id}": "You have 2 of 3 left today.",
            f"/admin ban {eve.id}": f"{eve.id} is banned.",
        }.items():
            asked = await ana.send_text(command)
            await ana.hears(says, after=asked)
        asked = await eve.send_photo(photo(9))
        await eve.hears("You cannot use this bot.", after=asked)
        await ana.send_text(f"/admin unban {eve.id}")
        await ana.hears("is no longer banned")
        asked = await eve.send_photo(photo(11))
        await eve.hears(shows_photo, after=asked)


# With the real pipeline


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    pipeline = Pipeline.of(settings_for(tmp_path_factory.mktemp("pipeline")))
    pipeline.warm_up()
    return pipeline


async def test_a_real_portrait(tmp_path: Path, redis_url: str, lite: Pipeline) -> None:
    async with harness(tmp_path, redis_url, lite) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(SAMPLE.read_bytes())
        reply = await ana.hears(shows_photo, within_s=60)
        assert "One face restored." in reply.caption
        sent, restored = (_pixels(data) for data in (reply_to(reply), reply.media))
        difference = ImageChops.difference(sent, restored)
        face, corner = difference.crop((220, 160, 400, 360)), difference.crop((0, 0, 120, 120))
        assert ImageStat.Stat(face).mean[0] > 3, "the face is another one"
        assert ImageStat.Stat(corner).mean[0] < 1.5, "what is no face stays"
        press = await ana.press(reply, "Full quality")
        await press.answered()
        full = await ana.hears(shows_file, within_s=30)
        assert Image.open(io.BytesIO(full.media)).size == sent.size
        await ana.press(reply, "Gentler")
        await ana.hears("This adjustment was free.", within_s=60)
        asked = await ana.send_photo(photo())
        await ana.hears("I found no face in this photo.", after=asked, within_s=60)
        assert await running.used_by(ana) == 1
        assert running.server.refusals() == []
        assert running.server.world.limits.violations == []


def portrait(size: int, kind: str = "JPEG") -> bytes:
    """The sample, at another size."""
    out = io.BytesIO()
    with Image.open(SAMPLE) as sample:
        sample.resize((size, size)).save(out, kind)
    return out.getvalue()


async def test_an_album_of_real_portraits(tmp_path: Path, redis_url: str, lite: Pipeline) -> None:
    async with harness(tmp_path, redis_url, lite) as running:
        ana = running.server.user("Ana")
        await ana.send_album([portrait(400), photo(), portrait(500)])
        summary = await ana.hears("Pick a photo for more", within_s=60)
        restored = [message for message in ana.of_bot() if message.photo]
        assert [message.caption for message in restored] == ["One face restored."] * 2
        assert "I found no face in this photo." in summary.text
        assert await running.used_by(ana) == 2
        assert running.server.refusals() == []


async def test_a_real_portrait_in_a_group_and_as_a_file(tmp_path: Path, redis_url: str, lite: Pipeline) -> None:
    async with harness(tmp_path, redis_url, lite) as running:
        server = running.server
        ana, bob = server.user("Ana"), server.user("Bob", "de")
        group = server.group("Family", by=ana)
        shared = await ana.send_photo(portrait(420), group=group)
        asked = await bob.send_text(f"/restore@{server.username}", group=group, reply_to=shared)
        reply = await bob.hears(shows_photo, group=group, within_s=60)
        assert reply.reply_to is asked
        assert "Ein Gesicht" in reply.caption
        assert (await running.used_by(ana), await running.used_by(bob)) == (0, 1)
        await ana.send_document(portrait(440, "PNG"))
        file = await ana.hears(shows_file, within_s=60)
        with Image.open(io.BytesIO(file.media)) as image:
            assert (image.format, image.size) == ("PNG", (440, 440))
        assert running.server.refusals() == []


def reply_to(message: Message) -> bytes:
    """The photo that a reply answers, as the bot could download it."""
    assert message.reply_to
    assert message.reply_to.photo
    return message.reply_to.photo.largest.file.data


def _pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")
