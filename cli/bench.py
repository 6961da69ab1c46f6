"""`magicmemory bench`: measures the pipeline and the queue on this machine."""

import asyncio
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from magicmemory.cli.bench_stats import describe_machine, write_json
from magicmemory.cli.processes import operator_errors
from magicmemory.core.errors import OperatorError
from magicmemory.core.event_loop import run
from magicmemory.core.options import Options, Scope
from magicmemory.core.settings import load

app = typer.Typer(help="Measure this machine. Times are noisy: quote ratios.")

JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the results to this JSON file.")]


@app.command("pipeline")
def bench_pipeline(
    model: Annotated[str, typer.Option(help="The restorer.")] = "lite",
    detector: Annotated[str, typer.Option(help="The detector.")] = "auto",
    scope: Annotated[Scope, typer.Option(help="What is restored.")] = Scope.FACES,
    runs: Annotated[int, typer.Option(min=1, help="Photos per row and thread.")] = 3,
    quick: Annotated[bool, typer.Option("--quick/--all", help="A few rows; or every one.")] = True,
    peer: Annotated[
        Path | None, typer.Option(help="Folder with gfpganer.py: compare with it instead, using GFPGAN 1.4.")
    ] = None,
    peer_python: Annotated[
        Path, typer.Option(envvar="MAGIC_PEER_PYTHON", help="Python with the peer's packages.")
    ] = Path("python3"),
    peer_weights: Annotated[
        Path | None,
        typer.Option(help="The peer's checkpoints. Missing ones get random weights; the detector must be real."),
    ] = None,
    photo: Annotated[
        Path | None, typer.Option(help="Photo that both restore; default: a generated photo with three faces.")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure photos and faces per second, and stage times, for few and many faces in small and large photos."""
    if peer is not None:
        _bench_peer(peer, peer_python, peer_weights, photo, runs, json_file)
        return
    from magicmemory.cli.bench_pipeline import ALL, QUICK, ProcessorTimer, cpu_table_of, measure, table_of
    from magicmemory.pipeline.engines.select import choose
    from magicmemory.pipeline.pipeline import Pipeline

    with operator_errors():
        settings = load()
        engine = choose(settings.device, settings.data_dir / "cache", settings.precision)
        timer = ProcessorTimer(engine)
        pipeline = Pipeline.of(settings, engine=engine, stopwatch=timer.stopwatch)
        options = Options(model=model, detector=detector, scope=scope)
        scenes = QUICK if quick else ALL
        rows = [measure(pipeline, options, scene, at_once, runs, timer) for scene, at_once in scenes]
    for table in (table_of(rows, pipeline.engine_name, model), cpu_table_of(rows)):
        Console(width=200).print(table)
    write_json(
        json_file,
        {"machine": describe_machine(), "engine": pipeline.engine_name, "rows": [asdict(row) for row in rows]},
    )


@app.command("networks")
def bench_networks(
    name: Annotated[list[str] | None, typer.Option("--model", help="A restorer; repeat it. Default: all.")] = None,
    batch: Annotated[
        list[int] | None, typer.Option(min=1, help="Faces in each call; repeat it. Default: 1; on a GPU 1, 8 and 64.")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure faces per second of the restorers alone, beside the machine's own matrix product.

    Random weights stand for checkpoints, which have the same speed.
    """
    from magicmemory.cli.bench_networks import NETWORKS, measure, product_tflops, table_of
    from magicmemory.pipeline.engines.select import choose

    unknown = sorted(set(name or ()) - set(NETWORKS))
    with operator_errors(), tempfile.TemporaryDirectory() as cache:
        if unknown:
            raise OperatorError(f"There is no restorer {unknown[0]} to measure: take {', '.join(NETWORKS)}.")
        settings = load()
        engine = choose(settings.device, Path(cache), settings.precision)
        tflops = product_tflops(engine.device)
        batches = batch or ([1] if engine.device == "cpu" else [1, 8, 64])
        rows = [measure(engine, one, size, tflops) for one in name or NETWORKS for size in batches]
    Console(width=120).print(table_of(rows, engine.name, tflops))
    figures = {"engine": engine.name, "product_tflops": round(tflops, 3), "rows": [asdict(row) for row in rows]}
    write_json(json_file, {"machine": describe_machine(), **figures})


def _bench_peer(
    folder: Path, python: Path, weights: Path | None, photo: Path | None, rounds: int, json_file: Path | None
) -> None:
    from magicmemory.cli.bench_peer import Peer, compare, table_of
    from magicmemory.cli.bench_pipeline import Scene, draw
    from magicmemory.pipeline.engines.select import choose

    with operator_errors(), tempfile.TemporaryDirectory() as scratch:
        settings = load()
        if photo is None:
            photo = Path(scratch) / "three.jpg"
            photo.write_bytes(draw(Scene(3, 1)))
        device = choose(settings.device, Path(scratch), settings.precision).device.partition(":")[0]
        figures = compare(Peer(folder, python, weights or settings.weights, device), photo, settings, rounds)
    Console().print(table_of(figures))
    write_json(json_file, {"machine": describe_machine(), "photo": photo.name, **figures})


@app.command("queue")
def bench_queue(
    jobs: Annotated[int, typer.Option(min=1, help="Photos to send.")] = 2000,
    json_file: JsonFile = None,
) -> None:
    """Measure photos per second through intake, Redis, worker and delivery, with a model that does nothing."""
    from magicmemory.cli.bench_queue import measure_queue

    with operator_errors(), tempfile.TemporaryDirectory() as folder:
        figures = run(measure_queue(Path(folder), jobs))
    table = Table("figure", "value", title=f"queue: {jobs} photos, a bot and a worker, SQLite")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    Console().print(table)
    write_json(json_file, {"machine": describe_machine(), **figures})


@app.command("intake")
def bench_intake(
    photos: Annotated[int, typer.Option(min=1, help="Photos per row.")] = 1000,
    postgres: Annotated[
        str | None, typer.Option(help="URL of a PostgreSQL server for a temporary database: postgresql+asyncpg://…")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure photos per second through the intake (quota, ledger, queue), with SQLite and PostgreSQL."""
    from magicmemory.cli.bench_intake import intake_table, measure_intake

    with operator_errors(), tempfile.TemporaryDirectory() as folder:
        rows, left_out = run(measure_intake(Path(folder), photos, postgres))
    Console().print(intake_table(rows))
    if left_out:
        Console(stderr=True).print(left_out)
    write_json(json_file, {"machine": describe_machine(), "rows": [asdict(row) for row in rows]})


@app.command("capacity")
def bench_capacity(
    people: Annotated[
        list[int] | None, typer.Option(min=1, help="Number of people; repeat it. Default: 100, 10,000 and 1,000,000.")
    ] = None,
    seconds: Annotated[
        list[float] | None,
        typer.Option(
            min=0.001, help="Seconds a worker takes for a photo, as `bench pipeline` measures; repeat it for a mix."
        ),
    ] = None,
    photos: Annotated[
        float | None, typer.Option(min=0.0001, help="Photos a person and day. Default: MAGIC_FREE_PER_DAY.")
    ] = None,
    peak: Annotated[float, typer.Option(min=1, help="Busiest rate over the day's mean.")] = 3.0,
    wait: Annotated[float, typer.Option(min=0, help="Seconds that 95 of 100 photos may wait.")] = 60.0,
    photo_mb: Annotated[float, typer.Option(min=0.001, help="Megabytes of a photo; of its result the same.")] = 1.0,
    hourly: Annotated[float | None, typer.Option(min=0, help="Price of a worker's hour, in any currency.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Also compare the model with the service, at two rates.")] = (
        False
    ),
    sample: Annotated[int, typer.Option(min=10, help="Photos that are sent to measure storage and waiting.")] = 500,
    json_file: JsonFile = None,
) -> None:
    """Say what numbers of people need: workers, bots, Redis, database, photo store and egress, from measured figures.

    Without --seconds, `lite` restores a photo with one face here first.
    """
    from magicmemory.cli.bench_capacity import (
        Assumed,
        checks_table,
        measure_storage,
        measure_waits,
        need,
        needs_table,
    )

    with operator_errors(), tempfile.TemporaryDirectory() as folder:
        settings = load()
        assumed = Assumed(
            settings.free_per_day if photos is None else photos,
            peak,
            wait,
            photo_mb,
            settings.photo_retention_hours,
            hourly,
        )
        if not assumed.photos:
            raise OperatorError("MAGIC_FREE_PER_DAY is 0: say with --photos how many photos a person sends in a day.")
        measured = asyncio.run(measure_storage(Path(folder) / "storage", sample))
        times = seconds or [_seconds_of_lite()]
        needs = [need(number, measured, assumed, times) for number in people or (100, 10_000, 1_000_000)]
        checks = asyncio.run(measure_waits(Path(folder) / "waits", sample)) if check else []
    Console().print(needs_table(needs, times))
    print(f"A waiting photo takes {measured.redis:.0f} bytes in Redis.")
    print(f"A photo and its person take {measured.database:.0f} bytes in SQLite.")
    if checks:
        Console().print(checks_table(checks))
    write_json(
        json_file,
        {
            "machine": describe_machine(),
            "assumed": asdict(assumed),
            "measured": asdict(measured),
            "seconds": times,
            "needs": [asdict(one) for one in needs],
            "checks": [asdict(one) for one in checks],
        },
    )


def _seconds_of_lite() -> float:
    from magicmemory.cli.bench_pipeline import Scene, measure
    from magicmemory.pipeline.pipeline import Pipeline

    options = Options(model="lite", detector="mtcnn", scope=Scope.FACES)
    return 1 / measure(Pipeline.of(load()), options, Scene(1, 1), 1, 3).photos_per_s
