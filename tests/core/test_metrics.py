"""docs/operations.md lists every metric, and no other."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from magicmemory.cli import device_memory
from magicmemory.core.metrics import Metrics

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
SUFFIXES = ("_bucket", "_sum", "_count")


def documented() -> dict[str, list[str]]:
    """The table's metrics with their labels."""
    rows = re.findall(r"^\| `(magicmemory_\w+)` \| ([^|]*) \|", PAGE.read_text(), re.M)
    return {name: re.findall(r"`(\w+)`", labels) for name, labels in rows}


def test_the_page_has_every_metric() -> None:
    told = Metrics().render().decode()
    ours = set(re.findall(r"^# HELP (magicmemory_\w+)", told, re.M))
    of_devices = set(re.findall(r"magicmemory_device_\w+", Path(device_memory.__file__).read_text()))
    created = {name for name in ours if name.endswith("_created")}
    assert set(documented()) == (ours - created) | of_devices


def test_the_page_has_every_label() -> None:
    metrics = Metrics("worker", "1")
    metrics.taken_in("telegram", "0", 0, 1)
    metrics.refused("telegram", "queue-full")
    metrics.failed("no-face-found")
    metrics.batch("lite", 3)
    metrics.delivered("telegram", "photo", "0", 0, 1)
    metrics.recovered("telegram", "queued")
    metrics.depth.labels("restore").set(3)
    metrics.ready.labels("redis").set(1)
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            name = sample.name if sample.name in documented() else family.name
            if name in documented():
                assert sorted(set(sample.labels) - {"le"}) == sorted(documented()[name]), name


def test_metrics_of_alerts_exist() -> None:
    for name in re.findall(r"magicmemory_\w+", PAGE.read_text()):
        base = next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
        assert base in documented(), name


def test_a_gauge_is_read_at_each_scrape() -> None:
    metrics = Metrics()
    values = iter([1.0, 2.0])
    metrics.gauge("magicmemory_test", "A test's.", lambda: next(values))
    assert "magicmemory_test 1.0" in metrics.render().decode()
    assert "magicmemory_test 2.0" in metrics.render().decode()


def test_clocks_that_differ_do_no_harm() -> None:
    metrics = Metrics()
    metrics.taken_in("telegram", "0", 10, 9)
    assert 'magicmemory_intake_seconds_sum{platform="telegram"} 0.0' in metrics.render().decode()


def test_two_processes_in_one_interpreter_share_nothing() -> None:
    one, other = Metrics(), Metrics()
    one.batch("lite", 4)
    assert "magicmemory_batch_faces_sum" in one.render().decode()
    assert "magicmemory_batch_faces_sum" not in other.render().decode()


@pytest.mark.parametrize("name", ["intakes_total", "photos_total", "deliveries_total"])
def test_counters_are_named_as_prometheus_wants(name: str) -> None:
    assert f"# TYPE magicmemory_{name} counter" in Metrics().render().decode()
