"""Images go out in a form that Telegram takes."""

import io
import random
from typing import Any

import pytest
from PIL import Image

from magicmemory.bots.telegram.context import prepare

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "extension"),
    [
        ("JPEG", "RGB", "jpg"),
        ("PNG", "RGBA", "png"),
        ("PNG", "I;16", "png"),
        ("WEBP", "RGB", "jpg"),
        ("TIFF", "L", "jpg"),
    ],
)
def test_a_photo_has_a_form_that_telegram_takes(kind: str, mode: str, extension: str) -> None:
    data = encoded(Image.new(mode, (60, 40), 0), kind)
    shown = prepare(data, kind.lower().replace("jpeg", "jpg"), "restored", as_file=False, is_local=False)
    assert (shown.as_file, shown.name) == (False, f"restored.{extension}")
    file = prepare(data, "webp", "restored", as_file=True, is_local=False)
    assert (file.as_file, file.data) == (True, data)


@pytest.mark.slow
def test_a_file_that_is_too_large_is_encoded_anew() -> None:
    noise = Image.frombytes("RGB", (4600, 4000), random.Random(1).randbytes(4600 * 4000 * 3))
    data = encoded(noise, "PNG", compress_level=0)
    assert len(data) > 50 * 1024 * 1024
    sent = prepare(data, "png", "restored", as_file=True, is_local=False)
    assert sent.name == "restored.jpg"
    assert len(sent.data) < 50 * 1024 * 1024
    assert prepare(data, "png", "restored", as_file=True, is_local=True).data is data
