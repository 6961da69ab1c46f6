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
from tests.chaos.own import FakeClock, damage_cache, photo_with_face, running_service
from tests.chaos.processes import START_S, Broker, PhotoDisk, RedisProcess, Target, photo_disk, python
from tests.chaos.schedule import Event, Fault, schedule
from tests.servers.discord.server import DiscordServer
from tests.servers.telegram import TelegramServer

PATIENCE_S = 120.0
OWN_PATIENCE_S = 600.0  # with a real model on a busy machine
# After these, the service needs time to recover.
DISTURBING = {Fault.KILL, Fault.PAUSE, Fault.LOSE_REDIS, Fault.FULL_DISK, Fault.DAMAGE_CACHE}
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
    patience_s: float = 0.0  # how long the last requests may take once nothing goes wrong any more; 0: the defaults
    own: bool = False  # everything as `magicmemory run` starts it, with the bundled model


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
    faults: dict[str, int] = field(default_factory=dict)
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

    redis: Broker
    disk: PhotoDisk
    processes: dict[str, Target]
    settings: Settings
    clock: FakeClock | None = None


@asynccontextmanager
async def running(plan: Plan, folder: Path, telegram: TelegramServer, discord: DiscordServer) -> AsyncIterator[Harness]:
    """The service as real processes in `folder`."""
    with photo_disk(folder, plan.disk_mb) as disk:
        chosen = {
            "data_dir": folder / "data",
            "database_url": plan.database,
            "photo_store": str(disk.folder),
            "telegram_token": telegram.token,
            "telegram_api_url": telegram.url,
            "discord_token": discord.token,
            "free_per_day": 10_000,
            "photos_at_once": 0,
            "telegram_messages_per_s": plan.messages_per_s,
        }
        api = (f"{discord.url}/api/v10", str(discord.gateway.url))
        start = _own_processes if plan.own else _separate_processes
        async with start(plan, folder, disk, chosen, api) as harness:
            await discord.wait_for(lambda: discord.gateway.count("identify"), START_S)
            await telegram.wait_for(lambda: telegram.requests("getMe"), START_S)
            yield harness


@asynccontextmanager
async def _separate_processes(
    plan: Plan, folder: Path, disk: PhotoDisk, chosen: dict[str, object], api: tuple[str, str]
) -> AsyncIterator[Harness]:
    """Each process by itself, two workers without a model, and an operator's Redis."""
    redis = RedisProcess.in_folder(folder)
    chosen = {**chosen, "redis_url": redis.url}
    worker = ("tests.chaos.worker", redis.url, str(disk.folder), str(plan.photo_s))
    processes = {
        "redis": redis.process,
        "worker-1": python("worker-1", folder, {}, *worker),
        "worker-2": python("worker-2", folder, {}, *worker),
        "telegram": python("telegram", folder, _environment(chosen), "magicmemory.cli.main", "telegram"),
        "discord": python("discord", folder, _environment(chosen), "tests.chaos.discord_bot", *api),
    }
    async with AsyncExitStack() as stack:
        stack.push_async_callback(redis.process.stop)
        await redis.start()
        for name in ("worker-1", "worker-2", "telegram", "discord"):
            stack.push_async_callback(processes[name].stop)
            await processes[name].start()
        yield Harness(redis, disk, {**processes}, _settings(chosen))


@asynccontextmanager
async def _own_processes(
    plan: Plan, folder: Path, disk: PhotoDisk, chosen: dict[str, object], api: tuple[str, str]
) -> AsyncIterator[Harness]:
    clock = FakeClock(folder)
    async with running_service(folder, _environment(chosen), api, clock) as (redis, targets):
        yield Harness(redis, disk, {**targets}, _settings({**chosen, "redis_url": redis.url}), clock)


def _settings(chosen: dict[str, object]) -> Settings:
    return Settings(_env_file=None, **chosen)  # type: ignore[arg-type]


def _environment(chosen: dict[str, object]) -> dict[str, str]:
    return {PREFIX + name.upper(): str(value) for name, value in chosen.items()}


