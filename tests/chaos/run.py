"""One run of the service under faults, and its result."""

import asyncio
import signal
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from magicmemory.bots.bootstrap import open_service
from magicmemory.core.job import Job, JobState
from magicmemory.core.settings import PREFIX, Settings
from tests.chaos.crowd import Crowd, Request
from tests.chaos.processes import PhotoDisk, Process, RedisProcess, photo_disk, python
from tests.chaos.schedule import Blow, Event, schedule
from tests.servers.discord.server import DiscordServer
from tests.servers.telegram import TelegramServer

# How long the last requests may take once nothing goes wrong any more.
PATIENCE_S = 120.0
UPLOADS = ["sendPhoto", "sendDocument", "editMessageMedia", "getFile"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, and for how long. Without a database's URL it is SQLite."""

    photos: int
    people: int
    seconds: float
    every_s: float
    seed: int
    database: str = ""
    photo_s: float = 0.15  # what a worker takes for one
    messages_per_s: int = 25
    disk_mb: int = 160  # the photo store keeps 64 MB of it free


@dataclass
class Result:
    """What people saw, and what the ledger says of it."""

    sent: int = 0
    answered: int = 0  # with a restored photo
    apologised: int = 0  # with a sentence instead, at no cost
    not_taken: int = 0  # Discord itself said that the bot did not respond: it was down for those three seconds
    answered_twice: int = 0
    lost: int = 0
    charged: int = 0
    wrongly_charged: int = 0
    recovery_p50_s: float = 0.0
    recovery_p95_s: float = 0.0
    recovery_max_s: float = 0.0
    blows: dict[str, int] = field(default_factory=dict)
    lost_requests: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        twice = self.answered_twice <= self.sent * 0.005
        return self.lost == 0 and self.wrongly_charged == 0 and twice and self.recovery_p95_s <= 15

    def as_json(self) -> dict[str, object]:
        """For `json.dumps`."""
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass
class Harness:
    """All the processes."""

    redis: RedisProcess
    disk: PhotoDisk
    processes: dict[str, Process]
    settings: Settings


@asynccontextmanager
async def running(plan: Plan, folder: Path, telegram: TelegramServer, discord: DiscordServer) -> AsyncIterator[Harness]:
    """The service as real processes in `folder`."""
    with photo_disk(folder, plan.disk_mb) as disk:
        redis = RedisProcess.in_folder(folder)
        chosen = {
            "data_dir": folder / "data",
            "database_url": plan.database,
            "photo_store": str(disk.folder),
            "redis_url": redis.url,
            "telegram_token": telegram.token,
            "telegram_api_url": telegram.url,
            "discord_token": discord.token,
            "free_per_day": 10_000,
            "photos_at_once": 0,
            "telegram_messages_per_s": plan.messages_per_s,
        }
        settings = Settings(_env_file=None, **chosen)  # type: ignore[arg-type]
        environment = {PREFIX + name.upper(): str(value) for name, value in chosen.items()}
        worker = ("tests.chaos.worker", redis.url, str(disk.folder), str(plan.photo_s))
        api = (f"{discord.url}/api/v10", str(discord.gateway.url))
        processes = {
            "redis": redis.process,
            "worker-1": python("worker-1", folder, {}, *worker),
            "worker-2": python("worker-2", folder, {}, *worker),
            "telegram": python("telegram", folder, environment, "magicmemory.cli.main", "telegram"),
            "discord": python("discord", folder, environment, "tests.chaos.discord_bot", *api),
        }
        async with AsyncExitStack() as stack:
            stack.push_async_callback(redis.process.stop)
            await redis.start()
            for name in ("worker-1", "worker-2", "telegram", "discord"):
                stack.push_async_callback(processes[name].stop)
                await processes[name].start()
            await discord.wait_for(lambda: discord.gateway.count("identify"), 60)
            await telegram.wait_for(lambda: telegram.requests("getMe"), 60)
            yield Harness(redis, disk, processes, settings)


async def run(plan: Plan, folder: Path) -> Result:
    """Run it, and tell what came of it."""
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramServer(enforce_limits=True))
        discord = await stack.enter_async_context(DiscordServer())
        async with running(plan, folder, telegram, discord) as harness:
            await discord.wait_for(lambda: discord.registry.all(None), 60)
            crowd = Crowd(telegram, discord, plan.people, plan.seed)
            blows: list[tuple[float, Event]] = []
            watching = asyncio.create_task(crowd.watch())
            striking = asyncio.create_task(_strike(harness, plan, telegram, discord, blows))
            await crowd.send(plan.photos, plan.seconds)
            await striking
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                outcome = await _outcome(harness, crowd, blows)
                if not outcome.lost:
                    break
                await asyncio.sleep(1)
            # Whatever would come twice has come by now.
            await asyncio.sleep(3)
            outcome = await _outcome(harness, crowd, blows)
            watching.cancel()
    return outcome


