"""How fast a visitor may come: a bucket of tokens for each, which refills with time."""

import time
from collections.abc import Callable

# Far more visitors than this never come at once; beyond it, whoever has a full bucket is forgotten.
MOST_BUCKETS = 10_000


class RateLimit:
    """`burst` requests at once, and `per_second` more as time goes on, for each key."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, and when they were counted

    def wait_s(self, key: str) -> float:
        """Take a token: 0 where there was one, else the seconds until there is."""
        now = self._clock()
        tokens = self._tokens(key, now)
        if tokens < 1:
            return (1 - tokens) / self._per_second
        self._buckets[key] = (tokens - 1, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._forget(now)
        return 0

    def _tokens(self, key: str, now: float) -> float:
        tokens, counted = self._buckets.get(key, (self._burst, now))
        return min(self._burst, tokens + (now - counted) * self._per_second)

    def _forget(self, now: float) -> None:
        self._buckets = {key: kept for key, kept in self._buckets.items() if self._tokens(key, now) < self._burst}
        # Many strangers at once: the oldest go, full or not, so that memory stays bounded.
        for key in list(self._buckets)[: max(0, len(self._buckets) - MOST_BUCKETS)]:
            del self._buckets[key]
