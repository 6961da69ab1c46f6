"""`magicmemory run` starts everything, refuses a second one, and leaves no process behind."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil

from tests.service import eventually

COMMAND = (sys.executable, "-P", "-m", "magicmemory.cli.main", "run")


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "MAGIC_DATA_DIR": str(folder / "var"), "MAGIC_PLAYGROUND_PORT": "0"}


async def started(folder: Path) -> tuple[asyncio.subprocess.Process, dict[str, str]]:
    """A running house and what it says runs where."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, env=environment(folder), cwd=folder, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    where: dict[str, str] = {}
    while "data" not in where:
        line = (await process.stdout.readline()).decode()
        assert line, "it ended before it was ready"
        if match := re.fullmatch(r"  (\w+) +(.*)\n", line):
            where[match[1]] = match[2]
    return process, where


def family(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def workers(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    def is_worker(child: psutil.Process) -> bool:
        try:
            return bool(child.cmdline()[-1:] == ["worker"])
        except psutil.Error:  # it has just ended
            return False

    return [child for child in family(process) if is_worker(child)]


async def test_starts_everything_and_ends_all_of_it(tmp_path: Path) -> None:
    process, where = await started(tmp_path)
    assert where["redis"].startswith("unix://")
    assert "lite" in where["worker"]
    assert where["telegram"] == "off: MAGIC_TELEGRAM_TOKEN is not set"
    async with httpx.AsyncClient() as client:
        assert (await client.get(where["playground"])).status_code == 200
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
