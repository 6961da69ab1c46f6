"""People take turns, so a person who sends many photos does not make others wait for all of them."""

import asyncio
import time
from pathlib import Path
from random import Random

from magicmemory.core.job import Platform, RestoreTask, Sender
from magicmemory.core.options import Options
from magicmemory.queue.arq_internals import LEASE_PREFIX, now_ms
from magicmemory.queue.client import Queue
from magicmemory.queue.connection import RedisKeys, connect, served_key, turns_key
from magicmemory.queue.turns import CLAIM, MEMORY_MS, WINDOW, turn_of
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore, original, result
from tests.support.harness import NoPipeline, eventually

NAMES = RedisKeys("turns")


def person(name: str) -> Sender:
    return Sender(platform=Platform.PLAYGROUND, account=name)


async def put(queue: Queue, photos: PhotoStore, job: str, head_start_s: float = 0) -> None:
    """Queue a photo whose name begins with its sender's."""
    await photos.put(original(job), job.encode())
    task = RestoreTask(job=job, platform=Platform.TELEGRAM, photo=original(job), result=result(job), options=Options())
    await queue.restore(task, head_start_s, turn_of(person(job.split("-", maxsplit=1)[0]), head_start_s))
    await asyncio.sleep(0.003)  # the order is by milliseconds


async def order_of(redis_url: str, photos: PhotoStore, count: int, seconds: float = 0) -> list[str]:
    """The order in which one worker restores `count` photos."""
    seen: list[str] = []

    def restore(data: bytes) -> None:
        time.sleep(seconds)
        seen.append(data.decode())

    async def all_seen() -> bool | None:
        return True if len(seen) == count else None

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        worker = RestoreWorker(photos, NoPipeline(before=restore), NAMES, timeout_s=10)
        tasks.create_task(worker.run(redis_url, 1, stop))
        await eventually(all_seen)
        stop.set()
    return seen


async def test_people_take_turns(tmp_path: Path, redis_url: str) -> None:
    photos = PhotoStore(str(tmp_path / "photos"))
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        for job in ("eve-1", "eve-2", "eve-3", "mallory-1", "mallory-2", "ana-1"):
            await put(queue, photos, job)
    order = await order_of(redis_url, photos, 6, seconds=0.005)
    assert order == ["eve-1", "mallory-1", "ana-1", "eve-2", "mallory-2", "eve-3"]
    async with connect(redis_url) as redis:
        assert not await redis.exists(turns_key(NAMES.restore_queue))
        assert await redis.zcard(served_key(NAMES.restore_queue)) == 3


async def test_an_honest_person_waits_for_one_photo_of_each_sender(tmp_path: Path, redis_url: str) -> None:
    photos = PhotoStore(str(tmp_path / "photos"))
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        for number in range(10):
            for sender in range(6):
                await put(queue, photos, f"eve{sender}-{number}")
        await put(queue, photos, "ana-1")
    order = await order_of(redis_url, photos, 61, seconds=0.005)
    assert order.index("ana-1") == 6  # by arrival it was the 61st


async def test_a_paid_plans_head_start_holds_for_each_of_its_photos(tmp_path: Path, redis_url: str) -> None:
    photos = PhotoStore(str(tmp_path / "photos"))
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        for job, head_start_s in (("ana-1", 0), ("ben-1", 0), ("paid-1", 60), ("paid-2", 60)):
            await put(queue, photos, job, head_start_s)
    assert await order_of(redis_url, photos, 4, seconds=0.005) == ["paid-1", "paid-2", "ana-1", "ben-1"]


async def test_a_photo_dropped_leaves_no_turn(redis_url: str, tmp_path: Path) -> None:
    photos = PhotoStore(str(tmp_path / "photos"))
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        await put(queue, photos, "ana-1")
        await queue.drop("ana-1")
        assert not await redis.exists(turns_key(NAMES.restore_queue))


async def test_a_choice_among_many_is_quick(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        queue = Queue(redis, NAMES)
        for number in range(2000):
            task = RestoreTask(
                job=f"eve-{number}", platform=Platform.TELEGRAM, photo="a", result="b", options=Options()
            )
            await queue.restore(task, 0, turn_of(person(f"eve{number % 20}"), 0))
        claim = redis.register_script(CLAIM)
        keys = [NAMES.restore_queue, turns_key(NAMES.restore_queue), served_key(NAMES.restore_queue)]
        began = time.perf_counter()
        for _ in range(20):
            assert len(await claim(keys=keys, args=[2, 6000, LEASE_PREFIX, WINDOW, MEMORY_MS])) == 1 + 4
        assert time.perf_counter() - began < 2


async def test_a_claim_chooses_as_if_it_saw_the_whole_queue(redis_url: str) -> None:
    random = Random(1)
    keys = [NAMES.restore_queue, turns_key(NAMES.restore_queue), served_key(NAMES.restore_queue)]
    async with connect(redis_url) as redis:
        claim = redis.register_script(CLAIM)
        for _ in range(20):
            await redis.flushdb()
            base = now_ms() - 1000
            people = [f"person-{number}" for number in range(random.randint(1, 8))]
            waiting = {f"job-{number}": (base + random.randint(0, 50), random.choice(people)) for number in range(120)}
            served = {person: base + random.randint(0, 50) for person in people if random.random() < 0.5}
            async with redis.pipeline() as pipe:
                pipe.zadd(keys[0], {job: arrived for job, (arrived, _) in waiting.items()})
                pipe.hset(keys[1], mapping={job: f"0 {person}" for job, (_, person) in waiting.items()})
                pipe.zadd(keys[2], {"nobody": 0, **served})
                await pipe.execute()
            for _ in range(20):
                wanted = random.randint(1, 4)
                present, *claimed = await claim(keys=keys, args=[wanted, 60_000, LEASE_PREFIX, WINDOW, MEMORY_MS])
                expected = []
                for _ in range(wanted):
                    since = {job: max(at, served.get(who, 0)) for job, (at, who) in waiting.items()}
                    expected.append(min(waiting, key=lambda job: (since[job], waiting[job][0], job)))
                    served[waiting.pop(expected[-1])[1]] = int(present)
                assert [name.decode() for name in claimed[::2]] == expected
