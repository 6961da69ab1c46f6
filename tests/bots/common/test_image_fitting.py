"""Images that a platform accepts."""

import io

import pytest
from PIL import Image

from magicmemory.bots.common.image_fitting import fit


def encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def noise(side: int = 600) -> Image.Image:
    return Image.effect_noise((side, side), 80).convert("RGB")


def test_what_fits_is_left_alone() -> None:
    data = encoded(noise(40), "PNG")
    assert fit(data, "PNG", 1_000_000).data is data


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("TIFF", "tif"), ("BMP", "bmp"), ("WEBP", "webp")])
def test_what_does_not_fit_or_cannot_be_shown_becomes_a_jpeg_that_does(kind: str, extension: str) -> None:
    fitted = fit(encoded(noise(), kind), extension, 60_000)
    assert fitted.changed
    assert len(fitted.data) <= 60_000
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.format == "JPEG"


def test_a_limit_too_small_for_any_picture_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="too small"):
        fit(encoded(noise(100), "PNG"), "png", 10)
