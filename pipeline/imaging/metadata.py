"""What a file tells beside its picture: EXIF, XMP and IPTC, taken out, cleaned and written into the result.

Archives live by dates, captions and names; chats pass files on, and a place or an old thumbnail in them is nobody's
business. Blocks from strangers are parsed in the decoder's process and written anew: what goes into a result was made
here.
"""

import re
import struct
from dataclasses import dataclass
from enum import Enum
from typing import Final
from xml.etree import ElementTree

MOST_BYTES: Final = 1 << 20  # of one block; a caption has a few hundred
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP = "http://ns.adobe.com/xap/1.0/"
_MM = "http://ns.adobe.com/xap/1.0/mm/"
_EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_META = "adobe:ns:meta/"
_PREFIXES = {
    "rdf": _RDF,
    "xmp": _XMP,
    "xmpMM": _MM,
    "stEvt": _EVENT,
    "Iptc4xmpExt": _IPTC_EXT,
    "x": _META,
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
}
# The vocabulary of the International Press Telecommunications Council for what is partly made by a trained network.
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
# Of the old pixels: they would be wrong, or show the photo as it was.
_STALE_XMP = (
    "{http://ns.adobe.com/tiff/1.0/}Orientation",
    "{http://ns.adobe.com/tiff/1.0/}XResolution",  # EXIF says it too, and a print changes it
    "{http://ns.adobe.com/tiff/1.0/}YResolution",
    "{http://ns.adobe.com/tiff/1.0/}ResolutionUnit",
    f"{{{_XMP}}}Thumbnails",
    "{http://ns.adobe.com/hdr-gain-map/1.0/}",
    "{http://ns.apple.com/HDRGainMap/1.0/}",
    "{http://ns.google.com/photos/1.0/container/}",
    "{http://ns.google.com/photos/1.0/camera/}",
    "{http://ns.google.com/photos/1.0/image/}",
    "{http://ns.google.com/photos/1.0/depthmap/}",
    "{http://ns.adobe.com/xmp/note/}",  # where the rest of a long block stands in the old file
)
_PLACES_XMP = ("{http://ns.adobe.com/exif/1.0/}GPS",)
_IPTC_RESOURCE = 0x0404
_PHOTOSHOP = b"Photoshop 3.0\0"
_MOST_RESOURCES = 1_000


class Keep(Enum):
    """How much of it goes into the result."""

    ALL = "all"  # all but what is stale: thumbnails, sizes, orientation
    SHARED = "shared"  # for chats: without the place, the camera's own notes and its serial numbers
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Blocks that can be written into a file. Empty where there are none.

    Attributes:
        exif: TIFF-like, without a head.
        xmp: an XML document, without the packet's wrapping.
        iptc: IPTC-IIM records.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""


NO_METADATA: Final = Metadata()


def iptc_of_photoshop(block: bytes) -> bytes:
    """The IPTC-IIM records in Photoshop's image resources, which JPEG's APP13 and TIFF hold."""
    at = len(_PHOTOSHOP) if block.startswith(_PHOTOSHOP) else 0
    for _ in range(_MOST_RESOURCES):
        if block[at : at + 4] != b"8BIM" or at + 12 > len(block):
            return b""
        number, name = int.from_bytes(block[at + 4 : at + 6], "big"), block[at + 6]
        start = at + 6 + (name + 2) // 2 * 2
        length = int.from_bytes(block[start : start + 4], "big")
        if number == _IPTC_RESOURCE:
            return block[start + 4 : start + 4 + length]
        at = start + 4 + (length + 1) // 2 * 2
    return b""


def photoshop_of_iptc(iptc: bytes) -> bytes:
    """Photoshop's image resources with the records alone, as JPEG's APP13 holds them."""
    resource = b"8BIM" + struct.pack(">HH", _IPTC_RESOURCE, 0) + struct.pack(">I", len(iptc))
    return _PHOTOSHOP + resource + iptc + bytes(len(iptc) % 2)


