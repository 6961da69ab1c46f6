"""What the operator's page shows, read from the database, Redis, the photo store and the settings."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from magicmemory.cli.known_models import all_models
from magicmemory.cli.models import default_models, place_of
from magicmemory.core.job import Sender
from magicmemory.core.redaction import Redactor
from magicmemory.core.settings import PREFIX, Settings
from magicmemory.pipeline.models.weights import Weights, WeightsError
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.poison import CrashCounter
from magicmemory.queue.queue_stats import depths
from magicmemory.storage.codes import Code, Codes
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grant
from magicmemory.storage.ledger import Ledger
from magicmemory.storage.payments import Payment
from magicmemory.storage.photos import PhotoStore, original
from magicmemory.storage.quota import Allowance
from magicmemory.storage.recent import ActivePerson, Day, FailedPhoto, Recent
from magicmemory.storage.statistics import Statistics, Stats

DAYS = 14
PATIENCE_S = 3.0
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Queues:
    """Redis' part. `problem` is a sentence if Redis does not answer; the figures are then empty."""

    jobs: dict[str, int]
    dead_letters: dict[str, datetime]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the catalogue, as this process sees it."""

    name: str
    kind: str
    default: bool
    place: str  # yes, no, always, …
    licence: str
    paid_use: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force. A secret's value is `HIDDEN`, or empty where it is not set."""

    name: str
    value: str
    chosen: bool  # differs from the default
    description: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page. `stored` are the ids of failed photos whose original the photo store still has."""

    at: datetime
    queues: Queues
    per_minute: float  # photos finished in the last ten minutes
    today: Stats
    week: Stats
    days: list[Day]
    failures: list[FailedPhoto]
    stored: frozenset[str]
    people: list[ActivePerson]
    codes: list[Code]
    grants: list[tuple[Sender, Grant]]
    payments: list[tuple[Sender, Payment]]
    models: list[Model]
    models_problem: str
    settings: list[Setting]


async def gather(settings: Settings, database: Database) -> Figures:
    """Read everything once."""
    statistics, recent = Statistics(database, settings.zone), Recent(database)
    now = datetime.now(UTC)
    failures = await recent.failures()
    models, problem = await asyncio.to_thread(_models, settings)
    return Figures(
        at=now,
        queues=await _queues(settings),
        per_minute=await Ledger(database, Allowance.of(settings, settings.plans())).throughput(),
        today=await statistics.today(),
        week=await statistics.week(),
        days=await recent.days(now.astimezone(settings.zone).date(), DAYS),
        failures=failures,
        stored=await _stored(settings, failures, now),
        people=await recent.people(statistics.midnight(6)),
        # Listing needs no key: the text of a code is in no database.
        codes=await Codes(database, b"").list(),
        grants=await recent.grants(),
        payments=await recent.payments(),
        models=models,
        models_problem=problem,
        settings=in_force(settings),
    )


def in_force(settings: Settings) -> list[Setting]:
    """All settings with their values; secrets, and passwords in URLs, are hidden."""
    redact = Redactor.of(settings)
    return [
        Setting(
            PREFIX + name.upper(),
            redact(_written(getattr(settings, name))),
            name in settings.model_fields_set and getattr(settings, name) != field.default,
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


async def _queues(settings: Settings) -> Queues:
    socket = settings.data_dir / "redis" / "redis.sock"
    if not settings.redis_url and not socket.exists():
        return Queues({}, {}, "No Redis: MAGIC_REDIS_URL is not set, and `magicmemory run` does not run here.")
    url = settings.redis_url or f"unix://{socket.resolve()}"
    redis = Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S)
    keys = RedisKeys(settings.redis_prefix)
    try:
        return Queues(await depths(redis, keys), await CrashCounter(redis, keys).dead_letters())
    except (RedisError, OSError) as error:
        return Queues({}, {}, f"Redis does not answer: {Redactor.of(settings)(str(error))}.")
    finally:
        await redis.aclose()


async def _stored(settings: Settings, failures: list[FailedPhoto], now: datetime) -> frozenset[str]:
    """The failed photos whose originals are still there; older ones than the retention time are not looked for."""
    oldest = now - timedelta(hours=settings.photo_retention_hours)
    photos = list({failed.photo for failed in failures if failed.sent_at > oldest})
    store = PhotoStore(settings.photos)
    found = await asyncio.gather(*(store.has(original(photo)) for photo in photos))
    return frozenset(photo for photo, there in zip(photos, found, strict=True) if there)


def _models(settings: Settings) -> tuple[list[Model], str]:
    weights = Weights.of(settings)
    try:
        defaults = default_models(settings)
        models = [
            Model(
                facts.name,
                facts.kind,
                facts.name in defaults,
                place_of(facts, weights),
                facts.licence,
                facts.commercial,
            )
            for facts in all_models(weights)
        ]
    except WeightsError as error:
        return [], str(error)
    return models, ""
