"""A rate limit by visitor: a token bucket for each."""

import time
from collections.abc import Callable

# Beyond this number, full buckets are forgotten: they equal new ones.
MOST_BUCKETS = 10_000


class RateLimit:
    """Allows `burst` requests at once for each key, and `per_second` more with time."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, and when they were counted

    def wait_s(self, key: str) -> float:
        """Take a token and return 0, or return the seconds until there is a token."""
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
        # If no bucket is full, the oldest are forgotten, so that memory stays bounded.
        for key in list(self._buckets)[: max(0, len(self._buckets) - MOST_BUCKETS)]:
            del self._buckets[key]