def with_history(xmp: bytes, software: str, what: str) -> bytes:
    """XMP that says what was done: an event in `xmpMM:History`, and that a trained network made a part.

    No time is written, so that the same photo and options give the same file.

    Args:
        xmp: from `clean_xmp`, or empty.
        software: `Magic Memory 0.1.0`.
        what: one sentence.
    """
    _register()
    root = _parsed(xmp) if xmp else None
    if root is None:
        root = ElementTree.Element(f"{{{_META}}}xmpmeta")
        ElementTree.SubElement(root, f"{{{_RDF}}}RDF")
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None:
        rdf = ElementTree.SubElement(root, f"{{{_RDF}}}RDF")
    description = rdf.find(f"{{{_RDF}}}Description")
    if description is None:
        description = ElementTree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""})
    event = ElementTree.SubElement(_history(rdf, description), f"{{{_RDF}}}li", {f"{{{_RDF}}}parseType": "Resource"})
    for name, value in (("action", "edited"), ("softwareAgent", software), ("changed", "/"), ("parameters", what)):
        ElementTree.SubElement(event, f"{{{_EVENT}}}{name}").text = value
    for part in rdf:
        _drop(part, (f"{{{_IPTC_EXT}}}DigitalSourceType",))
    ElementTree.SubElement(description, f"{{{_IPTC_EXT}}}DigitalSourceType").text = _SOURCE_TYPE
    return _serialised(root)


def _history(rdf: ElementTree.Element, description: ElementTree.Element) -> ElementTree.Element:
    """The list of events, made where there is none."""
    for part in rdf:
        found = part.find(f"{{{_MM}}}History")
        if found is not None:
            events = found.find(f"{{{_RDF}}}Seq")
            return ElementTree.SubElement(found, f"{{{_RDF}}}Seq") if events is None else events
    return ElementTree.SubElement(ElementTree.SubElement(description, f"{{{_MM}}}History"), f"{{{_RDF}}}Seq")


def clean_xmp(block: bytes, *, shared: bool) -> bytes:
    """XMP without what is stale, and for chats without the place; empty where it is no XML."""
    root = _parsed(block)
    if root is None:
        return b""
    _drop(root, _STALE_XMP + (_PLACES_XMP if shared else ()))
    return _serialised(root)


def _parsed(block: bytes) -> ElementTree.Element | None:
    """The XML, or None where it is none or could grow: XMP needs neither a document type nor entities."""
    if not block or len(block) > MOST_BYTES or re.search(rb"<!(?:DOCTYPE|ENTITY)", block):
        return None
    _register()
    try:
        return ElementTree.fromstring(block.strip(b"\0 \r\n\t"))  # noqa: S314 - see the line above
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _serialised(root: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(root, "utf-8"))


def _register() -> None:
    """The usual names of the namespaces; ElementTree has one table for the whole process."""
    for prefix, uri in _PREFIXES.items():
        ElementTree.register_namespace(prefix, uri)


def _drop(element: ElementTree.Element, starts: tuple[str, ...]) -> None:
    """Remove all properties, attributes or elements, whose name begins so."""
    for name in [name for name in element.attrib if name.startswith(starts)]:
        del element.attrib[name]
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.startswith(starts):
            element.remove(child)
        else:
            _drop(child, starts)


def clean_iptc(block: bytes) -> bytes:
    """The records of the application part, the one with captions and names, as far as they are whole."""
    at, kept = 0, list[bytes]()
    while at + 5 <= len(block) <= MOST_BYTES and block[at] == 0x1C:
        record, length = block[at + 1], int.from_bytes(block[at + 3 : at + 5], "big")
        end = at + 5 + length
        if length & 0x8000 or end > len(block):  # a length of more than 16 bits: no caption has it
            break
        if record in (1, 2):
            kept.append(block[at:end])
        at = end
    return b"".join(kept)
