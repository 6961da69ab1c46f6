"""The photo store: originals, results, masks of damage; in a folder or an S3 bucket, until their time ends."""

import errno
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from magicmemory.core.errors import OperatorError, PhotoExpired
from magicmemory.core.private_folder import make_private
from magicmemory.core.units import MIB

ORIGINAL = "original"
RESULT = "result"
MASK = "mask"
# Names of this kind belong to no job; `check` writes and deletes them.
PROBE = "probe"
# The disk keeps this much room for the ledger: refunding a photo needs room too.
MIN_FREE_BYTES = 64 * MIB


class PhotoStoreUnusable(OperatorError):
    """The photo store cannot be opened. The message is one sentence for the operator."""


class PhotoStore:
    """Keeps photos by name. Names are `<job>/original`, `<job>/result` and `<job>/mask`."""

    def __init__(self, place: str) -> None:
        """`place` is a folder, which is created if missing, or a URL such as `s3://bucket/path`.

        Raises:
            PhotoStoreUnusable: the folder cannot be made.
        """
        self._store: ObjectStore
        if "://" in place:
            self._store = from_url(place)
        else:
            # Photos are people's own: nobody but the service's user may look into the folder.
            try:
                make_private(Path(place))
            except OSError as error:
                raise PhotoStoreUnusable(f"The photo store {place} cannot be used: {error.strerror}.") from None
            self._store = LocalStore(Path(place).resolve(), automatic_cleanup=True)

    async def check(self) -> None:
        """Write a small file and delete it. Any exception says why the store does not work."""
        self.check_room(0)
        name = f"{PROBE}/{uuid.uuid4().hex}"
        await self.put(name, b"probe")
        await self.delete([name])

    def check_room(self, size: int) -> None:
        """Check that a folder's disk has room for `size` bytes, a result of the same size, and some more.

        Raises:
            OSError: the disk is full, or the folder is gone.
        """
        if isinstance(self._store, LocalStore):
            folder = str(self._store.prefix)
            if shutil.disk_usage(folder).free < 2 * size + MIN_FREE_BYTES:
                raise OSError(errno.ENOSPC, "the photo store's disk is full", folder)

    async def put(self, name: str, data: bytes) -> None:
        """Store `data` under `name`, replacing earlier data."""
        await obstore.put_async(self._store, name, data)

    async def get(self, name: str) -> bytes:
        """The data under `name`.

        Raises:
            PhotoExpired: there is none.
        """
        try:
            found = await obstore.get_async(self._store, name)
        except (NotFoundError, FileNotFoundError):
            raise PhotoExpired from None
        return bytes(await found.bytes_async())

    async def has(self, name: str) -> bool:
        """Whether there is data under `name`."""
        try:
            await obstore.head_async(self._store, name)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def jobs(self, older_than: timedelta) -> dict[str, list[str]]:
        """The stored names by job, without jobs that have a photo younger than `older_than`."""
        limit = datetime.now(UTC) - older_than
        names: dict[str, list[str]] = {}
        fresh: set[str] = set()
        async for found in obstore.list(self._store):
            for entry in found:
                job = entry["path"].partition("/")[0]
                names.setdefault(job, []).append(entry["path"])
                if entry["last_modified"] >= limit:
                    fresh.add(job)
        return {job: kept for job, kept in names.items() if job not in fresh}

    async def delete(self, names: list[str]) -> None:
        """Delete photos; unknown names are no error."""
        for name in names:
            try:
                await obstore.delete_async(self._store, name)
            except (NotFoundError, FileNotFoundError):
                continue

    async def forget_older_than(self, age: timedelta) -> int:
        """Delete every photo older than `age`. Returns the number of photos."""
        limit = datetime.now(UTC) - age
        old: list[str] = []
        async for found in obstore.list(self._store):
            old += [entry["path"] for entry in found if entry["last_modified"] < limit]
        await self.delete(old)
        return len(old)


def original(job: str) -> str:
    """The name of a job's original photo."""
    return f"{job}/{ORIGINAL}"


def result(job: str) -> str:
    """The name of a job's restored photo."""
    return f"{job}/{RESULT}"


def mask(job: str) -> str:
    """The name of the picture of what was taken for damage in a job's photo; not every job has one."""
    return f"{job}/{MASK}"
