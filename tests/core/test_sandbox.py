"""Work in a child process: its answer comes back, and a crash ends only the child."""

import ctypes
import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from magicmemory.core.errors import PhotoTooLarge
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess
from magicmemory.core.units import MIB

pytestmark = pytest.mark.processes


def spin() -> None:
    sum(iter(int, 1))


DEEDS: dict[str, Callable[[], object]] = {
    "crash": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "hang": lambda: threading.Event().wait(),
    "spin": spin,
    "eat": lambda: len(bytearray(2_000 * MIB)),
    "write": lambda: Path("/tmp/from-a-sandbox").write_bytes(b"x"),
    "print": lambda: (os.write(1, b"a library's chatter"), print("and Python's")),
    "tell": lambda: str(os.environ),
    "stumble": lambda: DEEDS["a bug"],
}


def work(first: bytes, second: bytes = b"", *, do: str = "") -> tuple[Any, list[bytes]]:
    """What the children of these tests do. It is found by this module's name."""
    if do == "refuse":
        raise PhotoTooLarge(megapixels=70.1, limit_megapixels=64)
    if do == "meet":
        return meet(Path(first.decode()), Path(second.decode())), []
    if do:
        return DEEDS[do](), []
    return {"pid": os.getpid(), "lengths": [len(first), len(second)]}, [first[::-1], second[::-1]]


def meet(mine: Path, theirs: Path) -> int:
    """Returns once another child is here too. Children may make folders, but no files."""
    mine.mkdir()
    while not theirs.exists():
        time.sleep(0.005)
    return os.getpid()


def spacious(kept: int = 0, seconds: float = 30) -> SandboxedProcess:
    return SandboxedProcess(work, memory_bytes=512 * MIB, seconds=seconds, kept=kept)


def reversed_by(sandbox: SandboxedProcess) -> bytes:
    return bytes(sandbox(b"ab")[1])


@pytest.fixture(autouse=True)
def children_find_this_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def test_result_and_buffers_are_returned() -> None:
    sandbox = spacious()
    large = os.urandom(3 * MIB)
    said, made = sandbox(large, b"abc")
    assert said["lengths"] == [len(large), 3]
    assert said["pid"] != os.getpid()
    assert bytes(made) == large[::-1] + b"cba"
    assert not made.readonly, "torch warns of arrays that cannot be written to"


def test_a_child_that_is_kept_works_again_and_ends_with_its_cell() -> None:
    before = children()
    sandbox = spacious(kept=1)
    sandbox.start()
    pids = {sandbox(b"x")[0]["pid"] for _ in range(3)}
    assert children() - before == pids
    assert len(pids) == 1
    del sandbox
    gc.collect()
    assert children() - before == set()


def test_a_child_that_is_not_kept_is_gone() -> None:
    before = children()
    spacious()(b"x")
    assert children() == before


def test_threads_have_children_of_their_own() -> None:
    sandbox = spacious(kept=2)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda n=n: found.append(bytes(sandbox(bytes([n]) * 9)[1]))) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [bytes([n]) * 9 for n in range(5)]


def test_children_work_at_the_same_time(tmp_path: Path) -> None:
    """Each waits until the other has begun: one after the other, the first would wait until its time is over."""
    sandbox = spacious(kept=2)
    sandbox.start()
    one, two = bytes(tmp_path / "one"), bytes(tmp_path / "two")
    with ThreadPoolExecutor(2) as threads:
        pids = [pid for pid, _ in threads.map(partial(sandbox, do="meet"), (one, two), (two, one))]
    assert len(set(pids)) == 2


def test_a_child_that_is_killed_at_work_leaves_the_others_alone(tmp_path: Path) -> None:
    sandbox = spacious(kept=2)
    before = children()
    sandbox.start()
    both = children() - before
    began = tmp_path / "began"
    with ThreadPoolExecutor(1) as threads:
        killed = threads.submit(sandbox, bytes(began), bytes(tmp_path / "never"), do="meet")
        while not began.exists():
            time.sleep(0.01)
        pid = sandbox(b"x")[0]["pid"]
        (busy,) = both - {pid}
        os.kill(busy, signal.SIGKILL)
        with pytest.raises(SandboxCrashed, match="SIGKILL"):
            killed.result()
    assert sandbox(b"x")[0]["pid"] == pid
    one, two = bytes(tmp_path / "one"), bytes(tmp_path / "two")
    with ThreadPoolExecutor(2) as threads:  # a new child takes the killed one's place
        pids = {pid for pid, _ in threads.map(partial(sandbox, do="meet"), (one, two), (two, one))}
    assert pid in pids
    assert len(pids) == 2


def test_errors_keep_their_type() -> None:
    sandbox = spacious(kept=1)
    with pytest.raises(PhotoTooLarge) as refused:
        sandbox(b"", do="refuse")
    assert refused.value.parameters == {"megapixels": 70.1, "limit_megapixels": 64}
    with pytest.raises(RuntimeError, match="KeyError: 'a bug'"):
        sandbox(b"", do="stumble")
    assert reversed_by(sandbox) == b"ba"


def test_library_output_does_not_mix_with_answers() -> None:
    sandbox = spacious(kept=1)
    assert len(sandbox(b"", do="print")[1]) == 0
    assert reversed_by(sandbox) == b"ba"


@pytest.mark.parametrize(
    ("do", "why"), [("crash", "SIGSEGV"), ("abort", "SIGABRT"), ("hang", "SIGALRM"), ("spin", "SIGALRM")]
)
def test_crash_ends_only_its_own_child(do: str, why: str) -> None:
    sandbox = spacious(kept=1, seconds=1)
    started = time.monotonic()
    with pytest.raises(SandboxCrashed, match=why):
        sandbox(b"", do=do)
    assert time.monotonic() - started < 15
    assert reversed_by(sandbox) == b"ba", "the next one gets a fresh child"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux says how much memory a process has")
def test_memory_is_bounded() -> None:
    sandbox = spacious()
    with pytest.raises(RuntimeError, match="MemoryError"):
        sandbox(b"", do="eat")


def test_a_child_writes_no_files_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_TELEGRAM_TOKEN", "1:secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sandbox = spacious()
    assert "secret" not in str(sandbox(b"", do="tell")[0])
    with pytest.raises((RuntimeError, SandboxCrashed)):
        sandbox(b"x", do="write")


def test_ctrl_c_and_a_stop_leave_the_work_in_hand_alone() -> None:
    sandbox = spacious(kept=1)
    pid = sandbox(b"x")[0]["pid"]
    assert os.getsid(pid) != os.getsid(0)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, number)
    assert sandbox(b"x")[0]["pid"] == pid


def test_a_child_that_died_idle_is_replaced() -> None:
    sandbox = spacious(kept=1)
    pid = sandbox(b"x")[0]["pid"]
    os.kill(pid, signal.SIGKILL)
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert reversed_by(sandbox) == b"ba"


def test_a_child_that_cannot_start_is_no_fault_of_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH")
    with pytest.raises(RuntimeError, match="could not start: exit status 1"):
        spacious()(b"x")
