"""Runs dangerous work in a child process: hostile bytes that crash a library's C code end the child, not the caller.

Crashes, hangs and unlimited memory use are contained, and the child gets none of our settings and secrets. It does not
stop an attacker whose code runs in the child: that code would have this user's rights and files.
"""

import importlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from magicmemory.core.errors import UserError

Work = Callable[..., tuple[Any, Sequence[Any]]]
"""The function that a child runs: it gets the parts as bytes and the arguments by name, and returns a JSON value and
buffers.
"""

# The environment holds tokens and passwords; the child gets only what Python needs.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "TMPDIR", "SYSTEMROOT")
_LENGTH = struct.Struct(">Q")


class SandboxCrashed(Exception):
    """The child died: it crashed, took too long, or used too much memory."""


class SandboxedProcess:
    """Runs one function in child processes. Threads may call at the same time; each call has its own child."""

    def __init__(self, work: Work, *, memory_bytes: int, seconds: float, kept: int = 0) -> None:
        """
        Args:
            work: a function of a module, found by its name; the module must be cheap to import.
            memory_bytes: memory that a child may use in addition to its imports; Linux only.
            seconds: time limit of one call.
            kept: idle children that wait for the next call. A new one has to import first.
        """
        self._command = [sys.executable, "-P", "-m", __name__, work.__module__, work.__qualname__]
        self._command += [str(memory_bytes), str(seconds)]
        self._kept = kept
        self._idle: list[_Child] = []
        self._lock = threading.Lock()
        self._end_idle = weakref.finalize(self, _end_all, self._idle)

    def start(self) -> None:
        """Start the idle children, without waiting for them."""
        with self._lock:
            while len(self._idle) < self._kept:
                self._idle.append(_Child(self._command))

    def close(self) -> None:
        """End the idle children, and wait for that. Otherwise they end when this object is collected."""
        self._end_idle()

    def __call__(self, *parts: bytes, **arguments: object) -> tuple[Any, memoryview]:
        """Call the function. Returns its JSON value, and its buffers joined.

        Raises:
            SandboxCrashed: the child died.
            UserError: the function raised it.
            RuntimeError: the function raised another error, whose traceback is the message; or no child could start.
        """
        child = self._take()
        try:
            answer, buffers = child.ask(parts, arguments)
        except BaseException:
            child.end()
            raise
        self._return(child)
        return _result(answer), buffers

    def _take(self) -> "_Child":
        with self._lock:
            child = self._idle.pop() if self._idle else None
        if child is not None and not child.lives():  # it died while it was idle
            child.end()
            child = None
        return child or _Child(self._command)

    def _return(self, child: "_Child") -> None:
        with self._lock:
            keep = len(self._idle) < self._kept
            if keep:
                self._idle.append(child)
        if not keep:
            child.end()


def _result(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        known = {error.key: error for error in UserError.__subclasses__()}
        raise known[answer["error"]](**answer["parameters"])
    if "bug" in answer:
        raise RuntimeError(answer["bug"])
    return answer["result"]


class _Child:
    """A child process, as the parent sees it."""

    def __init__(self, command: list[str]) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        # In its own session, so Ctrl-C reaches only the parent and running work can finish.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )

    def ask(self, parts: Sequence[bytes], arguments: dict[str, object]) -> tuple[dict[str, Any], memoryview]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            _send(self._process.stdin, arguments, parts)
            answer, buffers = _receive(self._process.stdout)
        except (OSError, EOFError):
            self.end()
            code = self._process.returncode
            if code >= 0:
                raise RuntimeError(f"a child could not start: exit status {code}") from None
            raise SandboxCrashed(signal.Signals(-code).name) from None
        return answer, buffers

    def lives(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        process = self._process
        if process.stdout is not None and not process.stdout.closed:
            process.stdout.close()
        if process.stdin is not None and not process.stdin.closed:
            with suppress(OSError):  # data that the child did not read
                process.stdin.close()
        # A child with broken pipes may be about to exit; its exit status says why.
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
            return
        process.kill()
        process.wait()


def _end_all(children: list[_Child]) -> None:
    for child in children:
        child.end()
    children.clear()


def _send(pipe: IO[bytes], message: dict[str, Any], buffers: Sequence[Any]) -> None:
    """Write a length, JSON, and the buffers, whose sizes are in the JSON."""
    views = [memoryview(buffer).cast("B") for buffer in buffers]
    head = json.dumps({"message": message, "sizes": [view.nbytes for view in views]}).encode()
    pipe.write(_LENGTH.pack(len(head)) + head)
    for view in views:
        pipe.write(view)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[dict[str, Any], memoryview]:
    """Read a message and its joined buffers. JSON, because a child's answer must not run as code in the parent."""
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size))
    head = json.loads(bytes(_read(pipe, length)))
    return {**head["message"], "sizes": head["sizes"]}, _read(pipe, sum(head["sizes"]))


def _read(pipe: IO[bytes], size: int) -> memoryview:
    view = memoryview(bytearray(size))
    at = 0
    while at < size:
        count = pipe.readinto(view[at:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        at += count
    return view


# ------------------------------------------------------------------------------------------------- in the child


def _main(module: str, name: str, memory_bytes: str, seconds: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent decides when the child ends
    answers = os.fdopen(os.dup(1), "wb")
    work: Work = getattr(importlib.import_module(module), name)
    # Output of libraries must not mix with the answers or fill the log.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    _limit(int(memory_bytes))
    with suppress(EOFError, BrokenPipeError):  # the parent has ended, or closed the pipe
        while True:
            _serve(sys.stdin.buffer, answers, work, float(seconds))


def _serve(questions: IO[bytes], answers: IO[bytes], work: Work, seconds: float) -> None:
    arguments, buffers = _receive(questions)
    sizes = arguments.pop("sizes")
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    parts = [bytes(buffers[start : start + size]) for start, size in zip(starts, sizes, strict=True)]
    # Without a handler, the alarm ends the process even inside C code.
    signal.setitimer(signal.ITIMER_REAL, seconds)
    answer: dict[str, Any]
    made: Sequence[Any] = ()
    try:
        result, made = work(*parts, **arguments)
        answer = {"result": result}
    except UserError as error:
        answer = {"error": error.key, "parameters": error.parameters}
    except Exception:
        answer = {"bug": traceback.format_exc()}
    signal.setitimer(signal.ITIMER_REAL, 0)
    _send(answers, answer, made)


def _limit(memory_bytes: int) -> None:
    """Forbid core files (they would contain the photo) and any other file, and limit the memory."""
    import resource  # does not exist on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        # Not the address space: each thread of a library reserves 64 MB of it without using it.
        most = int(statm.read_text().split()[5]) * resource.getpagesize() + memory_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    _main(*sys.argv[1:])
