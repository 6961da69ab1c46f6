"""The faces of all photos in hand, brought together into one network's batches.

There is no thread of its own here: whoever waits for a face runs the next batch, be it of his photo or of others'. So
nothing has to be started or stopped, and who brings more faces than are done waits for them, which is all the
back-pressure there need be.
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
    """What an engine wants of its batches.

    Attributes:
        largest: faces in one, at most.
        wait_s: how long a smaller one waits for the faces of other photos, seconds.
        at_once: batches that run at the same time, so that one is copied while another is computed.
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
    """Runs faces in batches; call it from as many threads as there are photos in hand.

    Each photo in turn gives one face to the next batch, so that a photo of sixty people does not hold up a portrait.
    A face that fails takes its own photo along and no other: a failed batch is run again face by face. Where memory
    does not suffice, batches are half as large from then on.
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
            observe: told of each batch's size.
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
                self._changed.notify_all()  # a batch may be waiting for company
        try:
            self._see_through(photo, progress)
        except BaseException as error:  # nobody waits for its faces any more
            with self._changed:
                self._fail(photo, error)
            raise
        return [photo.results[index] for index in range(len(items))]

    def _see_through(self, photo: _Photo[Item, Result], progress: Callable[[int], None] | None) -> None:
        told = 0
        while told < len(photo.items):
            if batch := self._next(photo, told):
                self._work(batch)
            if photo.failure is not None:
                raise photo.failure
            done = len(photo.results)
            if done > told and progress is not None:
                progress(done)
            told = done

    def _next(self, photo: _Photo[Item, Result], told: int) -> list[_Face[Item, Result]]:
        """A batch to run; or none, once there is news of the photo."""
        with self._changed:
            while photo.failure is None and len(photo.results) == told:
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
        """Run a batch and see to it that each face has a result, a failure, or its place in the queue again."""
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
        """Halve the batches and put these faces back to where they were; a single face can only fail."""
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
