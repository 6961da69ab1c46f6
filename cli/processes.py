"""How a process of ours begins and ends: settings, logs, metrics, signals; one sentence if the operator must act."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version as version_of

from magicmemory.core import logs
from magicmemory.core.errors import OperatorError
from magicmemory.core.metrics import Metrics
from magicmemory.core.redaction import Redactor
from magicmemory.core.settings import BadSettings, Settings, load

log = logging.getLogger(__name__)

# The exit status of a process that the operator must put right; starting it again would not help.
OPERATOR_MUST_ACT = 2
CRASHED = 1

Ready = Callable[[str], None]
Work = Callable[[Settings], Awaitable[None]]
Serve = Callable[[Settings, str, asyncio.Event, Ready, Metrics], Awaitable[None]]


def run_service(name: str, serve: Serve, *, database: bool) -> None:
    """Run a process of the service against the Redis that the settings name, until SIGINT or SIGTERM.

    It logs, counts, and tells of its health as the settings say. An `OperatorError` ends it with its sentence and
    status 2, any other error with status 1 after it was logged.

    Args:
        name: `worker`, `telegram`, …: what it is called in logs and metrics.
        serve: does the work, and ends by itself when its event is set.
        database: whether it needs the database.
    """
    # A process that does not serve needs none of it.
    from magicmemory.cli.health import telling
    from magicmemory.cli.sentry import errors_sent
    from magicmemory.cli.tracing import traced

    with operator_errors():
        settings, redact = _begin(name)
        version = package_version()
        with errors_sent(settings, name, version, redact), traced(settings, name, version) as span, _logged():
            metrics = Metrics(name, version, span)

            async def serving() -> None:
                stop = asyncio.Event()
                _on_signals(stop.set)
                redis_url = _required_redis(settings)
                async with telling(settings, redis_url, metrics, database=database) as is_ready:

                    def ready(where: str) -> None:
                        is_ready()
                        tell_ready(where)

                    await serve(settings, redis_url, stop, ready, metrics)

            asyncio.run(_unwrapped(serving()))


def run_until_interrupted(name: str, work: Work) -> None:
    """Run `work` with the settings; SIGINT and SIGTERM cancel it wherever it is. Errors end it as above."""

    async def with_cancelling(settings: Settings) -> None:
        task = asyncio.ensure_future(work(settings))
        _on_signals(task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    with operator_errors():
        settings, _ = _begin(name)
        with _logged():
            asyncio.run(_unwrapped(with_cancelling(settings)))


def package_version() -> str:
    """The installed package's version."""
    return version_of("magicmemory")


@contextmanager
def operator_errors() -> Iterator[None]:
    """An `OperatorError` within ends the process with its sentence and status 2."""
    try:
        yield
    except OperatorError as error:
        # A sentence may quote what it was given: a URL with a password in it.
        print(f"magicmemory: {Redactor()(str(error))}", file=sys.stderr)
        raise SystemExit(OPERATOR_MUST_ACT) from None


@contextmanager
def _logged() -> Iterator[None]:
    """An error nobody foresaw goes through the log: the interpreter's own traceback would show secrets as they are."""
    try:
        yield
    except OperatorError:
        raise
    except Exception:
        log.critical("the process ends: nobody foresaw this", exc_info=True)
        raise SystemExit(CRASHED) from None


def _begin(name: str) -> tuple[Settings, Redactor]:
    settings = load()
    redact = Redactor.of(settings)
    logs.set_up(settings, name, redact)
    return settings, redact


async def _unwrapped(work: Awaitable[None]) -> None:
    """A task group wraps what its tasks raise; the operator's sentence is taken out again."""
    try:
        await work
    except* OperatorError as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None


def _on_signals(act: Callable[[], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, act)


def _required_redis(settings: Settings) -> str:
    """The settings' Redis, which a process that was started by itself must be told."""
    if not settings.redis_url:
        raise BadSettings(
            "MAGIC_REDIS_URL is not set: a process that is started by itself must know its Redis. "
            "`magicmemory run` starts everything, with a Redis of its own."
        )
    return settings.redis_url


def tell_ready(where: str) -> None:
    """Say on standard output that the process is ready, and where; `run` shows its children's first line."""
    print(where, flush=True)
