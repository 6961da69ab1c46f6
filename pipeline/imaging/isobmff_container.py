"""HEIF and AVIF: the boxes of their ISO base media container.

The file goes on whole, because its boxes point at each other all over it. What the primary picture's properties say of
colours is read here: libheif and libavif give the pixels out without saying what they are.
"""

import struct
from collections.abc import Set
from dataclasses import replace
from functools import partial

from magicmemory.core.errors import PhotoTruncated
from magicmemory.pipeline.imaging import codec_colors, color_signal
from magicmemory.pipeline.imaging.color_signal import ColorSignal
from magicmemory.pipeline.imaging.container import MOST_PARTS, Container
from magicmemory.pipeline.imaging.isobmff_boxes import Box, box_within, boxes, complete
from magicmemory.pipeline.imaging.isobmff_items import cut_items, first_bytes, tiles_of

_GAIN_MAP_ITEM = b"tmap"  # ISO 21496-1
_GAIN_MAP_USE = b"hdrgainmap"  # Apple's auxiliary picture
_MOST_PROPERTIES = 4_096
_AV1_HEAD_BYTES = 256  # in which the sequence header stands
_MOST_FILLING_BYTES = 64 << 20


def avif(data: bytes) -> Container:
    """Read an AVIF's container; Pillow tells the orientation."""
    return _read(data, None)


def heif(data: bytes, page: int = 1) -> Container:
    """Read a HEIF's container. libheif turns the picture as it says, and the standard wants EXIF's word ignored.

    Raises:
        PhotoTruncated: it ends too early, and what is missing in the page cannot be told.
    """
    container = _read(data, 1)
    if page > 1 and not container.complete:
        raise PhotoTruncated
    return container


def _read(data: bytes, orientation: int | None) -> Container:
    bare = Container(data, complete(data), orientation)
    try:
        meta = box_within(data, (b"", 0, len(data)), b"meta")
        if meta is None:
            return bare
        # A full box: version and flags come before its children.
        inside = (b"meta", meta[1] + 4, meta[2])
        properties = _primary_properties(data, inside)
        lacking = cut_items(data, inside)
        whole_rows = _whole_rows(data, inside, lacking.keys())
        turned = orientation == 1  # the reader turns it
        filled = None
        if whole_rows is None and _primary(data, inside) in lacking:
            filled = partial(_filled_up, data, lacking)
            if turned:
                _refuse_mirrored(properties)
        return replace(
            bare,
            data=data if filled else _filled_up(data, lacking),
            filled=filled,
            complete=bare.complete and not lacking,
            whole_rows=whole_rows,
            stored=_stored(data, properties) if turned else 1,
            signal=_signal(data, inside, properties),
            bits=_av1_bits(data, properties),
            gain_map=_has_gain_map(data, inside),
        )
    # A box points outside the file, or farther than there is memory to fill up: the decoder decides what it is worth.
    except (struct.error, IndexError, MemoryError):
        return bare


def _av1_bits(data: bytes, properties: list[Box]) -> int:
    """Bits a sample of AV1; 8 where there is no AV1."""
    for name, start, end in properties:
        if name == b"av1C" and end - start >= 4:
            return (12 if data[start + 2] & 0x20 else 10) if data[start + 2] & 0x40 else 8
    return 8


def _signal(data: bytes, meta: Box, properties: list[Box]) -> ColorSignal | None:
    """What the `nclx` among the primary picture's properties says; where there is no `colr`, what the codec says."""
    signal, peak_nits = None, 0.0
    for name, start, end in properties:
        if name == b"colr" and data[start : start + 4] == b"nclx" and signal is None:
            primaries, transfer = struct.unpack_from(">HH", data, start + 4)
            signal = color_signal.from_nclx(primaries, transfer)
        elif name == b"clli" and end - start >= 4:
            peak_nits = float(struct.unpack_from(">H", data, start)[0])
        elif name == b"mdcv" and end - start >= 24 and not peak_nits:
            peak_nits = struct.unpack_from(">I", data, start + 16)[0] / 10_000
    if not any(name == b"colr" for name, _, _ in properties):
        signal = _codec_signal(data, meta)
    return replace(signal, peak_nits=peak_nits) if signal is not None and peak_nits > 0 else signal


def _codec_signal(data: bytes, meta: Box) -> ColorSignal | None:
    """What the stream of the primary picture says, or that of its first tile."""
    item = _primary(data, meta)
    item = next(iter(tiles_of(data, meta, item).items), item)
    for name, start, end in _properties(data, meta, item):
        try:
            if name == b"hvcC":
                told = codec_colors.of_hevc(data[start:end])
            elif name == b"av1C":
                told = codec_colors.of_av1(data[start + 4 : end] + first_bytes(data, meta, item, _AV1_HEAD_BYTES))
            else:
                continue
        except IndexError:  # a broken header is the decoder's to refuse
            return None
        return color_signal.from_nclx(*told) if told else None
    return None


