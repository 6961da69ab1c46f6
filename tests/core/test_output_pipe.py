"""A child process ends when it is told to, even if it has started children of its own."""

import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.processes

PROGRAM = """
import asyncio, gc, os
from magicmemory.core.processes import end, output_pipe

async def main():
    async with output_pipe() as (out, lines):
        # The shell's own child holds the pipe for longer than the shell lives.
        process = await asyncio.create_subprocess_exec("sh", "-c", "sleep 40 2>&- & echo $!; wait", stdout=out)
        os.close(out)
        print((await lines.readline()).decode(), end="", flush=True)
        await end(process)
        print(process.returncode, flush=True)

asyncio.run(main())
gc.collect()
"""


def test_a_grandchild_that_holds_the_output_neither_delays_the_end_nor_leaves_complaints() -> None:
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-P", "-c", PROGRAM], capture_output=True, text=True, check=False)
    grandchild, status = ended.stdout.split()
    subprocess.run(["kill", grandchild], check=True)  # it is still alive, and is ended by its own number
    assert (ended.returncode, status, ended.stderr) == (0, "-15", "")
    assert time.monotonic() - began < 30
