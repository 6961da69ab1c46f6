"""The benchmarks measure what they say, and write figures that other programs can read."""

import json
from pathlib import Path

from typer.testing import CliRunner

from magicmemory.cli.bench import Scene, draw, measure, percentile
from magicmemory.cli.main import app
from magicmemory.core.options import Options
from magicmemory.pipeline.pipeline import Pipeline
from tests.service import settings_for


def test_queue(tmp_path: Path) -> None:
    file = tmp_path / "queue.json"
    ended = CliRunner().invoke(app, ["bench", "queue", "--jobs", "20", "--json", str(file)])
    assert ended.exit_code == 0, ended.output
    figures = json.loads(file.read_text())
    assert figures["jobs a second"] > 0
    assert figures["overhead p50, ms"] <= figures["overhead p95, ms"]


def test_a_scene_has_its_faces(tmp_path: Path) -> None:
    pipeline = Pipeline.of(settings_for(tmp_path))
    figures = measure(pipeline, draw(Scene(3, 1)), Options(model="lite"), Scene(3, 1), concurrency=2, runs=1)
    assert round(figures.faces_per_s / figures.photos_per_s) == 3
    assert figures.p50_ms["total"] >= figures.p50_ms["restore"] > 0


def test_percentile() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2
    assert percentile([float(value) for value in range(100)], 95) == 95
    assert percentile([1.0], 95) == 1
