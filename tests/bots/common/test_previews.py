"""Previews of photos that people sent are safe to show: every kind and mode, and malicious files."""

import io
import struct
import zlib

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from magicmemory.bots.common import previews as module
from magicmemory.bots.common.previews import Previews
from magicmemory.core.errors import PhotoTooLarge, PhotoUnreadable

pytestmark = pytest.mark.processes

register_heif_opener()  # for writing

pytestmark = pytest.mark.processes


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
async def test_every_mode_has_a_preview(mode: str) -> None:
    image = Image.new("RGB", (50, 30), "teal")
    image = image.convert("L").convert(mode) if mode == "I;16" else image.convert(mode)
    shown = opened(await Previews(64).of(encoded(image, "TIFF" if mode == "CMYK" else "PNG")))
    assert (shown.format, shown.size) == ("JPEG", (50, 30))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF"])
async def test_every_kind_has_a_preview_no_larger_than_a_screen(kind: str) -> None:
    shown = opened(await Previews(64).of(encoded(Image.new("RGB", (3000, 300), "teal"), kind)))
    assert (shown.format, shown.size) == ("JPEG", (2048, 205))


async def test_it_is_upright_and_on_white() -> None:
    exif = Image.Exif()
    exif[274] = 6
    assert opened(await Previews(64).of(encoded(Image.new("RGB", (50, 30)), "JPEG", exif=exif))).size == (30, 50)
    clear = opened(await Previews(64).of(encoded(Image.new("RGBA", (50, 30), (0, 0, 0, 0)), "PNG")))
    assert clear.getpixel((9, 9)) == (255, 255, 255)


def text_bomb() -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    plain = encoded(Image.new("RGB", (50, 30)), "PNG")
    return plain[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(90_000_000), 9)) * 3 + plain[33:]


async def test_a_large_picture_in_a_small_file_is_refused_by_its_size() -> None:
    with pytest.raises(PhotoTooLarge):
        await Previews(64).of(encoded(Image.new("1", (12_000, 12_000)), "PNG"))


async def test_bombs_and_rubbish_are_unreadable() -> None:
    for data in (text_bomb(), b"", b"<html>", encoded(Image.new("RGB", (50, 30)), "HEIF")[:200]):
        with pytest.raises(PhotoUnreadable):
            await Previews(64).of(data)


async def test_endless_work_is_ended_by_its_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.001)
    with pytest.raises(PhotoUnreadable):
        await Previews(64).of(encoded(Image.new("RGB", (4000, 4000)), "PNG"))
