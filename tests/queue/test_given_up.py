"""What takes too long: a photo gets an apology and its work stops; a reply that was sent still counts."""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from magicmemory.core.errors import InternalError
from magicmemory.core.job import JobState, Outcome, Stage
from magicmemory.core.options import Options
from magicmemory.core.report import Failure
from magicmemory.pipeline.engines.batcher import Batcher
from magicmemory.pipeline.restoration import ProgressCallback, Restoration
from magicmemory.queue import delivery
from magicmemory.storage.ledger import Ledger
from tests.support.harness import running_harness, settings_for


class Endless:
    """Restores a crowd that has no end."""

    def __init__(self) -> None:
        self.faces = 0
        self.stopped = threading.Event()

    def restore(
        self, data: bytes, options: Options, progress: ProgressCallback | None = None, *, max_megapixels: float = 0
    ) -> Restoration:
        assert progress is not None
        try:
            while True:
                time.sleep(0.02)
                self.faces += 1
                progress(Stage.RESTORE, self.faces, 10_000)
        finally:
            self.stopped.set()


async def test_photo_over_its_time_limit_stops(tmp_path: Path, redis_url: str) -> None:
    pipeline = Endless()
    settings = settings_for(tmp_path).model_copy(update={"job_timeout_s": 1})
    async with running_harness(tmp_path, redis_url, pipeline, settings=settings) as harness:
        await harness.finished(await harness.send())
        [reply] = harness.chat.replies
        assert reply.failure == Failure.of(InternalError())
        assert pipeline.stopped.wait(5)
        assert pipeline.faces > 1


async def test_a_reply_that_was_sent_counts_although_its_delivery_ran_out_of_time(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "arq.worker")  # it logs the timeout as an error
    monkeypatch.setattr(delivery, "SEND_TIMEOUT_S", 0.5)
    settle = Ledger.settle

    async def slowly(ledger: Ledger, outcome: Outcome, context: dict[str, str]) -> bool:
        await asyncio.sleep(1)
        return await settle(ledger, outcome, context)

    monkeypatch.setattr(Ledger, "settle", slowly)
    async with running_harness(tmp_path, redis_url) as harness:
        job = await harness.finished(await harness.send())
        assert (job.state, job.charged) == (JobState.DELIVERED, True)
        assert len(harness.chat.replies) == 1


def test_faces_of_an_abandoned_photo_are_not_run() -> None:
    run: list[int] = []

    def engine(items: Sequence[int]) -> Sequence[int]:
        run.extend(items)
        return items

    def nobody(done: int) -> None:
        raise TimeoutError

    batcher = Batcher[int, int](engine)
    with pytest.raises(TimeoutError):
        batcher([1, 2, 3, 4], nobody)
    assert batcher([5, 6]) == [5, 6]
    assert run == [1, 5, 6]
