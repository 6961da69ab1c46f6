"""JPEG XL animations, and files that end too early without saying so."""

import imagecodecs
import numpy as np
import pytest

from magicmemory.core.errors import KindUnsupported, PageMissing, PhotoTruncated
from magicmemory.pipeline.imaging.decode import decode
from tests.support.photo_files import LIMITS, RGB, saved, with_alpha


def animated(*frames: np.ndarray, container: bool = False) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(np.stack(frames), lossless=True, usecontainer=container))


@pytest.mark.parametrize("container", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 9])
def test_the_frames_of_an_animation_are_pages(count: int, container: bool) -> None:
    frames = [(RGB // number).astype(np.uint8) for number in range(1, count + 1)]
    data = animated(*frames, container=container)
    for page in {1, (count + 1) // 2, count}:
        picture = decode(data, LIMITS, page)
        assert picture.pages == count
        assert np.array_equal(picture.pixels, frames[page - 1])
    with pytest.raises(PageMissing):
        decode(data, LIMITS, count + 1)


def test_frames_with_alpha() -> None:
    frames = with_alpha(RGB), with_alpha(255 - RGB)
    picture = decode(animated(*frames), LIMITS, 2)
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha, frames[1][..., 3])


def test_a_still_picture_has_no_second_page() -> None:
    data = saved(RGB, "JXL", lossless=True)
    assert decode(data, LIMITS).pages == 1
    with pytest.raises(PageMissing):
        decode(data, LIMITS, 2)


@pytest.mark.parametrize("container", [False, True])
def test_a_cut_file_is_not_said_to_be_damaged(container: bool) -> None:
    data = saved(RGB, "JXL", quality=90, use_container=container)
    for at in (len(data) * 2 // 3, len(data) - 1):
        with pytest.raises(PhotoTruncated):
            decode(data[:at], LIMITS)


def test_floating_point_is_refused_by_its_name() -> None:
    data = bytes(imagecodecs.jpegxl_encode(RGB[..., 0].astype(np.float32) / 255, lossless=True))
    with pytest.raises(KindUnsupported) as raised:
        decode(data, LIMITS)
    assert "float" in str(raised.value.parameters["kind"])
