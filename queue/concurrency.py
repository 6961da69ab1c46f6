"""The room of a worker: several photos side by side, and one that is suspected alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ExclusiveSemaphore:
    """Who enters alone waits until the others have left, and keeps new ones out until it leaves: if the worker dies
    then, it was nobody else.
    """

    def __init__(self, places: int) -> None:
        """`places` is how many may be in the room at a time."""
        self._size = places
        self._places = asyncio.Semaphore(places)
        self._door = asyncio.Lock()

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        """Be in the room for as long as the context lasts."""
        taken = 0
        try:
            # One at a time at the door: two who each hold half of the places would wait for ever.
            async with self._door:
                while taken < (self._size if alone else 1):
                    await self._places.acquire()
                    taken += 1
            yield
        finally:
            for _ in range(taken):
                self._places.release()
