"""Progress messages are refreshed until the reply, and never after it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast
from uuid import uuid4

import pytest

from magicmemory.bots.common.progress import Latest, ProgressTasks
from magicmemory.bots.service import BotService
from magicmemory.core.job import Address, Job, JobState, Platform, Progress, Sender, Stage
from magicmemory.core.options import Options


class Watched:
    """Stands for the service: every job is being restored."""

    @asynccontextmanager
    async def watch(self, job_id: str) -> AsyncIterator[AsyncIterator[Progress]]:
        async def updates() -> AsyncIterator[Progress]:
            yield Progress(job=job_id, stage=Stage.RESTORE)
            await asyncio.Event().wait()

        yield updates()


@pytest.fixture
def progress() -> ProgressTasks:
    return ProgressTasks(cast(BotService, Watched()))


def new_job() -> Job:
    now = datetime.now(UTC)
    return Job(
        id=uuid4().hex,
        sender=Sender(platform=Platform.DISCORD, account="1"),
        address=Address(platform=Platform.DISCORD, chat="1", message="1"),
        options=Options(),
        state=JobState.ACCEPTED,
        charged=True,
        day=now.date(),
        created_at=now,
    )


class Message:
    """Counts its refreshes."""

    def __init__(self) -> None:
        self.refreshed = 0
        self.was_refreshed = asyncio.Event()

    async def refresh(self, _: Latest) -> None:
        self.refreshed += 1
        self.was_refreshed.set()


async def test_a_message_is_refreshed_until_it_is_stopped(progress: ProgressTasks) -> None:
    message, job = Message(), new_job()
    progress.follow([job], message.refresh, every_s=0.001)
    await asyncio.wait_for(message.was_refreshed.wait(), 10)
    await progress.stop(job.id)
    assert not progress.is_followed(job.id)
    refreshed = message.refreshed
    await asyncio.sleep(0.01)
    assert message.refreshed == refreshed


@pytest.mark.parametrize("count", [1, 2])
async def test_a_message_whose_reply_came_first_is_never_refreshed(progress: ProgressTasks, count: int) -> None:
    """The worker may be so quick that the reply begins before the bot follows the job; if Discord then fails to answer
    the reply, progress would overwrite it until the reply is repeated.
    """
    message, jobs = Message(), [new_job() for _ in range(count)]
    await progress.stop(jobs[-1].id)
    progress.follow(jobs, message.refresh, every_s=0.001)
    assert not any(progress.is_followed(job.id) for job in jobs)
    await asyncio.sleep(0.01)
    assert message.refreshed == 0
