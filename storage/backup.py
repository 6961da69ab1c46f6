"""Backups of a SQLite database: one file with a consistent copy of the database and the codes' key.

Photos are not part of it: they are deleted after a day anyway. Jobs that wait in Redis are found again from the ledger.
"""

import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from magicmemory.core.errors import OperatorError
from magicmemory.storage.schema import revisions

DATABASE = "magicmemory.db"
KEY = "codes.key"
# How long a backup waits for another process's lock, seconds.
BUSY_S = 60


class BackupError(OperatorError):
    """A backup cannot be made or used. The message is one sentence for the operator."""


def back_up(database: Path, key: Path | None, file: Path) -> None:
    """Write a backup to `file`, which must not exist. Other processes may write to the database meanwhile.

    Args:
        database: the SQLite file.
        key: the file with the codes' key; None or missing: the operator keeps the key elsewhere.
        file: the backup: a compressed tar that only its owner can read.

    Raises:
        BackupError: the database is missing or damaged, or `file` exists or cannot be written.
    """
    if not database.is_file():
        raise BackupError(f"There is no database {database}.")
    with _folder_beside(file, "written") as folder:
        copied = folder / DATABASE
        _snapshot(database, copied)
        check(copied)
        packed = folder / "packed"
        with tarfile.open(packed, "w:gz") as archive:
            archive.add(copied, DATABASE)
            if key is not None and key.is_file():
                archive.add(key, KEY)
        _keep(packed, file)


def restore(file: Path, database: Path, key: Path | None) -> None:
    """Restore a backup's database and key. The database must not exist yet.

    Args:
        file: a backup that `back_up` wrote.
        database: the SQLite file to create.
        key: the file for the codes' key; None: the operator keeps the key elsewhere. It may exist with the same
            content.

    Raises:
        BackupError: the backup is damaged or of a later version, or a file exists already.
    """
    for place in (database, database.with_name(f"{database.name}-wal")):
        if place.exists():
            raise BackupError(f"{place} exists already: stop all processes that use the database, and move it away.")
    with _folder_beside(database, "restored") as folder:
        unpacked = _unpack(file, folder)
        if DATABASE not in unpacked:
            raise BackupError(f"{file} is not a backup: it does not contain {DATABASE}.")
        check(unpacked[DATABASE])
        if key is not None and KEY in unpacked:
            _restore_key(unpacked[KEY].read_bytes(), key)
        _keep(unpacked[DATABASE], database)


def check(database: Path) -> None:
    """Check a SQLite file's integrity, and that this version knows its schema.

    Raises:
        BackupError: the file is damaged, is no database of Magic Memory, or has a later schema.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone():
                raise BackupError(f"The database is damaged: {found}.")
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.DatabaseError, TypeError) as error:
        raise BackupError(f"This is not a database of Magic Memory: {error}.") from None
    if revision not in revisions():
        raise BackupError(f"The database is of a later version (schema {revision}): install that version first.")


def _snapshot(database: Path, copied: Path) -> None:
    """Copy the database as of one moment: all pages in one step, while writers continue in the write-ahead log."""
    try:
        # By URI: otherwise SQLite would create an empty database if the file had just been removed.
        with (
            closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)) as origin,
            closing(sqlite3.connect(copied)) as copy,
        ):
            origin.backup(copy, pages=-1)
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied: {error}.") from None


@contextmanager
def _folder_beside(file: Path, done: str) -> Iterator[Path]:
    """A temporary folder on the same disk as `file`. An OSError inside becomes one sentence; `done` is its verb."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            yield Path(folder)
    except OSError as error:
        raise BackupError(f"{file} cannot be {done}: {error.strerror or error}.") from None


def _keep(made: Path, file: Path) -> None:
    """Rename the finished file to `file`, unless that exists."""
    made.chmod(0o600)
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    if file.exists():
        raise BackupError(f"{file} exists already.")
    made.rename(file)


def _restore_key(content: bytes, key: Path) -> None:
    if not key.exists():
        key.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
    elif key.read_bytes() != content:
        raise BackupError(
            f"{key} holds a different key than the backup: move it away, or the backup's codes stop working."
        )


def _unpack(file: Path, folder: Path) -> dict[str, Path]:
    """Unpack a backup's known files, and only those. Returns their paths by name."""
    unpacked = {}
    try:
        with tarfile.open(file, "r:gz") as archive:
            for name in (DATABASE, KEY):
                member = archive.extractfile(name) if name in archive.getnames() else None
                if member is not None:
                    unpacked[name] = folder / name
                    with member, unpacked[name].open("wb") as written:
                        while block := member.read(1 << 20):
                            written.write(block)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{file} is not a backup, or is damaged: {error}.") from None
    return unpacked
