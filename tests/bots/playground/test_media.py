"""Media types, and what few browsers show."""

from io import BytesIO

import pytest
from PIL import Image

from magicmemory.bots.common.previews import Previews
from magicmemory.bots.playground.media import media_type, shown
from magicmemory.core.errors import PhotoTooLarge, PhotoUnreadable
from tests.support.playground import photo


def test_media_types() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"):
        assert media_type(photo(kind=kind)) == f"image/{kind.lower()}", kind
    assert media_type(b"\0\0\0\x18ftypheic\0\0\0\0") == "image/heic"
    for other in (b"", b"<svg xmlns=''/>", b"<html>", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42"):
        assert media_type(other) == "application/octet-stream"


@pytest.mark.processes
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "I;16", "P", "RGBA"])
async def test_a_scan_is_shown_as_a_jpeg(mode: str) -> None:
    scan = BytesIO()
    grey = 40_000 if mode == "I;16" else 150
    made = Image.new(mode if mode == "I;16" else "L", (3000, 1500), grey)
    made.convert(mode).save(scan, "TIFF")
    picture = Image.open(BytesIO(await shown(scan.getvalue(), Previews(64).of)))
    assert (picture.format, picture.size) == ("JPEG", (2048, 1024))
    level = picture.convert("L").getpixel((9, 9))
    assert isinstance(level, int)
    assert abs(level - 152) < 12


async def test_browser_formats_are_not_converted() -> None:
    assert await shown(photo(), Previews(64).of) == photo()


@pytest.mark.processes
async def test_scans_are_bounded_and_checked() -> None:
    scan = photo(2000, 1000, "TIFF")
    with pytest.raises(PhotoTooLarge):
        await shown(scan, Previews(1).of)
    for broken in (scan[:60], b"II*\0\xff\xff\xff\xff", b"\0\0\0\x18ftypheic\0\0\0\0broken"):
        with pytest.raises(PhotoUnreadable):
            await shown(broken, Previews(64).of)
