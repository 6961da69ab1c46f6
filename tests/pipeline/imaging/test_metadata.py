"""EXIF, XMP and IPTC are kept for archives, lose the place in chats, and are never outdated."""

import io
import struct
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, IptcImagePlugin
from PIL.TiffImagePlugin import TiffImageFile

from magicmemory.pipeline.imaging.color_signal import BT709, ColorSignal, Curve, icc_profile
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.imaging.metadata import (
    NO_METADATA,
    Keep,
    Metadata,
    iptc_of_photoshop,
    photoshop_of_iptc,
    with_history,
)
from magicmemory.pipeline.imaging.metadata_cleaning import cleaned
from magicmemory.pipeline.imaging.sandboxed_decode import SandboxedDecoder
from tests.support.photo_files import DEEP, LIMITS, RGB, behind_start, chunk, exif_colours, png16, saved, segment

CAPTION = "Großmutter und ihre Schwestern, 1912"
XMP = f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 exif:GPSLatitude="52,30.5N" tiff:Orientation="6">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{CAPTION}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()
IPTC = b"".join(
    struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    for number, value in ((0, b"\0\4"), (120, CAPTION.encode()), (80, "Anna Grün".encode()), (25, b"family"))
)


def exif(orientation: int = 6) -> bytes:
    block = Image.Exif()
    block[ExifTags.Base.Make], block[ExifTags.Base.Model] = "Voigtlander", "Bessa"
    block[ExifTags.Base.Orientation] = orientation
    block[ExifTags.Base.ImageDescription] = "A caption"
    block[ExifTags.Base.XResolution] = 600.0
    block[ExifTags.IFD.Exif] = {
        ExifTags.Base.DateTimeOriginal: "1998:07:14 12:00:00",
        ExifTags.Base.MakerNote: b"a camera's secrets" * 40,
        ExifTags.Base.BodySerialNumber: "12345",
        ExifTags.Base.ExifImageWidth: 48,
        ExifTags.Base.FNumber: 2.8,
    }
    block[ExifTags.IFD.GPSInfo] = {1: "N", 2: (52.0, 30.0, 30.0), 3: "E", 4: (13.0, 22.0, 0.0)}
    return block.tobytes().removeprefix(b"Exif\0\0")


def jpeg() -> bytes:
    parts = [
        (0xE1, b"Exif\0\0" + exif()),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        (0xED, photoshop_of_iptc(IPTC)),
    ]
    return behind_start(saved(RGB, "JPEG"), *(segment(code, content) for code, content in parts))


def tiff() -> bytes:
    info = Image.Exif()
    info.load(b"Exif\0\0" + exif(1))
    info[700] = XMP
    return saved(Image.fromarray(RGB), "TIFF", exif=info)


FILES = {
    "JPEG": jpeg,
    "PNG": lambda: saved(RGB, "PNG")[:33] + chunk(b"eXIf", exif()) + xmp_chunk() + saved(RGB, "PNG")[33:],
    "PNG 16": lambda: png16(DEEP, chunk(b"eXIf", exif()) + xmp_chunk()),
    "WEBP": lambda: saved(RGB, "WEBP", exif=exif(), xmp=XMP),
    "HEIF": lambda: heif(),
    "AVIF": lambda: saved(RGB, "AVIF", exif=b"Exif\0\0" + exif(1), xmp=XMP),
    "TIFF": tiff,
}


def xmp_chunk() -> bytes:
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)


def heif() -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(RGB)).save(file, quality=90, exif=b"Exif\0\0" + exif(1), xmp=XMP)
    return file.getvalue()


def told(data: bytes) -> tuple[Image.Exif, str]:
    """EXIF and XMP as Pillow reads them, which is not how we do."""
    with Image.open(io.BytesIO(data)) as image:
        xmp = image.info.get("xmp", b"") or b""
        if isinstance(image, TiffImageFile):
            xmp = image.tag_v2.get(700, b"")
        if image.format == "PNG":
            xmp = image.info.get("XML:com.adobe.xmp", "").encode()
        return image.getexif(), bytes(xmp).decode()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", [None, "JPEG", "PNG", "WEBP", "TIFF"])
def test_archival_metadata_are_kept(name: str, kind: str | None) -> None:
    block, xmp = told(encode(decode(FILES[name](), LIMITS, keep=Keep.ALL), kind=kind).data)
    assert block[ExifTags.Base.Make] == "Voigtlander"
    photo = block.get_ifd(ExifTags.IFD.Exif)
    assert photo[ExifTags.Base.DateTimeOriginal] == "1998:07:14 12:00:00"
    assert photo[ExifTags.Base.FNumber] == 2.8
    assert block.get_ifd(ExifTags.IFD.GPSInfo)[2] == (52.0, 30.0, 30.0)
    assert CAPTION in xmp
    assert "GPSLatitude" in xmp
    # Of the old pixels.
    assert block.get(ExifTags.Base.Orientation, 1) == 1
    assert ExifTags.Base.ExifImageWidth not in photo
    assert "Orientation" not in xmp


