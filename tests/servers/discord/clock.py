"""The server's time, which a test can move, and the ids that are made from it."""

import itertools
import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000


class Clock:
    """Real time plus whatever a test added."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._serial = itertools.count()

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move on."""
        self._ahead += seconds

    def snowflake(self) -> int:
        """A new id, which carries the present moment."""
        return (int(self.now() * 1000) - EPOCH_MS) << 22 | next(self._serial) & 0xFFF

    def stamp(self, at: float | None = None) -> str:
        """A moment as the API writes it; None: the present."""
        return datetime.fromtimestamp(self.now() if at is None else at, UTC).isoformat()
