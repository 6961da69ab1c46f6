"""Names and declared types do not decide what a photo is."""

import pytest

from magicmemory.bots.common.file_types import checked, may_be_photo, says_photo
from magicmemory.core.errors import KindUnsupported, NotAPhoto


@pytest.mark.parametrize("media_type", [None, "", "image/jpeg", "application/octet-stream", "binary/octet-stream"])
def test_a_photo_or_nothing_declared_is_downloaded_or_told_to_be_too_large(media_type: str | None) -> None:
    assert says_photo(media_type)
    assert may_be_photo(media_type, 500, 100)


@pytest.mark.parametrize("media_type", ["video/mp4", "audio/ogg", "text/plain; charset=utf-8"])
def test_another_declared_type_is_looked_at_unless_it_is_large(media_type: str) -> None:
    assert not says_photo(media_type)
    assert may_be_photo(media_type, 0, 100)
    assert may_be_photo(media_type, 100, 100)
    assert not may_be_photo(media_type, 101, 100)


def test_bytes_decide() -> None:
    assert checked(b"\xff\xd8\xff\xe0...") == b"\xff\xd8\xff\xe0..."
    with pytest.raises(KindUnsupported):
        checked(b"8BPS")
    with pytest.raises(NotAPhoto):
        checked(b"hello")
