"""Files that were never whole: every format's parts, put together as no program would, with lengths that lie.

Hypothesis makes them, and a smaller one where one fails. A check of each kind's door in `container.py`.
"""

import os
import struct
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.conftest import importable
from tests.fuzz.seeds import seeds
from tests.fuzz.target import Target
from tests.fuzz.test_mutants import INPUTS, MOST_SECONDS, NAMED
from tests.support.photo_files import segment

pytestmark = [pytest.mark.processes, pytest.mark.slow]

EXAMPLES = max(25, INPUTS // 40)
SIDES = st.sampled_from([0, 1, 2, 7, 48, 500, 30_000, 65_535, 2**31 - 1, 2**32 - 1])
LIES = st.sampled_from([-8, -1, 1, 100, 2**31])
SMALL = st.binary(max_size=40)
EXIF = st.binary(max_size=60).map(lambda rest: b"II*\0\x08\0\0\0" + rest)


def length(form: str, true: int, lie: int) -> bytes:
    """A length as a file says it, which may be a lie."""
    size = struct.calcsize(form)
    return struct.pack(form, max(0, true + lie) % (1 << 8 * size))


LIE = st.one_of(st.just(0), st.just(0), st.just(0), LIES)


@st.composite
def pngs(draw: st.DrawFn) -> bytes:
    names = st.sampled_from(
        [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iCCP", b"eXIf", b"zTXt", b"acTL", b"fdAT", b"gAMA", b"xxxx"]
    )
    header = struct.pack(
        ">IIBBBBB",
        draw(SIDES),
        draw(SIDES),
        draw(st.sampled_from([1, 2, 4, 8, 16, 3, 0])),
        draw(st.sampled_from([0, 2, 3, 4, 6, 1, 7])),
        *(draw(st.sampled_from([0, 0, 0, 1, 255])) for _ in range(3)),
    )
    rows = zlib.compress(draw(st.sampled_from([b"", bytes(500), bytes(60_000)])))
    contents = st.one_of(SMALL, EXIF, st.just(rows), SMALL.map(lambda text: b"x\0\0" + zlib.compress(text)))
    chunks = [(b"IHDR", header), *draw(st.lists(st.tuples(names, contents), max_size=8)), (b"IDAT", rows)]
    made = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        made += length(">I", len(content), draw(LIE)) + name + content
        made += struct.pack(">I", zlib.crc32(name + content))
    return made + draw(st.sampled_from([b"\0\0\0\0IEND\xaeB`\x82", b""]))


@st.composite
def jpegs(draw: st.DrawFn) -> bytes:
    frame = struct.pack(">BHHB", 8, draw(SIDES) % 65_536, draw(SIDES) % 65_536, draw(st.sampled_from([1, 3, 4, 2, 0])))
    frame += b"\1\x22\0\2\x11\1\3\x11\1"
    markers = st.sampled_from([0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE, 0xD8, 0x01])
    contents = st.one_of(
        SMALL,
        st.just(frame),
        EXIF.map(lambda exif: b"Exif\0\0" + exif),
        SMALL.map(lambda part: b"ICC_PROFILE\0" + part),
        st.just(b"Adobe\0\x64\0\0\0\0\2"),
        st.just(bytes([0, *[1] * 16, *range(16)])),
    )
    real = seeds_of("JPEG")[0]
    made = b"\xff\xd8"
    for marker, content in draw(st.lists(st.tuples(markers, contents), max_size=10)):
        part = segment(marker, content)
        made += part[:2] + length(">H", len(content) + 2, draw(LIE)) + content
    return made + draw(st.sampled_from([b"", real[2:], b"\xff\xd9", b"\xff" * 50]))


@st.composite
def tiffs(draw: st.DrawFn) -> bytes:
    order, big = draw(st.sampled_from("<>")), draw(st.sampled_from([False, False, True]))
    word, room = ("Q", 8) if big else ("I", 4)
    tags = st.sampled_from(
        [*range(254, 286), 317, 320, *range(322, 331), 338, 339, 347, 513, 514, 529, 530, 34665, 34675, 50706, 1]
    )
    values = st.one_of(st.integers(0, 9), SIDES, st.binary(min_size=4, max_size=4).map(lambda b: b[0] << 8 | b[1]))
    entries = draw(
        st.lists(st.tuples(tags, st.sampled_from([1, 2, 3, 4, 5, 7, 11, 12, 16, 99]), LIE, values), max_size=25)
    )
    usual = [(256, 4, 0, draw(SIDES)), (257, 4, 0, draw(SIDES)), (273, 4, 0, 8), (279, 4, 0, draw(SIDES))]
    made = b"II" if order == "<" else b"MM"
    made += struct.pack(order + ("HHHQ" if big else "HI"), *((43, 8, 0, 40) if big else (42, 40)))
    made = made.ljust(40, b"x")
    every = sorted([*usual, *entries]) if draw(st.booleans()) else [*entries, *usual]
    made += length(order + ("Q" if big else "H"), len(every), draw(LIE))
    for tag, kind, lie, value in every:
        made += struct.pack(order + "HH", tag, kind) + length(order + word, 1, lie)
        made += struct.pack(order + word, value % (1 << 8 * room))
    return made + struct.pack(order + word, draw(st.sampled_from([0, 40, 2**31]))) + bytes(200)


@st.composite
def webps(draw: st.DrawFn) -> bytes:
    names = st.sampled_from([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP ", b"xxxx"])
    real = [data[20:] for data in seeds_of("WEBP")]
    contents = st.one_of(SMALL, EXIF, st.sampled_from(real), st.just(b"\x10\0\0\0" + b"\x2f\0\0" * 2))
    made = b""
    for name, content in draw(st.lists(st.tuples(names, contents), max_size=6)):
        made += name + length("<I", len(content), draw(LIE)) + content + bytes(len(content) % 2)
    return b"RIFF" + length("<I", len(made) + 4, draw(LIE)) + b"WEBP" + made


@st.composite
def boxes(draw: st.DrawFn, depth: int = 3) -> bytes:
    names = st.sampled_from(
        b"meta hdlr pitm iloc iinf infe iprp ipco ispe ipma hvcC av1C colr irot imir clap iref idat mdat auxC".split()
    )
    inner = st.just(b"") if depth == 0 else boxes(depth - 1)
    made = b""
    for name in draw(st.lists(names, max_size=5)):
        content = bytes(draw(st.sampled_from([0, 4, 4]))) + draw(SMALL) + draw(inner)
        made += length(">I", len(content) + 8, draw(LIE)) + name + content
    return made


@st.composite
def isobmffs(draw: st.DrawFn) -> bytes:
    brand = draw(st.sampled_from([b"heic", b"mif1", b"avif", b"heix"]))
    compatible = b"".join(draw(st.lists(st.sampled_from([b"mif1", b"heic", b"avif", b"miaf"]), max_size=3)))
    head = length(">I", 16 + len(compatible), draw(LIE)) + b"ftyp" + brand + bytes(4) + compatible
    real = draw(st.sampled_from([*seeds_of("HEIF"), *seeds_of("AVIF")]))
    return head + draw(boxes()) + draw(st.sampled_from([b"", real[32:], real[:200]]))


@st.composite
def gifs(draw: st.DrawFn) -> bytes:
    def side() -> int:
        return draw(SIDES) % 65_536

    made = b"GIF89a" + struct.pack("<HHBBB", side(), side(), draw(st.sampled_from([0, 0x80, 0xF7])), 0, 0)
    made += bytes(draw(st.sampled_from([0, 6, 768])))
    for _ in range(draw(st.integers(0, 5))):
        image = b"," + struct.pack("<HHHHB", side(), side(), side(), side(), draw(st.sampled_from([0, 0x40, 0x87])))
        image += draw(st.sampled_from([b"\2\2\x4c\1\0", b"\x08\xff" + bytes(255) + b"\0", b"\xff\1\0\0"]))
        extension = b"!" + draw(st.sampled_from([b"\xf9\4\1\0\0\0\0", b"\xff\x0bNETSCAPE2.0\3\1\0\0\0", b"\xfe\xff"]))
        made += draw(st.sampled_from([image, extension, b"\0", draw(SMALL)]))
    return made + draw(st.sampled_from([b";", b""]))


@st.composite
def bmps(draw: st.DrawFn) -> bytes:
    size = draw(st.sampled_from([12, 40, 52, 56, 108, 124]))
    fields = struct.pack(
        "<iiHHIIiiII",
        draw(SIDES) % 2**31,
        draw(SIDES) % 2**31 * draw(st.sampled_from([1, -1])),
        1,
        draw(st.sampled_from([1, 2, 4, 8, 16, 24, 32, 0, 99])),
        draw(st.sampled_from([0, 1, 2, 3, 6, 99])),
        draw(SIDES),
        1,
        1,
        draw(st.sampled_from([0, 2, 256, 2**31])),
        0,
    )
    header = (struct.pack("<I", size) + fields + draw(st.binary(max_size=90))).ljust(size, b"\0")[:size]
    rest = draw(st.sampled_from([b"", bytes(5000), b"\1\xff" * 2000, b"\0\2\xff\xff" * 500]))
    made = header + rest
    return b"BM" + length("<I", 14 + len(made), draw(LIE)) + bytes(4) + struct.pack("<I", draw(SIDES)) + made


@st.composite
def jpeg2000s(draw: st.DrawFn) -> bytes:
    sides = [draw(SIDES) % 2**32 for _ in range(8)]
    samples = draw(st.sampled_from([1, 2, 3, 4, 0, 5, 65_535]))
    size = struct.pack(">HH8IH", 38 + 3 * (samples % 8), 0, *sides, samples) + bytes([7, 1, 1]) * (samples % 8)
    real = draw(st.sampled_from(seeds_of("JPEG2000")))
    stream = b"\xff\x4f\xff\x51" + size + draw(st.sampled_from([b"", real[100:], b"\xff\xd9"]))
    if draw(st.booleans()):
        return stream
    made = b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 "
    header = b"".join(
        length(">I", len(content) + 8, draw(LIE)) + name + content
        for name, content in draw(
            st.lists(
                st.tuples(st.sampled_from([b"ihdr", b"colr", b"pclr", b"cmap", b"cdef", b"res "]), SMALL), max_size=5
            )
        )
    )
    made += length(">I", len(header) + 8, draw(LIE)) + b"jp2h" + header
    return made + length(">I", len(stream) + 8, draw(LIE)) + b"jp2c" + stream


@st.composite
def jxls(draw: st.DrawFn) -> bytes:
    real = draw(st.sampled_from(seeds_of("JXL")))
    stream = b"\xff\x0a" + draw(st.binary(max_size=30)) + draw(st.sampled_from([b"", real[12:], real[60:]]))
    if draw(st.booleans()):
        return stream
    made = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "
    names = st.sampled_from([b"jxlc", b"jxlp", b"jbrd", b"Exif", b"xml ", b"brob", b"jxll"])
    contents = st.one_of(SMALL, st.just(stream), st.just(b"\0\0\0\0" + stream))
    for name, content in draw(st.lists(st.tuples(names, contents), max_size=5)):
        made += length(">I", len(content) + 8, draw(LIE)) + name + content
    return made


@st.composite
def pdfs(draw: st.DrawFn) -> bytes:
    side = draw(SIDES)
    keys = st.sampled_from([b"/Width", b"/Height", b"/BitsPerComponent", b"/Length", b"/Predictor", b"/Columns", b"/K"])
    values = st.one_of(SIDES.map(lambda value: b"%d" % value), st.sampled_from([b"8", b"-1", b"1 0 R", b"[]", b"/X"]))
    entries = b" ".join(key + b" " + value for key, value in draw(st.lists(st.tuples(keys, values), max_size=6)))
    packed = draw(st.sampled_from([b"/FlateDecode", b"/DCTDecode", b"/CCITTFaxDecode", b"/JPXDecode", b"/JBIG2Decode"]))
    content = draw(st.one_of(SMALL, st.just(zlib.compress(bytes(500))), st.just(seeds_of("JPEG")[0])))
    picture = b"<</Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/Filter %s %s>>stream\n%s\nendstream" % (
        packed,
        entries or b"/Width 9/Height 9/BitsPerComponent 8",
        content,
    )
    drawn = b"q %d 0 0 %d 0 0 cm /P Do Q" % (side % 2000 + 1, side % 3000 + 1)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d 200]/Contents 5 0 R/Resources<</XObject<</P 4 0 R>>>>>>" % side
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % draw(st.sampled_from([1, 1, 0, 2**31 - 1])),
        page,
        picture,
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
    ]
    made = b"".join([b"%%PDF-1.4\n", *(b"%d 0 obj %s endobj\n" % pair for pair in enumerate(parts, 1))])
    return made.replace(b"%%PDF", b"%PDF") + b"trailer<</Root 1 0 R/Size 6>>\n"


@st.composite
def raws(draw: st.DrawFn) -> bytes:
    starts = st.sampled_from([b"FUJIFILMCCD-RAW ", b"IIU\0", b"IIRO", b"II*\0\x10\0\0\0CR", b"\0MRM"])
    real = [seeds_of("JPEG")[0], seeds_of("RAW")[0][200:]]
    return draw(starts) + b"".join(
        draw(st.lists(st.one_of(SMALL, st.sampled_from(real), st.just(b"\xff\xd8\xff\xe1" * 50))))
    )


_FILES = seeds()


def seeds_of(kind: str) -> list[bytes]:
    return [data for found, data in _FILES.values() if found == kind]


MADE: dict[str, Callable[[], st.SearchStrategy[bytes]]] = {
    "png": pngs,
    "jpeg": jpegs,
    "tiff": tiffs,
    "webp": webps,
    "heif and avif": isobmffs,
    "gif": gifs,
    "bmp": bmps,
    "jpeg 2000": jpeg2000s,
    "jpeg xl": jxls,
    "pdf": pdfs,
    "raw": raws,
}


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """One for all kinds, because its child takes longer to start than to read the inputs of a kind."""
    with pytest.MonkeyPatch.context() as patch:
        importable(patch)
        target = Target()
        target.start()  # the child belongs to this fixture, not to the first test that needs it
    yield target
    target.close()


@pytest.mark.processes
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", MADE)
def test_generated_structures_end_in_a_photo_or_a_named_error(kind: str, target: Target) -> None:

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize="FUZZ_SEED" not in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(MADE[kind]())
    def holds(data: bytes) -> None:
        told = target(data)
        assert told.seconds < MOST_SECONDS
        assert told.outcome in NAMED | {"picture"} or told.outcome.startswith("SIG")

    holds()
