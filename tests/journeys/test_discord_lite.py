"""The whole service with the restorer that comes with it: real faces in, real faces out; and both bots side by side."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.job import Platform, Sender
from magicmemory.pipeline.pipeline import Pipeline
from tests.servers.telegram import TelegramServer
from tests.support.discord_harness import harness
from tests.support.telegram_harness import SAMPLE, photo
from tests.support.telegram_harness import running_bot as running_telegram_bot


@pytest.mark.timeout(300)
async def test_a_real_portrait_is_restored(tmp_path: Path, redis_url: str, lite: Pipeline) -> None:
    sent = SAMPLE.read_bytes()
    async with harness(tmp_path, redis_url, lite) as there:
        server = there.server
        used = server.user.slash(server.channel, "restore", photo=sent)
        answer = await there.answer(used, 200)
        assert "restored" in answer.texts
        job = (await there.finished_jobs_of(server.user))[0]
        assert job.report is not None
        assert job.report.model == "lite"
        assert job.report.restored >= 1
        before, after = (np.asarray(opened(data)) for data in (sent, answer.attachments[0].data))
        assert before.shape == after.shape
        left, top, right, bottom = (round(side) for side in job.report.faces[0].box)
        inside = np.abs(before[top:bottom, left:right].astype(int) - after[top:bottom, left:right]).mean()
        assert inside > 1
        gentler = await there.answer(server.user.press(answer, "Gentler"), 100)
        assert (await there.quota_of(server.user)).used == 1
        assert gentler.attachments[0].data != answer.attachments[0].data
        page = server.render_html(server.channel)
        (tmp_path / "channel.html").write_text(page)
        assert page.count("<img") == 4


async def test_both_bots_share_one_ledger_and_one_worker(tmp_path: Path, redis_url: str) -> None:
    async with (
        TelegramServer() as telegram,
        harness(
            tmp_path, redis_url, free_per_day=1, telegram_token=telegram.token, telegram_api_url=telegram.url
        ) as there,
        running_telegram_bot(there.settings, redis_url),
    ):
        server, ana = there.server, telegram.user("Ana")
        asked = await ana.send_photo(photo(1))
        used = server.user.slash(server.channel, "restore", photo=photo(2))
        assert len((await there.answer(used)).attachments) == 2
        reply = await ana.hears(lambda message: message.photo is not None, after=asked)
        assert reply is not None
        await there.finished_jobs_of(server.user)
        async with open_service(there.settings, redis_url) as service:
            for platform, account in ((Platform.DISCORD, server.user.id), (Platform.TELEGRAM, ana.id)):
                quota = await service.quota(Sender(platform=platform, account=str(account)))
                assert (quota.used, quota.left) == (1, 0)
        again = server.user.slash(server.channel, "restore", photo=photo(3))
        assert "used today’s free photo" in (await there.answer(again)).texts


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")
