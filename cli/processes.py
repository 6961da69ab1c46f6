"""Start and end of our processes: settings, logs, metrics, signals, and one sentence if the operator must act."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

from magicmemory.cli.imports import quick_imports
from magicmemory.cli.settings_check import check_language, check_tokens, unknown_names
from magicmemory.core import logs
from magicmemory.core.errors import OperatorError, ServerUnreachable
from magicmemory.core.event_loop import run
from magicmemory.core.redaction import Redactor
from magicmemory.core.settings import BadSettings, Settings, load, make_data_folder

if TYPE_CHECKING:  # only a service has metrics, and their server
    from magicmemory.core.metrics import Metrics

log = logging.getLogger(__name__)

# The exit status if the operator must act; a restart would not help.
OPERATOR_MUST_ACT = 2
CRASHED = 1
# In the environment of the processes that `run` starts.
CHILD_OF_RUN = "MAGICMEMORY_CHILD_OF_RUN"

Ready = Callable[[str], None]
Work = Callable[[Settings], Awaitable[None]]
Serve = Callable[[Settings, str, asyncio.Event, Ready, "Metrics"], Awaitable[None]]


def run_service(name: str, module: str, *, database: bool) -> None:
    """Run a process of the service with the settings' Redis, until SIGINT or SIGTERM.

    Logs, metrics and health checks follow the settings. An `OperatorError` ends the process with its message and status
    2, any other error with status 1 and a log entry.

    Args:
        name: the process's name in logs and metrics: `worker`, `telegram`, ….
        module: has the process's work, a `Serve` named `serve`, which ends when its event is set. It is imported once
            the settings are known to be good, because the worker's imports take seconds.
        database: whether the process needs the database.
    """
    # Other commands do not need these modules.
    with quick_imports():
        from magicmemory.cli.health import health_server
        from magicmemory.cli.sentry import errors_sent
        from magicmemory.cli.tracing import traced
        from magicmemory.core.metrics import Metrics
        from magicmemory.storage.database import watch_file

    with operator_errors():
        settings, redact = _set_up(name)
        version = package_version()
        with errors_sent(settings, name, version, redact), traced(settings, name, version) as span, _logged():
            metrics = Metrics(name, version, span)

            async def serving() -> None:
                stop = asyncio.Event()
                _on_signals(stop.set)
                redis_url = _required_redis(settings)
                with quick_imports():
                    serve: Serve = import_module(module).serve
                async with (
                    health_server(settings, redis_url, metrics, database=database) as is_ready,
                    asyncio.TaskGroup() as tasks,
                ):
                    watches: list[asyncio.Task[None]] = []

                    def ready(where: str) -> None:
                        is_ready()
                        if database:
                            watches.append(tasks.create_task(watch_file(settings.database)))
                        print_ready(where)

                    await serve(settings, redis_url, stop, ready, metrics)
                    for watch in watches:
                        watch.cancel()

            run(_unwrapped(serving()))


def run_until_interrupted(name: str, work: Work) -> None:
    """Run `work` with the settings; SIGINT and SIGTERM cancel it. Errors end it as in `run_service`."""

    async def with_cancelling(settings: Settings) -> None:
        task = asyncio.ensure_future(work(settings))
        _on_signals(task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    with operator_errors():
        settings, _ = _set_up(name)
        with _logged():
            run(_unwrapped(with_cancelling(settings)))


def package_version() -> str:
    """The installed package's version."""
    return version_of("magicmemory")


@contextmanager
def operator_errors() -> Iterator[None]:
    """An `OperatorError` inside ends the process with its message and status 2."""
    try:
        yield
    except OperatorError as error:
        # A message may quote its input, such as a URL with a password.
        print(f"magicmemory: {Redactor()(str(error))}", file=sys.stderr)
        raise SystemExit(OPERATOR_MUST_ACT) from None


@contextmanager
def _logged() -> Iterator[None]:
    """An unexpected error goes through the log: the interpreter's own traceback would show secrets."""
    try:
        yield
    except OperatorError:
        raise
    except ServerUnreachable as error:
        log.critical("%s", error)
        raise SystemExit(CRASHED) from None
    except Exception:
        log.critical("the process ends after an unexpected error", exc_info=True)
        raise SystemExit(CRASHED) from None


def _set_up(name: str) -> tuple[Settings, Redactor]:
    _raise_file_limit()
    # Files of the service hold people's photos and ids: only its user may read them.
    os.umask(0o077)
    settings = load()
    redact = Redactor.of(settings)
    logs.set_up(settings, name, redact)
    check_language(settings)
    make_data_folder(settings)
    check_tokens(settings, {"run": ("telegram", "discord")}.get(name, (name,)))
    if CHILD_OF_RUN not in os.environ:  # `run` has said it already
        for sentence in unknown_names():
            log.warning("%s", sentence)
    return settings, redact


def _raise_file_limit() -> None:
    """Allow as many open files as the system lets this user have: each connection is one, and the default is low."""
    try:
        import resource  # does not exist on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _unwrapped(work: Awaitable[None]) -> None:
    """A task group wraps the errors of its tasks; this unwraps those that hold a sentence for the operator."""
    try:
        await work
    except* (OperatorError, ServerUnreachable) as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None


def _on_signals(act: Callable[[], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, act)


def _required_redis(settings: Settings) -> str:
    """The settings' Redis URL, which a separately started process needs."""
    if not settings.redis_url:
        raise BadSettings(
            "MAGIC_REDIS_URL is not set: a separately started process needs it. "
            "`magicmemory run` starts everything, including Redis."
        )
    return settings.redis_url


def print_ready(where: str) -> None:
    """Print that the process is ready, and where; `run` shows the first line of each child."""
    print(where, flush=True)
