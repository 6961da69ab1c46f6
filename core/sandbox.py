"""Dangerous work in a child process: what hostile bytes do to a library's C code ends the child, and not us.

A crash, a hang and a wish for endless memory are contained, and the child gets no setting and no secret of ours. It is
no wall against an attacker whose code runs in it: that code would be this user's, with this user's files.
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
"""What a cell runs: called with the parts as bytes and the arguments by name; returns something that JSON can say, and
buffers.
"""

# Tokens and passwords stand in the environment; a child that reads strangers' files gets what Python needs.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "TMPDIR", "SYSTEMROOT")
_LENGTH = struct.Struct(">Q")


class SandboxCrashed(Exception):
    """The child died over its work: it crashed, took too long, or wanted too much memory."""


class SandboxedProcess:
    """Runs one function in children of its own; threads may call at once, and each gets a child to itself."""

    def __init__(self, work: Work, *, memory_bytes: int, seconds: float, kept: int = 0) -> None:
        """
        Args:
            work: a function of a module, found again by its name; the module must be cheap to import.
            memory_bytes: what a child may take beyond what it has after its imports; Linux only.
            seconds: what one call may take.
            kept: how many idle children wait for the next call. A fresh one has to import first.
        """
        self._command = [sys.executable, "-P", "-m", __name__, work.__module__, work.__qualname__]
        self._command += [str(memory_bytes), str(seconds)]
        self._kept = kept
        self._idle: list[_Child] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _end_all, self._idle)

    def start(self) -> None:
        """Start the children that are kept, without waiting for them."""
        with self._lock:
            while len(self._idle) < self._kept:
                self._idle.append(_Child(self._command))

    def __call__(self, *parts: bytes, **arguments: object) -> tuple[Any, memoryview]:
        """Do the work: what the function returned, its buffers one after another.

        Raises:
            SandboxCrashed: the child died.
            UserError: the function raised it.
            RuntimeError: the function raised something else, and the message is its traceback; or no child could start.
        """
        child = self._taken()
        try:
            answer, buffers = child.ask(parts, arguments)
        except BaseException:
            child.end()
            raise
        self._give_back(child)
        return _result(answer), buffers

    def _taken(self) -> "_Child":
        with self._lock:
            child = self._idle.pop() if self._idle else None
        if child is not None and not child.lives():  # it died of something else while it waited
            child.end()
            child = None
        return child or _Child(self._command)

    def _give_back(self, child: "_Child") -> None:
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
    """One process, seen from the parent."""

    def __init__(self, command: list[str]) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        # In a session of its own, so that Ctrl-C reaches us alone and what is in hand is finished.
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
            with suppress(OSError):  # what was not taken any more
                process.stdin.close()
        # A child whose pipes have broken may be a moment from its end, whose cause is worth knowing.
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
    """A length, JSON, and the buffers that the JSON gives the sizes of."""
    views = [memoryview(buffer).cast("B") for buffer in buffers]
    head = json.dumps({"message": message, "sizes": [view.nbytes for view in views]}).encode()
    pipe.write(_LENGTH.pack(len(head)) + head)
    for view in views:
        pipe.write(view)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[dict[str, Any], memoryview]:
    """The message, and its buffers as one. JSON, because what a child says must not run as code in us."""
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
        signal.signal(number, signal.SIG_IGN)  # our parent decides when we end
    answers = os.fdopen(os.dup(1), "wb")
    work: Work = getattr(importlib.import_module(module), name)
    # What libraries print over strangers' files must not come between the answers, nor fill the log.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    _limit(int(memory_bytes))
    with suppress(EOFError, BrokenPipeError):  # the parent has ended, or needs us no more
        while True:
            _serve(sys.stdin.buffer, answers, work, float(seconds))


def _serve(questions: IO[bytes], answers: IO[bytes], work: Work, seconds: float) -> None:
    arguments, buffers = _receive(questions)
    sizes = arguments.pop("sizes")
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    parts = [bytes(buffers[start : start + size]) for start, size in zip(starts, sizes, strict=True)]
    # Without a handler the alarm ends the process, whatever C code it is in.
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
    """No core file with somebody's photo in it, no files at all, and no more memory than is right."""
    import resource  # not there on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        # Not the whole address space: of that, each thread of a library sets 64 MB aside and uses none.
        most = int(statm.read_text().split()[5]) * resource.getpagesize() + memory_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    _main(*sys.argv[1:])
