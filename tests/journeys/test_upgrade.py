"""This version delivers what the previous one left in Redis and in the ledger, with its own payloads."""

import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import text

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.job import Job, JobState
from magicmemory.core.settings import Settings
from magicmemory.queue.connection import connect
from magicmemory.storage.database import Database
from magicmemory.storage.photos import PhotoStore
from tests.servers.telegram import Message, Person, TelegramServer
from tests.support.telegram_harness import (
    QuickPipeline,
    photo,
    running_bot,
    running_worker,
    sender_of,
    telegram_settings,
)

RESTORE = (
    '{"t":null,"f":"restore","a":[{"job":"JOB","platform":"telegram","photo":"JOB/original","result":"JOB/result",'
    '"options":{"model":"auto","detector":"auto","strength":1.0,"fidelity":null,"upscale":1,"scope":"faces"},'
    '"max_megapixels":64.0}],"k":{},"et":1764331200000}'
)
DELIVER = (
    '{"t":null,"f":"deliver.telegram","a":[{"job":"JOB","report":{"width":320,"height":240,"faces":[{"box":[1.0,2.0,30.0,'
    '40.0],"landmarks":[[9.0,9.0],[20.0,9.0],[15.0,15.0],[10.0,25.0],[20.0,25.0]],"score":0.99,"restored":true,'
    '"reason":null,"similarity":null,"warning":null}],"model":"lite","detector":"lite","cleaned":false,"fidelity":null,'
    '"stages_ms":{"restore":1.0},"total_ms":100.0},"failure":null,"extension":"jpg"}],"k":{},"et":1764331200000}'
)
FAILED = (
    '{"t":null,"f":"deliver.telegram","a":[{"job":"JOB","report":null,"failure":{"key":"no-face-found","parameters":{}},'
    '"extension":""}],"k":{},"et":1764331200000}'
)
NOTES = '{"progress": "MESSAGE", "album": "ALBUM", "as_file": ""}'


async def accepted(settings: Settings, redis_url: str, person: Person) -> list[Job]:
    """A person's jobs, oldest first."""
    async with open_service(settings, redis_url) as service:
        return await service.recent(sender_of(person))


async def leave_as_before(
    settings: Settings, redis_url: str, jobs: Mapping[str, str], progress: Mapping[str, str], album: str = ""
) -> None:
    """Put into Redis and into the ledger what the previous version leaves of these jobs.

    Args:
        settings: of the bot.
        redis_url: a Redis of the test alone, which is emptied.
        jobs: the payload of each job, by id.
        progress: the id of each job's progress message.
        album: the id of the media group that they came in.
    """
    async with connect(redis_url) as redis:
        await redis.flushall()
        for job, payload in jobs.items():
            delivered = '"deliver.telegram"' in payload
            kind, queue = (
                ("deliver", "magicmemory:deliver:telegram") if delivered else ("restore", "magicmemory:restore")
            )
            await redis.set(f"arq:job:magicmemory:{kind}:{job}", payload.replace("JOB", job))
            await redis.zadd(queue, {f"magicmemory:{kind}:{job}": int(time.time() * 1000)})
    async with Database(settings.database) as database, database.write() as transaction:
        for job in jobs:
            notes = NOTES.replace("MESSAGE", progress[job]).replace("ALBUM", album)
            await transaction.execute(
                text("UPDATE jobs SET context = :notes WHERE id = :id"), {"notes": notes, "id": job}
            )


def is_photo(message: Message) -> bool:
    return bool(message.photo)


async def test_queued_photos_and_replies_of_the_previous_version_are_delivered(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        settings, ana = telegram_settings(tmp_path, server), server.user("Ana")
        async with running_bot(settings, redis_url):
            for shade in (10, 60, 110):
                await ana.send_photo(photo(shade))
                await server.wait_for(lambda: server.world.updates.pending() == 0)
        waiting, restored, refused = await accepted(settings, redis_url, ana)
        assert {job.state for job in (waiting, restored, refused)} == {JobState.ACCEPTED}
        await PhotoStore(settings.photos).put(f"{restored.id}/result", photo(200))
        payloads = {waiting.id: RESTORE, restored.id: DELIVER, refused.id: FAILED}
        progress = {job.id: job.context["progress"] for job in (waiting, restored, refused)}
        await leave_as_before(settings, redis_url, payloads, progress)
        pipeline = QuickPipeline()
        async with running_worker(settings, redis_url, pipeline), running_bot(settings, redis_url):
            await server.wait_for(lambda: len([m for m in ana.of_bot() if is_photo(m)]) == 2)
            await ana.hears("I found no face in this photo.")
        assert len(ana.of_bot()) == 3, "each reply takes the place of its progress message"
        assert len(pipeline.runs) == 1, "what was restored before is not restored again"
        states = [job.state for job in await accepted(settings, redis_url, ana)]
        assert states == [JobState.DELIVERED, JobState.DELIVERED, JobState.FAILED]


async def test_album_of_the_previous_version_is_delivered_as_an_album(tmp_path: Path, redis_url: str) -> None:
    async with TelegramServer() as server:
        settings, ana = telegram_settings(tmp_path, server), server.user("Ana")
        async with running_bot(settings, redis_url):
            await ana.send_album([photo(10), photo(60)])
            await ana.hears("Got your 2 photos.")
            await server.wait_for(lambda: server.world.updates.pending() == 0)
        jobs = await accepted(settings, redis_url, ana)
        for job in jobs:
            await PhotoStore(settings.photos).put(f"{job.id}/result", photo(200))
        progress = {job.id: job.context["progress"] for job in jobs}
        await leave_as_before(
            settings, redis_url, {job.id: DELIVER for job in jobs}, progress, jobs[0].context["album"]
        )
        async with running_bot(settings, redis_url):
            summary = await ana.hears("Photo 2: One face restored.")
        assert len([message for message in ana.of_bot() if is_photo(message)]) == 2
        assert summary.buttons == ["1", "2"]
