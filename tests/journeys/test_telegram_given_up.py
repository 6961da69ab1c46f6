"""Every photo on Telegram gets an answer: replies given up, chats that forbid photos, albums that are too large."""

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from magicmemory.bots.telegram import rate_limiter
from magicmemory.queue import delivery
from tests.servers.telegram import Message
from tests.support.telegram_harness import QuickPipeline, harness, photo, running_worker

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

APOLOGY = "Sorry, something went wrong on our side. It did not cost you anything."


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies are given up within a second instead of four minutes."""
    monkeypatch.setattr(delivery, "FIRST_RETRY_S", 0.02)
    monkeypatch.setattr(delivery, "MAX_TRIES", 2)
    monkeypatch.setattr(rate_limiter, "FAULT_PAUSE_S", 0.01)


def shows_photo(message: Message) -> bool:
    return message.photo is not None


def shows_clip(message: Message) -> bool:
    return message.animation is not None


def shows_file(message: Message) -> bool:
    return message.document is not None


@pytest.mark.usefixtures("impatient")
async def test_a_reply_that_is_given_up_becomes_an_apology(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        running.server.faults.add("500", "editMessageMedia", times=100)
        await ana.send_photo(photo())
        await ana.hears(APOLOGY)
        assert len(ana.of_bot()) == 1
        await running.settled(ana)
        assert await running.used_by(ana) == 0


@pytest.mark.usefixtures("impatient")
async def test_an_album_that_is_given_up_becomes_an_apology(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        running.server.faults.add("500", "sendMediaGroup", times=100)
        await ana.send_album([photo(1), photo(2)])
        assert (await ana.hears(APOLOGY, 60)).words.count(APOLOGY) == 2
        assert len(ana.of_bot()) == 1
        await running.settled(ana)
        assert await running.used_by(ana) == 0


async def test_a_group_that_forbids_photos_gets_a_file(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, privacy=False) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        group.chat.forbidden = frozenset({"photo"})
        await ana.send_photo(photo(), "/restore", group=group)
        reply = await ana.hears(shows_file, group=group)
        assert reply.caption.startswith("One face restored.")
        await ana.send_album([photo(1), photo(2)], "/restore", group=group)
        await ana.hears("Pick a photo for more", group=group)
        assert len([message for message in group.of_bot() if message.document]) == 3
        await running.settled(ana)
        assert await running.used_by(ana) == 3


async def test_group_that_forbids_clips_gets_the_clip_as_a_file_or_a_sentence(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        await ana.send_photo(photo(), "/restore", group=group)
        reply = await ana.hears(shows_photo, group=group)
        group.chat.forbidden = frozenset({"animation"})
        await ana.press(reply, "Before/after")
        file = await ana.hears(shows_file, group=group)
        assert file.document
        assert file.document.file.name.startswith("before-after.")
        group.chat.forbidden = frozenset({"photo", "animation", "document"})
        await ana.press(reply, "Before/after")
        await ana.hears("I may send neither photos nor files in this chat.", group=group)
        assert await running.used_by(ana) == 1


async def test_group_that_forbids_photos_and_files_is_told_the_missing_right(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        group.chat.forbidden = frozenset({"photo", "document"})
        await ana.send_photo(photo(), "/restore", group=group)
        await ana.hears("I may send neither photos nor files in this chat.", group=group)
        assert len(group.of_bot()) == 1
        await running.settled(ana)
        assert await running.used_by(ana) == 0


async def test_a_group_where_the_bot_may_not_write_is_answered_in_private(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False, privacy=False) as running:
        server, ana = running.server, running.server.user("Ana")
        await ana.send_text("/quota")
        group = server.group("Family", by=ana)
        await ana.send_photo(photo(), "/restore", group=group)
        await ana.send_album([photo(1), photo(2)], "/restore", group=group)
        await server.wait_for(lambda: len(group.of_bot()) == 2 and server.world.updates.pending() == 0)
        group.chat.forbidden = frozenset({"text", "photo", "document"})
        async with running_worker(running.settings, redis_url, QuickPipeline()):
            told = "I may not write in the chat where you asked me"
            await server.wait_for(lambda: len([one for one in ana.of_bot() if told in one.text]) == 2, 20)
            await running.settled(ana)
        assert await running.used_by(ana) == 0


async def test_album_reply_above_the_size_limit_is_split(tmp_path: Path, redis_url: str) -> None:
    noise, out = Image.frombytes("RGB", (2400, 2900), random.Random(1).randbytes(2400 * 2900 * 3)), io.BytesIO()
    noise.save(out, "PNG", compress_level=0)  # 20.9 MB
    async with harness(tmp_path, redis_url, QuickPipeline(result=out.getvalue())) as running:
        ana = running.server.user("Ana")
        await ana.send_album([photo(1), photo(2), photo(3)])
        await ana.hears("Pick a photo for more", within_s=30)
        assert len([message for message in ana.of_bot() if message.document]) == 3
        assert running.server.refusals() == []
        await running.settled(ana)
        assert await running.used_by(ana) == 3


async def test_photo_with_a_spoiler_is_answered_with_a_spoiler(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo(), spoiler=True)
        first = await ana.hears(shows_photo)
        assert first.spoiler
        await ana.press(first, "before")
        beside = await ana.hears(shows_photo, after=first)
        assert beside.spoiler
        clip = await ana.hears(shows_clip, after=beside)
        assert clip.spoiler
        await ana.press(first, "before")
        again = await ana.hears(shows_photo, after=clip)
        assert again.spoiler
        assert (await ana.hears(shows_clip, after=again)).spoiler
        await ana.press(first, "Gentler")
        assert (await ana.hears(shows_photo, after=again)).spoiler
