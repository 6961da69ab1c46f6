"""`magicmemory backup` and `magicmemory restore-backup`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL, make_url

from magicmemory.cli.processes import operator_errors
from magicmemory.cli.run import lock_data_folder
from magicmemory.core.settings import Settings, load
from magicmemory.storage.backup import KEY, BackupError, back_up, restore

KEY_ELSEWHERE = "The codes' key is not part of the backup, because MAGIC_CODES_KEY is set: keep that too."


def backup(
    to: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="A new file, or a folder; the file's name is then the time.")
    ],
) -> None:
    """Write the SQLite database and the codes' key to one file, while everything runs."""
    with operator_errors():
        settings = load()
        database, key = _places(settings, "pg_dump --format=custom --file=magicmemory.dump")
        file = to / f"magicmemory-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz" if to.is_dir() else to
        back_up(database, key, file)
        print(f"{file}, {file.stat().st_size / 1e6:.1f} MB.")
        if key is None:
            print(KEY_ELSEWHERE)


def restore_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup that `magicmemory backup` wrote.")],
) -> None:
    """Restore a backup's database and key. Neither may exist yet."""
    with operator_errors():
        settings = load()
        database, key = _places(settings, "pg_restore --clean --if-exists", " magicmemory.dump")
        with lock_data_folder(settings.data_dir):
            restore(file, database, key)
        print(f"{database} is restored.")


def _places(settings: Settings, command: str, rest: str = "") -> tuple[Path, Path | None]:
    """The files of the database and of the key; None: the key is a setting.

    Raises:
        BackupError: the database is PostgreSQL; the message names PostgreSQL's own command.
    """
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        raise BackupError(
            f"PostgreSQL has its own command for this: `{command} {_options(url)}{rest}`. "
            f"Keep {settings.data_dir / KEY} too, or MAGIC_CODES_KEY."
        )
    return Path(url.database or ""), None if settings.codes_key else settings.data_dir / KEY


def _options(url: URL) -> str:
    parts = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    return " ".join(f"--{name}={value}" for name, value in parts.items() if value)
