"""Batches of several photos: full, fair, and no photo pays for another's trouble. The engine here is a list that notes
its batches and runs when it is told to, so that the order is the test's and not the machine's.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain

import pytest

from magicmemory.pipeline.engines.batcher import Batcher, Batching, OutOfMemory


class Engine:
    """Doubles numbers, when it may."""

    def __init__(self, memory: int = 1000, breaks_on: int | None = None) -> None:
        self.batches: list[list[int]] = []
        self.may_run = threading.Semaphore(0)
        self.began = threading.Semaphore(0)
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        self._memory, self._breaks_on = memory, breaks_on

    def __call__(self, items: Sequence[int]) -> list[int]:
        with self._lock:
            self.batches.append(list(items))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.began.release()
        try:
            assert self.may_run.acquire(timeout=20), "the test never let this batch run"
            if len(items) > self._memory:
                raise OutOfMemory(f"{len(items)} faces")
            if self._breaks_on in items:
                raise ValueError(f"face {self._breaks_on}")
            return [item * 2 for item in items]
        finally:
            with self._lock:
                self.at_once -= 1

    def let_all_run(self) -> None:
        self.may_run.release(1000)


class Photos:
    """Photos in threads of their own, which come one after the other."""

    def __init__(self, batcher: Batcher[int, int]) -> None:
        self._batcher = batcher
        self._threads = ThreadPoolExecutor(16)

    def close(self) -> None:
        self._threads.shutdown()

    def comes(self, *faces: int, progress: Callable[[int], None] | None = None) -> "Future[list[int]]":
        known = self._faces()
        future = self._threads.submit(self._batcher, faces, progress)
        while self._faces() < known + 1 and not future.done():  # until it stands in the queue
            pass
        return future

    def _faces(self) -> int:
        with self._batcher._changed:
            return len(self._batcher._photos) + self._batcher._running


PhotosOf = Callable[[Batcher[int, int]], Photos]


@pytest.fixture
def photos_of() -> Iterator[PhotosOf]:
    """Makes `Photos`, whose threads end with the test."""
    with ExitStack() as stack:

        def make(batcher: Batcher[int, int]) -> Photos:
            photos = Photos(batcher)
            stack.callback(photos.close)
            return photos

        yield make


def test_one_photos_faces_are_batched_and_returned_in_order() -> None:
    engine, sizes, told = Engine(), list[int](), list[int]()
    engine.let_all_run()
    batcher = Batcher(engine, Batching(largest=2), sizes.append)
    assert batcher(range(5), told.append) == [0, 2, 4, 6, 8]
    assert engine.batches == [[0, 1], [2, 3], [4]]
    assert sizes == [2, 2, 1]
    assert told == [2, 4, 5]


def test_no_faces_run_no_batch() -> None:
    engine = Engine()
    assert Batcher(engine)([]) == []
    assert engine.batches == []


def test_faces_of_several_photos_share_a_batch(photos_of: PhotosOf) -> None:
    engine = Engine()
    photos = photos_of(Batcher(engine, Batching(largest=4)))
    first = photos.comes(1)
    engine.began.acquire()
    others = [photos.comes(face) for face in (2, 3, 4, 5, 6)]
    engine.let_all_run()
    assert first.result(20) == [2]
    assert [other.result(20) for other in others] == [[4], [6], [8], [10], [12]]
    assert engine.batches == [[1], [2, 3, 4, 5], [6]]


def test_group_photo_does_not_delay_a_portrait(photos_of: PhotosOf) -> None:
    engine = Engine()
    photos = photos_of(Batcher(engine, Batching(largest=2)))
    crowd = photos.comes(*range(100, 160))
    engine.began.acquire()
    portraits = [photos.comes(1), photos.comes(2)]
    engine.may_run.release(4)  # the crowd's first batch, and three more
    for portrait, result in zip(portraits, ([2], [4]), strict=True):
        assert portrait.result(20) == result
    assert not crowd.done()
    assert engine.batches[1:3] == [[102, 1], [2, 103]]
    engine.let_all_run()
    assert crowd.result(20) == [2 * face for face in range(100, 160)]


def test_two_group_photos_take_turns(photos_of: PhotosOf) -> None:
    engine = Engine()
    photos = photos_of(Batcher(engine, Batching(largest=1)))
    one = photos.comes(10, 11, 12)
    engine.began.acquire()
    two = photos.comes(20, 21, 22)
    engine.let_all_run()
    assert one.result(20) == [20, 22, 24]
    assert two.result(20) == [40, 42, 44]
    assert [batch[0] // 10 for batch in engine.batches] == [1, 1, 2, 1, 2, 2]


def test_failing_face_fails_only_its_own_photo(photos_of: PhotosOf) -> None:
    engine = Engine(breaks_on=13)
    photos = photos_of(Batcher(engine, Batching(largest=4)))
    first = photos.comes(1)
    engine.began.acquire()
    broken, sound = photos.comes(12, 13, 14, 15, 16, 17), photos.comes(2, 3)
    engine.let_all_run()
    assert first.result(20) == [2]
    assert sound.result(20) == [4, 6]
    with pytest.raises(ValueError, match="face 13"):
        broken.result(20)
    ran = [face for batch in engine.batches for face in batch]
    assert not {15, 16, 17} & set(ran)  # nobody waits for these any more


def test_batcher_continues_after_a_failure() -> None:
    engine = Engine(breaks_on=13)
    engine.let_all_run()
    batcher = Batcher(engine, Batching(largest=4))
    with pytest.raises(ValueError, match="face 13"):
        batcher([13])
    assert batcher([1, 2, 3]) == [2, 4, 6]


def test_out_of_memory_halves_the_batches_and_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    engine = Engine(memory=3)
    engine.let_all_run()
    batcher = Batcher(engine, Batching(largest=8))
    assert batcher(range(10)) == [2 * face for face in range(10)]
    assert [len(batch) for batch in engine.batches] == [8, 4, 2, 2, 2, 2, 2]
    assert "no memory for 8 faces at once: from now on 4" in caplog.text
    assert batcher(range(3)) == [0, 2, 4]
    assert [len(batch) for batch in engine.batches[7:]] == [2, 1]  # it stays careful


def test_out_of_memory_does_not_mix_photos(photos_of: PhotosOf) -> None:
    engine = Engine(memory=2)
    photos = photos_of(Batcher(engine, Batching(largest=4)))
    first = photos.comes(1)
    engine.began.acquire()
    one, two = photos.comes(10, 11, 12), photos.comes(20, 21, 22)
    engine.let_all_run()
    assert (first.result(20), one.result(20), two.result(20)) == ([2], [20, 22, 24], [40, 42, 44])


def test_a_single_face_without_memory_fails_visibly() -> None:
    engine = Engine(memory=0)
    engine.let_all_run()
    with pytest.raises(OutOfMemory, match="1 faces"):
        Batcher(engine, Batching(largest=4))([1, 2])


def test_small_batch_waits_for_more_faces(photos_of: PhotosOf) -> None:
    engine = Engine()
    engine.let_all_run()
    photos = photos_of(Batcher(engine, Batching(largest=2, wait_s=20)))
    one = photos.comes(1)
    two = photos.comes(2)  # which makes it full: nobody waits for the twenty seconds
    assert (one.result(10), two.result(10)) == ([2], [4])
    assert engine.batches == [[1, 2]]


def test_waiting_for_more_faces_is_limited() -> None:
    engine = Engine()
    engine.let_all_run()
    assert Batcher(engine, Batching(largest=2, wait_s=0.001))([1]) == [2]


@pytest.mark.parametrize("at_once", [1, 2])
def test_number_of_concurrent_batches_is_limited(at_once: int, photos_of: PhotosOf) -> None:
    engine = Engine()
    photos = photos_of(Batcher(engine, Batching(largest=1, at_once=at_once)))
    futures = [photos.comes(face) for face in range(6)]
    for _ in range(at_once):
        assert engine.began.acquire(timeout=20)
    assert not engine.began.acquire(timeout=0.05)
    engine.let_all_run()
    assert [future.result(20) for future in futures] == [[2 * face] for face in range(6)]
    assert engine.most_at_once == at_once


def test_ended_thread_leaves_no_thread_waiting(photos_of: PhotosOf) -> None:
    class Ended(BaseException):
        pass

    entered, may_end = threading.Event(), threading.Event()

    def run(items: Sequence[int]) -> list[int]:
        if 1 in items:
            entered.set()
            may_end.wait(20)
            raise Ended
        return [2 * item for item in items]

    batcher = Batcher(run, Batching(largest=2))
    photos = photos_of(batcher)
    ended = photos.comes(1)
    assert entered.wait(20)
    other = photos.comes(2)
    may_end.set()
    with pytest.raises(Ended):
        ended.result(20)
    assert other.result(20) == [4]


def test_many_threads_with_batches_of_many_sizes() -> None:
    engine = Engine()
    engine.let_all_run()
    engine.may_run.release(100_000)
    batcher = Batcher(engine, Batching(largest=5, wait_s=0.0005, at_once=2))
    photos = [[100 * number + face for face in range(number % 7)] for number in range(60)]
    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(batcher, photos))
    assert results == [[2 * face for face in photo] for photo in photos]
    assert sorted(face for batch in engine.batches for face in batch) == sorted(chain.from_iterable(photos))
