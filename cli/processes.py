"""How a process of ours begins and ends: settings, logging, signals, and one sentence where the operator must act."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from magicmemory.core.errors import OperatorError
from magicmemory.core.settings import BadSettings, Settings, load

# The exit status of a process that the operator must put right; starting it again would not help.
OPERATOR_MUST_ACT = 2

Ready = Callable[[str], None]
Work = Callable[[Settings], Awaitable[None]]
Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]
ServeBot = Callable[[Settings, str, asyncio.Event, Ready], Awaitable[None]]


def run_until_signal(serve: Serve) -> None:
    """Run `serve` with the settings and an event that SIGINT and SIGTERM set, upon which it ends by itself.

    An `OperatorError` ends the process with its sentence and status 2.
    """

    async def with_event(settings: Settings) -> None:
        stop = asyncio.Event()
        _on_signals(stop.set)
        await serve(settings, stop)

    _run(with_event)


def run_until_interrupted(work: Work) -> None:
    """Run `work` with the settings; SIGINT and SIGTERM cancel it wherever it is. Errors end it as above."""

    async def with_cancelling(settings: Settings) -> None:
        task = asyncio.ensure_future(work(settings))
        _on_signals(task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    _run(with_cancelling)


@contextmanager
def operator_errors() -> Iterator[None]:
    """An `OperatorError` within ends the process with its sentence and status 2."""
    try:
        yield
    except OperatorError as error:
        print(f"magicmemory: {error}", file=sys.stderr)
        raise SystemExit(OPERATOR_MUST_ACT) from None


def _run(work: Work) -> None:
    with operator_errors():
        settings = load()
        _set_up_logging(settings)
        asyncio.run(_unwrapped(work(settings)))


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


def run_bot(serve: ServeBot) -> None:
    """Run an adapter against the Redis that the settings name."""

    async def with_redis(settings: Settings, stop: asyncio.Event) -> None:
        await serve(settings, required_redis(settings), stop, tell_ready)

    run_until_signal(with_redis)


def required_redis(settings: Settings) -> str:
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


def _set_up_logging(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    # These tell of each poll and each request; warnings and errors of theirs still show. An HTTP client's lines would
    # also carry bot tokens, which stand in Telegram's addresses.
    for noisy in ("arq", "httpx", "httpcore", "alembic", "uvicorn"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
