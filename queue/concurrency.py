"""Limits how many photos a worker restores at a time, and lets a suspect photo run alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ExclusiveSemaphore:
    """A semaphore with an exclusive mode: an exclusive holder waits until all others have left, and keeps new ones out.
    If the worker dies meanwhile, no other photo can be the cause.
    """

    def __init__(self, places: int) -> None:
        """`places` is the number of holders at a time."""
        self._size = places
        self._places = asyncio.Semaphore(places)
        self._entering = asyncio.Lock()

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        """Hold one place while the context lasts; with `alone`, all of them."""
        taken = 0
        try:
            # One task enters at a time: two that each hold half of the places would wait for ever.
            async with self._entering:
                while taken < (self._size if alone else 1):
                    await self._places.acquire()
                    taken += 1
            yield
        finally:
            for _ in range(taken):
                self._places.release()