@pytest.mark.parametrize("name", FILES)
def test_shared_metadata_have_no_place_and_no_secrets(name: str) -> None:
    data = encode(decode(FILES[name](), LIMITS, keep=Keep.SHARED)).data
    block, xmp = told(data)
    photo = block.get_ifd(ExifTags.IFD.Exif)
    assert photo[ExifTags.Base.DateTimeOriginal] == "1998:07:14 12:00:00"
    assert not block.get_ifd(ExifTags.IFD.GPSInfo)
    assert ExifTags.Base.MakerNote not in photo
    assert ExifTags.Base.BodySerialNumber not in photo
    assert CAPTION in xmp
    for secret in (b"GPSLatitude", b"secrets", b"12345"):
        assert secret not in data


@pytest.mark.parametrize("name", FILES)
def test_keep_nothing_keeps_no_metadata(name: str) -> None:
    picture = decode(FILES[name](), LIMITS)
    assert picture.metadata == NO_METADATA
    data = encode(picture).data
    for word in (b"Voigt", b"Anna", b"xmpmeta", b"1998"):
        assert word not in data


def test_a_thumbnail_is_never_kept() -> None:
    """It shows the photo as it was before."""
    thumbnail = saved(RGB[::2, ::2], "JPEG")
    block = exif()
    (start,) = struct.unpack_from(">I", block, 4)
    (count,) = struct.unpack_from(">H", block, start)
    end = start + 2 + 12 * count
    second = struct.pack(">H", 2) + struct.pack(">HHII", 513, 4, 1, len(block) + 30)
    second += struct.pack(">HHII", 514, 4, 1, len(thumbnail)) + bytes(4)
    block = block[:end] + struct.pack(">I", len(block)) + block[end + 4 :] + second + thumbnail
    data = behind_start(saved(RGB, "JPEG"), segment(0xE1, b"Exif\0\0" + block))
    result = encode(decode(data, LIMITS, keep=Keep.ALL)).data
    assert b"Voigt" in result
    assert result.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_iptc_captions_and_names_are_kept(kind: str) -> None:
    result = encode(decode(jpeg(), LIMITS, keep=Keep.SHARED), kind=kind).data
    again = decode(result, LIMITS, keep=Keep.ALL)
    assert again.metadata.iptc == IPTC
    with Image.open(io.BytesIO(result)) as image:
        found = IptcImagePlugin.getiptcinfo(image)
    assert found is not None
    assert found[(2, 120)] == CAPTION.encode()


@pytest.mark.processes
def test_sandbox_returns_the_metadata() -> None:
    decoder = SandboxedDecoder(LIMITS, kept=1)
    for keep in Keep:
        assert decoder(jpeg(), LIMITS, 1, keep).metadata == decode(jpeg(), LIMITS, keep=keep).metadata
    decoder.close()


def test_metadata_do_not_change_pixels() -> None:
    for make in FILES.values():
        assert (decode(make(), LIMITS).pixels == decode(make(), LIMITS, keep=Keep.ALL).pixels).all()


EVENT = "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}"


@pytest.mark.parametrize(
    "xmp", [b"", XMP, with_history(b"", "Another 1", "cropped")], ids=["none", "caption", "history"]
)
def test_xmp_records_the_restoration(xmp: bytes) -> None:
    before = cleaned(Metadata(xmp=xmp), Keep.ALL).xmp
    after = with_history(before, "Magic Memory 1.0", "2 faces restored by lite, strength 1")
    root = ElementTree.fromstring(after)
    events = root.findall(".//{http://ns.adobe.com/xap/1.0/mm/}History/*/*")
    assert events[-1].findtext(f"{EVENT}softwareAgent") == "Magic Memory 1.0"
    assert events[-1].findtext(f"{EVENT}parameters") == "2 faces restored by lite, strength 1"
    assert len(events) == (2 if b"Another" in xmp else 1)
    assert after.decode().count("compositeWithTrainedAlgorithmicMedia") == 1
    assert (CAPTION in after.decode()) == (CAPTION.encode() in xmp)
    assert with_history(before, "Magic Memory 1.0", "2 faces restored by lite, strength 1") == after, "no time of day"


BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""
)


