"""Journeys through Telegram: buttons, commands, languages, administrators, and what the operator chooses."""

import asyncio
import io
import random
import time
from pathlib import Path

import pytest
from PIL import Image

from magicmemory.core.job import JobState
from magicmemory.core.options import Options, Scope
from tests.servers.telegram import Message
from tests.support.telegram_harness import (
    QuickPipeline,
    harness,
    photo,
)

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def shows_photo(message: Message) -> bool:
    return message.photo is not None


def shows_clip(message: Message) -> bool:
    return message.animation is not None


def shows_file(message: Message) -> bool:
    return message.document is not None


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
        both = await ana.hears("Before and after, to share.")
        assert Image.open(io.BytesIO(both.media)).size == (640, 480 * 2 + 8)
        clip = await ana.hears(shows_clip)
        assert clip.reply_to is reply
        uploads = running.server.world.files.uploads
        await ana.press(reply, "Full quality")
        again = await ana.hears(shows_file, after=clip)
        assert again.document
        assert full.document
        assert again.document.file is full.document.file
        await ana.press(reply, "Before/after")
        assert (await ana.hears(shows_clip, after=again)).media == clip.media
        assert running.server.world.files.uploads == uploads, "Telegram has the files already"
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


async def test_button_pressed_twice_works_once(tmp_path: Path, redis_url: str) -> None:
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


