"""Images in a form that a platform accepts."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from magicmemory.bots.common.image_fitting import before_after, encode_jpeg, looks_like_photo, opened


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGBA", "I;16"])
def test_before_and_after_are_as_high_as_each_other(mode: str) -> None:
    before, after = encoded(Image.new(mode, (30, 20), 0), "PNG"), encoded(Image.new("RGB", (60, 40)), "JPEG")
    with Image.open(io.BytesIO(before_after(before, after))) as both:
        assert both.size == (60 + 8 + 60, 40)


def test_an_image_that_is_encoded_again_keeps_its_profile_and_becomes_opaque() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clear = encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG", icc_profile=profile)
    with Image.open(io.BytesIO(encode_jpeg(opened(clear)))) as image:
        assert image.info["icc_profile"] == profile
        assert image.getpixel((4, 4)) == (255, 255, 255)


def test_sixteen_bits_are_scaled() -> None:
    with Image.open(io.BytesIO(encode_jpeg(opened(encoded(Image.new("I;16", (8, 8), 32768), "PNG"))))) as image:
        assert image.getpixel((4, 4)) == 128


@pytest.mark.parametrize(
    ("name", "kind", "is_photo"),
    [
        *(("a.JPG", None, True), ("a.heic", "", True), (None, "image/tiff", True)),
        *(("a.pdf", "application/pdf", False), ("jpg", None, False), (None, None, False)),
    ],
)
def test_what_claims_to_be_a_photo(name: str | None, kind: str | None, is_photo: bool) -> None:
    assert looks_like_photo(name, kind) is is_photo
