"""The service as `magicmemory run` starts it: its own Redis, a worker with its model, the playground and both bots."""

import asyncio
import io
import os
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import psutil
from PIL import Image

from magicmemory.pipeline.sample import portrait
from tests.chaos.processes import START_S, Process, python

CLOCK_SOURCE: Final = Path(__file__).with_name("clock.c")
REDIS_LINE: Final = "  redis "
PLUGINS: Final = Path(__file__).parent / "plugins"


@dataclass
class ChildOfRun:
    """A child process of `magicmemory run`, which restarts it."""

    supervisor: Process
    word: str  # the end of its command line, or its program

    @property
    def pid(self) -> int:
        """Its number, 0 while it does not run."""
        try:
            children = psutil.Process(self.supervisor.pid).children() if self.supervisor.pid else []
            found = [child.pid for child in children if self._is(child.cmdline())]
        except psutil.Error:
            return 0
        return found[0] if found else 0

    def signal(self, number: signal.Signals) -> bool:
        """Send it a signal; False if it does not run at the moment."""
        pid = self.pid
        if pid:
            os.kill(pid, number)
        return bool(pid)

    def _is(self, command: list[str]) -> bool:
        return bool(command) and (command[-1] == self.word or Path(command[0]).name.startswith(self.word))


@dataclass
class OwnRedis:
    """The Redis that `magicmemory run` started."""

    url: str
    folder: Path
    process: ChildOfRun

    async def lose_data(self) -> None:
        """Delete its files and kill it: it starts again with nothing."""
        for _ in range(100):
            if self.process.signal(signal.SIGSTOP):
                break
            await asyncio.sleep(0.2)
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        (self.folder / "appendonly.aof").unlink(missing_ok=True)
        self.process.signal(signal.SIGKILL)


class FakeClock:
    """The wall clock of all processes, which can be set. The monotonic clock stays as it is.

    It needs a C compiler: libfaketime would do, but it has a lock that a killed process keeps for ever.
    """

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "clock"  # seconds, as a 64-bit integer that the processes have mapped
        self._offset.write_bytes(struct.pack("=q", 0))
        self._library = folder / "clock.so"
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is not None:
            command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(self._library), str(CLOCK_SOURCE), "-ldl"]
            subprocess.run(command, check=True)

    @property
    def environment(self) -> dict[str, str]:
        """For the processes; empty without a compiler."""
        if not self._library.exists():
            return {}
        return {"LD_PRELOAD": str(self._library), "CHAOS_CLOCK": str(self._offset)}

    def set(self, seconds: float) -> bool:
        """Let the clock be wrong by that much; False without a compiler."""
        with self._offset.open("r+b") as file:
            file.write(struct.pack("=q", round(seconds)))
        return self._library.exists()


def damage_cache(folder: Path) -> bool:
    """Overwrite a quarter of the largest cached model with zeros; False if there is none."""
    files = sorted((file for file in folder.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    if not files:
        return False
    size = files[-1].stat().st_size
    with files[-1].open("r+b") as file:
        file.seek(size // 2)
        file.write(bytes(max(1, size // 4)))
    return True


def photo_with_face(number: int) -> bytes:
    """A photo with a face, unlike those of other numbers."""
    pixels = np.ascontiguousarray(portrait()[20:240, 100:320])
    for bit in range(12):
        pixels[:8, 8 * bit : 8 * bit + 8] = 255 * (number >> bit & 1)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90)
    return out.getvalue()


@asynccontextmanager
async def running_service(
    folder: Path, environment: dict[str, str], api: tuple[str, str], clock: FakeClock
) -> AsyncIterator[tuple[OwnRedis, dict[str, ChildOfRun]]]:
    """`magicmemory run` in `folder`. `api` is the URLs of Discord's API and of its gateway."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    more = {
        "PYTHONPATH": str(PLUGINS),
        "CHAOS_DISCORD": " ".join(api),
        "MAGIC_PLAYGROUND_PORT": port,
        **clock.environment,
    }
    run = python("run", folder, {**environment, **more}, "magicmemory.cli.main", "run")
    await run.start()
    try:
        url = await _redis_url(run)
        targets = {name: ChildOfRun(run, name) for name in ("worker", "telegram", "discord", "redis-server")}
        yield OwnRedis(url, folder / "data" / "redis", targets["redis-server"]), targets
    finally:
        await run.stop()


async def _redis_url(run: Process) -> str:
    async with asyncio.timeout(START_S):
        while True:
            for line in run.log.read_text(errors="replace").splitlines():
                if line.startswith(REDIS_LINE):
                    return line.split()[1]
            await asyncio.sleep(0.2)
