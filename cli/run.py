"""`magicmemory run`: starts all processes of the service on one machine, and restarts those that die."""

import asyncio
import fcntl
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from magicmemory.cli.processes import CHILD_OF_RUN
from magicmemory.core.errors import OperatorError
from magicmemory.core.processes import RestartDelay, end, end_with_parent, output_pipe
from magicmemory.core.settings import PREFIX, Settings
from magicmemory.queue.embedded import embedded_redis

READY_S = 180.0
FIRST_RESTART_DELAY_S = 1.0
MAX_RESTART_DELAY_S = 30.0
CHECK_FOLDER_EVERY_S = 1.0
# Each process serves metrics on its own port, counted from MAGIC_METRICS_PORT.
METRICS_PORTS = ("worker", "telegram", "discord", "playground")


class AlreadyRunning(OperatorError):
    """Another `magicmemory run` uses the same data folder."""


class DataFolderMoved(OperatorError):
    """The data folder is no longer in its place."""


async def run_everything(settings: Settings) -> None:
    """Run Redis, a worker, the playground and the bots with tokens, until cancelled."""
    names = ["worker", "playground"]
    names += ["telegram"] if settings.telegram_token else []
    names += ["discord"] if settings.discord_token else []
    with lock_data_folder(settings.data_dir) as check_folder:
        async with open_redis(settings) as url, run_children(names, settings, url, check_folder) as where:
            _print_what_runs({"redis": _without_password(url), **where, **_metrics(settings, names)}, settings)
            try:
                while True:
                    await asyncio.sleep(CHECK_FOLDER_EVERY_S)
                    check_folder()
            finally:
                print("Stopping…", flush=True)


@contextmanager
def lock_data_folder(folder: Path) -> Iterator[Callable[[], None]]:
    """Lock the data folder while the context lasts. Yields a function that raises `DataFolderMoved` if the folder is no
    longer in its place.

    Raises:
        AlreadyRunning: another process holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"Magic Memory already runs here (process {lock.read().strip() or 'unknown'}, data in {folder}). "
                "Stop it first, or set MAGIC_DATA_DIR to another folder."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()

        def check() -> None:
            with suppress(OSError):
                if os.path.samestat(os.fstat(lock.fileno()), (folder / "run.lock").stat()):
                    return
            raise DataFolderMoved(
                f"The data folder {folder} was moved away or replaced while Magic Memory used it: "
                "stop Magic Memory before you move its data."
            )

        yield check


@asynccontextmanager
async def open_redis(settings: Settings) -> AsyncIterator[str]:
    """The URL of the operator's Redis, or of our own, which runs while the context lasts."""
    if settings.redis_url:
        yield settings.redis_url
    else:
        async with embedded_redis(settings.data_dir / "redis") as url:
            yield url


@asynccontextmanager
async def run_children(
    names: list[str], settings: Settings, redis_url: str, before_restart: Callable[[], None] = lambda: None
) -> AsyncIterator[dict[str, str]]:
    """Run commands as child processes. Yields the first line of each, once all are ready."""
    watched = {name: Child(name, _environment(settings, redis_url, name), before_restart) for name in names}
    tasks = {name: asyncio.create_task(child.keep_running()) for name, child in watched.items()}
    try:
        try:
            async with asyncio.timeout(READY_S):
                where = {name: await _ready(child, tasks[name]) for name, child in watched.items()}
        except TimeoutError:
            late = ", ".join(name for name, child in watched.items() if not child.ready.done())
            raise OperatorError(f"{late} did not start within {READY_S:.0f} s.") from None
        yield where
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


class Child:
    """A child process that is restarted when it dies."""

    def __init__(
        self, name: str, environment: dict[str, str], before_restart: Callable[[], None] = lambda: None
    ) -> None:
        """`before_restart` may raise an `OperatorError`; the process is then not restarted."""
        self._before_restart = before_restart
        self._name = name
        self._environment = environment
        self.ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def keep_running(self) -> None:
        """Run until cancelled.

        Raises:
            OperatorError: it ended before it was ready; its own message says why.
        """
        delay = RestartDelay(FIRST_RESTART_DELAY_S, MAX_RESTART_DELAY_S)
        while True:
            delay.started()
            status = await self._run_once()
            if not self.ready.done():
                raise OperatorError(f"{self._name} cannot start (status {status}); see above.")
            print(f"{self._name} ended with status {status}; restarting it", file=sys.stderr, flush=True)
            await asyncio.sleep(delay.after_death())
            self._before_restart()

    async def _run_once(self) -> int:
        async with output_pipe() as (out, lines):
            try:
                process = await asyncio.create_subprocess_exec(
                    # `-P`: the current folder must not shadow installed packages.
                    *(sys.executable, "-P", "-m", "magicmemory.cli.main", self._name),
                    env=self._environment,
                    stdout=out,
                    # Ctrl-C reaches only us; we end the children in order.
                    start_new_session=True,
                    preexec_fn=end_with_parent,
                )
            finally:
                os.close(out)
            try:
                async for line in lines:
                    if not self.ready.done():
                        self.ready.set_result(line.decode().strip())
                return await process.wait()
            finally:
                await end(process)


async def _ready(child: Child, task: asyncio.Task[None]) -> str:
    waits: set[asyncio.Future[Any]] = {child.ready, task}
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    if not child.ready.done():
        task.result()
    return child.ready.result()


def metrics_port(settings: Settings, name: str) -> int:
    """The port of a process's metrics; 0: none. It does not depend on which other processes run."""
    return settings.metrics_port and settings.metrics_port + METRICS_PORTS.index(name)


def _environment(settings: Settings, redis_url: str, name: str) -> dict[str, str]:
    """The environment of a child: ours, plus the settings that were decided here."""
    decided = {
        "redis_url": redis_url,
        "redis_prefix": settings.redis_prefix,
        "data_dir": settings.data_dir,
        "database_url": settings.database,
        "photo_store": settings.photos,
        "playground_port": settings.playground_port,
        # Empty is the default.
        "playground_free_per_day": "" if settings.playground_free_per_day is None else settings.playground_free_per_day,
        "metrics_port": metrics_port(settings, name),
        "free_per_day": settings.free_per_day,
    }
    return {**os.environ, CHILD_OF_RUN: "1", **{PREFIX + name.upper(): str(value) for name, value in decided.items()}}


def _metrics(settings: Settings, names: list[str]) -> dict[str, str]:
    ports = ", ".join(f"{metrics_port(settings, name)} ({name})" for name in names)
    return {"metrics": f"ports {ports}"} if settings.metrics_port else {}


def _print_what_runs(where: dict[str, str], settings: Settings) -> None:
    off = {
        name: f"off: {PREFIX}{name.upper()}_TOKEN is not set" for name in ("telegram", "discord") if name not in where
    }
    print("Magic Memory is running; Ctrl-C stops it.", flush=True)
    for name, place in {**where, **off, "data": str(settings.data_dir.resolve())}.items():
        print(f"  {name:<11} {place}", flush=True)


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
