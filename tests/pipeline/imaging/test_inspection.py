"""What `inspect` says of files of every kind."""

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from magicmemory.core.sandbox import SandboxedProcess
from magicmemory.pipeline.imaging import inspection
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.inspection import inspect
from magicmemory.pipeline.imaging.sandboxed_decode import BYTES_A_PIXEL, BYTES_BESIDE, SECONDS
from tests.fuzz.seeds import seeds
from tests.support.photo_files import LIMITS, RGB, exif_with, large, png16, raw_of, saved, tiff16, turned

FACTS = {
    "kind",
    "bytes",
    "width",
    "height",
    "bits",
    "channels",
    "alpha",
    "orientation",
    "pages",
    "colours",
    "notes",
    "exif",
}


@pytest.fixture(scope="module")
def _child() -> Iterator[SandboxedProcess]:
    memory = BYTES_BESIDE + BYTES_A_PIXEL * LIMITS.max_pixels + 3 * LIMITS.max_bytes
    process = SandboxedProcess(inspection._inspect, memory_bytes=memory, seconds=SECONDS, kept=1)
    process.start()  # the child belongs to this fixture, not to the first test that needs it
    yield process
    process.close()


@pytest.fixture
def one_child(_child: SandboxedProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """`inspect` starts a child for each file, which takes longer than to describe the file; here one child does all."""
    monkeypatch.setattr(inspection, "SandboxedProcess", lambda *_, **__: _child)


@pytest.mark.processes
def test_a_child_describes_a_file() -> None:
    assert inspect(saved(RGB, "PNG"), LIMITS)["kind"] == "PNG"


@pytest.mark.processes
@pytest.mark.usefixtures("one_child")
def test_every_kind_is_described() -> None:
    one_of_each = dict(seeds().values())
    assert len(one_of_each) >= 12
    for kind, data in one_of_each.items():
        facts = inspect(data, LIMITS)
        assert facts.keys() >= FACTS
        assert (facts["kind"], facts["bytes"]) == (kind, len(data))
        assert facts["ends_early"] in (False, None)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF"])
def test_the_orientation_is_known_in_every_container(kind: str, orientation: int) -> None:
    exif = exif_with(orientation)
    options: dict[str, object] = {"exif": exif if kind in {"PNG", "AVIF", "TIFF"} else b"Exif\0\0" + exif}
    if kind == "TIFF":
        options = {"tiffinfo": {274: orientation}}
    picture = decode(saved(turned(RGB, orientation), kind, **options), LIMITS)
    assert picture.orientation == orientation
    assert np.abs(picture.pixels.astype(int) - RGB).mean() < 6


def test_the_orientation_of_a_raw_file_is_known() -> None:
    stored = Image.fromarray(large(RGB)).transpose(Image.Transpose.ROTATE_90)
    assert decode(raw_of(saved(stored, "JPEG"), saved(RGB, "JPEG"), 6), LIMITS).orientation == 6


def _pillow(mode: str, kind: str) -> bytes:
    return saved(Image.fromarray(RGB).convert(mode), kind)


@pytest.mark.processes
@pytest.mark.usefixtures("one_child")
@pytest.mark.parametrize(
    ("data", "stored"),
    [
        (_pillow("CMYK", "JPEG"), "CMYK, 8 bits"),
        (_pillow("L", "JPEG"), "grey, 8 bits"),
        (_pillow("P", "GIF"), "palette, 8 bits"),
        (_pillow("1", "PNG"), "grey, 1 bit"),
        (_pillow("P", "PNG"), "palette, 8 bits"),
        (png16(RGB.astype(np.uint16) * 257), "RGB, 16 bits"),
        (_pillow("1", "TIFF"), "grey, 1 bit"),
        (_pillow("CMYK", "TIFF"), "CMYK, 8 bits"),
        (tiff16(RGB.astype(np.uint16) * 257), "RGB, 16 bits"),
    ],
)
def test_inspect_says_how_the_file_stores_its_samples(data: bytes, stored: str) -> None:
    assert inspect(data, LIMITS)["stored"] == stored
