"""A parallel run begins with what takes longest, and computes while it waits."""

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.order import ordered

NUMBERS = {"": 600, "slow": 60, "services": 120, "processes": 60}


@dataclass(eq=False)
class Case:
    """What the order asks of a test."""

    path: Path
    marker: str = ""
    fixturenames: list[str] = field(default_factory=list)

    def get_closest_marker(self, name: str) -> bool:
        return name == self.marker


def some_tests(seed: int = 1) -> list[Any]:
    """Files of ten tests with one marker, in random order."""
    files = [
        [Case(Path(f"{marker}{number}"), marker) for _ in range(10)]
        for marker in NUMBERS
        for number in range(NUMBERS[marker] // 10)
    ]
    random.Random(seed).shuffle(files)
    return [test for file in files for test in file]


def shares(tests: Sequence[Any], processes: int) -> list[Sequence[Any]]:
    """What pytest-xdist gives to each process at first."""
    ends = [len(tests) * number // processes for number in range(processes + 1)]
    return [tests[begin:end] for begin, end in itertools.pairwise(ends)]


@pytest.mark.parametrize(("processes", "cores"), [(6, 2), (4, 2), (10, 4), (3, 2)])
def test_a_process_for_each_core_computes_while_the_others_wait(processes: int, cores: int) -> None:
    tests = some_tests()
    found = ordered(tests, processes, cores)
    assert Counter(map(id, found)) == Counter(map(id, tests))
    first = [Counter(test.marker for test in share[:10]) for share in shares(found, processes)]
    assert all(set(counts) == {"slow"} for counts in first[:cores])
    assert all(not counts["slow"] and not counts[""] for counts in first[cores:])


def test_short_tests_are_left_for_the_end() -> None:
    for share in shares(ordered(some_tests(), 6, 2), 6):
        assert {test.marker for test in share[-30:]} == {""}


def test_waiting_tests_are_shared_out_evenly() -> None:
    waiting = [Counter(test.marker for test in share) for share in shares(ordered(some_tests(), 6, 2), 6)[2:]]
    seconds = [3 * counts["processes"] + counts["services"] / 2 for counts in waiting]
    assert max(seconds) <= 1.5 * min(seconds)


def test_the_longest_tests_come_first() -> None:
    tests = [*some_tests(), Case(Path("soak"), "soak")]
    assert "soak" in {share[0].marker for share in shares(ordered(tests, 6, 2), 6)}


def test_files_stay_whole_and_in_their_random_order() -> None:
    tests = some_tests()
    for share in shares(ordered(tests, 6, 2), 6):
        long = [test for test in share if test.marker]
        assert long == sorted(long, key=tests.index)
    assert ordered(some_tests(2), 6, 2) != ordered(some_tests(3), 6, 2)


def test_one_process_starts_the_browser() -> None:
    tests = some_tests()
    for test in tests[::20]:
        test.marker, test.fixturenames = "services", ["browser"]
    browsing = [[test for test in share if test.fixturenames] for share in shares(ordered(tests, 6, 2), 6)]
    assert sorted(map(len, browsing)) == [0, 0, 0, 0, 0, len(tests[::20])]


def test_without_waiting_tests_all_compute() -> None:
    tests = [test for test in some_tests() if test.marker in ("", "slow")]
    for share in shares(ordered(tests, 2, 2), 2):
        assert share[0].marker == "slow"
        assert share[-1].marker == ""