async def test_buttons_switch_between_whole_photo_and_faces(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        assert "cleaned" not in first.caption
        await ana.press(first, "Whole photo")
        whole = await ana.hears(shows_photo, after=first)
        assert whole.reply_to is first
        assert whole.caption == "One face restored; the whole photo cleaned.\nThis adjustment was free."
        assert "🙂 Faces only" in whole.buttons
        assert "🖼️ Whole photo" not in whole.buttons
        assert pipeline.runs[-1] == Options(scope=Scope.PHOTO)
        await ana.press(whole, "Gentler")
        gentler = await ana.hears("cleaned", after=whole)
        assert pipeline.runs[-1] == Options(strength=0.75, scope=Scope.PHOTO)
        await ana.press(gentler, "Faces only")
        faces = await ana.hears(shows_photo, after=gentler)
        assert "cleaned" not in faces.caption
        assert "🖼️ Whole photo" in faces.buttons
        assert pipeline.runs[-1] == Options(strength=0.75, scope=Scope.FACES)
        assert await running.used_by(ana) == 1
        assert running.server.refusals() == []


async def test_what_a_damaged_photo_needed_is_said_and_taken_back(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline(damaged=True)
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        assert first.caption.startswith("One face restored; scratches and dust repaired; contrast brought back.\n")
        assert {"↩️ Undo repair", "🙂 Faces only", "🖼️ Whole photo"} <= set(first.buttons)
        await ana.press(first, "Undo repair")
        undone = await ana.hears(shows_photo, after=first)
        assert undone.caption == "One face restored; contrast brought back.\nThis adjustment was free."
        assert "↩️ Undo repair" not in undone.buttons
        assert pipeline.runs[-1] == Options(repair=False)
        await ana.press(undone, "Faces only")
        faces = await ana.hears(shows_photo, after=undone)
        assert faces.caption == "One face restored.\nThis adjustment was free."
        assert pipeline.runs[-1] == Options(scope=Scope.FACES)
        assert await running.used_by(ana) == 1
        assert running.server.refusals() == []


async def test_photo_without_a_face_is_restored_and_charged_only_if_it_needs_something(
    tmp_path: Path, redis_url: str
) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(black(100))
        sound = await ana.hears("Nothing else in it needs repair")
        assert "It did not cost you anything." in sound.text
        assert not sound.buttons
        assert await running.used_by(ana) == 0
        pipeline.damaged = True
        await ana.send_photo(black(101))
        repaired = await ana.hears(shows_photo)
        said = "Scratches and dust repaired; contrast brought back. I found no face in it.\nYou have 2 of 3 left"
        assert repaired.caption.startswith(said)
        assert "🙂 Faces only" not in repaired.buttons  # nothing would be left
        assert await running.used_by(ana) == 1


async def test_whole_photo_is_offered_after_faces_only_found_none(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_text("/settings")
        menu = await ana.hears("Your settings")
        await ana.press(menu, "Restore: automatic")
        await running.server.wait_for(lambda: "✓ automatic" in menu.buttons)
        await ana.press(menu, "faces only")
        await running.server.wait_for(lambda: "Restore: faces only" in menu.buttons)
        await ana.send_photo(black(100))
        failed = await ana.hears("I found no face in this photo.")
        assert list(failed.buttons) == ["🖼️ Restore the whole photo"]
        assert await running.used_by(ana) == 0
        await ana.press(failed, "Restore the whole photo")
        whole = await ana.hears(shows_photo, after=failed)
        assert whole.caption.startswith("The whole photo cleaned. I found no face in it.\nYou have 2 of 3 left")
        assert await running.used_by(ana) == 1
        assert running.server.refusals() == []


def black(side: int) -> bytes:
    """A photo without a face."""
    out = io.BytesIO()
    Image.new("RGB", (side, side)).save(out, "JPEG")
    return out.getvalue()


async def test_button_offers_another_model_if_there_is_one(tmp_path: Path, redis_url: str) -> None:
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


async def test_unknown_buttons_are_answered(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        await ana.send_text("/start")
        hello = await ana.hears("faces back")
        for data in ("", "x", "j:f", "j:f:none:0", "j:z:none:0", "j:m:none:99", "p:1:2:3:4", "p:none", "del:yes"):
            press = ana.press_data(hello, data)
            await press.answered()


async def test_start_help_quota_and_privacy_are_answered(tmp_path: Path, redis_url: str) -> None:
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
        topics = [person.topic("Old photos") for person in (ana, bob)]
        await ana.send_text("/start", thread=topics[0])
        hello = await ana.hears("3 photos a day are free.")
        assert hello.photo
        await bob.send_text("/start something_else", thread=topics[1])
        hallo = await bob.hears("3 Fotos am Tag sind frei.")
        assert hallo.photo
        assert [hello.thread, hallo.thread] == topics
        assert hallo.photo.largest.file is hello.photo.largest.file
        assert running.server.world.files.uploads == 1, "Telegram has the example already"


@pytest.mark.usefixtures("registers_commands")
async def test_commands_are_registered_by_scope_and_language(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        commands = running.server.world.commands
        await running.server.wait_for(lambda: len(commands) == 26)
        private = commands['{"type": "all_private_chats"}', ""]
        assert {"command": "quota", "description": "What you have left today"} in private
        assert [command["command"] for command in commands['{"type": "all_group_chats"}', ""]] == [
            "restore",
            "quota",
            "settings",
            "help",
        ]


async def test_cancel_drops_the_photo_and_refunds_it(tmp_path: Path, redis_url: str) -> None:
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


async def test_whole_photo_can_be_the_default(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline(before=lambda *_: time.sleep(2.6))
    black = io.BytesIO()
    Image.new("RGB", (100, 100)).save(black, "JPEG")
    async with harness(tmp_path, redis_url, pipeline) as running:
        server = running.server
        ana = server.user("Ana")
        await ana.send_text("/settings")
        menu = await ana.hears("Your settings")
        await ana.press(menu, "Restore: automatic")
        await server.wait_for(lambda: "✓ automatic" in menu.buttons)
        assert "nothing if it is sound" in menu.text
        assert "faces only" in menu.buttons
        await ana.press(menu, "whole photo")
        await server.wait_for(lambda: "Restore: whole photo" in menu.buttons)
        await ana.send_photo(photo())
        reply = await ana.hears(shows_photo)
        assert [edit.text for edit in reply.edits][1] == "Cleaning the whole photo…"
        assert "One face restored; the whole photo cleaned." in reply.caption
        assert "🙂 Faces only" in reply.buttons
        assert pipeline.runs == [Options(scope=Scope.PHOTO)]
        await ana.send_photo(black.getvalue())
        faceless = await ana.hears(shows_photo, after=reply)
        assert faceless.caption.startswith(
            "The whole photo cleaned. I found no face in it.\nYou have 1 of 3 left today."
        )
        assert server.refusals() == []


async def test_data_are_deleted_after_confirmation(tmp_path: Path, redis_url: str) -> None:
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


async def test_own_bot_api_server_accepts_large_files(tmp_path: Path, redis_url: str) -> None:
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
async def test_people_are_answered_in_their_language(tmp_path: Path, redis_url: str, code: str, says: str) -> None:
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


async def test_admin_commands_work_in_the_chat(tmp_path: Path, redis_url: str) -> None:
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