async def _strike(
    harness: Harness, plan: Plan, telegram: TelegramServer, discord: DiscordServer, done: list[tuple[float, Event]]
) -> None:
    targets = ["worker-1", "telegram", "worker-2", "discord", "redis"]
    began = time.monotonic()
    lasting: list[asyncio.Task[None]] = []
    for event in schedule(plan.seed, plan.seconds, plan.every_s, targets):
        await asyncio.sleep(max(0.0, began + event.at - time.monotonic()))
        hit = True
        if event.blow is Blow.KILL:
            hit = harness.processes[event.target].signal(signal.SIGKILL)
        elif event.blow is Blow.PAUSE:
            hit = harness.processes[event.target].signal(signal.SIGSTOP)
            lasting.append(asyncio.create_task(_resume(harness.processes[event.target], event.seconds)))
        elif event.blow is Blow.FLUSH:
            hit = await harness.redis.flush()
            while not hit:
                await asyncio.sleep(0.5)
                hit = await harness.redis.flush()
        elif event.blow is Blow.FULL:
            lasting.append(asyncio.create_task(harness.disk.fill(event.seconds, list(harness.processes.values()))))
        else:
            lasting.append(asyncio.create_task(_break(telegram, discord, event.seconds)))
        if hit:
            done.append((time.monotonic(), event))
    await asyncio.gather(*lasting)


async def _resume(process: Process, seconds: float) -> None:
    await asyncio.sleep(seconds)
    process.signal(signal.SIGCONT)


async def _break(telegram: TelegramServer, discord: DiscordServer, seconds: float) -> None:
    telegram.faults.at_random(0.7, ("reset",), UPLOADS, seed=1)
    discord.faults.kinds, discord.faults.rate = ("500",), 0.3
    await asyncio.sleep(seconds)
    telegram.faults.end()
    discord.faults.rate = 0.0


async def _outcome(harness: Harness, crowd: Crowd, blows: list[tuple[float, Event]]) -> Result:
    jobs, used = await _ledger(harness, crowd)
    result = Result(sent=len(crowd.requests), blows=dict(Counter(str(event.blow) for _, event in blows)))
    seen: Counter[tuple[str, str]] = Counter()
    for request in crowd.requests:
        job = jobs.get((request.sender.platform, request.sender.account, request.message))
        shown = request.answers()
        if shown:
            result.answered += 1
            result.answered_twice += shown > 1
            seen[request.sender.platform, request.sender.account] += 1
        elif job is not None and job.state is JobState.FAILED and job.finished_at is not None:
            result.apologised += 1
        elif job is None and request.told():
            result.not_taken += 1
        else:
            result.lost += 1
            state = "unknown to the ledger" if job is None else str(job.state)
            result.lost_requests.append(f"{request.sender.platform} {request.message}: {state}, told {request.texts()}")
    result.charged = sum(used.values())
    result.wrongly_charged = sum(abs(used[sender] - seen[sender]) for sender in used)
    times = _recoveries(crowd.requests, [at for at, event in blows if event.blow is not Blow.BREAK])
    if times:
        result.recovery_p50_s = statistics.median(times)
        result.recovery_p95_s = times[min(len(times) - 1, round(0.95 * len(times)))]
        result.recovery_max_s = times[-1]
    return result


async def _ledger(harness: Harness, crowd: Crowd) -> tuple[dict[tuple[str, str, str], Job], dict[tuple[str, str], int]]:
    jobs: dict[tuple[str, str, str], Job] = {}
    used = {}
    async with open_service(harness.settings, harness.redis.url) as service:
        for sender in crowd.senders:
            for job in await service.ledger.history(sender, datetime.now(UTC) - timedelta(days=1)):
                jobs[sender.platform, sender.account, job.address.message] = job
            used[str(sender.platform), sender.account] = (await service.quota(sender)).used
    return jobs, used


def _recoveries(requests: list[Request], blows: list[float]) -> list[float]:
    """How long after each blow those were answered that were on their way when it fell, sorted."""
    return sorted(
        request.answered_at - at
        for at in blows
        for request in requests
        if request.answered_at is not None and request.sent_at <= at < request.answered_at
    )
