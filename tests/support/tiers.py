"""A pytest plugin that checks the markers `services`, `processes` and `slow`.

Tests without one of these markers are the fast tier, which `make check` runs. If such a test starts a process, connects
to a service or takes long, it fails in `make check`; in other runs the summary names it.
"""

import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

# Fixtures that provide a service; tests that use them are marked automatically.
SERVICES = {
    "redis_server",
    "own_redis_url",
    "redis_binary",
    "postgres_template",
    "browser",
    "browsers_redis",
    "s3_url",
}
# Seconds of processor time. The marker `slow` is meant for tests over one second; busy machines are slower.
MOST_CPU_S = 3.0
PORTS = {6379, 5432}
# The property of a test report that names the missing marker.
PROPERTY = "tier"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use a service's fixture."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        postgres = "postgresql" in (parameters.get("database_url"), parameters.get("empty_database_url"))
        if postgres or names & SERVICES:
            item.add_marker("services")


def tier(item: pytest.Item) -> set[str]:
    """A test's tier markers; an empty set means the fast tier."""
    return {name for name in ("services", "processes", "slow") if item.get_closest_marker(name)}


class Watch:
    """Records the services to which a test connects."""

    def __init__(self) -> None:
        self.connected: list[str] = []
        self.on = False

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook. Python calls it very often, so it must be cheap."""
        if event == "socket.connect" and self.on:
            address = arguments[1]
            if isinstance(address, tuple) and address[1] in PORTS:
                self.connected.append(f"{address[0]}:{address[1]}")
            elif isinstance(address, str) and address.endswith("redis.sock"):
                self.connected.append(address)


WATCH = pytest.StashKey[Watch]()


def pytest_configure(config: pytest.Config) -> None:
    watch = config.stash[WATCH] = Watch()
    sys.addaudithook(watch.audit)


def _children() -> tuple[float, ...]:
    """The resources used by ended child processes; changes whenever a child ends."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime, used.ru_stime, used.ru_minflt


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    watch = item.config.stash[WATCH]
    watch.connected, watch.on = [], True
    children, cpu = _children(), time.process_time()
    try:
        return (yield)
    finally:
        watch.on = False
        wrong = _breaches(tier(item), watch, _children() != children, time.process_time() - cpu)
        if wrong:
            item.user_properties.append((PROPERTY, "; ".join(wrong)))
            if "not slow" in item.config.option.markexpr:
                pytest.fail("; ".join(wrong), pytrace=False)


def _breaches(markers: set[str], watch: Watch, process: bool, cpu_s: float) -> list[str]:
    wrong = []
    if process and not markers & {"processes", "services"}:
        wrong.append("it starts a process and is not marked `processes`")
    if watch.connected and "services" not in markers:
        wrong.append(f"it connects to {watch.connected[0]} and is not marked `services`")
    if cpu_s > MOST_CPU_S and not markers:
        wrong.append(f"it takes {cpu_s:.1f} s of processor time and is not marked `slow`")
    return wrong


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the tests without their marker."""
    found = {
        f"{report.nodeid}: {value}"
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == PROPERTY
    }
    if found:
        terminalreporter.section("tests without the marker of their tier")
        for line in sorted(found):
            terminalreporter.line(line)
