"""How a process of the service starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="Windows has no such limits")

LOW = 64
PROGRAM = """
import resource
from magicmemory.cli.processes import run_until_interrupted
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, ({low}, hard))
async def work(settings):
    print(*resource.getrlimit(resource.RLIMIT_NOFILE))
run_until_interrupted("telegram", work)
"""


@pytest.mark.processes
def test_a_process_may_open_as_many_files_as_the_system_allows(tmp_path: Path) -> None:
    """Each connection is a file: with a thousand of them, the usual limit, the page would answer nobody."""
    environment = os.environ | {
        "MAGIC_DATA_DIR": str(tmp_path),
        "MAGIC_TELEGRAM_TOKEN": "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi",
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM.format(low=LOW)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    soft, hard = map(int, done.stdout.split())
    assert soft == hard
    assert soft > LOW
