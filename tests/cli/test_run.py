"""`magicmemory run` starts everything, refuses a second one, and leaves no process behind."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from importlib.metadata import version
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.converted_models import add_converted_models
from tests.support.harness import eventually

pytestmark = [pytest.mark.usefixtures("redis_binary"), pytest.mark.processes]

COMMAND = (sys.executable, "-P", "-m", "magicmemory.cli.main", "run")


def environment(folder: Path, metrics_port: int = 0) -> dict[str, str]:
    own = {"DATA_DIR": folder / "var", "PLAYGROUND_PORT": 0, "METRICS_PORT": metrics_port, "WORKER_PHOTOS": 1}
    return {**os.environ, **{f"MAGIC_{name}": str(value) for name, value in own.items()}}


def free_ports(count: int) -> int:
    """The first of several consecutive free ports."""
    while True:
        with ExitStack() as held, suppress(OSError, OverflowError):
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            for number in range(1, count):
                held.enter_context(socket.create_server(("127.0.0.1", first + number)))
            return int(first)


async def started(folder: Path, metrics_port: int = 0) -> tuple[asyncio.subprocess.Process, dict[str, str]]:
    """The running service, and the addresses that it prints."""
    add_converted_models(folder / "var")
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        env=environment(folder, metrics_port),
        cwd=folder,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    where: dict[str, str] = {}
    while "data" not in where:
        line = (await process.stdout.readline()).decode()
        assert line, "it ended before it was ready"
        if match := re.fullmatch(r"  (\w+) +(.*)\n", line):
            where[match[1]] = match[2]
    return process, where


async def health(folder: Path, port: int, *options: str) -> tuple[int | None, str]:
    """What `magicmemory healthcheck` says of the process on a port."""
    asking = await asyncio.create_subprocess_exec(
        *COMMAND[:-1], "healthcheck", *options, env=environment(folder, port), cwd=folder, stderr=subprocess.PIPE
    )
    _, says = await asking.communicate()
    return asking.returncode, says.decode()


def family(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def workers(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    def is_worker(child: psutil.Process) -> bool:
        try:
            return bool(child.cmdline()[-1:] == ["worker"])
        except psutil.Error:  # it has just ended
            return False

    return [child for child in family(process) if is_worker(child)]


async def test_run_starts_and_stops_every_process(tmp_path: Path) -> None:
    port = free_ports(4)
    process, where = await started(tmp_path, port)
    assert where["metrics"] == f"ports {port} (worker), {port + 3} (playground)"
    assert where["redis"].startswith("unix://")
    assert "lite" in where["worker"]
    assert where["telegram"] == "off: MAGIC_TELEGRAM_TOKEN is not set"
    async with httpx.AsyncClient() as client:
        assert (await client.get(where["playground"])).status_code == 200
        for number, name in ((port, "worker"), (port + 3, "playground")):
            assert (await client.get(f"http://127.0.0.1:{number}/readyz")).status_code == 200
            figures = (await client.get(f"http://127.0.0.1:{number}/metrics")).text
            assert f'magicmemory_build_info{{process="{name}",version="{version("magicmemory")}"}} 1.0' in figures
    assert await health(tmp_path, port) == (0, "")
    assert await health(tmp_path, port, "--alive") == (0, "")
    status, told = await health(tmp_path, port + 1)
    assert status == 2
    assert told == f"magicmemory: http://127.0.0.1:{port + 1}/readyz does not answer (ConnectError).\n"
    children = family(process)
    assert len(children) >= 3

    second = await asyncio.create_subprocess_exec(
        *COMMAND, env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.PIPE
    )
    _, says = await second.communicate()
    assert second.returncode == 2
    assert says.decode().startswith(f"magicmemory: Magic Memory already runs here (process {process.pid}")

    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


async def test_a_dead_worker_is_started_again_and_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    process, _ = await started(tmp_path)
    [worker] = workers(process)
    worker.kill()

    async def another() -> bool | None:
        return True if workers(process) not in ([], [worker]) else None

    assert await eventually(another)
    children = family(process)
    process.kill()
    await process.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, timeout=30)
    for child in alive:
        child.kill()
    assert alive == []


def test_version_is_the_packages_version() -> None:
    told = subprocess.run([*COMMAND[:-1], "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == version("magicmemory") + "\n"
