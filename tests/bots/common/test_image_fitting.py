"""Images in a form that a platform accepts."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from magicmemory.bots.common.image_fitting import encode_jpeg, fit, opened


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(side: int = 600) -> Image.Image:
    return Image.effect_noise((side, side), 80).convert("RGB")


def test_an_image_that_is_encoded_again_keeps_its_profile_and_becomes_opaque() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clear = encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG", icc_profile=profile)
    with Image.open(io.BytesIO(encode_jpeg(opened(clear)))) as image:
        assert image.info["icc_profile"] == profile
        assert image.getpixel((4, 4)) == (255, 255, 255)


def test_sixteen_bits_are_scaled() -> None:
    with Image.open(io.BytesIO(encode_jpeg(opened(encoded(Image.new("I;16", (8, 8), 32768), "PNG"))))) as image:
        assert image.getpixel((4, 4)) == 128


def test_fitting_image_is_unchanged() -> None:
    data = encoded(noise(40), "PNG")
    assert fit(data, "PNG", 1_000_000).data is data


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("TIFF", "tif"), ("BMP", "bmp"), ("WEBP", "webp")])
def test_oversized_or_unsupported_image_becomes_a_fitting_jpeg(kind: str, extension: str) -> None:
    fitted = fit(encoded(noise(), kind), extension, 60_000)
    assert fitted.changed
    assert len(fitted.data) <= 60_000
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.format == "JPEG"


def test_a_limit_too_small_for_any_picture_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="too small"):
        fit(encoded(noise(100), "PNG"), "png", 10)
