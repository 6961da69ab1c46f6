"""Gathers the faces of all current photos into batches for one network.

The batcher has no thread of its own. A caller that waits for its faces runs the next batch, which may hold faces of
other callers too. So nothing must be started or stopped, and callers that bring more faces than can be computed wait,
which limits the queue.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


class OutOfMemory(Exception):
    """The device has no memory for so large a batch."""


@dataclass(frozen=True, slots=True)
class Batching:
    """How an engine runs batches best.

    Attributes:
        largest: the most faces in one batch.
        wait_s: how long a smaller batch waits for faces of other photos, seconds.
        at_once: how many batches run at the same time; one is copied while another is computed.
    """

    largest: int = 1
    wait_s: float = 0.0
    at_once: int = 1


ONE_BY_ONE: Final = Batching()


class _Photo(Generic[Item, Result]):
    """One call's faces."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.waiting = deque(range(len(items)))
        self.results: dict[int, Result] = {}
        self.failure: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Face(Generic[Item, Result]):
    """One face of a photo."""

    photo: _Photo[Item, Result]
    index: int

    @property
    def item(self) -> Item:
        return self.photo.items[self.index]


class Batcher(Generic[Item, Result]):
    """Runs faces in batches. Call it from one thread for each photo.

    Each photo in turn gives one face to the next batch, so that a photo of sixty people does not delay a portrait. A
    face that fails makes only its own photo fail: a failed batch is run again face by face. When memory runs out, the
    batches are halved from then on.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        batching: Batching = ONE_BY_ONE,
        observe: Callable[[int], None] | None = None,
    ) -> None:
        """
        Args:
            run: runs a batch, one result for each face in the same order; raises `OutOfMemory` where it is too large.
            batching: the size of batches, and how many run at once.
            observe: called with the size of each batch.
        """
        self._run = run
        self._largest = batching.largest
        self._wait_s = batching.wait_s
        self._at_once = batching.at_once
        self._observe = observe
        self._running = 0
        self._photos: deque[_Photo[Item, Result]] = deque()  # with faces that wait, whose turn is next first
        self._changed = threading.Condition()

    def __call__(self, items: Sequence[Item], progress: Callable[[int], None] | None = None) -> list[Result]:
        """Run one photo's faces; returns when all are done.

        Args:
            items: the faces.
            progress: called, in this thread, with how many faces are done, whenever there are more.

        Raises:
            Exception: what `run` raised for a face of this photo; the others are not run any more.
        """
        photo = _Photo[Item, Result](items)
        with self._changed:
            if items:
                self._photos.append(photo)
                self._changed.notify_all()  # a batch may be waiting for more faces
        try:
            self._finish(photo, progress)
        except BaseException as error:  # no caller waits for its faces any more
            with self._changed:
                self._fail(photo, error)
            raise
        return [photo.results[index] for index in range(len(items))]

    def _finish(self, photo: _Photo[Item, Result], progress: Callable[[int], None] | None) -> None:
        reported = 0
        while reported < len(photo.items):
            if batch := self._next(photo, reported):
                self._work(batch)
            if photo.failure is not None:
                raise photo.failure
            done = len(photo.results)
            if done > reported and progress is not None:
                progress(done)
            reported = done

    def _next(self, photo: _Photo[Item, Result], reported: int) -> list[_Face[Item, Result]]:
        """The next batch to run; empty when the photo has new results or has failed."""
        with self._changed:
            while photo.failure is None and len(photo.results) == reported:
                if self._photos and self._running < self._at_once:
                    self._running += 1
                    if self._wait_s:
                        self._changed.wait_for(lambda: self._full() or not self._photos, self._wait_s)
                    if batch := self._gathered():
                        return batch
                    self._running -= 1  # another batch took them while this one waited for more
                else:
                    self._changed.wait()
            return []

    def _full(self) -> bool:
        return sum(len(photo.waiting) for photo in self._photos) >= self._largest

    def _gathered(self) -> list[_Face[Item, Result]]:
        """The next batch: one face of each photo in turn."""
        batch: list[_Face[Item, Result]] = []
        while self._photos and len(batch) < self._largest:
            photo = self._photos.popleft()
            batch.append(_Face(photo, photo.waiting.popleft()))
            if photo.waiting:
                self._photos.append(photo)
        return batch

    def _work(self, batch: list[_Face[Item, Result]]) -> None:
        try:
            self._settle(batch)
        except BaseException as error:  # this thread is being ended: the others must not wait for ever
            with self._changed:
                for face in batch:
                    self._fail(face.photo, error)
            raise
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _settle(self, batch: list[_Face[Item, Result]]) -> None:
        """Run a batch. Afterwards each face has a result, a failure, or its place in the queue again."""
        try:
            results = self._run([face.item for face in batch])
        except OutOfMemory as error:
            with self._changed:
                self._shrink(batch, error)
        except Exception as error:
            if len(batch) > 1:
                log.warning("a batch of %d failed and is run again face by face: %s", len(batch), error)
                for face in batch:
                    self._settle([face])
                return
            with self._changed:
                self._fail(batch[0].photo, error)
        else:
            if self._observe is not None:
                self._observe(len(batch))
            with self._changed:
                for face, result in zip(batch, results, strict=True):
                    face.photo.results[face.index] = result

    def _shrink(self, batch: list[_Face[Item, Result]], error: OutOfMemory) -> None:
        """Halve the batch size and put these faces back into the queue. A single face fails."""
        if len(batch) == 1:
            self._fail(batch[0].photo, error)
            return
        self._largest = min(self._largest, len(batch) // 2)
        log.warning("no memory for %d faces at once: from now on %d", len(batch), self._largest)
        for face in reversed(batch):
            face.photo.waiting.appendleft(face.index)
            if face.photo in self._photos:
                self._photos.remove(face.photo)
            if face.photo.failure is None:
                self._photos.appendleft(face.photo)

    def _fail(self, photo: _Photo[Item, Result], error: BaseException) -> None:
        photo.failure = photo.failure or error
        if photo in self._photos:
            self._photos.remove(photo)
