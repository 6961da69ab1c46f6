"""Folders that only the service's user may look into: people's photos and ids lie there."""

import stat
from contextlib import suppress
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder if it is missing, and close it if everybody can look into it; one shared with a group stays.

    Raises:
        OSError: it cannot be made, or is no folder.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & stat.S_IRWXO:
        # Another user's folder cannot be changed; `doctor` warns of it.
        with suppress(PermissionError):
            folder.chmod(mode & ~(stat.S_IRWXG | stat.S_IRWXO))