async def run(plan: Plan, folder: Path) -> Result:
    """Run it, and tell what came of it."""
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramServer(enforce_limits=True))
        discord = await stack.enter_async_context(DiscordServer())
        async with running(plan, folder, telegram, discord) as harness:
            await discord.wait_for(lambda: discord.registry.all(None), START_S)
            crowd = Crowd(telegram, discord, plan.people, plan.seed)
            if plan.own:
                crowd.photo_of = photo_with_face
            events: list[tuple[float, Event]] = []
            watching = asyncio.create_task(crowd.watch())
            faults = asyncio.create_task(_cause_faults(harness, plan, telegram, discord, events))
            await crowd.send(plan.photos, plan.seconds)
            await faults
            deadline = time.monotonic() + (plan.patience_s or (OWN_PATIENCE_S if plan.own else PATIENCE_S))
            while time.monotonic() < deadline:
                outcome = await _outcome(harness, crowd, events)
                if not outcome.lost:
                    break
                await asyncio.sleep(1)
            # Whatever would come twice has come by now.
            await asyncio.sleep(3)
            outcome = await _outcome(harness, crowd, events)
            watching.cancel()
    return outcome


async def _cause_faults(
    harness: Harness, plan: Plan, telegram: TelegramServer, discord: DiscordServer, done: list[tuple[float, Event]]
) -> None:
    began = time.monotonic()
    lasting: list[asyncio.Task[None]] = []
    for event in schedule(plan.seed, plan.seconds, plan.every_s, list(harness.processes), own=plan.own):
        await asyncio.sleep(max(0.0, began + event.at - time.monotonic()))
        hit = True
        match event.fault:
            case Fault.KILL:
                hit = harness.processes[event.target].signal(signal.SIGKILL)
            case Fault.PAUSE:
                hit = harness.processes[event.target].signal(signal.SIGSTOP)
                lasting.append(asyncio.create_task(_resume(harness.processes[event.target], event.seconds)))
            case Fault.LOSE_REDIS:
                await harness.redis.lose_data()
            case Fault.FULL_DISK:
                lasting.append(asyncio.create_task(harness.disk.fill(event.seconds, list(harness.processes.values()))))
            case Fault.BREAK_CONNECTIONS:
                lasting.append(asyncio.create_task(_break(telegram, discord, event.seconds)))
            case Fault.DAMAGE_CACHE:
                hit = damage_cache(harness.settings.data_dir / "cache")
                harness.processes["worker"].signal(signal.SIGKILL)
            case Fault.CLOCK_JUMP:
                hit = harness.clock is not None and harness.clock.set(event.seconds)
        if hit:
            done.append((time.monotonic(), event))
    await asyncio.gather(*lasting)


async def _resume(process: Target, seconds: float) -> None:
    await asyncio.sleep(seconds)
    process.signal(signal.SIGCONT)


async def _break(telegram: TelegramServer, discord: DiscordServer, seconds: float) -> None:
    telegram.faults.at_random(0.7, ("reset",), UPLOADS, seed=1)
    discord.faults.kinds, discord.faults.rate = ("500",), 0.3
    await asyncio.sleep(seconds)
    telegram.faults.end()
    discord.faults.rate = 0.0


async def _outcome(harness: Harness, crowd: Crowd, events: list[tuple[float, Event]]) -> Result:
    jobs, used = await _ledger(harness, crowd)
    result = Result(sent=len(crowd.requests), faults=dict(Counter(str(event.fault) for _, event in events)))
    seen: Counter[tuple[str, str]] = Counter()
    for request in crowd.requests:
        job = jobs.get((request.sender.platform, request.sender.account, request.message))
        shown = request.answers() + (request.posted(job.id) if job is not None else 0)
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
    times = _recoveries(crowd.requests, [at for at, event in events if event.fault in DISTURBING])
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


def _recoveries(requests: list[Request], faults: list[float]) -> list[float]:
    """How long after each fault those were answered that were on their way when it came, sorted."""
    return sorted(
        request.answered_at - at
        for at in faults
        for request in requests
        if request.answered_at is not None and request.sent_at <= at < request.answered_at
    )
