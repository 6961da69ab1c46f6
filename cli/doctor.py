"""`magicmemory doctor`: checks everything that the service needs, and says how to fix it."""

import asyncio
import importlib.util
import shlex
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import httpx
import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from magicmemory.cli.database_session import DatabaseError, open_database
from magicmemory.cli.imports import quick_imports
from magicmemory.cli.messages import error_message
from magicmemory.cli.processes import OPERATOR_MUST_ACT
from magicmemory.cli.settings_check import (
    check_language,
    check_models,
    check_token,
    unknown_names,
)
from magicmemory.core.errors import OperatorError, UserError
from magicmemory.core.options import Options
from magicmemory.core.settings import Settings, load, make_data_folder
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.embedded import find_binary
from magicmemory.queue.poison import CrashCounter
from magicmemory.storage.photos import PhotoStore

MIN_DISK_GB = 2.0
MAX_SKEW_S = 2.0
PATIENCE_S = 10.0


class Verdict(StrEnum):
    """The result of a check."""

    GOOD = "ok"
    OFF = "off"
    WARNING = "warning"
    BAD = "FAILS"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the table. `hint` says what to do; empty: nothing."""

    verdict: Verdict
    what: str
    hint: str = ""


Check = Callable[[Settings], Awaitable[Finding]]


def doctor() -> None:
    """Check Redis, database, photo store, plans, models, device, tokens, clock and disk. Status 1: a check failed."""
    try:
        settings = load()
    except OperatorError as error:
        typer.echo(f"magicmemory: {error}", err=True)
        raise typer.Exit(OPERATOR_MUST_ACT) from None
    if not report(settings):
        raise typer.Exit(1)


def report(settings: Settings) -> bool:
    """Print all findings as a table. Whether no check failed."""
    findings = asyncio.run(examine(settings))
    table = Table("check", "verdict", "what", "hint")
    for name, found in findings.items():
        # As plain text: brackets, such as those of a package's extras, are not markup.
        table.add_row(name, found.verdict, Text(found.what), Text(found.hint))
    Console().print(table)
    return all(found.verdict is not Verdict.BAD for found in findings.values())


async def examine(settings: Settings) -> dict[str, Finding]:
    """All findings, by the check's name."""
    checks: dict[str, Check] = {
        "settings": _settings,
        "redis": _redis,
        "dead letters": _dead_letters,
        "database": _database,
        "photo store": _photos,
        "plans": _plans,
        "weights": _weights,
        "device": _device,
        "precision": _precision,
        "upstream": _upstream,
        "telegram": _telegram,
        "discord": _discord,
        "clock": _clock,
        "disk": _disk,
        "permissions": _permissions,
    }
    try:
        make_data_folder(settings)
    except OperatorError:
        # The check of the disk tells of it. What lies in the folder fails too, and would blame settings that are right.
        checks |= dict.fromkeys(_in_data_folder(settings), _not_checked)
    return {name: await _patiently(check, settings) for name, check in checks.items()}


def _in_data_folder(settings: Settings) -> set[str]:
    """The checks of what lies in the data folder."""
    elsewhere = {"database": settings.database_url, "photo store": settings.photo_store}
    return {"permissions", *(name for name, place in elsewhere.items() if not place)}


async def _not_checked(settings: Settings) -> Finding:
    return Finding(Verdict.OFF, f"not checked: it lies in MAGIC_DATA_DIR ({settings.data_dir})")


async def _patiently(check: Check, settings: Settings) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await check(settings)
    except TimeoutError:
        return Finding(
            Verdict.BAD, f"no answer within {PATIENCE_S:.0f} s", "Check the address, and that the network allows it."
        )


async def _settings(settings: Settings) -> Finding:
    try:
        check_language(settings)
        if importlib.util.find_spec("torch") is not None:
            check_models(settings)
    except OperatorError as error:
        # A misspelt name may be the cause: both are told.
        return Finding(Verdict.BAD, " ".join([str(error), *unknown_names()]), "README.md lists every setting.")
    if unknown := unknown_names():
        return Finding(Verdict.WARNING, " ".join(unknown), "README.md lists every setting.")
    return Finding(Verdict.GOOD, "every MAGIC_… is a setting")


