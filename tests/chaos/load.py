"""Many people at once, and nothing goes wrong: how soon is each photo answered at first, and does memory stay flat?

    python -m tests.chaos.load --photos 10000 --people 2000 --rate 50

Both bots and two workers without a model, as real processes, on a real Redis and SQLite. The Telegram bot may send as
fast as one that pays Telegram for it: 30 messages a second would hold up 25 photos a second. It prints JSON.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

import psutil

from magicmemory.core.event_loop import run
from magicmemory.core.job import Platform
from tests.chaos.crowd import Crowd, Request
from tests.chaos.run import Harness, Plan, running
from tests.servers.discord.server import DiscordServer
from tests.servers.telegram import TelegramServer

PATIENCE_S = 60.0


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share of all is not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))] if ordered else 0.0


async def measure(photos: int, people: int, rate: float, folder: Path) -> dict[str, object]:
    """Send so many photos at so many a second, and tell what people saw."""
    plan = Plan(photos, people, photos / rate, every_s=1e9, seed=1, photo_s=0.0, messages_per_s=1000, disk_mb=1024)
    telegram, discord = TelegramServer(), DiscordServer()
    async with telegram, discord, running(plan, folder, telegram, discord) as harness:
        await discord.wait_for(lambda: discord.registry.all(None), 60)
        crowd = Crowd(telegram, discord, people, plan.seed)
        memory: list[dict[str, float]] = []
        waiting: list[int] = []
        watching = asyncio.create_task(crowd.watch())
        sampling = asyncio.create_task(_sample(harness, crowd, memory, waiting))
        began = time.monotonic()
        await crowd.send(photos, plan.seconds)
        sent_in = time.monotonic() - began
        await crowd.all_answered(PATIENCE_S)
        all_in = time.monotonic() - began
        sampling.cancel()
        watching.cancel()
    quarter, last = memory[len(memory) // 4], memory[-1]
    return {
        "photos": photos,
        "people": people,
        "sent_per_s": round(photos / sent_in, 1),
        "answered_per_s": round(sum(one.answered_at is not None for one in crowd.requests) / all_in, 1),
        "unanswered": sum(one.answered_at is None for one in crowd.requests),
        "most_waiting": max(waiting),
        "first_reply_s": {platform: _times(crowd.requests, platform, "first_at") for platform in _PLATFORMS},
        "answer_s": {platform: _times(crowd.requests, platform, "answered_at") for platform in _PLATFORMS},
        "memory_mb": {name: [round(quarter[name], 1), round(last[name], 1)] for name in last},
    }


_PLATFORMS = (Platform.TELEGRAM, Platform.DISCORD)


def _times(requests: list[Request], platform: Platform, what: str) -> dict[str, float]:
    mine = [one for one in requests if one.sender.platform is platform]
    taken = [getattr(one, what) - one.sent_at for one in mine if getattr(one, what) is not None]
    return {name: round(percentile(taken, share), 3) for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))}


async def _sample(harness: Harness, crowd: Crowd, memory: list[dict[str, float]], waiting: list[int]) -> None:
    processes = {name: psutil.Process(process.pid) for name, process in harness.processes.items()}
    while True:
        memory.append({name: process.memory_info().rss / 1e6 for name, process in processes.items()})
        waiting.append(sum(one.answered_at is None for one in crowd.requests))
        await asyncio.sleep(1)


def main() -> None:
    """Run it as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.load")
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=50, help="photos a second")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(measure(given.photos, given.people, given.rate, Path(folder))), indent=2))


if __name__ == "__main__":
    main()
