"""Measures the pipeline: few and many faces, small and large photos, one and several at a time."""

import io
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.table import Table

from magicmemory.cli.bench_stats import MEGA, children_seconds, peak_mb, percentile, reset_peak
from magicmemory.core.options import Options
from magicmemory.pipeline.engines.base import Engine, Runner
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.pipeline.sample import HEAD, portrait
from magicmemory.pipeline.stopwatch import Stopwatch


@dataclass(frozen=True, slots=True)
class Scene:
    """A generated photo with a number of faces and a size."""

    faces: int
    megapixels: int


ALL = tuple((Scene(faces, megapixels), at_once) for megapixels in (1, 24) for faces in (1, 3, 40) for at_once in (1, 8))
# One to two minutes with `lite` on a laptop.
QUICK = (
    (Scene(1, 1), 1),
    (Scene(1, 1), 8),
    (Scene(3, 1), 1),
    (Scene(40, 1), 1),
    (Scene(1, 24), 1),
    (Scene(40, 24), 1),
)


class ProcessorTimer:
    """Counts processor time: of an engine's networks, and of everything else.

    Attributes:
        networks: seconds of all the process' threads while a network ran; other work of the same time counts too. Time
            in which several calls run counts once.
        stages: seconds outside of networks, by stage, of the photos that were timed by `stopwatch` and restored one
            after the other.
    """

    def __init__(self, engine: Engine) -> None:
        self.networks = 0.0
        self.stages: dict[str, float] = {}
        self._running = 0
        self._began = 0.0
        self._lock = threading.Lock()
        compile_network = engine.compile

        def compile_timed(*arguments: Any, **named: Any) -> Runner:
            return self._timed(compile_network(*arguments, **named))

        engine.compile = compile_timed  # type: ignore[method-assign]

    def beside_networks(self) -> float:
        """Seconds of this process outside of networks."""
        return time.process_time() - self.networks

    def stopwatch(self) -> Stopwatch:
        """A stopwatch that adds to `stages`."""
        return _StageTimer(self)

    def _timed(self, run: Runner) -> Runner:
        def timed(*arrays: NDArray[np.float32]) -> NDArray[np.float32]:
            self._count(1)
            try:
                return run(*arrays)
            finally:
                self._count(-1)

        return timed

    def _count(self, calls: int) -> None:
        with self._lock:
            now = time.process_time()
            if self._running:
                self.networks += now - self._began
            self._began = now
            self._running += calls


class _StageTimer(Stopwatch):
    """Also counts processor time."""

    def __init__(self, timer: ProcessorTimer) -> None:
        super().__init__()
        self._timer = timer

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        began = self._timer.beside_networks()
        with super().__call__(stage):
            yield
        stages = self._timer.stages
        stages[stage] = stages.get(stage, 0) + self._timer.beside_networks() - began


@dataclass(frozen=True, slots=True)
class PipelineMeasurement:
    """The measurement of one scene with `at_once` photos at a time. Times are milliseconds.

    `cpu_ms` is the processor time of a photo. `cpu_beside_networks_ms` is the part outside of networks, what is left
    for the CPU where a GPU runs the networks: by stage, and in all as `total`. The decoding processes count, on Linux.
    None with more than one photo at a time.
    """

    faces: int
    megapixels: int
    at_once: int
    photos_per_s: float
    faces_per_s: float
    p50_ms: dict[str, float]
    p95_ms: dict[str, float]
    peak_mb: float
    cpu_ms: float | None = None
    cpu_beside_networks_ms: dict[str, float] | None = None


