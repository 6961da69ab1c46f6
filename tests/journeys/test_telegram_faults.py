"""Journeys through Telegram with faults of the network, refusals and limits."""

import asyncio
import io
import random
import time
from pathlib import Path

import pytest
from PIL import Image
from redis.exceptions import RedisError

from magicmemory.bots.telegram import serve
from magicmemory.bots.telegram.updates import BadToken
from magicmemory.core.errors import PhotoUnreadable
from magicmemory.core.options import Options
from magicmemory.queue.client import Queue
from tests.servers.telegram import Message, TelegramServer
from tests.servers.telegram.faults import Kind
from tests.support.telegram_harness import (
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


async def test_message_without_a_photo_gets_one_sentence(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        for kind, says in {
            "sticker": "I can only restore photos.",
            "voice": "I can only restore photos.",
            "location": "I can only restore photos.",
            "paid_media": "I can only restore photos.",
            "checklist": "I can only restore photos.",
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


@pytest.mark.parametrize("name", ["photo", "photo.jpg.bin", "scan.dat", "photo.txt", "photo.mp4"])
async def test_photo_is_recognised_by_its_bytes_not_its_name(tmp_path: Path, redis_url: str, name: str) -> None:
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


async def test_photo_of_a_person_who_blocked_the_bot_costs_nothing(tmp_path: Path, redis_url: str) -> None:
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
async def test_faults_neither_lose_nor_double_a_reply(tmp_path: Path, redis_url: str, kind: Kind, method: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        running.server.faults.add(kind, method)
        await ana.send_photo(photo())
        await ana.hears(shows_photo, within_s=20)
        await asyncio.sleep(0.3)
        assert sum(shows_photo(message) for message in ana.of_bot()) == 1
        assert running.server.faults.happened == [(method, kind)]
        assert await running.used_by(ana) == 1


@pytest.mark.parametrize("kind", ["429", "500", "502", "reset"])
async def test_one_fault_does_not_silence_a_command(tmp_path: Path, redis_url: str, kind: Kind) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana = running.server.user("Ana")
        running.server.faults.add(kind, "sendMessage")
        await ana.send_text("/quota")
        await ana.hears("You have 3 of 3 left today.")
        assert running.server.faults.happened == [("sendMessage", kind)]
        assert len(ana.of_bot()) == 1


@pytest.mark.parametrize("kind", ["429", "502", "reset", "lost"])
async def test_one_fault_does_not_silence_a_refusal(tmp_path: Path, redis_url: str, kind: Kind) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana = running.server.user("Ana")
        running.server.faults.add(kind, "editMessageText")
        await ana.send_document(b"not a photo", "photo.png")
        await ana.hears("This is not a photo.")
        assert running.server.faults.happened == [("editMessageText", kind)]
        assert len(ana.of_bot()) == 1


async def test_a_lost_answer_to_a_command_is_sent_twice(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana = running.server.user("Ana")
        running.server.faults.add("lost", "sendMessage")
        await ana.send_text("/quota")
        await running.server.wait_for(lambda: len(ana.of_bot()) == 2)


async def test_a_command_outlives_a_longer_trouble(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False) as running:
        ana = running.server.user("Ana")
        running.server.faults.add("502", "sendMessage", times=6)
        await ana.send_text("/quota")
        await ana.hears("You have 3 of 3 left today.", within_s=40)
        assert len(ana.of_bot()) == 1


@pytest.mark.parametrize("kind", ["429", "502", "reset", "lost"])
async def test_one_fault_does_not_silence_a_button(tmp_path: Path, redis_url: str, kind: Kind) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        running.server.faults.add(kind, "answerCallbackQuery")
        await ana.press(first, "Gentler")
        await ana.hears(shows_photo, after=first)
        assert running.server.faults.happened == [("answerCallbackQuery", kind)]


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


async def test_reply_is_sent_if_the_progress_message_was_deleted(tmp_path: Path, redis_url: str) -> None:
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
async def test_images_that_telegram_rejects_are_sent_as_files(
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


async def test_full_queue_refuses_with_a_sentence(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, worker=False, max_waiting=1) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        await ana.send_photo(photo())
        await ana.hears("Got it.")
        await running.server.wait_for(lambda: running.server.world.updates.pending() == 0)
        await bob.send_photo(photo())
        await bob.hears("So many photos are waiting")
        assert await running.used_by(bob) == 0


@pytest.mark.parametrize("kind", ["429", "500", "reset"])
async def test_faults_neither_lose_nor_double_an_album(tmp_path: Path, redis_url: str, kind: Kind) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        running.server.faults.add(kind, "sendMediaGroup")
        await ana.send_album([photo(1), photo(2), photo(3)])
        await ana.hears("Pick a photo for more", within_s=20)
        await asyncio.sleep(0.5)
        assert len([message for message in ana.of_bot() if message.photo]) == 3
        assert running.server.faults.happened == [("sendMediaGroup", kind)]
        assert await running.used_by(ana) == 3


async def test_wrong_token_prints_one_sentence(tmp_path: Path, redis_url: str) -> None:
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
