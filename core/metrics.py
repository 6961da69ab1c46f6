"""What a process counts and times, for Prometheus. Every process has one `Metrics`, made in its `main()`.

Names and meanings stand in docs/operations.md; a test holds the table and this file in step.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from magicmemory.core.report import Report

# A whole photo is restored in a tenth of a second on a GPU and in minutes on a small CPU.
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
WAITS: Final = (0.05, 0.25, 1, 2.5, 5, 10, 15, 30, 60, 300, 900, 3600)
BATCHES: Final = (1, 2, 4, 8, 16, 32, 64, 128)

Span = Callable[[str, str, float, float, Mapping[str, str | int]], None]
"""Told of what took time on a photo's way: a name, the job's id, when it began and ended (seconds since 1970), and
what else is known of it.
"""


def no_span(name: str, job: str, began: float, ended: float, facts: Mapping[str, str | int]) -> None:
    """Spans that nobody collects."""


class Metrics:
    """A process's figures."""

    def __init__(self, process: str = "", version: str = "", span: Span = no_span) -> None:
        """
        Args:
            process: `worker`, `telegram`, …
            version: the package's.
            span: also told of each photo's times.
        """
        self._registry = registry = CollectorRegistry()
        self.span = span
        ProcessCollector(registry=registry)
        Gauge(
            "magicmemory_build_info", "Always 1; the labels say what runs.", ["version", "process"], registry=registry
        ).labels(version, process).set(1)
        self.ready = Gauge("magicmemory_ready", "1: it answers; 0: it does not.", ["check"], registry=registry)
        self.depth = Gauge("magicmemory_queue_jobs", "Jobs that wait or are in hand.", ["queue"], registry=registry)
        self.dead_letter = Gauge(
            "magicmemory_set_aside_jobs", "Photos of the last 30 days that ended their worker twice.", registry=registry
        )
        self._wait = Histogram(
            "magicmemory_queue_wait_seconds",
            "From being queued to being taken in hand.",
            ["queue"],
            buckets=WAITS,
            registry=registry,
        )
        self._intakes = Counter(
            "magicmemory_intakes",
            "Photos that people sent, by what became of them at the service.",
            ["platform", "outcome"],
            registry=registry,
        )
        self._intake_time = Histogram(
            "magicmemory_intake_seconds",
            "From the photo's bytes to its place in the queue.",
            ["platform"],
            buckets=SECONDS,
            registry=registry,
        )
        self._photos = Counter(
            "magicmemory_photos", "Photos that a worker finished, by outcome.", ["outcome"], registry=registry
        )
        self._faces = Counter(
            "magicmemory_faces", "Faces found, by whether they were restored.", ["outcome"], registry=registry
        )
        self._stages = Histogram(
            "magicmemory_stage_seconds",
            "Time of a photo in each stage of the pipeline.",
            ["stage"],
            buckets=SECONDS,
            registry=registry,
        )
        self._photo_time = Histogram(
            "magicmemory_photo_seconds",
            "Time of a photo in the whole pipeline.",
            ["model"],
            buckets=SECONDS,
            registry=registry,
        )
        self._batches = Histogram(
            "magicmemory_batch_faces",
            "Faces that a network restored at once.",
            ["model"],
            buckets=BATCHES,
            registry=registry,
        )
        self._unreadable = Counter(
            "magicmemory_unreadable_updates",
            "Updates and events that could not be read and were skipped, by platform.",
            ["platform"],
            registry=registry,
        )
        self._deliveries = Counter(
            "magicmemory_deliveries", "Replies, by platform and outcome.", ["platform", "outcome"], registry=registry
        )
        self._delivery_time = Histogram(
            "magicmemory_delivery_seconds",
            "Time to send a reply and settle its job.",
            ["platform"],
            buckets=SECONDS,
            registry=registry,
        )
        self._recoveries = Counter(
            "magicmemory_recoveries",
            "Jobs that a sweep found astray, by what was done.",
            ["platform", "action"],
            registry=registry,
        )

    def render(self) -> bytes:
        """Everything, as Prometheus' text."""
        return generate_latest(self._registry)

    def gauge(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Add a gauge that is read at each scrape."""
        Gauge(name, about, registry=self._registry).set_function(read)

    def taken_in(self, platform: str, job: str, began: float, ended: float) -> None:
        """A photo has its place in the queue. Times are seconds since 1970."""
        self._intakes.labels(platform, "accepted").inc()
        self._intake_time.labels(platform).observe(max(0.0, ended - began))
        self.span("intake", job, began, ended, {"platform": platform})

    def refused(self, platform: str, key: str) -> None:
        """The service said no; `key` is the error's."""
        self._intakes.labels(platform, key).inc()

    def unreadable(self, platform: str) -> None:
        """A platform sent an update or event that could not be read."""
        self._unreadable.labels(platform).inc()

    def waited(self, queue: str, since: datetime) -> None:
        """A job is taken in hand that was queued at `since`."""
        # Two machines' clocks: a job may seem to come from the future.
        self._wait.labels(queue).observe(max(0.0, (datetime.now(UTC) - since).total_seconds()))

    def restored(self, job: str, report: Report, begun: Mapping[str, float], ended: float) -> None:
        """A worker restored a photo; `begun` says when each stage began. Times are seconds since 1970."""
        moments = [*begun.values(), ended]
        for stage, began, end in zip(begun, moments, moments[1:], strict=False):
            self.span(stage, job, began, end, {"model": report.model, "faces": len(report.faces)})
        self._photos.labels("restored").inc()
        self._faces.labels("restored").inc(report.restored)
        self._faces.labels("left-alone").inc(len(report.faces) - report.restored)
        self._photo_time.labels(report.model).observe(report.total_ms / 1000)
        for stage, milliseconds in report.stages_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def failed(self, key: str) -> None:
        """A worker could not restore a photo; `key` is the error's."""
        self._photos.labels(key).inc()

    def batch(self, model: str, faces: int) -> None:
        """A network ran over so many faces at once."""
        self._batches.labels(model).observe(faces)

    def delivered(self, platform: str, outcome: str, job: str, began: float, ended: float) -> None:
        """A try to reply ended: `photo`, `failure`, `retry` or `given-up`. Times are seconds since 1970."""
        self._deliveries.labels(platform, outcome).inc()
        self._delivery_time.labels(platform).observe(max(0.0, ended - began))
        self.span("delivery", job, began, ended, {"platform": platform, "outcome": outcome})

    def recovered(self, platform: str, action: str) -> None:
        """A sweep found a job astray; `action` says what was done."""
        self._recoveries.labels(platform, action).inc()
