"""Folders of cached files whose hashes are recorded: a damaged cache is found before it is used.

A truncated model does not load; a model with zeroed bytes loads and makes another picture. So every file is hashed when
it is written, flushed to disk, and compared before it is read.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Final

MANIFEST: Final = "sha256.json"


def seal(folder: Path) -> None:
    """Record the hashes of all files in `folder`, and flush everything to disk."""
    hashes = {}
    for path in _files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            hashes[str(path.relative_to(folder))] = hashlib.file_digest(file, "sha256").hexdigest()
    unfinished = folder / f".{MANIFEST}.{os.getpid()}"
    with unfinished.open("w") as file:
        json.dump(hashes, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / MANIFEST)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def is_sound(folder: Path) -> bool:
    """Whether `folder` holds exactly the files that were sealed, unchanged."""
    try:
        hashes = json.loads((folder / MANIFEST).read_text())
        found = {}
        for path in _files(folder):
            with path.open("rb") as file:
                found[str(path.relative_to(folder))] = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return False
    return bool(hashes == found)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and MANIFEST not in path.name)
