"""The codes' key is created once, for this user alone; an empty one is refused."""

from pathlib import Path

import pytest

from magicmemory.core.settings import BadSettings, Settings, read_codes_key
from tests.support.harness import settings_for


def test_the_key_is_created_once_and_only_the_user_can_read_it(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "var")
    key = read_codes_key(settings)
    assert read_codes_key(settings) == key
    assert len(key) == 64
    assert (tmp_path / "var" / "codes.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_empty_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "codes.key").write_text(content)
    with pytest.raises(BadSettings, match=r"codes\.key is empty: restore it from a backup"):
        read_codes_key(settings_for(tmp_path))
