"""Starts our processes as an operator does, and collects their output."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from magicmemory.core.processes import end
from magicmemory.core.settings import PREFIX
from tests.support.converted_models import add_converted_models
from tests.support.harness import eventually


class Running:
    """A process of ours and what it writes."""

    def __init__(self, process: asyncio.subprocess.Process, file: Path) -> None:
        self.process = process
        self._file = file

    @property
    def written(self) -> str:
        """Everything so far, from both of its streams."""
        return self._file.read_text()

    async def writes(self, text: str, patience_s: float = 60) -> None:
        """Wait until it has written something."""

        async def there() -> bool | None:
            return text in self.written or None

        await eventually(there, patience_s)


@asynccontextmanager
async def running(folder: Path, *command: str, **settings: object) -> AsyncIterator[Running]:
    """`magicmemory <command>` until the end of the context, as chatty as it can be."""
    if command[0] == "worker" and not (folder / "var" / "cache").exists():
        add_converted_models(folder / "var")
    chosen = {"data_dir": folder / "var", "log_level": "DEBUG", **settings}
    environment = {**os.environ, **{PREFIX + name.upper(): str(value) for name, value in chosen.items()}}
    file = folder / f"{command[0]}-{len(list(folder.iterdir()))}.log"
    with file.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "magicmemory.cli.main", *command),
            env=environment,
            cwd=folder,
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        yield Running(process, file)
    finally:
        await end(process)
