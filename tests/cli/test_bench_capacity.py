"""The capacity model agrees with queueing theory where theory has a formula, and the command says what it used."""

import json
import math
import random
import statistics
from pathlib import Path

import pytest
from typer.testing import CliRunner

from magicmemory.cli.bench_capacity import Assumed, Measured, need
from magicmemory.cli.capacity_model import AROUND_S, DAY_S, Day, steady, waits, workers_needed
from magicmemory.cli.main import app

MEASURED = Measured(redis=2000, database=1000)


@pytest.mark.parametrize("peak", [1.0, 2.0, 3.0, 6.0])
def test_a_day_has_its_photos_and_its_peak(peak: float) -> None:
    day = Day(86_400, peak)
    rates = [day.rate(at) for at in range(-43_200, 43_200, 60)]
    assert statistics.mean(rates) == pytest.approx(1, rel=0.01)
    assert max(rates) == pytest.approx(peak, rel=0.001)


def test_arrivals_follow_the_rate() -> None:
    day = Day(86_400, 3)
    arrivals = day.arrivals(random.Random(1))
    wanted = sum(day.rate(at) for at in range(-int(AROUND_S), int(AROUND_S)))
    assert len(arrivals) == pytest.approx(wanted, rel=0.03)
    assert arrivals == sorted(arrivals)
    with pytest.raises(ValueError, match="peak"):
        Day(10, 0.5)


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_waiting_times_are_those_of_queueing_theory(load: float) -> None:
    """One worker and equal times: Pollaczek and Khinchine's formula, load / (2 (1 - load)) times of a photo."""
    arrivals = steady(load, 200_000, random.Random(1))
    waited = waits(arrivals, [1.0], 1, random.Random(1))
    assert statistics.mean(waited) == pytest.approx(load / (2 * (1 - load)), rel=0.05)
    assert statistics.mean(waits(arrivals, [1.0], 2, random.Random(1))) < statistics.mean(waited) / 4


def test_workers_keep_up_with_the_peak_and_no_more_than_needed() -> None:
    day = Day(100_000, 3)
    few = workers_needed(day, [1.93], 60)
    work = day.peak_per_s * 1.93
    assert work - 1 <= few <= math.ceil(work) + 2
    assert workers_needed(day, [1.93], 0.5) > few
    assert workers_needed(Day(1, 1), [0.4], 60) == 1


def test_needs_grow_with_people_and_the_price_is_the_workers() -> None:
    assumed = Assumed(photos=1, peak=3, wait_s=60, photo_mb=2, retention_h=24, hourly=0.5)
    small, large = (need(people, MEASURED, assumed, [1.0]) for people in (100, 100_000))
    assert small.workers == 1
    assert small.money_a_photo == 0.5 * 24 / 100
    assert large.database_mb_a_month == 3000
    assert large.store_gb == 400
    assert large.egress_gb_a_day == 200
    assert large.redis_mb == pytest.approx(100_000 / DAY_S * 3 * 3600 * 2000 / 1e6)
    assert large.money_a_photo is not None
    assert large.money_a_photo < small.money_a_photo / 100


@pytest.mark.usefixtures("redis_binary")
@pytest.mark.services
def test_the_command_measures_and_writes_what_it_assumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "capacity.json"
    arguments = ["bench", "capacity", "--sample", "20", "--seconds", "1.93", "--people", "100", "--json", str(file)]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0, ended.output
    figures = json.loads(file.read_text())
    assert figures["assumed"]["photos"] == 1
    assert 500 < figures["measured"]["redis"] < 20_000
    assert figures["measured"]["database"] > 100
    assert [one["workers"] for one in figures["needs"]] == [1]
    monkeypatch.setenv("MAGIC_FREE_PER_DAY", "0")
    refused = CliRunner().invoke(app, arguments)
    assert refused.exit_code == 2
    assert "--photos" in refused.stderr
