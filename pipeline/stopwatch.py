"""The times of a photo's stages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Times named stages; it starts when it is made.

    Attributes:
        stages_ms: milliseconds by stage, in the order in which the stages first began.
    """

    def __init__(self) -> None:
        self.stages_ms: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Times what runs inside; a stage that is named again is added to."""
        start = time.perf_counter()
        yield
        self.stages_ms[stage] = round(self.stages_ms.get(stage, 0) + _since(start), 1)

    def total_ms(self) -> float:
        """Milliseconds since the start."""
        return _since(self._start)


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
