"""Kinds, depths, colours and orientations in any combination: the same photo comes out of each."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from magicmemory.pipeline.imaging import color_signal
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from tests.support.photo_files import LIMITS, RGB, chunk, exif_with, png16, saved, turned

# The codec's own loss, and that of writing the result, mean levels of 255.
LOSS = {"PNG": 0.0, "TIFF": 0.0, "JXL": 0.0, "JPEG": 2.0, "WEBP": 4.0, "HEIF": 4.0, "AVIF": 4.0}
TAGS_OF_ITS_OWN = {"PNG": "cICP", "HEIF": "nclx", "AVIF": "nclx"}
UNTURNED = {"HEIF", "JXL"}  # their codec has a turn of its own, which Pillow's writers do not use


def stored_as(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    return np.asarray(turned(pixels, orientation))


def made(
    kind: str, pixels: NDArray[np.uint8], deep: bool, signal: tuple[int, int], tag: str, orientation: int
) -> bytes:
    known = color_signal.from_cicp(*signal)
    assert known is not None
    icc = (color_signal.icc_profile(known) or b"") if tag == "profile" else b""
    exif = exif_with(orientation)
    if kind == "PNG":
        extra = chunk(b"cICP", bytes([*signal, 0, 1])) if tag == "cICP" else b""
        extra += chunk(b"eXIf", exif)
        if deep:
            return _with(png16(pixels.astype(np.uint16) * 257, extra), icc)
        plain = saved(pixels, "PNG", **({"icc_profile": icc} if icc else {}))
        return plain[:33] + extra + plain[33:]
    if kind == "TIFF":
        file = io.BytesIO()
        samples = pixels.astype(np.uint16) * 257 if deep else pixels
        tags = [(274, 3, 1, orientation, True)]
        tifffile.imwrite(file, samples, photometric="rgb", metadata=None, iccprofile=icc or None, extratags=tags)
        return file.getvalue()
    options: dict[str, object] = {"icc_profile": icc} if icc else {}
    options |= {"lossless": True} if kind == "JXL" else {"quality": 95}
    if kind not in UNTURNED:
        options["exif"] = b"Exif\0\0" + exif
    data = saved(pixels, kind, **options)
    if tag == "nclx":
        at = data.index(b"colrnclx") + 8
        data = data[:at] + struct.pack(">HH", *signal) + data[at + 4 :]
    return data


def _with(png: bytes, icc: bytes) -> bytes:
    return png[:33] + (chunk(b"iCCP", b"x\0\0" + zlib.compress(icc)) if icc else b"") + png[33:]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(sorted(LOSS)),
    deep=st.booleans(),
    signal=st.sampled_from([(1, 13), (12, 13), (9, 1), (1, 4), (11, 17)]),
    by_profile=st.booleans(),
    orientation=st.integers(1, 8),
)
def test_any_combination_shows_the_same_photo(
    kind: str, deep: bool, signal: tuple[int, int], by_profile: bool, orientation: int
) -> None:
    tag = "profile" if by_profile else TAGS_OF_ITS_OWN.get(kind, "profile")
    orientation = 1 if kind in UNTURNED else orientation
    deep = deep and kind in {"PNG", "TIFF"}
    picture = decode(made(kind, stored_as(RGB, orientation), deep, signal, tag, orientation), LIMITS)
    again = decode(encode(picture).data, LIMITS)
    known = (color_signal.from_nclx if tag == "nclx" else color_signal.from_cicp)(*signal)
    assert known is not None
    wanted = color_signal.icc_profile(known)
    for shown in (picture, again):
        assert shown.pixels.shape == RGB.shape
        assert (shown.peak == 65535) == deep
        assert np.abs(shown.rgb8().astype(int) - RGB).mean() <= LOSS[kind] + (shown is again)
        assert shown.icc == wanted or kind == "JXL", "libjxl writes a profile of its own"
    if LOSS[kind] == 0 and kind != "JXL":
        assert (again.pixels == picture.pixels).all()
    assert Image.open(io.BytesIO(encode(picture).data)).getexif().get(274, 1) == 1
