"""The service, running: the same photo again is free, and what is refused costs nothing."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from magicmemory.core.errors import (
    ModelNotInPlan,
    NothingToCancel,
    QueueFull,
    QuotaUsedUp,
    TooManyAdjustments,
    TooManyAtOnce,
)
from magicmemory.core.job import Address, Job, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.settings import Settings
from magicmemory.storage.photos import original, result
from tests.support.harness import ANA, Harness, NoPipeline, running_harness, settings_for

BEN = Sender(platform=Platform.TELEGRAM, account="8")
GENTLER = Options(strength=0.5)

PLANS = """
[free]
models = ["lite"]
[plans.pack]
credits = 2
[plans.premium]
days = 30
models = ["gfpgan", "lite"]
max_megapixels = 80
"""


def settings(folder: Path, **values: object) -> Settings:
    file = folder / "plans.toml"
    file.write_text(PLANS)
    return settings_for(folder, plans_file=file, **values)


def address(message: str) -> Address:
    return Address(platform=Platform.TELEGRAM, chat="1", message=message)


@pytest.fixture
def pipeline() -> NoPipeline:
    return NoPipeline()


@pytest.fixture
async def harness(tmp_path: Path, redis_url: str, pipeline: NoPipeline) -> AsyncIterator[Harness]:
    async with running_harness(tmp_path, redis_url, pipeline, settings=settings(tmp_path, adjustments=2)) as harness:
        yield harness


@pytest.fixture
async def waiting(tmp_path: Path, redis_url: str) -> AsyncIterator[Harness]:
    """The service without a worker: every photo waits."""
    limits = settings(tmp_path, photos_at_once=2, max_waiting=3, free_per_day=9)
    async with running_harness(tmp_path, redis_url, settings=limits, worker=False) as harness:
        yield harness


async def sent(harness: Harness, message: str, photo: bytes = b"photo", sender: Sender = ANA) -> Job:
    """Send a photo and wait for its reply."""
    return await harness.finished(await harness.send(photo, message, sender))


async def test_the_same_photo_again_is_answered_from_the_store(harness: Harness, pipeline: NoPipeline) -> None:
    first = await sent(harness, "1")
    again = await sent(harness, "2")
    assert (again.parent, again.charged, again.report, again.extension) == (first.id, False, first.report, "jpg")
    assert pipeline.runs == 1
    assert [reply.photo for reply in harness.chat.replies] == [b"restored photo"] * 2
    assert (await harness.service.quota(ANA)).used == 1
    assert await harness.service.restored(again) == b"restored photo"
    assert await harness.service.original(again) == b"photo"
    # Told again, it is neither answered twice nor another job.
    assert (await harness.send(message="2")).id == again.id
    assert len(harness.chat.replies) == 2


async def test_another_photo_other_options_and_other_people_pay(harness: Harness, pipeline: NoPipeline) -> None:
    await sent(harness, "1")
    with pytest.raises(QuotaUsedUp):
        await harness.send(b"another", "2")
    with pytest.raises(QuotaUsedUp):
        await harness.service.intake(ANA, address("3"), b"photo", GENTLER)
    await sent(harness, "4", sender=BEN)
    assert pipeline.runs == 2
    assert (await harness.service.quota(BEN)).left == 0


async def test_a_photo_that_is_deleted_is_restored_anew_and_paid_for(harness: Harness, pipeline: NoPipeline) -> None:
    first = await sent(harness, "1")
    await harness.service.photos.delete([original(first.id), result(first.id)])
    with pytest.raises(QuotaUsedUp):
        await harness.send(message="2")
    await harness.service.grants.give(ANA, harness.service.plans.paid["pack"])
    assert (await sent(harness, "3")).charged
    assert pipeline.runs == 2


async def test_adjustments_of_a_photo_sent_again_are_those_of_the_first(harness: Harness, pipeline: NoPipeline) -> None:
    first = await sent(harness, "1")
    again = await sent(harness, "2")
    for number, parent in enumerate((first, again)):
        adjusted = await harness.service.adjust(ANA, address(f"a{number}"), parent, Options(strength=number / 4))
        assert (await harness.finished(adjusted)).photo_of == first.id
    with pytest.raises(TooManyAdjustments):
        await harness.service.adjust(ANA, address("a9"), again, GENTLER)
    assert pipeline.runs == 3
    assert (await harness.service.quota(ANA)).used == 1


async def test_option_outside_the_plan_costs_nothing(harness: Harness, pipeline: NoPipeline) -> None:
    with pytest.raises(ModelNotInPlan):
        await harness.service.intake(ANA, address("1"), b"photo", Options(model="gfpgan"))
    assert (await harness.service.quota(ANA)).used == 0
    await harness.service.grants.give(ANA, harness.service.plans.paid["premium"])
    job = await harness.service.intake(ANA, address("2"), b"photo", Options(model="gfpgan"))
    assert (await harness.finished(job)).plan == "premium"


async def test_so_many_photos_of_one_person_at_once(waiting: Harness) -> None:
    await waiting.send(b"1", "1")
    await waiting.send(b"2", "2")
    with pytest.raises(TooManyAtOnce):
        await waiting.send(b"3", "3")
    assert (await waiting.service.quota(ANA)).used == 2
    await waiting.service.cancel(ANA)
    await waiting.send(b"4", "4")


async def test_a_full_line_costs_nothing_and_says_when_to_come_back(waiting: Harness) -> None:
    for number in range(3):
        await waiting.send(b"photo", str(number), Sender(platform=Platform.TELEGRAM, account=f"before-{number}"))
    with pytest.raises(QueueFull) as raised:
        await waiting.send()
    assert 1 <= int(raised.value.parameters["minutes"]) <= 30
    assert (await waiting.service.quota(ANA)).used == 0
    with pytest.raises(NothingToCancel):
        await waiting.service.cancel(ANA)


async def test_paid_photo_overtakes_slightly_earlier_free_photos(waiting: Harness) -> None:
    await waiting.service.grants.give(BEN, waiting.service.plans.paid["premium"])
    free, paid = await waiting.send(b"1", "1"), await waiting.send(b"2", "2", BEN)
    assert [await waiting.service.queue.ahead(job.id) for job in (paid, free)] == [0, 1]


async def test_two_images_are_encoded_at_a_time(tmp_path: Path, redis_url: str) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return number

    async with running_harness(tmp_path, redis_url, worker=False, delivery=False) as harness:
        numbers = await asyncio.gather(*(harness.service.on_image(work, number) for number in range(8)))
    assert numbers == list(range(8))
    assert most == 2
