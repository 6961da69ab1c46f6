"""`magicmemory backup` and `magicmemory restore-backup`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL, make_url

from magicmemory.cli.processes import operator_errors
from magicmemory.core.settings import Settings, load
from magicmemory.storage.backup import KEY, BackupError, back_up, restore

KEY_ELSEWHERE = "The key of the codes is not in it: it is MAGIC_CODES_KEY, so keep that too."


def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="A new file, or a folder for one named by time.")],
) -> None:
    """Write the SQLite database and the key of the codes to one file, while everything runs."""
    with operator_errors():
        settings = load()
        database, key = _places(settings, "pg_dump --format=custom --file=magicmemory.dump")
        file = to / f"magicmemory-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz" if to.is_dir() else to
        back_up(database, key, file)
        print(f"{file}, {file.stat().st_size / 1e6:.1f} MB.")
        if key is None:
            print(KEY_ELSEWHERE)


def restore_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As `magicmemory backup` wrote it.")],
) -> None:
    """Put a backup's database and key in their places, where none may be yet."""
    with operator_errors():
        settings = load()
        database, key = _places(settings, "pg_restore --clean --if-exists", " magicmemory.dump")
        restore(file, database, key)
        print(f"{database} is restored.")


def _places(settings: Settings, command: str, rest: str = "") -> tuple[Path, Path | None]:
    """The files of the database and of the key, if the key is in a file.

    Raises:
        BackupError: the database is PostgreSQL, whose own command it names.
    """
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        raise BackupError(
            f"PostgreSQL has a command of its own for this: `{command} {_options(url)}{rest}`. "
            f"Keep {settings.data_dir / KEY} too, or MAGIC_CODES_KEY."
        )
    return Path(url.database or ""), None if settings.codes_key else settings.data_dir / KEY


def _options(url: URL) -> str:
    parts = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    return " ".join(f"--{name}={value}" for name, value in parts.items() if value)
