"""Benchmarks measure what they claim, and write machine-readable figures."""

import json
import mmap
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor, nn
from typer.testing import CliRunner

from magicmemory.cli import bench_networks
from magicmemory.cli.bench_peer import Peer, PeerFailed
from magicmemory.cli.bench_pipeline import ProcessorTimer, Scene, measure
from magicmemory.cli.bench_stats import peak_mb, percentile, reset_peak
from magicmemory.cli.main import app
from magicmemory.core.options import Options, Scope
from magicmemory.pipeline.engines import select
from magicmemory.pipeline.engines.select import choose
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.pipeline import Pipeline
from tests.support.converted_models import add_converted_models
from tests.support.harness import settings_for
from tests.support.networks import Tiny

PLAIN = ModelFacts("plain", "Plain", Kind.RESTORER, "MIT", Commercial.YES)


@pytest.mark.usefixtures("redis_binary")
@pytest.mark.services
def test_bench_queue_writes_figures(tmp_path: Path) -> None:
    file = tmp_path / "queue.json"
    ended = CliRunner().invoke(app, ["bench", "queue", "--jobs", "20", "--json", str(file)])
    assert ended.exit_code == 0, ended.output
    figures = json.loads(file.read_text())
    assert figures["jobs a second"] > 0
    assert figures["overhead p50, ms"] <= figures["overhead p95, ms"]


@pytest.mark.usefixtures("redis_binary")
@pytest.mark.services
def test_bench_intake_writes_figures(tmp_path: Path) -> None:
    file = tmp_path / "intake.json"
    nobody = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
    arguments = ["bench", "intake", "--photos", "10", "--postgres", nobody, "--json", str(file)]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0, ended.output
    assert ended.stderr.startswith("PostgreSQL was not measured: ")
    rows = json.loads(file.read_text())["rows"]
    assert [(row["database"], row["at_once"]) for row in rows] == [("SQLite", 1), ("SQLite", 32)]
    assert all(row["photos_per_s"] > 0 and 0 < row["p50_ms"] <= row["p95_ms"] for row in rows)


@pytest.mark.usefixtures("redis_binary")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_bench_intake_works_on_postgresql(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "intake.json"
    arguments = ["bench", "intake", "--photos", "10", "--postgres", database_url, "--json", str(file)]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0, ended.output
    assert [row["database"] for row in json.loads(file.read_text())["rows"]] == ["SQLite"] * 2 + ["PostgreSQL"] * 2


@pytest.mark.processes
@pytest.mark.slow
def test_bench_networks_counts_faces_and_operations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_networks, "_SECONDS", 0.05)
    monkeypatch.setattr(bench_networks, "NETWORKS", {"plain": (PLAIN, Tiny)})
    monkeypatch.setattr(select, "choose", lambda *_: TorchEngine("cpu"))
    file = tmp_path / "networks.json"
    ended = CliRunner().invoke(app, ["bench", "networks", "--batch", "1", "--batch", "2", "--json", str(file)])
    assert ended.exit_code == 0, ended.output
    figures = json.loads(file.read_text())
    assert [(row["network"], row["batch"]) for row in figures["rows"]] == [("plain", 1), ("plain", 2)]
    for row in figures["rows"]:
        # Two convolutions of 3x3 over 512x512, from 3 to 6 channels and back: each a multiplication and an addition.
        assert row["gflop"] == pytest.approx(2 * 2 * 9 * 3 * 6 * 512 * 512 / 1e9, abs=0.05)
        assert row["ms_per_face"] == pytest.approx(1000 / row["faces_per_s"], rel=0.01)
        share = row["gflop"] * row["faces_per_s"] / 1000 / figures["product_tflops"]
        assert row["of_product"] == pytest.approx(share, rel=0.2, abs=0.001)


def test_bench_networks_names_what_it_can_measure() -> None:
    ended = CliRunner().invoke(app, ["bench", "networks", "--model", "gfpgam"])
    assert ended.exit_code == 2
    assert "There is no restorer gfpgam to measure: take lite, gfpgan-1.4, " in " ".join(ended.output.split())


@pytest.mark.processes
@pytest.mark.slow
def test_generated_scene_contains_the_requested_faces(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    add_converted_models(tmp_path)
    engine = choose(settings.device, tmp_path / "cache", settings.precision)
    timer = ProcessorTimer(engine)
    pipeline = Pipeline.of(settings, engine=engine, stopwatch=timer.stopwatch)
    figures = measure(pipeline, Options(model="lite", scope=Scope.FACES), Scene(3, 1), at_once=1, runs=1, timer=timer)
    assert round(figures.faces_per_s / figures.photos_per_s) == 3
    assert figures.cpu_ms is not None
    assert figures.cpu_beside_networks_ms is not None
    *stages, total = figures.cpu_beside_networks_ms.items()
    assert {"decode", "detect", "blend", "encode"} <= dict(stages).keys() < figures.p50_ms.keys()
    assert 0 < sum(spent for _, spent in stages) <= total[1] + 0.5 < figures.cpu_ms
    assert total[0] == "total"
    assert figures.p50_ms["total"] >= figures.p50_ms["restore"] > 0
    two = measure(pipeline, Options(model="lite", scope=Scope.FACES), Scene(1, 1), at_once=2, runs=1, timer=timer)
    assert round(two.faces_per_s / two.photos_per_s) == 1
    assert two.cpu_ms is None, "two photos' time cannot be told apart"


class Busy(nn.Module):
    """Takes 0.1 seconds of processor time."""

    def forward(self, picture: Tensor) -> Tensor:
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        return picture


def test_time_of_several_calls_at_once_counts_once() -> None:
    engine = TorchEngine("cpu")
    timer = ProcessorTimer(engine)
    run = engine.compile(Busy(), (), "")
    began = time.process_time()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(run, np.zeros((4, 1), np.float32)))
    assert 0.4 <= timer.networks <= time.process_time() - began


def test_percentile_is_interpolated() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2
    assert percentile([float(value) for value in range(100)], 95) == 95
    assert percentile([1.0], 95) == 1


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux forgets a process's peak")
def test_reset_peak_starts_a_new_memory_peak() -> None:
    # Not from the heap, which may keep what is freed.
    with mmap.mmap(-1, 100_000_000) as held:
        held.write(bytes(len(held)))
        reset_peak()
        high = peak_mb()
    reset_peak()
    assert peak_mb() < high - 20


@pytest.mark.processes
def test_peer_result_is_parsed_and_its_failure_reported(tmp_path: Path) -> None:
    (tmp_path / "gfpganer.py").write_text("print('noise')\nprint('{\"total_s\": [2.5], \"faces\": 3}')\n")
    peer = Peer(tmp_path, Path(sys.executable), tmp_path)
    assert peer.restore(tmp_path / "photo.jpg", 1) == {"total_s": [2.5], "faces": 3}
    (tmp_path / "gfpganer.py").write_text("raise SystemExit('no such photo')\n")
    with pytest.raises(PeerFailed, match="The peer failed: no such photo"):
        peer.restore(tmp_path / "photo.jpg", 1)
