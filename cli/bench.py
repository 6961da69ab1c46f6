"""`magicmemory bench`: how fast the pipeline and the queue are on this machine."""

import asyncio
import io
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from magicmemory.cli.processes import operator_errors
from magicmemory.core.options import Options
from magicmemory.core.settings import load

if TYPE_CHECKING:
    from magicmemory.pipeline.pipeline import Pipeline

app = typer.Typer(help="Measure this machine; quote ratios rather than times, for times are noisy.")

JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")]

MEGAPIXEL = 1_000_000


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo to measure with: so many faces in so many megapixels."""

    faces: int
    megapixels: int


SCENES = (Scene(1, 1), Scene(3, 1), Scene(40, 1), Scene(1, 24), Scene(3, 24), Scene(40, 24))


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one scene at one concurrency. Times are milliseconds."""

    faces: int
    megapixels: int
    concurrency: int
    photos_per_s: float
    faces_per_s: float
    p50_ms: dict[str, float] = field(default_factory=dict)
    p95_ms: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0


@app.command("pipeline")
def bench_pipeline(
    model: Annotated[str, typer.Option(help="The restorer.")] = "lite",
    detector: Annotated[str, typer.Option(help="The detector.")] = "auto",
    runs: Annotated[int, typer.Option(min=1, help="Photos for each row and thread.")] = 3,
    json_file: JsonFile = None,
) -> None:
    """Photos and faces a second, and the stages' times, for few and many faces in small and large photos."""
    from magicmemory.pipeline.pipeline import Pipeline

    with operator_errors():
        pipeline = Pipeline.of(load())
        options = Options(model=model, detector=detector)
        rows = []
        for scene in SCENES:
            photo = draw(scene)
            pipeline.restore(photo, options)  # loads the models, and fills the caches
            rows += [measure(pipeline, photo, options, scene, concurrency, runs) for concurrency in (1, 8)]
    _print_pipeline(rows, pipeline.engine_name, model)
    _write(json_file, {"machine": machine(), "engine": pipeline.engine_name, "rows": [asdict(row) for row in rows]})


def draw(scene: Scene) -> bytes:
    """A JPEG with the sample's face in it, in a regular grid, over soft noise."""
    import cv2
    import numpy as np
    from PIL import Image

    from magicmemory.pipeline.sample import HEAD, portrait

    height = round((scene.megapixels * MEGAPIXEL * 3 / 4) ** 0.5)
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


def measure(pipeline: "Pipeline", photo: bytes, options: Options, scene: Scene, concurrency: int, runs: int) -> Figures:
    """Restore the photo `runs` times in each of `concurrency` threads."""
    began = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as threads:
        reports = list(threads.map(lambda _: pipeline.restore(photo, options).report, range(runs * concurrency)))
    seconds = time.perf_counter() - began
    stages = {name: [report.stages_ms[name] for report in reports] for name in reports[0].stages_ms}
    stages["total"] = [report.total_ms for report in reports]
    return Figures(
        faces=scene.faces,
        megapixels=scene.megapixels,
        concurrency=concurrency,
        photos_per_s=round(len(reports) / seconds, 3),
        faces_per_s=round(sum(report.restored for report in reports) / seconds, 3),
        p50_ms={name: round(statistics.median(times), 1) for name, times in stages.items()},
        p95_ms={name: round(percentile(times, 95), 1) for name, times in stages.items()},
        peak_mb=round(peak_mb()),
    )


@app.command("queue")
def bench_queue(
    jobs: Annotated[int, typer.Option(min=1, help="Photos to send.")] = 2000,
    json_file: JsonFile = None,
) -> None:
    """Photos a second through intake, Redis, worker and delivery, with a model that does nothing."""
    from magicmemory.cli.bench_queue import measure_queue

    with operator_errors(), tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure_queue(Path(folder), jobs))
    table = Table("figure", "value", title=f"queue: {jobs} photos, a bot and a worker, SQLite")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    Console().print(table)
    _write(json_file, {"machine": machine(), **figures})


@app.command("intake")
def bench_intake(
    photos: Annotated[int, typer.Option(min=1, help="Photos for each row.")] = 1000,
    postgres: Annotated[
        str | None, typer.Option(help="URL of a PostgreSQL where a database may be made: postgresql+asyncpg://…")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Photos a second that are taken in (quota, ledger, queue), with SQLite and with PostgreSQL."""
    from magicmemory.cli.bench_intake import intake_table, measure_intake

    with operator_errors(), tempfile.TemporaryDirectory() as folder:
        rows, left_out = asyncio.run(measure_intake(Path(folder), photos, postgres))
    Console().print(intake_table(rows))
    if left_out:
        Console(stderr=True).print(left_out)
    _write(json_file, {"machine": machine(), "rows": [asdict(row) for row in rows]})


def percentile(values: list[float], percent: int) -> float:
    """The value that `percent` of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def peak_mb() -> float:
    """The most memory this process has held, megabytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGAPIXEL


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {"system": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def _print_pipeline(rows: list[Figures], engine: str, model: str) -> None:
    table = Table(title=f"{model} on {engine}; milliseconds as p50 / p95")
    columns = ["faces", "megapixels", "at once", "photos/s", "faces/s", *rows[0].p50_ms, "peak MB"]
    for column in columns:
        table.add_column(column, justify="right")
    for row in rows:
        times = [f"{row.p50_ms[name]:.0f} / {row.p95_ms[name]:.0f}" for name in row.p50_ms]
        counts = [row.faces, row.megapixels, row.concurrency, f"{row.photos_per_s:.2f}", f"{row.faces_per_s:.2f}"]
        table.add_row(*(str(cell) for cell in [*counts, *times, f"{row.peak_mb:.0f}"]))
    Console(width=200).print(table)


def _write(file: Path | None, figures: dict[str, object]) -> None:
    if file is not None:
        file.write_text(json.dumps(figures, indent=2) + "\n")