@pytest.mark.parametrize(
    "found",
    [
        Metadata(xmp=BOMB),
        Metadata(xmp=b"<x:xmpmeta"),
        Metadata(xmp=b"\xff\xfe\0"),
        Metadata(xmp=b"<x>" + b"y" * (1 << 20) + b"</x>"),
        Metadata(exif=b"Exif\0\0rubbish"),
        Metadata(exif=b"II*\0\xff\xff\xff\xff"),
        Metadata(exif=bytes(1 << 21)),
        Metadata(iptc=b"\x1c\x02\x78\x80\x04" + bytes(10)),
        Metadata(iptc=b"\x1c\x02\x78\xff"),
    ],
)
def test_invalid_blocks_are_left_out(found: Metadata) -> None:
    assert cleaned(found, Keep.ALL) == NO_METADATA


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(block=st.binary(max_size=200), at=st.integers(0, 400), new=st.binary(min_size=1, max_size=8))
def test_broken_blocks_never_raise(block: bytes, at: int, new: bytes) -> None:
    whole = exif()
    broken = whole[:at] + new + whole[at + len(new) :]
    for exif_block, xmp, iptc in (
        (broken, XMP[:at] + new + XMP[at + 1 :], IPTC[:at] + new),
        (b"II*\0" + block, block, block),
    ):
        result = cleaned(Metadata(exif_block, xmp, iptc), Keep.SHARED)
        assert encode(decode(saved(RGB, "PNG"), LIMITS)).data
        with_history(result.xmp, "x", "y")
        iptc_of_photoshop(block)


def test_caption_too_long_for_a_segment_is_left_out() -> None:
    long = Metadata(xmp=b"<x>" + b"y" * 70_000 + b"</x>")
    picture = decode(jpeg(), LIMITS)
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        data = encode(replace(picture, metadata=long), kind=kind).data
        assert (b"yyyy" in data) == (kind != "JPEG")
        assert np.abs(decode(data, LIMITS).pixels.astype(int) - picture.pixels).mean() < 4


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_non_ascii_texts_stay_byte_for_byte(order: str, kind: str) -> None:
    """EXIF has ASCII only; programs write UTF-8 and Latin-1 all the same."""
    name = "Großmutter Anna".encode()
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHII", 270, 2, len(name), 26)
    block = mark + struct.pack(order + "IH", 8, 1) + entry + bytes(4) + name
    data = behind_start(saved(RGB, "JPEG"), segment(0xE1, b"Exif\0\0" + block))
    assert name in encode(decode(data, LIMITS, keep=Keep.SHARED), kind=kind).data


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(("space", "index"), [(65535, b"R03"), (2, b"R98")])
def test_exif_goes_on_saying_adobe_rgb(space: int, index: bytes, kind: str, order: str) -> None:
    """The pixels stay unconverted without a profile: a program that follows EXIF and one that does not both show the
    result as they show the photo.
    """
    data = behind_start(saved(RGB, "JPEG"), segment(0xE1, exif_colours(space, index, order)))
    for keep in Keep:
        picture = decode(data, LIMITS, keep=keep)
        assert picture.icc is None
        block, _ = told(encode(picture, kind=kind).data)
        photo = block.get_ifd(ExifTags.IFD.Exif)
        assert photo[ExifTags.Base.ColorSpace] == space
        assert photo[ExifTags.Base.Gamma] == 2.2
        assert block.get_ifd(ExifTags.IFD.Interop)[1] == index.decode()
        assert block[ExifTags.Base.WhitePoint] == (0.3127, 0.329)
        assert (ExifTags.Base.FNumber in photo, ExifTags.Base.Make in block) == (keep is not Keep.NOTHING,) * 2


def test_exif_colours_go_where_pixels_are_converted_and_where_they_say_srgb() -> None:
    data = behind_start(
        saved(RGB, "JPEG", icc_profile=icc_profile(ColorSignal(BT709, Curve(1.0)))),
        segment(0xE1, exif_colours(65535, b"R03")),
    )
    for keep in Keep:
        block, _ = told(encode(decode(data, LIMITS, keep=keep)).data)
        assert ExifTags.Base.ColorSpace not in block.get_ifd(ExifTags.IFD.Exif)
        assert ExifTags.Base.WhitePoint not in block
    plain = behind_start(saved(RGB, "JPEG"), segment(0xE1, exif_colours(1, b"R98")))
    assert decode(plain, LIMITS).metadata == NO_METADATA


@pytest.mark.parametrize("at", [0, 8, 1 << 30])
def test_interoperability_that_points_astray_is_left_out(at: int) -> None:
    names = struct.pack("<HHII", 40965, 4, 1, at)
    block = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHIII", 34665, 4, 1, 26, 0)
    block += struct.pack("<H", 2) + struct.pack("<HHII", 40961, 3, 1, 2) + names + bytes(4)
    again = cleaned(Metadata(block), Keep.ALL).exif
    found = Image.Exif()
    found.load(b"Exif\0\0" + again)
    assert found.get_ifd(ExifTags.IFD.Exif) == {ExifTags.Base.ColorSpace: 2}