async def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        binary = find_binary()
        if binary:
            return Finding(Verdict.GOOD, f"`run` starts its own: {binary}")
        return Finding(Verdict.BAD, "none", "Set MAGIC_REDIS_URL, or install redis-server.")
    redis = Redis.from_url(settings.redis_url)
    try:
        server = await redis.info()
        policy = str(server.get("maxmemory_policy", ""))
        if policy not in ("noeviction", ""):
            return Finding(
                Verdict.BAD,
                f"Redis {server['redis_version']}, maxmemory-policy {policy}",
                "Set maxmemory-policy to noeviction: any other policy can delete waiting photos.",
            )
        kept = "append-only file on" if server.get("aof_enabled") else "append-only file off"
        return Finding(Verdict.GOOD, f"Redis {server['redis_version']}, {kept}")
    except (RedisError, OSError) as error:
        return Finding(Verdict.BAD, str(error), "Does Redis run, and is MAGIC_REDIS_URL right?")
    finally:
        await redis.aclose()


async def _dead_letters(settings: Settings) -> Finding:
    socket = settings.data_dir / "redis" / "redis.sock"
    if not settings.redis_url and not socket.exists():
        return Finding(Verdict.OFF, "unknown: no Redis runs here")
    redis = Redis.from_url(settings.redis_url or f"unix://{socket.resolve()}")
    try:
        photos = await CrashCounter(redis, RedisKeys(settings.redis_prefix)).dead_letters()
    except (RedisError, OSError) as error:
        return Finding(Verdict.OFF, f"unknown: {error}")
    finally:
        await redis.aclose()
    if not photos:
        return Finding(Verdict.GOOD, "no photo crashed its worker three times")
    job, when = list(photos.items())[-1]
    return Finding(
        Verdict.GOOD,
        f"{len(photos)} photos crashed their worker three times, the last on {when:%Y-%m-%d at %H:%M} UTC: job {job}",
        "The worker's log names them; each original stays in the photo store for the retention time.",
    )


async def _database(settings: Settings) -> Finding:
    try:
        async with open_database(settings.database) as database, database.read() as connection:
            version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DatabaseError as error:
        return Finding(Verdict.BAD, str(error), "Does the database run, and is MAGIC_DATABASE_URL right?")
    return Finding(Verdict.GOOD, f"{'SQLite' if database.sqlite else 'PostgreSQL'}, schema {version}")


async def _photos(settings: Settings) -> Finding:
    probe, sent = "doctor/probe", str(time.time()).encode()
    try:
        store = PhotoStore(settings.photos)
        await store.put(probe, sent)
        same = await store.get(probe) == sent
        await store.delete([probe])
    # Each kind of store has errors of its own, and the operator must see each of them.
    except Exception as error:
        return Finding(Verdict.BAD, str(error).splitlines()[0], "May this process write to MAGIC_PHOTO_STORE?")
    if not same:
        return Finding(Verdict.BAD, "returns another file than was stored", "Do two services share this store?")
    return Finding(Verdict.GOOD, settings.photos)


async def _plans(settings: Settings) -> Finding:
    try:
        plans = settings.plans()
    except OperatorError as error:
        return Finding(Verdict.BAD, str(error), "docs/plans.md explains each key of the file.")
    return Finding(Verdict.GOOD, ", ".join(["free", *plans.paid]))


