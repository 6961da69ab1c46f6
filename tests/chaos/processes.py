"""The processes of the service, supervised by the tests, and the faults that can be caused in them."""

import asyncio
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from magicmemory.core.processes import end_with_parent
from magicmemory.queue.embedded import find_binary

ROOT = Path(__file__).parents[2]
# A supervisor's pause before it starts a process again, as Docker's first one about is.
RESTART_S = 1.0
START_S = 180.0  # on a busy machine


@dataclass
class Process:
    """A process that is started again whenever it ends, as a supervisor does it."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    started: int = 0
    _running: asyncio.subprocess.Process | None = None
    _keeper: asyncio.Task[None] | None = None
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Start it, and keep it running."""
        self._keeper = asyncio.create_task(self._keep())
        await asyncio.wait_for(self._up.wait(), START_S)

    async def stop(self) -> None:
        """End it as an operator does."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._running is not None and self._running.returncode is None:
            self.signal(signal.SIGCONT)
            self._running.terminate()
            try:
                await asyncio.wait_for(self._running.wait(), 30)
            except TimeoutError:
                self._running.kill()
                await self._running.wait()

    def signal(self, number: signal.Signals) -> bool:
        """Send it a signal; False if it does not run at the moment."""
        if self._running is None or self._running.returncode is not None:
            return False
        self._running.send_signal(number)
        return True

    @property
    def pid(self) -> int:
        """Its number, 0 while it does not run."""
        running = self._running
        return running.pid if running is not None and running.returncode is None else 0

    async def _keep(self) -> None:
        while True:
            with self.log.open("ab") as log:
                self._running = await asyncio.create_subprocess_exec(
                    *self.command,
                    cwd=ROOT,
                    env={**os.environ, **self.environment},
                    stdout=log,
                    stderr=log,
                    preexec_fn=end_with_parent,
                )
            self.started += 1
            self._up.set()
            await self._running.wait()
            await asyncio.sleep(RESTART_S)


def python(name: str, folder: Path, environment: dict[str, str], *arguments: str) -> Process:
    """A process of ours: `python -P -m …`."""
    command = [sys.executable, "-W", "ignore", "-m", *arguments]
    return Process(name, command, environment, folder / f"{name}.log")


class Target(Protocol):
    """A process that faults hit."""

    @property
    def pid(self) -> int:
        """Its number, 0 while it does not run."""

    def signal(self, number: signal.Signals) -> bool:
        """Send it a signal; False if it does not run at the moment."""


class Broker(Protocol):
    """The Redis of a run."""

    url: str

    async def lose_data(self) -> None:
        """Let it lose everything."""


@dataclass
class RedisProcess:
    """A Redis with an append-only file, on one port whatever happens."""

    process: Process
    url: str

    @classmethod
    def in_folder(cls, folder: Path) -> "RedisProcess":
        """One whose data lie in `folder`."""
        binary = find_binary()
        assert binary, "there is no redis-server"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data = folder / "redis"
        data.mkdir()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(data), "--appendonly", "yes", "--save", ""]
        return cls(Process("redis", [binary, *options], {}, folder / "redis.log"), f"redis://127.0.0.1:{port}/0")

    async def start(self) -> None:
        """Start it and wait until it answers."""
        await self.process.start()
        async with Redis.from_url(self.url) as redis:
            deadline = time.monotonic() + 20
            while True:
                try:
                    await redis.ping()
                    return
                except (RedisError, OSError):
                    assert time.monotonic() < deadline, "redis-server does not start"
                    await asyncio.sleep(0.05)

    async def lose_data(self) -> None:
        """Let it lose everything, as soon as it answers."""
        while True:
            try:
                async with Redis.from_url(self.url) as redis:
                    await redis.flushall()
                return
            except (RedisError, OSError):
                await asyncio.sleep(0.5)


class PhotoDisk:
    """Where the photos lie: a disk of its own if this user may mount one, which can be filled to its last byte."""

    def __init__(self, folder: Path, mounted: bool) -> None:
        self.folder = folder
        self.mounted = mounted

    async def fill(self, seconds: float, writers: Sequence[Target]) -> None:
        """Let nobody write a photo for a while: the disk is full, or else no file may have a byte."""
        if self.mounted:
            ballast = self.folder.parent / "ballast"
            with ballast.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(1 << 16))
                except OSError:
                    pass
            await asyncio.sleep(seconds)
            ballast.unlink()
            return
        numbers = [writer.pid for writer in writers if writer.pid]
        for number in numbers:
            resource.prlimit(number, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        await asyncio.sleep(seconds)
        for number in numbers:
            try:
                resource.prlimit(number, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except ProcessLookupError:
                continue


@contextmanager
def photo_disk(folder: Path, megabytes: int) -> Iterator[PhotoDisk]:
    """A disk of that size for photos, in `folder`."""
    place = folder / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount or "", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    mounted = bool(mount) and os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    try:
        (place / "photos").mkdir()
        yield PhotoDisk(place / "photos", mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)
