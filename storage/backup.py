"""Backups of a SQLite database: one file with a consistent copy of it and the key of the codes.

Photos are not in it, for they are deleted after a day anyway; and what waits in Redis is found again by the ledger.
"""

import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory

from magicmemory.core.errors import OperatorError

DATABASE = "magicmemory.db"
KEY = "codes.key"
# How long it waits for whoever has the database for themselves.
BUSY_S = 60


class BackupError(OperatorError):
    """A backup can be neither made nor used; the message is one sentence for the operator."""


def back_up(database: Path, key: Path | None, file: Path) -> None:
    """Write a backup to `file`, which must not be there yet. Processes may go on writing meanwhile.

    Args:
        database: the SQLite file.
        key: the file of the codes' key; None, or missing: the operator keeps the key elsewhere.
        file: a compressed tar, which only its owner can read.

    Raises:
        BackupError: there is no database, or it is damaged, or the file is there already or cannot be written.
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
    """Put a backup's contents in their places, where nothing may be yet.

    Args:
        file: as `back_up` wrote it.
        database: where the SQLite file shall be.
        key: where the codes' key shall be; None: the operator keeps the key elsewhere. The same one may be there.

    Raises:
        BackupError: the backup is damaged or of a later version, or something is there already.
    """
    for place in (database, database.with_name(f"{database.name}-wal")):
        if place.exists():
            raise BackupError(f"There is a database already: end all processes that use it, and move {place} away.")
    with _folder_beside(database, "restored") as folder:
        unpacked = _unpack(file, folder)
        if DATABASE not in unpacked:
            raise BackupError(f"{file} is no backup: there is no {DATABASE} in it.")
        check(unpacked[DATABASE])
        if key is not None and KEY in unpacked:
            _restore_key(unpacked[KEY].read_bytes(), key)
        _keep(unpacked[DATABASE], database)


def check(database: Path) -> None:
    """Read a SQLite file through, and see whether it is a ledger that this version knows.

    Raises:
        BackupError: it is not.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone():
                raise BackupError(f"The database is damaged: {found}.")
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.DatabaseError, TypeError) as error:
        raise BackupError(f"This is no database of Magic Memory: {error}.") from None
    known = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    if revision not in {script.revision for script in known.walk_revisions()}:
        raise BackupError(f"The database is of a later version (schema {revision}): install that version first.")


def _snapshot(database: Path, copied: Path) -> None:
    """Copy the database as it is at one moment: all pages in one step, while writers go on in the write-ahead log."""
    try:
        # By URI, so that no empty database is made where the file has just gone.
        with (
            closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)) as origin,
            closing(sqlite3.connect(copied)) as copy,
        ):
            origin.backup(copy, pages=-1)
            # One file, with nothing left in a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied: {error}.") from None


@contextmanager
def _folder_beside(file: Path, done: str) -> Iterator[Path]:
    """A folder of one's own on the file's disk, and one sentence for what goes wrong within."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            yield Path(folder)
    except OSError as error:
        raise BackupError(f"{file} cannot be {done}: {error.strerror or error}.") from None


def _keep(made: Path, file: Path) -> None:
    """Give a finished file its name, unless something has that name."""
    made.chmod(0o600)
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    if file.exists():
        raise BackupError(f"{file} is there already.")
    made.rename(file)


def _restore_key(content: bytes, key: Path) -> None:
    if not key.exists():
        key.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
    elif key.read_bytes() != content:
        raise BackupError(f"{key} is another key than the backup's: move it away, or the backup's codes are lost.")


def _unpack(file: Path, folder: Path) -> dict[str, Path]:
    """The files of a backup, by name. Whatever else an archive holds stays in it."""
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
        raise BackupError(f"{file} is no backup, or damaged: {error}.") from None
    return unpacked