def draw(scene: Scene) -> bytes:
    """A JPEG with the sample's face in a regular grid over soft noise."""
    height = round((scene.megapixels * MEGA * 3 / 4) ** 0.5)
    width = height * 4 // 3
    noise = np.random.default_rng(0).normal(128, 20, (height // 8, width // 8, 3)).clip(0, 255).astype(np.uint8)
    canvas = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    columns = max(1, round((scene.faces * 4 / 3) ** 0.5))
    rows = -(-scene.faces // columns)
    side = min(width // columns, height // rows, 600)
    head = cv2.resize(portrait()[HEAD], (side, side), interpolation=cv2.INTER_AREA)
    for number in range(scene.faces):
        top, left = number // columns * (height // rows), number % columns * (width // columns)
        canvas[top : top + side, left : left + side] = head
    file = io.BytesIO()
    Image.fromarray(canvas).save(file, "JPEG", quality=90)
    return file.getvalue()


def measure(
    pipeline: Pipeline, options: Options, scene: Scene, at_once: int, runs: int, timer: ProcessorTimer | None = None
) -> PipelineMeasurement:
    """Restore the scene's photo `runs` times in each of `at_once` threads.

    With `timer`, whose stopwatch the pipeline has, processor time is measured as well.
    """
    photo = draw(scene)
    pipeline.restore(photo, options)  # loads the models, and fills the caches
    reset_peak()
    if timer:
        timer.stages.clear()
    networks, beside = (timer.networks, timer.beside_networks()) if timer else (0, 0)
    decoders = children_seconds()
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        reports = list(threads.map(lambda _: pipeline.restore(photo, options).report, range(runs * at_once)))
    seconds = time.perf_counter() - began
    stages = {name: [report.stages_ms[name] for report in reports] for name in reports[0].stages_ms}
    stages["total"] = [report.total_ms for report in reports]
    cpu = by_stage = None
    if timer and at_once == 1:
        decoders = children_seconds() - decoders
        networks, beside = timer.networks - networks, timer.beside_networks() - beside + decoders
        timer.stages["decode"] += decoders
        cpu = round(1000 * (networks + beside) / runs, 1)
        by_stage = {name: round(1000 * spent / runs, 1) for name, spent in {**timer.stages, "total": beside}.items()}
    return PipelineMeasurement(
        faces=scene.faces,
        megapixels=scene.megapixels,
        at_once=at_once,
        photos_per_s=round(len(reports) / seconds, 3),
        faces_per_s=round(sum(report.restored for report in reports) / seconds, 3),
        p50_ms={name: round(statistics.median(times), 1) for name, times in stages.items()},
        p95_ms={name: round(percentile(times, 95), 1) for name, times in stages.items()},
        peak_mb=round(peak_mb()),
        cpu_ms=cpu,
        cpu_beside_networks_ms=by_stage,
    )


def table_of(rows: list[PipelineMeasurement], engine: str, model: str) -> Table:
    """The measurements as a table."""
    table = Table(title=f"{model} on {engine}; milliseconds as p50 / p95")
    for column in ["faces", "megapixels", "at once", "photos/s", "faces/s", *rows[0].p50_ms, "peak MB"]:
        table.add_column(column, justify="right")
    for row in rows:
        times = [f"{row.p50_ms[name]:.0f} / {row.p95_ms[name]:.0f}" for name in row.p50_ms]
        counts = [str(row.faces), str(row.megapixels), str(row.at_once)]
        table.add_row(*counts, f"{row.photos_per_s:.2f}", f"{row.faces_per_s:.2f}", *times, f"{row.peak_mb:.0f}")
    return table


def cpu_table_of(rows: list[PipelineMeasurement]) -> Table:
    """The processor times of the rows with one photo at a time."""
    table = Table(title="Processor milliseconds a photo outside of networks: what a GPU leaves to the CPU")
    by_stage = [(row, row.cpu_beside_networks_ms) for row in rows if row.cpu_beside_networks_ms is not None]
    names = list(dict.fromkeys(name for _, times in by_stage for name in times if name != "total"))
    for column in ["faces", "megapixels", *names, "total", "with networks"]:
        table.add_column(column, justify="right")
    for row, times in by_stage:
        cells = [f"{times.get(name, 0):.1f}" for name in [*names, "total"]]
        table.add_row(str(row.faces), str(row.megapixels), *cells, f"{row.cpu_ms:.0f}")
    return table
