"""CMYK in every container that carries it comes out as what it prints."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from magicmemory.pipeline.imaging.decode import decode
from tests.support.photo_files import LIMITS
from tests.support.table_profiles import ink_profile, shown

y, x = np.mgrid[0:48, 0:64]
INKS = np.dstack([x * 4, y * 5, (x + y) * 2, (63 - x) * (47 - y) / 63 / 47 * 200]).astype(np.uint8)
PRINTED = np.rint(shown(INKS / 255) * 255)
PLAIN = np.rint((255 - INKS[..., :3].astype(float)) * (255 - INKS[..., 3:]) / 255)


def jpeg(*, adobe: bool = True, ycck: bool = False, icc: bytes | None = None) -> bytes:
    file = io.BytesIO()
    Image.fromarray(INKS, "CMYK").save(file, "JPEG", quality=100, subsampling=0, icc_profile=icc)
    data = file.getvalue()
    at = data.index(b"\xff\xee")
    if ycck:  # the same samples, said to be YCCK: what they mean is asked of libjpeg below
        return data[: at + 15] + b"\x02" + data[at + 16 :]
    return data if adobe else data[:at] + data[at + 16 :]


def tiff(icc: bytes | None = None) -> bytes:
    file = io.BytesIO()
    Image.fromarray(INKS, "CMYK").save(file, "TIFF", compression="tiff_lzw", icc_profile=icc)
    return file.getvalue()


def mean(pixels: NDArray[np.generic], wanted: NDArray[np.floating]) -> float:
    return float(np.abs(pixels.astype(float) - wanted).mean())


@pytest.mark.parametrize("make", [jpeg, lambda: jpeg(adobe=False), tiff], ids=["adobe", "no marker", "tiff"])
def test_cmyk_without_a_profile_is_subtracted_from_white(make) -> None:  # type: ignore[no-untyped-def]
    picture = decode(make(), LIMITS)
    assert mean(picture.pixels, PLAIN) <= 1.2
    assert picture.icc is None


@pytest.mark.parametrize("kind", ["adobe", "no marker", "tiff"])
def test_cmyk_profile_decides_the_colours(kind: str) -> None:
    icc = ink_profile()
    data = tiff(icc) if kind == "tiff" else jpeg(adobe=kind == "adobe", icc=icc)
    picture = decode(data, LIMITS)
    assert mean(picture.pixels, PRINTED) <= 1.2
    assert picture.icc is None


def test_ycck_is_converted() -> None:
    """libjpeg turns Y, Cb and Cr into inks; Adobe's transform applies to the inverted ones."""
    luma, blue, red, key = (255 - INKS[..., number].astype(float) for number in range(4))
    green = luma - 0.344136 * (blue - 128) - 0.714136 * (red - 128)
    inverted = np.dstack([luma + 1.402 * (red - 128), green, luma + 1.772 * (blue - 128)]).clip(0, 255)
    # libjpeg's CMYK is 255 minus the RGB of its YCC; Adobe's files hold all that inverted once more.
    wanted = (255 - inverted) * key[..., None] / 255
    assert mean(decode(jpeg(ycck=True), LIMITS).pixels, wanted) <= 1.5
