"""Buttons, links and names that no program of ours made: each gets a clear sentence or nothing, and never a stack trace
in the log or somebody else's photo.
"""

import asyncio
import itertools
import logging
from pathlib import Path

import pytest

from magicmemory.bots.telegram.callbacks import CallbackData, Verb
from magicmemory.bots.texts import Texts
from magicmemory.core.errors import PhotoExpired
from magicmemory.core.job import Platform, Sender
from magicmemory.core.report import Failure
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.people import Person
from tests.servers.discord.world import Message
from tests.support import discord_harness, telegram_harness
from tests.support.harness import running_harness
from tests.support.telegram_harness import photo

JOB = "0" * 32
VALUES = ("0", "1", "0.5", "-1", "2", "1e9", "nan", "inf", "-inf", "٣", "0x1", "", " 1", "1.23456", "99999", "0:0")


def no_stack_traces(caplog: pytest.LogCaptureFixture) -> None:
    raised = [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert raised == []


def strange_data(job: str, account: int) -> list[str]:
    """What a changed client may send, as far as Telegram lets it through, and what it does not stand for."""
    data = ["", "j", ":", "j:", f"j:f:{job}", f"J:f:{job}:0", f"j:f:{job}:0:0", f"j:ff:{job}:0", f"j:z:{job}:0"]
    data += [f"j:{verb}:{job}:{value}" for verb, value in itertools.product("sdmw", ("-1", "nan", "inf", "1e9", ""))]
    data += [f"j:f:{odd}:0" for odd in ("../etc/passwd", "' OR 1=1 --", "a\0b", "\ud7ff", job.upper(), JOB[1:], "💥")]
    data = [piece for piece in data if CallbackData.of(piece) is None]
    data += [f"j:f:{JOB}:0", f"j:m:{job}:99", f"j:w:{job}:7"]
    data += ["p:", "p:1", f"p:{account}:", f"p:{account}:strength:9999", f"p:{account}:model:99"]
    data += [f"p:{account}:__class__:x", f"p:{account}:strength:50:x:y", "p:-1:strength:50"]
    data += ["del:", "del:yes", "del:yes:1", f"del:maybe:{account}"]
    return [piece for piece in data if len(piece.encode()) <= 64]


# Telegram


def test_button_data_is_validated() -> None:
    for value in VALUES[3:]:
        for verb in (Verb.STRENGTH, Verb.FIDELITY):
            assert CallbackData.of(f"j:{verb}:{JOB}:{value}") is None, value
    assert CallbackData.of(f"j:s:{JOB}:0.25") == CallbackData(Verb.STRENGTH, JOB, 0.25)


async def test_forged_telegram_button_changes_nothing(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram_harness.harness(tmp_path, redis_url, adjustments=1000) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        await ana.send_photo(photo())
        reply = await ana.hears(lambda message: bool(message.photo))
        await running.settled(ana)
        [job] = await running.jobs_of(ana)
        caplog.clear()
        presses = [ana.press_data(reply, data) for data in strange_data(job.id, ana.id)]
        await asyncio.gather(*(press.answered() for press in presses))
        await running.settled(ana)
        assert [made.id for made in await running.jobs_of(ana)] == [job.id]
        # Somebody else, with all that stands in Ana's buttons.
        await bob.send_text("/start")
        hello = await bob.hears("faces back")
        before = len(bob.of_bot())
        for data in [f"j:{verb}:{job.id}:0" for verb in Verb] + [f"p:{ana.id}:strength:50", f"del:yes:{ana.id}"]:
            said = await bob.press_data(hello, data).answered()
            assert said["text"], data
        assert len(bob.of_bot()) == before
        assert await running.jobs_of(bob) == []
        assert (await running.jobs_of(ana))[0].id == job.id
    no_stack_traces(caplog)


async def test_forged_telegram_link_changes_nothing(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    payloads = [
        "x" * 64,
        "code_",
        "code_' OR 1=1 --",
        "__import__",
        "admin",
        "deletemydata",
        "cancel",
        "../..",
        "\0",
        "💥",
    ]
    async with telegram_harness.harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        for payload in payloads:
            await ana.send_text(f"/start {payload}")
        await running.server.wait_for(lambda: len(ana.of_bot()) >= len(payloads))
        await ana.send_text("/" + "x" * 4000)
        await ana.hears("I do not know /xxx")
        assert await running.jobs_of(ana) == []
        assert running.server.refusals() == []
    no_stack_traces(caplog)


# Discord


async def test_forged_discord_button_changes_nothing(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_harness.harness(tmp_path, redis_url) as there:
        user, other = there.server.user, there.server.person("ben")
        answer = await there.answer(user.slash(there.server.channel, "restore", photo=photo()))
        [job] = await there.finished_jobs_of(user)
        caplog.clear()
        gone = Texts().failure("en", Failure.of(PhotoExpired()))
        for act in ("steal", "x" * 40, "delete" * 3):
            assert await there.said(_press(user, answer, f"photo:{act}:{job.id}:{user.id}")) == gone
        for act in ("full", "delete", "gentler"):
            assert await there.said(_press(user, answer, f"photo:{act}:{JOB}:{user.id}")) == gone
            # Ben's own number in Ana's button.
            assert await there.said(_press(other, answer, f"photo:{act}:{job.id}:{other.id}")) == gone
            assert "Only the person who asked" in await there.said(
                _press(other, answer, f"photo:{act}:{job.id}:{user.id}")
            )
        assert [made.id for made in await there.finished_jobs_of(user)] == [job.id]
        assert await there.jobs_of(other) == []
    no_stack_traces(caplog)


def _press(person: Person, message: Message, custom_id: str) -> Interaction:
    """As if the message had come with such a button: a strange name alone is dropped by the library."""
    button = next(iter(message.buttons.values()))
    button["custom_id"] = custom_id
    return person._component(message, {"custom_id": custom_id, "component_type": 2})


# Any way


async def test_malformed_job_id_finds_no_job(tmp_path: Path, redis_url: str) -> None:
    async with running_harness(tmp_path, redis_url, worker=False) as harness:
        job = await harness.send()
        for odd in ("", "\0", "x" * 10_000, "../" + job.id, job.id.upper(), job.id + "\n", "\ud800"):
            with pytest.raises(PhotoExpired):
                await harness.service.job_of(job.sender, odd)
        with pytest.raises(PhotoExpired):
            await harness.service.job_of(Sender(platform=Platform.DISCORD, account=job.sender.account), job.id)
        assert (await harness.service.job_of(job.sender, job.id)).id == job.id
