"""Previews run two at a time, once for the same photo, and are kept within bounds."""

import asyncio
import io
import threading
from typing import Any

import pytest
from PIL import Image

from magicmemory.bots.common import previews
from magicmemory.bots.common.previews import CHILDREN, Previews
from magicmemory.core.errors import PhotoUnreadable

pytestmark = pytest.mark.processes


def tiff(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (number, 0, 0)).save(file, "TIFF")
    return file.getvalue()


class Counting:
    """A sandbox that counts its calls."""

    def __init__(self, sandbox: Any, seconds: float = 0.0) -> None:
        self._sandbox = sandbox
        self._seconds = seconds
        self._lock = threading.Lock()
        self.calls = self.running = self.most = 0

    def __call__(self, photo: bytes, **arguments: object) -> Any:
        with self._lock:
            self.calls += 1
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            threading.Event().wait(self._seconds)
            return self._sandbox(photo, **arguments)
        finally:
            with self._lock:
                self.running -= 1


def counted(seconds: float = 0.0) -> tuple[Previews, Counting]:
    made = Previews(64)
    counting = Counting(made._sandbox, seconds)
    made._sandbox = counting  # type: ignore[assignment]
    return made, counting


async def test_twenty_requests_for_one_photo_compute_it_once() -> None:
    made, counting = counted(0.2)
    found = await asyncio.gather(*(made.of(tiff(1)) for _ in range(20)))
    assert len(set(found)) == 1
    assert await made.of(tiff(1)) == found[0]
    assert counting.calls == 1


async def test_many_photos_are_read_two_at_a_time() -> None:
    made, counting = counted(0.1)
    await asyncio.gather(*(made.of(tiff(number)) for number in range(8)))
    assert (counting.calls, counting.most) == (8, CHILDREN)


async def test_a_photo_that_cannot_be_read_is_remembered() -> None:
    made, counting = counted()
    for _ in range(3):
        with pytest.raises(PhotoUnreadable):
            await made.of(b"II*\0 no picture")
    assert counting.calls == 1


async def test_cancelled_caller_does_not_cancel_the_shared_preview() -> None:
    made, counting = counted(0.3)
    impatient = asyncio.create_task(made.of(tiff(1)))
    patient = asyncio.create_task(made.of(tiff(1)))
    await asyncio.sleep(0.1)
    impatient.cancel()
    assert (await patient).startswith(b"\xff\xd8")
    assert counting.calls == 1


async def test_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    made, counting = counted()
    size = len(await made.of(tiff(0)))
    monkeypatch.setattr(previews, "MAX_CACHE_BYTES", 3 * size + size // 2)
    for number in range(1, 6):
        await made.of(tiff(number))
    assert counting.calls == 6
    await made.of(tiff(5))
    assert counting.calls == 6
    await made.of(tiff(0))
    assert counting.calls == 7
