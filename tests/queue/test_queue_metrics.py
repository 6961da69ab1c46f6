"""Metrics count each photo once, with its outcome and times."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.errors import NoFaceFound, NotAPhoto, QuotaUsedUp
from magicmemory.core.job import Address, Platform
from magicmemory.core.metrics import Metrics
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.delivery import DeliveryWorker, Reply, RetryLater, Undeliverable
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.support.harness import ANA, Harness, NoPipeline, Recorder, settings_for

Figures = dict[tuple[str, tuple[str, ...]], float]


def figures(metrics: Metrics) -> Figures:
    """Every figure by its name and its labels' values, in the order of the labels' names."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {
        (
            sample.name.removeprefix("magicmemory_"),
            tuple(value for _, value in sorted(sample.labels.items())),
        ): sample.value
        for family in families
        for sample in family.samples
    }


async def test_photos_are_counted_by_outcome(tmp_path: Path, redis_url: str) -> None:
    spans: list[tuple[str, str, float]] = []

    def span(name: str, job: str, began: float, ended: float, facts: Mapping[str, str | int]) -> None:
        spans.append((name, job, ended - began))

    def before(photo: bytes) -> None:
        if photo == b"nobody":
            raise NoFaceFound
        if photo == b"broken":
            raise ZeroDivisionError

    troubles: list[Exception] = [RetryLater(0), Undeliverable("blocked")]

    def trouble(reply: Reply) -> None:
        if reply.photo.endswith(b"refused") and troubles:
            raise troubles.pop(0)

    settings = settings_for(tmp_path, free_per_day=3)
    metrics, stop, names = Metrics("everything", "1", span), asyncio.Event(), RedisKeys(settings.redis_prefix)
    chat = Recorder(before=trouble)
    async with open_service(settings, redis_url, metrics) as service, asyncio.TaskGroup() as tasks:
        worker = RestoreWorker(PhotoStore(settings.photos), NoPipeline(before), names, 10, metrics)
        delivery = DeliveryWorker(Platform.TELEGRAM, chat, service.ledger, service.photos, names, metrics)
        tasks.create_task(worker.run(redis_url, 2, stop))
        tasks.create_task(delivery.run(redis_url, stop))
        there = Harness(service, chat, redis_url, settings)
        jobs = [await there.finished(await there.send(b"photo 1", "1"))]
        for number, photo in enumerate([b"nobody", b"broken", b"refused"], 2):
            jobs.append(await there.finished(await there.send(photo, str(number))))
        jobs += [await there.finished(await there.send(b"photo %d" % number, str(number))) for number in (5, 6)]
        with pytest.raises(QuotaUsedUp):
            await there.send(b"photo 7", "7")
        with pytest.raises(NotAPhoto):
            await service.intake(ANA, Address(platform=ANA.platform, chat="1", message="8"), b"")
        stop.set()

    found = figures(metrics)
    assert {labels: value for (name, labels), value in found.items() if name == "intakes_total"} == {
        ("accepted", "telegram"): 6,
        ("quota-used-up", "telegram"): 1,
        ("not-a-photo", "telegram"): 1,
    }
    assert {labels: value for (name, labels), value in found.items() if name == "photos_total"} == {
        ("restored",): 4,
        ("no-face-found",): 1,
        ("internal-error",): 1,
    }
    assert {labels: value for (name, labels), value in found.items() if name == "deliveries_total"} == {
        ("photo", "telegram"): 3,
        ("failure", "telegram"): 2,
        ("retry", "telegram"): 1,
        ("given-up", "telegram"): 1,
    }
    assert found["faces_total", ("restored",)] == 4
    assert found["stage_seconds_count", ("restore",)] == 4
    assert found["photo_seconds_sum", ("none",)] == pytest.approx(0.004)
    assert found["queue_wait_seconds_count", ("restore",)] == 6
    assert found["queue_wait_seconds_count", ("deliver.telegram",)] == 6
    assert found["queue_wait_seconds_sum", ("restore",)] < 5

    first = [name for name, job, _ in spans if job == jobs[0].id]
    assert first == ["intake", "restore", "delivery"]
    assert all(0 <= seconds < 5 for _, _, seconds in spans)
