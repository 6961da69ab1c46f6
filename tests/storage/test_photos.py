"""Photos are stored until they expire, and only the service can read them."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from magicmemory.core.errors import PhotoExpired
from magicmemory.storage.photos import PhotoStore, original, result


async def test_photos_are_stored_and_deleted(tmp_path: Path) -> None:
    store = PhotoStore(str(tmp_path / "photos"))
    await store.put(original("a"), b"one")
    await store.put(original("a"), b"two")
    assert await store.get(original("a")) == b"two"
    await store.delete([original("a"), original("unknown")])
    with pytest.raises(PhotoExpired):
        await store.get(original("a"))


async def test_old_photos_are_deleted(tmp_path: Path) -> None:
    store = PhotoStore(str(tmp_path / "photos"))
    await store.put(original("old"), b"1")
    await store.put(result("new"), b"2")
    yesterday = time.time() - 25 * 3600
    os.utime(tmp_path / "photos" / original("old"), (yesterday, yesterday))
    assert await store.forget_older_than(timedelta(hours=24)) == 1
    assert await store.get(result("new")) == b"2"
    with pytest.raises(PhotoExpired):
        await store.get(original("old"))
    assert not (tmp_path / "photos" / "old").exists()


@pytest.mark.parametrize(("mode", "then"), [(0o755, 0o700), (0o777, 0o700), (0o700, 0o700), (0o770, 0o770)])
def test_a_folder_from_before_is_closed_to_others(tmp_path: Path, mode: int, then: int) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos").chmod(mode)
    PhotoStore(str(tmp_path / "photos"))
    assert (tmp_path / "photos").stat().st_mode & 0o777 == then


def test_photo_folder_is_private(tmp_path: Path) -> None:
    PhotoStore(str(tmp_path / "photos"))
    assert (tmp_path / "photos").stat().st_mode & 0o077 == 0
