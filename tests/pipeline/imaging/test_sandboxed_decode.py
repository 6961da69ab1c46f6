"""Decoding in a child: the same pictures and the same errors, and a crash that is one photo's alone."""

import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image, ImageCms

from magicmemory.core.errors import FileTooLarge, NotAPhoto, PhotoTooLarge, PhotoTruncated, PhotoUnreadable, UserError
from magicmemory.pipeline.imaging import sandboxed_decode
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.sandboxed_decode import SandboxedDecoder
from tests.support.photo_files import ALPHA, COLOUR, DEEP, MONOCHROME, RGB, png16, saved, tiff16

pytestmark = pytest.mark.processes

LIMITS = DecodeLimits(max_bytes=20_000_000, max_pixels=4_000_000)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PICTURES: dict[str, Callable[[], bytes]] = {
    "jpeg": COLOUR["jpeg"][1],
    "jpeg with profile": lambda: saved(RGB, "JPEG", icc_profile=PROFILE),
    "heif": COLOUR["heif"][1],
    "grey": MONOCHROME["png"][0],
    "grey, 16 bits": MONOCHROME["png 16-bit"][0],
    "alpha": ALPHA["png"],
    "alpha, 16 bits": ALPHA["png 16-bit"],
    "16 bits": lambda: png16(DEEP),
    "tiff, 16 bits": lambda: tiff16(DEEP),
}

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def decoder() -> Iterator[SandboxedDecoder]:
    decoder = SandboxedDecoder(LIMITS, kept=1)
    decoder.start()  # the child belongs to this fixture, not to the first test that needs it
    yield decoder
    decoder.close()


@pytest.mark.parametrize("name", PICTURES)
def test_sandbox_decodes_like_the_parent(decoder: SandboxedDecoder, name: str) -> None:
    data = PICTURES[name]()
    ours, theirs = decode(data, LIMITS), decoder(data, LIMITS)
    assert theirs.pixels.dtype == ours.pixels.dtype
    assert theirs.pixels.flags.writeable, "torch warns of arrays that are not"
    np.testing.assert_array_equal(theirs.pixels, ours.pixels)
    assert (theirs.alpha is None) == (ours.alpha is None)
    if ours.alpha is not None and theirs.alpha is not None:
        assert theirs.alpha.dtype == ours.alpha.dtype
        np.testing.assert_array_equal(theirs.alpha, ours.alpha)
    assert (theirs.format, theirs.monochrome, theirs.icc) == (ours.format, ours.monochrome, ours.icc)


@pytest.mark.parametrize(
    ("data", "limits", "error"),
    [
        (b"", LIMITS, NotAPhoto),
        (saved(RGB, "JPEG")[:300], LIMITS, PhotoTruncated),
        (saved(RGB, "PNG"), DecodeLimits(10, 1000), FileTooLarge),
        (saved(RGB, "PNG"), DecodeLimits(100_000, 1000), PhotoTooLarge),
    ],
)
def test_sandbox_refuses_like_the_parent(
    decoder: SandboxedDecoder, data: bytes, limits: DecodeLimits, error: type[UserError]
) -> None:
    with pytest.raises(error) as theirs:
        decoder(data, limits)
    with pytest.raises(error) as ours:
        decode(data, limits)
    assert theirs.value.parameters == ours.value.parameters


def test_largest_picture_fits_into_the_sandbox() -> None:
    """The hungriest kind: lossless, with alpha, at the limit."""
    noise = np.random.default_rng(1).integers(0, 255, (1500, 1500, 4), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "WEBP", lossless=True, method=0)
    limits = DecodeLimits(len(file.getvalue()), 1500 * 1500)
    assert SandboxedDecoder(limits)(file.getvalue(), limits).alpha is not None


def test_endless_file_is_unreadable_and_the_next_photo_decodes(caplog: pytest.LogCaptureFixture) -> None:
    large = saved(Image.fromarray(RGB).resize((2000, 2000)), "PNG")
    decoder = SandboxedDecoder(LIMITS, kept=1, seconds=0.001)
    with pytest.raises(PhotoUnreadable):
        decoder(large, LIMITS)
    assert f"a file of {len(large)} bytes crashed its decoder: SIGALRM" in caplog.text
    assert SandboxedDecoder(LIMITS)(large, LIMITS).width == 2000


def test_file_that_needs_too_much_memory_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxed_decode, "BYTES_BESIDE", 1 << 20)
    monkeypatch.setattr(sandboxed_decode, "BYTES_A_PIXEL", 0)
    large = saved(Image.fromarray(RGB).resize((2000, 2000)), "PNG")
    with pytest.raises(PhotoUnreadable):
        SandboxedDecoder(DecodeLimits(len(large), 0))(large, LIMITS)
