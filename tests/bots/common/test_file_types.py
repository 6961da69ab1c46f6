"""Names and declared types do not decide what a photo is."""

import pytest

from magicmemory.bots.common.file_types import checked, may_be_photo
from magicmemory.core.errors import KindUnsupported, NotAPhoto


@pytest.mark.parametrize("media_type", [None, "", "image/jpeg", "application/octet-stream", "binary/octet-stream"])
def test_worth_downloading(media_type: str | None) -> None:
    assert may_be_photo(media_type)


@pytest.mark.parametrize("media_type", ["video/mp4", "audio/ogg", "text/plain; charset=utf-8"])
def test_not_worth_downloading(media_type: str) -> None:
    assert not may_be_photo(media_type)


def test_bytes_decide() -> None:
    assert checked(b"\xff\xd8\xff\xe0...") == b"\xff\xd8\xff\xe0..."
    with pytest.raises(KindUnsupported):
        checked(b"8BPS")
    with pytest.raises(NotAPhoto):
        checked(b"hello")
