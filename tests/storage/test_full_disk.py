"""A full disk: the checks report it, and a photo is refused before its quota is reserved."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from magicmemory.core.errors import InternalError
from magicmemory.storage.photos import MIN_FREE_BYTES, PhotoStore
from tests.support.harness import ANA, running_harness

# No file may grow in this process, as on a full disk; reads work.
FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from magicmemory.storage.database import Database, ping
from magicmemory.storage.photos import PhotoStore

async def look():
    folder = Path(sys.argv[1])
    url = f"sqlite+aiosqlite:///{folder / 'magicmemory.db'}"
    async with Database(url):
        pass
    store = PhotoStore(str(folder / "photos"))
    await store.check()
    await ping(url)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for name, check in (("photos", store.check()), ("database", ping(url))):
        try:
            await check
        except Exception as error:
            print(name, "fails")
        else:
            print(name, "works")

asyncio.run(look())
"""


@pytest.mark.processes
def test_health_checks_fail_on_a_full_disk(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path)]
    told = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["photos fails", "database fails"]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


async def test_photo_without_disk_space_is_refused_before_the_reservation(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_harness(tmp_path, redis_url, worker=False, delivery=False) as harness:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, MIN_FREE_BYTES))
        with pytest.raises(InternalError):
            await harness.send(b"photo")
        assert (await harness.service.quota(ANA)).used == 0
        assert await harness.service.ledger.unfinished(ANA.platform) == []
        monkeypatch.undo()
        await harness.send(b"photo")
        assert (await harness.service.quota(ANA)).used == 1


async def test_required_space_covers_photo_result_and_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PhotoStore(str(tmp_path / "photos"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, MIN_FREE_BYTES + 2000))
    store.check_room(1000)
    with pytest.raises(OSError, match="disk is full") as caught:
        store.check_room(1001)
    assert caught.value.errno == errno.ENOSPC
