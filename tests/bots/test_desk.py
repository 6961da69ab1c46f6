"""The desk in a running house: the same photo again is free, and what is refused costs nothing."""

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
from tests.service import ANA, NoPipeline, Service, service, settings_for

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
async def house(tmp_path: Path, redis_url: str, pipeline: NoPipeline) -> AsyncIterator[Service]:
    async with service(tmp_path, redis_url, pipeline, settings=settings(tmp_path, adjustments=2)) as house:
        yield house


@pytest.fixture
async def waiting(tmp_path: Path, redis_url: str) -> AsyncIterator[Service]:
    """A house without a worker: whatever comes waits."""
    limits = settings(tmp_path, photos_at_once=2, max_waiting=3, free_per_day=9)
    async with service(tmp_path, redis_url, settings=limits, worker=False) as house:
        yield house


async def sent(house: Service, message: str, photo: bytes = b"photo", sender: Sender = ANA) -> Job:
    """Send a photo and wait for its reply."""
    return await house.finished(await house.send(photo, message, sender))


async def test_the_same_photo_again_is_answered_from_the_store(house: Service, pipeline: NoPipeline) -> None:
    first = await sent(house, "1")
    again = await sent(house, "2")
    assert (again.parent, again.charged, again.report, again.extension) == (first.id, False, first.report, "jpg")
    assert pipeline.runs == 1
    assert [reply.photo for reply in house.chat.replies] == [b"restored photo"] * 2
    assert (await house.desk.quota(ANA)).used == 1
    assert await house.desk.restored(again) == b"restored photo"
    assert await house.desk.original(again) == b"photo"
    # Told again, it is neither answered twice nor another job.
    assert (await house.send(message="2")).id == again.id
    assert len(house.chat.replies) == 2


async def test_another_photo_other_options_and_other_people_pay(house: Service, pipeline: NoPipeline) -> None:
    await sent(house, "1")
    with pytest.raises(QuotaUsedUp):
        await house.send(b"another", "2")
    with pytest.raises(QuotaUsedUp):
        await house.desk.intake(ANA, address("3"), b"photo", GENTLER)
    await sent(house, "4", sender=BEN)
    assert pipeline.runs == 2
    assert (await house.desk.quota(BEN)).left == 0


async def test_a_photo_that_is_deleted_is_restored_anew_and_paid_for(house: Service, pipeline: NoPipeline) -> None:
    first = await sent(house, "1")
    await house.desk.photos.delete([original(first.id), result(first.id)])
    with pytest.raises(QuotaUsedUp):
        await house.send(message="2")
    await house.desk.grants.give(ANA, house.desk.plans.paid["pack"])
    assert (await sent(house, "3")).charged
    assert pipeline.runs == 2


async def test_adjustments_of_a_photo_sent_again_are_those_of_the_first(house: Service, pipeline: NoPipeline) -> None:
    first = await sent(house, "1")
    again = await sent(house, "2")
    for number, parent in enumerate((first, again)):
        adjusted = await house.desk.adjust(ANA, address(f"a{number}"), parent, Options(strength=number / 4))
        assert (await house.finished(adjusted)).photo_of == first.id
    with pytest.raises(TooManyAdjustments):
        await house.desk.adjust(ANA, address("a9"), again, GENTLER)
    assert pipeline.runs == 3
    assert (await house.desk.quota(ANA)).used == 1


async def test_what_the_plan_does_not_allow_costs_nothing(house: Service, pipeline: NoPipeline) -> None:
    with pytest.raises(ModelNotInPlan):
        await house.desk.intake(ANA, address("1"), b"photo", Options(model="gfpgan"))
    assert (await house.desk.quota(ANA)).used == 0
    await house.desk.grants.give(ANA, house.desk.plans.paid["premium"])
    job = await house.desk.intake(ANA, address("2"), b"photo", Options(model="gfpgan"))
    assert (await house.finished(job)).plan == "premium"


async def test_so_many_photos_of_one_person_at_once(waiting: Service) -> None:
    await waiting.send(b"1", "1")
    await waiting.send(b"2", "2")
    with pytest.raises(TooManyAtOnce):
        await waiting.send(b"3", "3")
    assert (await waiting.desk.quota(ANA)).used == 2
    await waiting.desk.cancel(ANA)
    await waiting.send(b"4", "4")


async def test_a_full_line_costs_nothing_and_says_when_to_come_back(waiting: Service) -> None:
    for number in range(3):
        await waiting.send(b"photo", str(number), Sender(platform=Platform.TELEGRAM, account=f"before-{number}"))
    with pytest.raises(QueueFull) as raised:
        await waiting.send()
    assert 1 <= int(raised.value.parameters["minutes"]) <= 30
    assert (await waiting.desk.quota(ANA)).used == 0
    with pytest.raises(NothingToCancel):
        await waiting.desk.cancel(ANA)


async def test_a_paid_plan_goes_before_those_who_came_a_little_earlier(waiting: Service) -> None:
    await waiting.desk.grants.give(BEN, waiting.desk.plans.paid["premium"])
    free, paid = await waiting.send(b"1", "1"), await waiting.send(b"2", "2", BEN)
    assert [await waiting.desk.queue.ahead(job.id) for job in (paid, free)] == [0, 1]