async def _weights(settings: Settings) -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding(Verdict.OFF, "no worker here", "To restore on this machine, install the extra `worker`.")
    from magicmemory.cli.known_models import all_models, card_problems
    from magicmemory.pipeline.models.weights import Weights

    with quick_imports():
        from magicmemory.pipeline.pipeline import Pipeline

    weights = Weights.of(settings)
    try:
        own = settings.model_copy(update={"device": "auto", "engine": "own"})
        restorer, detector = Pipeline.of(own).check(Options())
        for facts in all_models(weights):
            if not facts.bundled and weights.is_there(facts):
                weights.usable(facts)
    except (UserError, OperatorError) as error:
        return Finding(
            Verdict.BAD, error_message(error), "Correct MAGIC_MODEL and MAGIC_DETECTOR, or the model's file."
        )
    if problems := card_problems(weights):
        return Finding(Verdict.BAD, " ".join(problems), "Correct the card, or remove it; see docs/models.md.")
    return Finding(Verdict.GOOD, f"default models: {restorer.title} and {detector.title}")


async def _precision(settings: Settings) -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding(Verdict.OFF, "no worker here")
    from magicmemory.pipeline.models import catalogue
    from magicmemory.pipeline.models.self_test import kept_verdicts
    from magicmemory.pipeline.models.weights import Weights

    weights = Weights.of(settings)
    downloaded = {facts.name: facts for facts in catalogue.ALL if not facts.bundled}
    files = {name: weights.path(facts) for name, facts in downloaded.items()}
    verdicts = kept_verdicts(settings.data_dir / "cache", files).values()
    broken = [f"{verdict.model} ({verdict.problem})" for verdict in verdicts if verdict.problem]
    if broken:
        return Finding(
            Verdict.BAD, f"not usable: {', '.join(broken)}", "`magicmemory models pull` fetches a file again."
        )
    full = [verdict.model for verdict in verdicts if downloaded[verdict.model].supports_half and not verdict.uses_half]
    if full:
        return Finding(Verdict.GOOD, f"half precision changes the sample face, so these run in full: {', '.join(full)}")
    return Finding(Verdict.GOOD, "`magicmemory models verify --run` tests each model with a sample face")


async def _device(settings: Settings) -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding(Verdict.OFF, "no worker here")
    from magicmemory.pipeline.engines.select import choose

    try:
        return Finding(Verdict.GOOD, choose(settings.device, settings.data_dir / "cache").name)
    except OperatorError as error:
        return Finding(Verdict.BAD, str(error), "Set MAGIC_DEVICE=auto, or repair the driver.")


async def _upstream(settings: Settings) -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding(Verdict.OFF, "no worker here")
    from magicmemory.pipeline.models import upstream

    reason = upstream.why_not()
    if reason is None:
        return Finding(Verdict.GOOD, "MAGIC_ENGINE=upstream can be used")
    if settings.engine == "upstream":
        return Finding(Verdict.BAD, reason, "Set MAGIC_ENGINE=own, or install them.")
    return Finding(Verdict.OFF, reason)


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding(Verdict.OFF, "MAGIC_TELEGRAM_TOKEN is not set")
    try:
        check_token("telegram", settings.telegram_token)
    except OperatorError as error:
        return Finding(Verdict.BAD, str(error), "Copy it again from @BotFather.")
    url = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}/getMe"
    answer = await _ask(url, {})
    if answer is None:
        return Finding(Verdict.BAD, "cannot be reached", "Is the network open to MAGIC_TELEGRAM_API_URL?")
    if answer.status_code != httpx.codes.OK:
        return Finding(Verdict.BAD, "the token is refused", "Copy it again from @BotFather.")
    return Finding(Verdict.GOOD, "@" + answer.json()["result"]["username"])


async def _discord(settings: Settings) -> Finding:
    if settings.discord_token is None:
        return Finding(Verdict.OFF, "MAGIC_DISCORD_TOKEN is not set")
    try:
        check_token("discord", settings.discord_token)
    except OperatorError as error:
        return Finding(Verdict.BAD, str(error), "Copy it again from the developer portal.")
    token = settings.discord_token.get_secret_value()
    answer = await _ask("https://discord.com/api/v10/users/@me", {"Authorization": f"Bot {token}"})
    if answer is None:
        return Finding(Verdict.BAD, "cannot be reached", "Is the network open to discord.com?")
    if answer.status_code != httpx.codes.OK:
        return Finding(Verdict.BAD, "the token is refused", "Copy it again from the developer portal.")
    return Finding(Verdict.GOOD, answer.json()["username"])


