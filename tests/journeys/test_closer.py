"""“Not quite like them?”: a free restoration that keeps more of the original, and is remembered."""

from pathlib import Path

import pytest

from tests.support import discord_harness
from tests.support.telegram_harness import QuickPipeline, harness, photo

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


async def test_the_choice_is_free_and_remembered_on_telegram(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(lambda message: message.photo is not None)
        assert "remember" not in first.words
        await ana.press(first, "Not quite like them?")
        closer = await ana.hears("I remember this for your next photos", after=first)
        await running.settled(ana)
        await ana.press(closer, "Not quite like them?")
        await ana.hears("I remember this for your next photos", after=closer)
        await running.settled(ana)
        assert [(run.fidelity, run.strength) for run in pipeline.runs] == [(None, 1.0), (1.0, 1.0), (1.0, 0.75)]
        assert await running.used_by(ana) == 1
        asked = await ana.send_photo(photo(9))
        assert "remember" not in (await ana.hears(lambda message: message.photo is not None, after=asked)).words
        assert (pipeline.runs[-1].fidelity, pipeline.runs[-1].strength) == (1.0, 0.75)


async def test_the_choice_is_free_and_remembered_on_discord(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline()
    async with discord_harness.harness(tmp_path, redis_url, pipeline) as there:
        user, channel = there.server.user, there.server.channel
        first = await there.answer(user.slash(channel, "restore", photo=photo()))
        closer = await there.answer(user.press(first, "Not quite like them?"))
        assert "I remember this for your next photos" in closer.texts
        await there.answer(user.slash(channel, "restore", photo=photo(9)))
        assert [run.fidelity for run in pipeline.runs] == [None, 1.0, 1.0]
        await there.finished_jobs_of(user)
        assert (await there.quota_of(user)).used == 2
