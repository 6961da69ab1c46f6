"""Child processes that end with their parent."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

# Linux's PR_SET_PDEATHSIG: the signal a process gets when its parent dies.
_PARENT_DEATH_SIGNAL = 1


def end_with_parent() -> None:
    """Called in a new child process: Linux then ends the child when the parent dies. Other systems cannot; there only
    an orderly end of the parent ends its children.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def end_with_parent_privately() -> None:
    """Like `end_with_parent`; also, only this user may read the files that the child creates."""
    end_with_parent()
    os.umask(0o077)


class RestartDelay:
    """How long to wait before each restart of a process: the delay doubles, and a healthy run resets it."""

    def __init__(self, first_s: float, max_s: float, healthy_s: float = 60.0) -> None:
        """
        Args:
            first_s: the first delay, seconds.
            max_s: the longest delay, seconds.
            healthy_s: a run of at least this many seconds resets the delay.
        """
        self._first_s = first_s
        self._max_s = max_s
        self._healthy_s = healthy_s
        self._next_s = first_s
        self._started_at = time.monotonic()

    def started(self) -> None:
        """The process starts now."""
        self._started_at = time.monotonic()

    def after_death(self) -> float:
        """The delay before the next start, seconds."""
        if time.monotonic() - self._started_at >= self._healthy_s:
            self._next_s = self._first_s
        delay_s, self._next_s = self._next_s, min(self._max_s, self._next_s * 2)
        return delay_s


@asynccontextmanager
async def output_pipe() -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
    """A pipe for a child's output: the file descriptor to give it as `stdout`, and where its lines come out.

    Close the descriptor once the child has it. Our end is closed with the context, also if a process still holds the
    other one.
    asyncio's own pipe stays open while a child of the child lives: some releases of Python take the child for running
    so long, and others leave the pipe behind, which then complains that its event loop is closed.
    """
    read_side, write_side = os.pipe()
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_side, "rb")
    )
    try:
        yield write_side, reader
    finally:
        transport.close()


async def end(process: asyncio.subprocess.Process, patience_s: float = 30) -> None:
    """Terminate a child process; kill it if it has not ended after `patience_s` seconds."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), patience_s)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
