"""File types are recognised by first bytes: those that are read, and those that are refused by name."""

import struct

import pytest

from magicmemory.core.errors import ArchiveSent, KindUnsupported, NotAPhoto, PhotoAnimated
from magicmemory.core.file_type import sniff


def boxes(brand: bytes, *compatible: bytes) -> bytes:
    content = brand + bytes(4) + b"".join(compatible)
    return struct.pack(">I", len(content) + 8) + b"ftyp" + content + bytes(100)


READ = {
    b"\xff\xd8\xff\xe0": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF89a": "GIF",
    b"II*\0": "TIFF",
    b"MM\0+": "TIFF",
    b"RIFF\0\0\0\0WEBP": "WEBP",
    b"BM" + bytes(12) + b"\x28\0\0\0": "BMP",
    boxes(b"heic", b"mif1"): "HEIF",
    boxes(b"mif1", b"avif"): "AVIF",
    boxes(b"crx ", b"isom"): "RAW",
    boxes(b"jp2 "): "JPEG2000",
    boxes(b"jxl "): "JXL",
    b"\x00\x00\x00\x0cjP  \r\n\x87\n": "JPEG2000",
    b"\xff\x4f\xff\x51": "JPEG2000",
    b"\xff\x0a": "JXL",
    b"FUJIFILMCCD-RAW ": "RAW",
    b"%PDF-1.7": "PDF",
    b"\n\n%PDF-1.7": "PDF",
}
NAMED = {
    b"8BPS\0\1": "Photoshop (PSD)",
    b"gimp xcf v011": "GIMP (XCF)",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "SVG",
    b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- drawn --><svg/>": "SVG",
    b"%!PS-Adobe-3.0": "PostScript",
    b"\x76\x2f\x31\x01": "OpenEXR",
    b"#?RADIANCE\n": "Radiance HDR",
    b"II\xbc\x01": "JPEG XR",
    b"\0\0\1\0\1\0": "Windows icon (ICO)",
    bytes(128) + b"DICM": "DICOM",
    b"P6\n10 10\n255\n": "Netpbm (PNM)",
    b"PK\3\4" + bytes(26) + b"word/document.xml": "Word (DOCX)",
    b"PK\3\4" + bytes(26) + b"mimetypeapplication/epub+zip": "EPUB",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "Microsoft Office",
}
PACKED = {
    b"PK\3\4" + bytes(50): "ZIP",
    b"Rar!\x1a\x07\1\0": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"\x1f\x8b\x08": "gzip",
}


@pytest.mark.parametrize("data", READ)
def test_readable_types(data: bytes) -> None:
    assert sniff(data + bytes(50)) == READ[data]
    assert sniff((data + bytes(5000))[:4096]) == READ[data]


@pytest.mark.parametrize("data", NAMED)
def test_named_refused_types(data: bytes) -> None:
    with pytest.raises(KindUnsupported) as told:
        sniff(data)
    assert told.value.parameters == {"kind": NAMED[data]}


@pytest.mark.parametrize("data", PACKED)
def test_archives_are_refused(data: bytes) -> None:
    with pytest.raises(ArchiveSent) as told:
        sniff(data)
    assert told.value.parameters == {"kind": PACKED[data]}


@pytest.mark.parametrize("data", [boxes(b"isom"), boxes(b"qt  "), boxes(b"hevc", b"heic"), b"\x1aE\xdf\xa3"])
def test_videos_are_refused(data: bytes) -> None:
    with pytest.raises(PhotoAnimated):
        sniff(data)


@pytest.mark.parametrize(
    "data", [b"", b"P", b"hello", b"Photo of us", b"<html><body>", bytes(500), b"OggS" + bytes(50)]
)
def test_unknown_bytes_are_no_photo(data: bytes) -> None:
    with pytest.raises(NotAPhoto):
        sniff(data)