async def _ask(url: str, headers: dict[str, str]) -> httpx.Response | None:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S / 2) as client:
            return await client.get(url, headers=headers)
    except httpx.HTTPError:
        return None


async def _clock(settings: Settings) -> Finding:
    """Compare this machine's clock with those of Redis and of PostgreSQL; SQLite has none of its own."""
    now = datetime.now(settings.zone)
    said, differ = [f"{now:%Y-%m-%d %H:%M} in {settings.timezone}"], []
    for name, skew_of in (("Redis", _redis_skew), ("PostgreSQL", _postgres_skew)):
        try:
            skew = await skew_of(settings)
        # Whatever keeps it from answering, another check names.
        except (RedisError, OSError, SQLAlchemyError):
            said.append(f"{name} does not tell its time")
            continue
        if skew is not None:
            said.append(f"{name} is {abs(skew):.1f} s {'ahead' if skew > 0 else 'behind'}")
            differ += [name] if abs(skew) > MAX_SKEW_S else []
    if differ:
        machines = " and ".join(["this machine", *differ])
        hint = f"Synchronise the clocks of {machines} by NTP: quotas, codes and plans end by them."
        return Finding(Verdict.WARNING, "; ".join(said), hint)
    return Finding(Verdict.GOOD, "; ".join(said))


async def _redis_skew(settings: Settings) -> float | None:
    """Seconds by which the clock of Redis is ahead; None: `run` starts Redis on this machine."""
    if not settings.redis_url:
        return None
    redis = Redis.from_url(settings.redis_url)

    async def ask() -> float:
        seconds, microseconds = await redis.time()
        return float(seconds + microseconds / 1e6)

    try:
        return await _skew(ask)
    finally:
        await redis.aclose()


async def _postgres_skew(settings: Settings) -> float | None:
    """Seconds by which the clock of PostgreSQL is ahead; None: the database is a file."""
    url = make_url(settings.database)
    if url.get_backend_name() != "postgresql":
        return None
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:

            async def ask() -> float:
                return float(await connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")))

            return await _skew(ask)
    finally:
        await engine.dispose()


async def _disk(settings: Settings) -> Finding:
    try:
        make_data_folder(settings)
    except OperatorError as error:
        return Finding(Verdict.BAD, str(error), "Set MAGIC_DATA_DIR to a folder that this user can write to.")
    free = shutil.disk_usage(settings.data_dir).free / 1e9
    if free < MIN_DISK_GB:
        return Finding(
            Verdict.BAD,
            f"{free:.1f} GB free",
            f"Free disk space, or move MAGIC_DATA_DIR ({settings.data_dir.resolve()}).",
        )
    return Finding(Verdict.GOOD, f"{free:.0f} GB free in {settings.data_dir.resolve()}")


async def _permissions(settings: Settings) -> Finding:
    private = [settings.data_dir / name for name in ("", "redis", "codes.key", "magicmemory.db")]
    private.append(Path(".env"))
    if "://" not in settings.photos:
        private.append(Path(settings.photos))
    open_to_others = [path for path in private if path.exists() and path.stat().st_mode & 0o077]
    if not open_to_others:
        return Finding(Verdict.GOOD, "only this user can read the data")
    names = shlex.join(str(path) for path in open_to_others)
    return Finding(Verdict.WARNING, f"other users can read {names}", f"chmod go-rwx {names}")


async def _skew(ask: Callable[[], Awaitable[float]]) -> float:
    """Seconds by which the clock that `ask` reads is ahead of this machine's."""
    await ask()  # connects, which would count as skew
    asked = time.time()
    return await ask() - (asked + time.time()) / 2
