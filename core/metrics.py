"""The metrics of a process, for Prometheus. Every process has one `Metrics`, created in its `main()`.

docs/operations.md lists names and meanings; a test keeps the table and this file equal.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from magicmemory.core.report import Report

# Restoring a photo takes a tenth of a second on a GPU and minutes on a small CPU.
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
WAITS: Final = (0.05, 0.25, 1, 2.5, 5, 10, 15, 30, 60, 300, 900, 3600)
BATCHES: Final = (1, 2, 4, 8, 16, 32, 64, 128)

Span = Callable[[str, str, float, float, Mapping[str, str | int]], None]
"""Receives one timed step of a photo: name, job id, start and end (seconds since 1970), and attributes."""


def no_span(name: str, job: str, began: float, ended: float, facts: Mapping[str, str | int]) -> None:
    """A `Span` that discards everything."""


class Metrics:
    """A process's metrics."""

    def __init__(self, process: str = "", version: str = "", span: Span = no_span) -> None:
        """
        Args:
            process: `worker`, `telegram`, …
            version: the package's version.
            span: also receives each photo's times.
        """
        self._registry = registry = CollectorRegistry()
        self.span = span
        ProcessCollector(registry=registry)
        Gauge(
            "magicmemory_build_info",
            "Always 1; the labels name version and process.",
            ["version", "process"],
            registry=registry,
        ).labels(version, process).set(1)
        self.ready = Gauge("magicmemory_ready", "1: the check passes; 0: it fails.", ["check"], registry=registry)
        self.depth = Gauge("magicmemory_queue_jobs", "Jobs that wait or are in progress.", ["queue"], registry=registry)
        self.disk_free = Gauge(
            "magicmemory_disk_free_ratio",
            "Free share of the disk that holds the data or the photos, 0 to 1.",
            ["place"],
            registry=registry,
        )
        self.dead_letter = Gauge(
            "magicmemory_dead_letter_jobs",
            "Photos of the last 30 days that crashed their worker three times.",
            registry=registry,
        )
        self._wait = Histogram(
            "magicmemory_queue_wait_seconds",
            "Time from queueing to the start of the job.",
            ["queue"],
            buckets=WAITS,
            registry=registry,
        )
        self._intakes = Counter(
            "magicmemory_intakes",
            "Photos that people sent, by platform and result of the intake.",
            ["platform", "outcome"],
            registry=registry,
        )
        self._intake_time = Histogram(
            "magicmemory_intake_seconds",
            "Time from the photo's bytes to its place in the queue.",
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
            "Faces that a network restored in one batch.",
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
            "Lost jobs that a sweep found, by action.",
            ["platform", "action"],
            registry=registry,
        )

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)

    def gauge(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Add a gauge that is read at each scrape."""
        Gauge(name, about, registry=self._registry).set_function(read)

    def taken_in(self, platform: str, job: str, began: float, ended: float) -> None:
        """Record a queued photo. Times are seconds since 1970."""
        self._intakes.labels(platform, "accepted").inc()
        self._intake_time.labels(platform).observe(max(0.0, ended - began))
        self.span("intake", job, began, ended, {"platform": platform})

    def refused(self, platform: str, key: str) -> None:
        """Record a refused photo; `key` is the error's."""
        self._intakes.labels(platform, key).inc()

    def unreadable(self, platform: str) -> None:
        """A platform sent an update or event that could not be read."""
        self._unreadable.labels(platform).inc()

    def waited(self, queue: str, since: datetime) -> None:
        """Record the start of a job that was queued at `since`."""
        # Clocks of two machines differ: a job may seem to come from the future.
        self._wait.labels(queue).observe(max(0.0, (datetime.now(UTC) - since).total_seconds()))

    def restored(self, job: str, report: Report, starts: Mapping[str, float], ended: float) -> None:
        """Record a restored photo; `starts` has the start of each stage. Times are seconds since 1970."""
        times = [*starts.values(), ended]
        for stage, began, end in zip(starts, times, times[1:], strict=False):
            self.span(stage, job, began, end, {"model": report.model, "faces": len(report.faces)})
        self._photos.labels("restored").inc()
        self._faces.labels("restored").inc(report.restored)
        self._faces.labels("left-alone").inc(len(report.faces) - report.restored)
        self._photo_time.labels(report.model).observe(report.total_ms / 1000)
        for stage, milliseconds in report.stages_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def failed(self, key: str) -> None:
        """Record a photo that could not be restored; `key` is the error's."""
        self._photos.labels(key).inc()

    def batch(self, model: str, faces: int) -> None:
        """Record the size of a batch of faces."""
        self._batches.labels(model).observe(faces)

    def delivered(self, platform: str, outcome: str, job: str, began: float, ended: float) -> None:
        """Record an attempt to reply: `photo`, `failure`, `retry` or `given-up`. Times are seconds since 1970."""
        self._deliveries.labels(platform, outcome).inc()
        self._delivery_time.labels(platform).observe(max(0.0, ended - began))
        self.span("delivery", job, began, ended, {"platform": platform, "outcome": outcome})

    def recovered(self, platform: str, action: str) -> None:
        """Record a lost job that a sweep found, and the action on it."""
        self._recoveries.labels(platform, action).inc()
