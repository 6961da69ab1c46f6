"""Child processes that end with their parent."""

import asyncio
import ctypes
import signal
import sys
from contextlib import suppress

# Linux's PR_SET_PDEATHSIG: the signal a process gets when its parent dies.
_PARENT_DEATH_SIGNAL = 1


def end_with_parent() -> None:
    """Called in a new child process: Linux then ends the child when the parent dies. Other systems cannot; there only
    an orderly end of the parent ends its children.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


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
