"""Journeys through Telegram: photos, albums and groups, also with the real pipeline."""

import asyncio
import io
import time
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from magicmemory.pipeline.pipeline import Pipeline
from tests.servers.telegram import Message, TelegramServer
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
            "🤔 Not quite like them?",
            "➖ Gentler",
            "✨ More vivid",
            "🎯 More faithful",
            "🖼️ Whole photo",
            "🖨️ Print quality",
            "🗑️ Delete",
        ]
        assert await running.used_by(ana) == 1
        assert running.server.refusals() == []


async def test_progress_is_shown_during_the_restoration(tmp_path: Path, redis_url: str) -> None:
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


async def test_a_print_is_made_at_the_chosen_size_and_comes_as_a_file(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        await running.settled(ana)
        await ana.press(first, "🖨️ Print quality")
        await running.server.wait_for(lambda: "13 × 18 cm" in first.buttons)
        assert first.buttons == ["10 × 15 cm", "13 × 18 cm", "20 × 25 cm", "30 × 40 cm", "‹ Back"]
        await ana.press(first, "13 × 18 cm")
        printed = await ana.hears(shows_file)
        assert pipeline.runs[-1].print_size == "13x18cm"
        assert "This adjustment was free" in printed.caption
        forged = first.keyboard[0][0]["callback_data"].rsplit(":", 1)[0] + ":9"
        assert "no longer have" in (await ana.press_data(first, forged).answered())["text"]
        assert await running.used_by(ana) == 1


async def test_duplicate_update_is_answered_once(tmp_path: Path, redis_url: str) -> None:
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


async def test_messages_sent_during_downtime_are_answered(tmp_path: Path, redis_url: str) -> None:
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


async def test_album_over_the_quota_is_restored_up_to_the_quota(tmp_path: Path, redis_url: str) -> None:
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


async def test_group_gets_answers_to_commands_and_replies(tmp_path: Path, redis_url: str) -> None:
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


async def test_other_photos_in_a_group_are_ignored(tmp_path: Path, redis_url: str) -> None:
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


async def test_real_portrait_is_restored(tmp_path: Path, redis_url: str, lite: Pipeline) -> None:
    async with harness(tmp_path, redis_url, lite) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(SAMPLE.read_bytes())
        reply = await ana.hears(shows_photo, within_s=60)
        assert "One face restored; scratches repaired." in reply.caption
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


async def test_album_of_real_portraits_is_restored(tmp_path: Path, redis_url: str, lite: Pipeline) -> None:
    async with harness(tmp_path, redis_url, lite) as running:
        ana = running.server.user("Ana")
        await ana.send_album([portrait(400), photo(), portrait(500)])
        summary = await ana.hears("Pick a photo for more", within_s=60)
        restored = [message for message in ana.of_bot() if message.photo]
        assert [message.caption for message in restored] == ["One face restored; scratches repaired."] * 2
        assert "I found no face in this photo." in summary.text
        assert await running.used_by(ana) == 2
        assert running.server.refusals() == []


async def test_real_portrait_is_restored_in_a_group_and_as_a_file(
    tmp_path: Path, redis_url: str, lite: Pipeline
) -> None:
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
