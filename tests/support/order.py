"""A pytest plugin that orders the tests of a parallel run, so that no core idles.

Half of the time goes to tests that mostly wait: for a service, another process, a page. The others compute. With
pytest-xdist's `worksteal`, each of n processes gets an nth of the tests in their order, and a process without tests
takes half of another's, from the end. So a process for each core begins with tests that compute, and the others with
tests that wait: the cores are busy whatever is waited for. The end is left to short tests.

The order stays random: files come in pytest-randomly's order, and so do the tests of a file.
"""

import os
from collections.abc import Iterable, Sequence

import pytest

# How long a test takes, roughly, by its dearest marker.
SECONDS = {"soak": 20.0, "processes": 3.0, "services": 0.5, "slow": 0.5}
SHORT = 0.02
WAITING = {"soak", "processes", "services"}


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process a core for the fast tests, which compute; for all tests as many again and two more, for what waits."""
    return cores() if "not services" in config.option.markexpr else 2 * cores() + 2


@pytest.hookimpl(trylast=True)  # after the random order, and after the markers that are set automatically
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        items[:] = ordered(items, processes, cores())


def ordered(items: Sequence[pytest.Item], processes: int, cores: int) -> list[pytest.Item]:
    """The tests, in one share for each of `processes` processes. Shares have the same number of tests."""
    groups = _groups(items)
    waiting = [group for group in groups if _marker(group[0]) in WAITING]
    slow = [group for group in groups if _marker(group[0]) == "slow"]
    short = [item for group in groups if not _marker(group[0]) for item in group]
    if waiting and processes > cores:
        shares = _dealt(slow, cores) + _dealt(waiting, processes - cores)
    else:
        shares = _dealt(slow + waiting, processes)
    done: list[pytest.Item] = []
    for number, share in enumerate(shares, 1):
        done += share
        missing = max(0, len(items) * number // processes - len(done))
        done += short[:missing]
        del short[:missing]
    return done


def _marker(item: pytest.Item) -> str:
    return next((name for name in SECONDS if item.get_closest_marker(name)), "")


def _groups(items: Iterable[pytest.Item]) -> list[list[pytest.Item]]:
    """The tests of one file with the same marker; all tests of the browser, so that one process starts it."""

    def key(item: pytest.Item) -> tuple[str, str]:
        if "browser" in getattr(item, "fixturenames", ()):
            return "", "browser"
        return str(item.path), _marker(item)

    found: dict[tuple[str, str], list[pytest.Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return list(found.values())


def _seconds(tests: Sequence[pytest.Item]) -> float:
    return sum(SECONDS.get(_marker(item), SHORT) for item in tests)


def _dealt(groups: Iterable[list[pytest.Item]], shares: int) -> list[list[pytest.Item]]:
    """The groups in shares that take about the same time; the longest tests and the browser's first."""
    dealt: list[list[pytest.Item]] = [[] for _ in range(shares)]
    for group in sorted(groups, key=lambda group: len(group) < 50 and _marker(group[0]) != "soak"):
        min(dealt, key=_seconds).extend(group)
    return dealt
