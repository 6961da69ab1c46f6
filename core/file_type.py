"""A file's type, by its first bytes; its name and declared type do not count."""

from magicmemory.core.errors import ArchiveSent, KindUnsupported, NotAPhoto, PhotoAnimated

_PICTURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),  # the bare codestream
    (b"\x00\x00\x00\x0cJXL ", "JXL"),
    (b"\xff\x0a", "JXL"),  # the bare codestream
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"IIRO", "RAW"),  # Olympus
    (b"IIRS", "RAW"),
    (b"MMOR", "RAW"),
    (b"IIU\0", "RAW"),  # Panasonic, Leica
    (b"\0MRM", "RAW"),  # Minolta
    (b"FOVb", "RAW"),  # Sigma
)
_BMP_HEADER_BYTES = {12, 40, 52, 56, 64, 108, 124}
_VIDEOS = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"FLV\x01",
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG video
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # Windows Media
)
_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"pnot"}
_UNSUPPORTED = (
    (b"8BPS", "Photoshop (PSD)"),
    (b"gimp xcf", "GIMP (XCF)"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"AT&TFORM", "DjVu"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"#?RGBE", "Radiance HDR"),
    (b"II\xbc", "JPEG XR"),
    (b"\x00\x00\x01\x00", "Windows icon (ICO)"),
    (b"DDS ", "DDS"),
    (b"qoif", "QOI"),
    (b"SIMPLE  =", "FITS"),
    (b"\xd7\xcd\xc6\x9a", "WMF"),
    (b"BPG\xfb", "BPG"),
    (b"FLIF", "FLIF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office"),
    (b"{\\rtf", "RTF"),
)
_ARCHIVES = (
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
)
# What a ZIP file's first names say of it; the first entry stands at its start.
_ZIPPED = (
    (b"word/", "Word (DOCX)"),
    (b"ppt/", "PowerPoint (PPTX)"),
    (b"xl/", "Excel (XLSX)"),
    (b"application/vnd.oasis.opendocument", "OpenDocument"),
    (b"application/epub+zip", "EPUB"),
    (b"mergedimage.png", "OpenRaster"),
    (b"maindoc.xml", "Krita"),
)
_ZIP_HEAD_BYTES = 4096
_TEXT_HEAD_BYTES = 2048
_PDF_WITHIN_BYTES = 1024  # readers accept a PDF's header so far behind the start
_BRANDS_AVIF = {b"avif", b"avis"}
_BRANDS_HEIF = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_BRANDS_SEQUENCE = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
_BRANDS_JPEG2000, _BRANDS_JXL, _BRAND_CANON_RAW = {b"jp2 ", b"jpx "}, {b"jxl "}, b"crx "
_BRANDS_SOUND = {b"M4A ", b"M4B ", b"F4A ", b"F4B "}
_LONGEST_BRANDS_BYTES = 512


def sniff(data: bytes) -> str:
    """Name the kind of a file that may hold a photo.

    JPEG, PNG, WEBP, TIFF, HEIF, AVIF, BMP, GIF, JPEG2000, JXL; RAW, a camera's raw file that is no TIFF by its first
    bytes; and PDF, which may hold scanned pages. The first 4096 bytes of the file are enough.

    Raises:
        NotAPhoto: empty, or nothing that is known.
        PhotoAnimated: a video, or a sequence of pictures.
        KindUnsupported: a picture or document of a kind that is not decoded here; its name is told.
        ArchiveSent: files packed together, which may be photos.
    """
    for magic, kind in _PICTURES:
        if data.startswith(magic):
            return kind
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_BYTES:
        return "BMP"
    if data[:4] == b"RIFF":
        return _riff(data[8:12])
    if data[4:8] == b"ftyp":
        return _isobmff(data)
    if b"%PDF-" in data[:_PDF_WITHIN_BYTES]:
        return "PDF"
    if data.startswith(_VIDEOS) or data[4:8] in _QUICKTIME_BOXES or _is_transport_stream(data):
        raise PhotoAnimated
    _refuse_archives(data)
    _refuse_by_name(data)
    raise NotAPhoto


def _riff(form: bytes) -> str:
    if form == b"WEBP":
        return "WEBP"
    if form == b"AVI ":
        raise PhotoAnimated
    raise NotAPhoto


def _isobmff(data: bytes) -> str:
    """HEIF and AVIF share their container with MP4 and QuickTime; the brands tell them apart."""
    end = min(int.from_bytes(data[:4], "big"), _LONGEST_BRANDS_BYTES)
    major = data[8:12]
    brands = {major, *(data[at : at + 4] for at in range(16, end - 3, 4))}
    if major in _BRANDS_AVIF or (major in {b"mif1", b"msf1"} and brands & _BRANDS_AVIF):
        return "AVIF"
    if major in _BRANDS_SEQUENCE:
        raise PhotoAnimated
    if _BRAND_CANON_RAW in brands:
        return "RAW"
    if brands & _BRANDS_JPEG2000:
        return "JPEG2000"
    if brands & _BRANDS_JXL:
        return "JXL"
    if major in _BRANDS_HEIF or brands & _BRANDS_HEIF:
        return "HEIF"
    if major in _BRANDS_SOUND or len(major) < 4:
        raise NotAPhoto
    raise PhotoAnimated


def _is_transport_stream(data: bytes) -> bool:
    packets = data[: 3 * 188 : 188]
    return len(packets) == 3 and packets == b"GGG"


def _refuse_archives(data: bytes) -> None:
    for magic, name in _ARCHIVES:
        if data.startswith(magic):
            raise ArchiveSent(kind=name)
    if data[:4] in (b"PK\3\4", b"PK\5\6"):
        head = data[:_ZIP_HEAD_BYTES]
        for mark, name in _ZIPPED:
            if mark in head:
                raise KindUnsupported(kind=name)
        raise ArchiveSent(kind="ZIP")


def _refuse_by_name(data: bytes) -> None:
    for magic, name in _UNSUPPORTED:
        if data.startswith(magic):
            raise KindUnsupported(kind=name)
    if data[128:132] == b"DICM":
        raise KindUnsupported(kind="DICOM")
    if data[:1] == b"P" and data[1:2] in b"1234567" and data[2:3].isspace():
        raise KindUnsupported(kind="Netpbm (PNM)")
    text = data[:_TEXT_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"<" and b"<svg" in text:
        raise KindUnsupported(kind="SVG")
