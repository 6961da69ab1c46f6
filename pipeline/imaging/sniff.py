"""What a file is, told from its first bytes; a name or a declared type is never believed."""

from magicmemory.core.errors import NotAPhoto, PhotoAnimated, PhotoUnreadable

_PICTURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
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
# Pictures, but of kinds that hardly anybody sends to a chat. "Cannot be read" is truer of them than "no
# photo".
_OTHER_PICTURES = (
    b"\x00\x00\x00\x0cjP  ",  # JPEG 2000
    b"\xff\x4f\xff\x51",  # JPEG 2000, bare
    b"\x00\x00\x00\x0cJXL ",  # JPEG XL
    b"\xff\x0a",  # JPEG XL, bare
    b"8BPS",  # Photoshop
    b"FUJIFILMCCD-RAW",
    b"IIRO",  # Olympus raw
    b"IIU\0",  # Panasonic raw
    b"\x00\x00\x01\x00",  # Windows icon
    b"gimp xcf",
)
_BRANDS_AVIF = {b"avif", b"avis"}
_BRANDS_HEIF = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_BRANDS_SEQUENCE = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
_BRANDS_OTHER_PICTURES = {b"crx ", b"jp2 ", b"jpx ", b"jxl "}
_BRANDS_SOUND = {b"M4A ", b"M4B ", b"F4A ", b"F4B "}
_LONGEST_BRANDS_BYTES = 512


def sniff(data: bytes) -> str:
    """Name the kind of a picture file as `Picture.format` does: JPEG, PNG, WEBP, TIFF, HEIF, AVIF, BMP or
    GIF.

    Raises:
        NotAPhoto: empty, or neither a picture nor a video.
        PhotoAnimated: a video, or a sequence of pictures.
        PhotoUnreadable: a picture of a kind that is not decoded here.
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
    if data.startswith(_OTHER_PICTURES):
        raise PhotoUnreadable
    if data.startswith(_VIDEOS) or data[4:8] in _QUICKTIME_BOXES or _is_transport_stream(data):
        raise PhotoAnimated
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
    if brands & _BRANDS_OTHER_PICTURES:
        raise PhotoUnreadable
    if major in _BRANDS_HEIF or brands & _BRANDS_HEIF:
        return "HEIF"
    if major in _BRANDS_SOUND or len(major) < 4:
        raise NotAPhoto
    raise PhotoAnimated


def _is_transport_stream(data: bytes) -> bool:
    packets = data[: 3 * 188 : 188]
    return len(packets) == 3 and packets == b"GGG"
