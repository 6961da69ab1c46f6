"""A model of a service's day: when photos arrive, how long they wait for workers, and how many workers that takes.

Photos arrive independently of each other (a Poisson process) at a rate that follows the hour; workers take the photo
that came first. Times are seconds.
"""

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

DAY_S = 86_400.0
# The hours around the busiest moment that are simulated: before and after them, fewer photos come.
AROUND_S = 2 * 3600.0
PERCENT = 95


@dataclass(frozen=True, slots=True)
class Day:
    """How many photos come in a day, and the busiest moment's rate over the day's mean (1: always the same)."""

    photos: float
    peak: float

    def __post_init__(self) -> None:
        if self.photos <= 0 or self.peak < 1:
            raise ValueError("a day has photos, and its peak is not below its mean")

    @property
    def peak_per_s(self) -> float:
        """Photos a second at the busiest moment."""
        return self.photos / DAY_S * self.peak

    def rate(self, at_s: float) -> float:
        """Photos a second at a time from the busiest moment. The curve is a power of a cosine over the day, so that its
        mean is the day's and its top the peak.
        """
        return self.peak_per_s * math.pow((1 + math.cos(2 * math.pi * at_s / DAY_S)) / 2, _steepness(self.peak))

    def arrivals(self, chance: random.Random) -> list[float]:
        """Times of arrival around the busiest moment."""
        return [at for at in _poisson(self.peak_per_s, -AROUND_S, AROUND_S, chance) if self._comes(at, chance)]

    def _comes(self, at_s: float, chance: random.Random) -> bool:
        return chance.random() * self.peak_per_s < self.rate(at_s)


def steady(per_s: float, seconds: float, chance: random.Random) -> list[float]:
    """Times of arrival at a rate that does not change."""
    return list(_poisson(per_s, 0, seconds, chance))


def waits(arrivals: Sequence[float], photo_s: Sequence[float], workers: int, chance: random.Random) -> list[float]:
    """How long each photo waits before a worker takes it.

    Args:
        arrivals: ascending.
        photo_s: measured times of photos; each photo takes one of them, equally likely.
        workers: photos in work at a time.
        chance: draws the times.
    """
    free = [-math.inf] * workers
    found = []
    for at in arrivals:
        begins = max(at, free[0])
        heapq.heapreplace(free, begins + chance.choice(photo_s))
        found.append(begins - at)
    return found


def workers_needed(day: Day, photo_s: Sequence[float], wait_s: float, seed: int = 1) -> int:
    """The fewest workers with which 95 of 100 photos around the busiest moment wait at most `wait_s`."""
    arrivals = day.arrivals(random.Random(seed))
    mean_s = sum(photo_s) / len(photo_s)
    # Fewer than this cannot keep up with the mean of the day; twice the peak's work is always enough but for chance.
    low, high = 0, max(2, math.ceil(2 * day.peak_per_s * mean_s))
    while not _enough(arrivals, photo_s, high, wait_s, seed):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _enough(arrivals, photo_s, middle, wait_s, seed):
            high = middle
        else:
            low = middle
    return high


def _enough(arrivals: Sequence[float], photo_s: Sequence[float], workers: int, wait_s: float, seed: int) -> bool:
    waited = waits(arrivals, photo_s, workers, random.Random(seed))
    return sum(one > wait_s for one in waited) * 100 <= len(waited) * (100 - PERCENT)


def _poisson(per_s: float, start_s: float, end_s: float, chance: random.Random) -> Iterator[float]:
    at = start_s + chance.expovariate(per_s)
    while at < end_s:
        yield at
        at += chance.expovariate(per_s)


@cache
def _steepness(peak: float) -> float:
    """The power whose curve has that peak over its mean."""
    # The mean of ((1 + cos) / 2) ** n over a day is Γ(n + ½) / (√π Γ(n + 1)).
    low, high = 0.0, 4 * peak * peak
    for _ in range(60):
        middle = (low + high) / 2
        mean = math.exp(math.lgamma(middle + 0.5) - math.lgamma(middle + 1)) / math.sqrt(math.pi)
        low, high = (middle, high) if 1 / mean < peak else (low, middle)
    return low
