"""ICC profiles with tables, made here: a press with a soft black and inks that are not sRGB's, and a linear scanner."""

import itertools
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from magicmemory.pipeline.imaging.color_signal import encoded_srgb

GRID = 9
ENDS = np.array([0.0, 1.0])  # a curve that changes nothing
PAPER, BLACK = np.array([0.93, 0.92, 0.88]), 0.06
INKS = np.array(
    [[0.05, 0.45, 0.75], [0.80, 0.10, 0.40], [0.95, 0.85, 0.05]]
)  # cyan, magenta, yellow: light let through


def shown(inks: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB 0 to 1 of inks 0 to 1, `[..., 4]`: what this press prints."""
    light = np.ones((*inks.shape[:-1], 3)) * PAPER**2.2
    for number in range(3):
        share = inks[..., number : number + 1]
        light = light * (1 - share + share * INKS[number] ** 2.2)
    key = inks[..., 3:]
    return np.asarray((light * (1 - key * (1 - BLACK**2.2))) ** (1 / 2.2))


def ink_profile() -> bytes:
    """The profile, ICC version 2, with tables for every rendering intent alike."""
    steps = np.array(list(itertools.product(np.linspace(0, 1, GRID), repeat=4)))
    colours = Image.fromarray(np.rint(shown(steps) * 255).astype(np.uint8).reshape(-1, GRID**2, 3))
    table = table_of(colours, 4, GRID)
    return profile_of(b"prtr", b"CMYK", {b"A2B0": table, b"A2B1": table})


def linear_table_profile() -> bytes:
    """A profile, version 2, with a table instead of curves, as programs make them for scanners: linear light.

    The table's inputs are square roots, so that it has enough dark steps.
    """
    steps = np.array(list(itertools.product(np.linspace(0, 1, 17), repeat=3))) ** 2
    colours = Image.fromarray(np.rint(encoded_srgb(steps) * 255).astype(np.uint8).reshape(-1, 17, 3))
    return profile_of(b"scnr", b"RGB ", {b"A2B0": table_of(colours, 3, 17, np.sqrt(np.linspace(0, 1, 4096)))})


def table_of(colours: Image.Image, channels: int, grid: int, inputs: NDArray[np.float64] = ENDS) -> bytes:
    """An `mft2` tag: sRGB colours of the grid's points, the last channel's first, behind a curve for each channel."""
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        "RGB",
        "LAB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    converted = ImageCms.applyTransform(colours, to_lab)
    assert converted is not None
    lab = np.frombuffer(converted.tobytes(), np.uint8).reshape(-1, 3)
    table = np.empty(lab.shape, ">u2")
    table[:, 0] = np.rint(lab[:, 0] / 255 * 65280)
    table[:, 1:] = (lab[:, 1:].view(np.int8).astype(int) + 128) * 256
    curves = [np.rint(values * 65535).astype(">u2").tobytes() for values in (inputs, ENDS)]
    head = struct.pack(">9i", *(65536 * value for value in (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    head += struct.pack(">2H", len(inputs), len(ENDS)) + curves[0] * channels
    return b"mft2" + bytes(4) + bytes([channels, 3, grid, 0]) + head + table.tobytes() + curves[1] * 3


def profile_of(kind: bytes, space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A profile, version 2, of that class and colour space with tables in `tags`."""
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"Test\0" + bytes(78)
    tags = {b"desc": name, b"cprt": b"text" + bytes(4) + b"none\0", b"wtpt": white, **tags}
    at, head, body = 132 + 12 * len(tags), [struct.pack(">I", len(tags))], list[bytes]()
    for tag, content in tags.items():
        head.append(struct.pack(">4sII", tag, at, len(content)))
        body.append(content + bytes(-len(content) % 4))
        at += len(body[-1])
    start = struct.pack(">I4sI4s4s4s", at, bytes(4), 0x02400000, kind, space, b"Lab ") + bytes(12) + b"acsp"
    return start.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061) + bytes(48) + b"".join([*head, *body])
