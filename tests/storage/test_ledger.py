"""Quota is exact (reserved, settled, refunded, renewed at midnight) under repeats and concurrent requests."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from magicmemory.core.errors import NoFaceFound, NothingToCancel, QuotaUsedUp, TooManyAdjustments
from magicmemory.core.job import Address, Job, JobState, Outcome, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.plans import PlanLimits, Plans
from magicmemory.core.report import Failure, Report
from magicmemory.storage.database import Database
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.quota import Allowance

ANA = Sender(platform=Platform.TELEGRAM, account="7", language="pt-br")
BEN = Sender(platform=Platform.DISCORD, account="7")
PLAIN = Options()
FAILURE = Failure.of(NoFaceFound())


class Clock:
    """A clock that tests set."""

    def __init__(self, now: str = "2026-11-22T12:00+00:00") -> None:
        self.now = datetime.fromisoformat(now)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        yield database


def allowance(per_day: int = 1, zone: str = "UTC") -> Allowance:
    return Allowance(
        ZoneInfo(zone), Plans(free=PlanLimits(photos_per_day=per_day)), adjustments=2, adjustment_minutes=60
    )


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, allowance(), clock)


def message(number: int | str, platform: Platform = Platform.TELEGRAM) -> Address:
    return Address(platform=platform, chat="1", message=str(number))


def outcome(job: Job) -> Outcome:
    report = Report(width=1, height=1, faces=(), model="lite", detector="mtcnn", stages_ms={"detect": 1.5}, total_ms=2)
    return Outcome(job=job.id, report=report, extension="jpg")


async def reserve(ledger: Ledger, number: int | str, sender: Sender = ANA) -> Job:
    return (await ledger.reserve(sender, message(number, sender.platform), PLAIN)).job


async def test_reserve_refuses_when_the_quota_is_used_up(ledger: Ledger) -> None:
    assert (await ledger.quota(ANA)).left == 1
    await reserve(ledger, 1)
    assert (await ledger.quota(ANA)).left == 0
    with pytest.raises(QuotaUsedUp) as raised:
        await reserve(ledger, 2)
    assert raised.value.parameters == {"limit": 1, "renews_in_s": 12 * 3600}


async def test_accounts_of_two_platforms_are_two_people(ledger: Ledger) -> None:
    await reserve(ledger, 1, ANA)
    await reserve(ledger, 1, BEN)
    assert (await ledger.quota(BEN)).left == 0


async def test_repeated_message_makes_one_job(ledger: Ledger) -> None:
    first = await ledger.reserve(ANA, message(1), PLAIN, context={"status": "12"})
    again = await ledger.reserve(ANA, message(1), PLAIN)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.job == first.job
    assert again.job.context == {"status": "12"}


async def test_job_is_read_as_it_was_written(ledger: Ledger) -> None:
    options = Options(model="lite", strength=0.5, fidelity=0.25, upscale=2)
    address = Address(platform=Platform.TELEGRAM, chat="-100123", message="42:3", thread="9")
    written = (await ledger.reserve(ANA, address, options)).job
    assert await ledger.job(written.id) == written
    assert written.sender == ANA
    assert written.address == address
    assert written.options == options
    assert written.created_at.tzinfo is not None


async def test_settle_happens_once_and_keeps_the_report(ledger: Ledger) -> None:
    job = await reserve(ledger, 1)
    assert await ledger.settle(outcome(job), {"reply": "13"})
    assert not await ledger.settle(outcome(job), {"reply": "14"})
    assert not await ledger.refund_quota(job.id, FAILURE)
    settled = await ledger.job(job.id)
    assert settled is not None
    assert settled.state is JobState.DELIVERED
    assert settled.context == {"reply": "13"}
    assert settled.report == outcome(job).report
    assert settled.extension == "jpg"
    assert settled.finished_at is not None
    assert (await ledger.quota(ANA)).left == 0


async def test_refund_precedes_the_reply(ledger: Ledger) -> None:
    job = await reserve(ledger, 1)
    assert await ledger.refund_quota(job.id, FAILURE)
    assert (await ledger.quota(ANA)).left == 1
    owed = await ledger.job(job.id)
    assert owed is not None
    assert (owed.state, owed.failure, owed.finished_at) == (JobState.FAILED, FAILURE, None)
    assert await ledger.replied(job.id, {"reply": "13"})
    assert not await ledger.replied(job.id, {})
    assert not await ledger.settle(outcome(job), {})
    await reserve(ledger, 2)


async def test_quota_renews_at_midnight_in_the_operators_time_zone(database: Database, clock: Clock) -> None:
    ledger = Ledger(database, allowance(zone="America/New_York"), clock)
    clock.now = datetime(2026, 11, 23, 4, 59, tzinfo=UTC)
    job = await reserve(ledger, 1)
    assert job.day == date(2026, 11, 22)
    assert (await ledger.quota(ANA)).renews_at == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    clock.now += timedelta(minutes=1)
    assert (await ledger.quota(ANA)).left == 1
    await reserve(ledger, 2)


@pytest.mark.parametrize(
    ("zone", "now", "renews"),
    [
        ("Europe/Berlin", "2026-03-28T23:30+00:00", "2026-03-29T22:00+00:00"),  # a day of 23 hours
        ("Europe/Berlin", "2026-10-24T22:30+00:00", "2026-10-25T23:00+00:00"),  # a day of 25 hours
        ("Pacific/Apia", "2026-06-01T00:00+00:00", "2026-06-01T11:00+00:00"),
    ],
)
def test_renewal_is_right_across_clock_changes(zone: str, now: str, renews: str) -> None:
    assert allowance(zone=zone).renewal(datetime.fromisoformat(now)) == datetime.fromisoformat(renews)


@pytest.mark.parametrize("zone", ["America/Santiago", "America/Asuncion", "Africa/Cairo", "Asia/Beirut"])
def test_renewal_is_the_first_moment_of_the_next_day_everywhere(zone: str) -> None:
    there = allowance(zone=zone)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        renewal = there.renewal(moment)
        assert moment < renewal
        assert there.day(renewal) == there.day(moment) + timedelta(days=1)
        assert there.day(renewal - timedelta(minutes=1)) == there.day(moment)
        moment += timedelta(hours=7)


async def test_adjustments_are_free_and_limited(ledger: Ledger, clock: Clock) -> None:
    original = await reserve(ledger, 1)
    gentler = Options(strength=0.5)
    with pytest.raises(TooManyAdjustments):
        await ledger.reserve(ANA, message("1a"), gentler, parent=original.id)  # it is not delivered yet
    await ledger.settle(outcome(original), {})
    for part in ("1a", "1b"):
        made = (await ledger.reserve(ANA, message(part), gentler, parent=original.id)).job
        assert not made.charged
        assert made.photo_of == original.id
    assert (await ledger.quota(ANA)).used == 1
    with pytest.raises(TooManyAdjustments):
        await ledger.reserve(ANA, message("1c"), gentler, parent=original.id)


async def test_adjustments_expire_and_are_for_the_owner_only(ledger: Ledger, clock: Clock) -> None:
    original = await reserve(ledger, 1)
    await ledger.settle(outcome(original), {})
    with pytest.raises(TooManyAdjustments):
        await ledger.reserve(BEN, message("1a"), PLAIN, parent=original.id)
    clock.now += timedelta(minutes=61)
    with pytest.raises(TooManyAdjustments):
        await ledger.reserve(ANA, message("1b"), PLAIN, parent=original.id)


async def test_cancel_drops_waiting_jobs(database: Database, clock: Clock) -> None:
    ledger = Ledger(database, allowance(per_day=3), clock)
    done, waiting, others = await reserve(ledger, 1), await reserve(ledger, 2), await reserve(ledger, 3, BEN)
    await ledger.settle(outcome(done), {})
    assert [job.id for job in await ledger.cancel(ANA)] == [waiting.id]
    assert (await ledger.quota(ANA)).used == 1
    assert (await ledger.quota(BEN)).used == 1
    assert not await ledger.settle(outcome(waiting), {})
    with pytest.raises(NothingToCancel):
        await ledger.cancel(ANA)
    kept = await ledger.job(others.id)
    assert kept is not None
    assert kept.state is JobState.ACCEPTED


async def test_history_shows_only_the_senders_jobs(ledger: Ledger, clock: Clock) -> None:
    first = await reserve(ledger, 1)
    await reserve(ledger, 1, BEN)
    assert [job.id for job in await ledger.history(ANA, clock.now - timedelta(hours=1))] == [first.id]
    assert await ledger.history(ANA, clock.now + timedelta(hours=1)) == []


async def test_a_chat_with_a_new_id_takes_its_jobs_along(ledger: Ledger) -> None:
    group = Sender(platform=Platform.TELEGRAM, account="1")  # an anonymous administrator asks as the chat
    first = (await ledger.reserve(group, message(5), PLAIN, context={"progress": "6", "album": "a"})).job
    for _ in range(2):
        await ledger.move_chat(Platform.TELEGRAM, "1", "2", {"progress": ""})
    moved = await ledger.job(first.id)
    assert moved is not None
    assert (moved.address.chat, moved.address.message) == ("2", "0:5")
    assert moved.context == {"progress": "", "album": "a"}
    assert moved.sender.account == "2"
    # Message 5 of the new chat is another one.
    fifth = message(5).model_copy(update={"chat": "2"})
    assert (await ledger.reserve(ANA, fifth, PLAIN)).fresh
