"""A test without its marker fails in the fast tier, and is named in other runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

INNER = """
import socket, subprocess, time
import pytest
from tests.support import tiers

tiers.MOST_CPU_S = 0.5  # for a shorter test than the suite's limit allows

def test_process():
    subprocess.run(["true"], check=True)

def test_long():
    until = time.process_time() + 0.6
    while time.process_time() < until:
        pass

def test_service(tmp_path):
    path = str(tmp_path / "redis.sock")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)

@pytest.mark.processes
def test_marked():
    subprocess.run(["true"], check=True)

@pytest.fixture
def redis_server():
    return ""

def test_marked_by_its_fixture(redis_server):
    subprocess.run(["true"], check=True)

def test_fast():
    pass
"""
LACK = {"test_process": "`processes`", "test_long": "`slow`", "test_service": "`services`"}


@pytest.mark.parametrize("fast_tier", [True, False])
def test_missing_marker_is_reported(tmp_path: Path, fast_tier: bool) -> None:
    (tmp_path / "test_inner.py").write_text(INNER)
    markers = "services\n    processes\n    slow"
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nasyncio_default_fixture_loop_scope = function\nmarkers =\n    {markers}\n"
    )
    command = ["-m", "pytest", "-q", "-p", "tests.support.tiers", "-p", "no:randomly", "-p", "no:cacheprovider", "-rfE"]
    command += ["-m", "not services and not processes and not slow"] if fast_tier else []
    ran = subprocess.run(
        [sys.executable, *command, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    failed = {line.split("::")[1].split()[0] for line in ran.stdout.splitlines() if line.startswith("FAILED")}
    assert failed == (set(LACK) if fast_tier else set())
    named = ran.stdout.partition("tests without the marker of their tier")[2]
    told = {name: line for name in LACK for line in named.splitlines() if f"::{name}:" in line}
    assert set(told) == set(LACK)
    assert all(told[name].endswith(f"is not marked {marker}") for name, marker in LACK.items())
    assert ("2 deselected" in ran.stdout) is fast_tier