def _stored(data: bytes, properties: list[Box]) -> int:
    """How the primary picture of a HEIF is stored, as an EXIF orientation, but for a mirror."""
    turns = 0
    for name, start, _ in properties:
        if name == b"irot":
            turns = data[start] & 3
    return (1, 8, 3, 6)[turns]


def _filled_up(data: bytes, lacking: dict[int, int], filling: bytes = b"") -> bytes:
    """The file with other bytes and zeros where it ended too early.

    libheif fails over EXIF that is not there, and leaves out tiles that are not, without a word.
    """
    end = max(lacking.values(), default=0)
    if end - len(data) > _MOST_FILLING_BYTES:
        return data
    return (data + filling[: max(0, end - len(data))]).ljust(end, b"\0")  # one copy: the filling may be large


def _whole_rows(data: bytes, meta: Box, lacking: Set[int]) -> int | None:
    """How many rows of the primary picture are whole; None where it is not one of tiles, or lacks none.

    Raises:
        PhotoTruncated: some are not, and which ones cannot be told: it is mirrored or cropped too.
    """
    primary = _primary(data, meta)
    tiles = tiles_of(data, meta, primary)
    first = next((number for number, tile in enumerate(tiles.items) if tile in lacking), None)
    if first is None:
        return None
    _refuse_mirrored(_properties(data, meta, primary))
    for name, start, _ in _properties(data, meta, tiles.items[first]):
        if name == b"ispe":
            return first // tiles.across * int(struct.unpack_from(">I", data, start + 8)[0])
    raise PhotoTruncated


def _refuse_mirrored(properties: list[Box]) -> None:
    """Raises PhotoTruncated where rows of the shown picture are not those of the stored one."""
    if not {b"imir", b"clap"}.isdisjoint(name for name, _, _ in properties):
        raise PhotoTruncated


def _primary_properties(data: bytes, meta: Box) -> list[Box]:
    return _properties(data, meta, _primary(data, meta))


def _primary(data: bytes, meta: Box) -> int:
    """The number of the primary picture; 0 where none is named."""
    primary = box_within(data, meta, b"pitm")
    if primary is None:
        return 0
    return int(struct.unpack_from(">I" if data[primary[1]] else ">H", data, primary[1] + 4)[0])


def _properties(data: bytes, meta: Box, item: int) -> list[Box]:
    iprp = box_within(data, meta, b"iprp")
    ipco = box_within(data, iprp, b"ipco") if iprp else None
    if iprp is None or ipco is None:
        return []
    properties = [box for box, _ in zip(boxes(data, ipco), range(_MOST_PROPERTIES), strict=False)]
    numbers = [number for box in boxes(data, iprp) if box[0] == b"ipma" for number in _associated(data, box, item)]
    return [properties[number - 1] for number in numbers if 0 < number <= len(properties)]


def _associated(data: bytes, ipma: Box, item: int) -> list[int]:
    """The numbers, from 1, of an item's properties."""
    _, at, end = ipma
    version, wide = data[at], data[at + 3] & 1
    (entries,) = struct.unpack_from(">I", data, at + 4)
    at += 8
    for _ in range(min(entries, MOST_PARTS)):
        if at >= end:
            break
        (found,) = struct.unpack_from(">I" if version else ">H", data, at)
        at += 4 if version else 2
        count, at = data[at], at + 1
        form, mask = (f">{count}H", 0x7FFF) if wide else (f">{count}B", 0x7F)
        if found == item:
            return [number & mask for number in struct.unpack_from(form, data, at)]
        at += struct.calcsize(form)
    return []


def _has_gain_map(data: bytes, meta: Box) -> bool:
    items = box_within(data, meta, b"iinf")
    if items is not None:
        head = 8 if data[items[1]] else 6  # version, flags, and the number of entries
        for name, start, end in boxes(data, (b"iinf", items[1] + head, items[2])):
            if name == b"infe" and data[start + 8 : min(start + 14, end)].find(_GAIN_MAP_ITEM) >= 0:
                return True
    iprp = box_within(data, meta, b"iprp")
    ipco = box_within(data, iprp, b"ipco") if iprp else None
    return ipco is not None and any(
        name == b"auxC" and _GAIN_MAP_USE in data[start:end] for name, start, end in boxes(data, ipco)
    )
