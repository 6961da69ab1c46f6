"""Child processes of the tests' own functions, forked from one process that has imported the storage already.

A fresh interpreter takes more than a second of processor time for these imports, and dozens of tests start one.
"""

import asyncio
import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.storage_load", "tests.support.killed_transactions"])

Pipe = _CONTEXT.Pipe


def start(function: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """Run a function of a module, with arguments that can be pickled, in a process of its own."""
    process = _CONTEXT.Process(target=function, args=arguments)
    process.start()
    return process


async def ended(process: ForkServerProcess) -> int | None:
    """The process's exit code once it has ended: minus the signal's number if a signal ended it."""
    await asyncio.to_thread(process.join)
    code = process.exitcode
    process.close()
    return code
