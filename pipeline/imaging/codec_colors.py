"""Colours that only the codec's own header states: HEVC's sequence parameter set (its VUI), AV1's sequence header.

A HEIF or an AVIF may leave out the `colr` box. Both return the code points of ITU-T H.273 for primaries and transfer.
"""

_HEVC_SPS = 33
_AV1_SEQUENCE = 1
_MOST_GOLOMB_ZEROS = 32


class _Bits:
    """Bits from the highest of each byte. Raises IndexError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise IndexError("the header ends too early")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def golomb(self) -> int:
        """An unsigned number in Exp-Golomb's code."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MOST_GOLOMB_ZEROS:
                raise IndexError("no such number")
        return (1 << zeros) - 1 + self.take(zeros)


def of_hevc(config: bytes) -> tuple[int, int] | None:
    """Primaries and transfer of an `hvcC` box's content; None where it says nothing.

    Raises:
        IndexError: it is broken.
    """
    at = 23
    for _ in range(config[22]):
        unit, count = config[at] & 63, int.from_bytes(config[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            length = int.from_bytes(config[at : at + 2], "big")
            if unit == _HEVC_SPS:
                return _of_sps(config[at + 4 : at + 2 + length].replace(b"\0\0\3", b"\0\0"))
            at += 2 + length
    return None


def _of_sps(sps: bytes) -> tuple[int, int] | None:
    """H.265, 7.3.2.2; what a still picture does not use ends the search."""
    bits = _Bits(sps)
    bits.take(4)
    layers = bits.take(3)
    bits.take(1)
    _skip_profile(bits, layers)
    _skip_size(bits)
    order_bits = bits.golomb() + 4
    for _ in range(1 if bits.take(1) == 0 else layers + 1):
        for _ in range(3):
            bits.golomb()
    for _ in range(6):  # block sizes and depths
        bits.golomb()
    if bits.take(1) and bits.take(1):
        _skip_scaling_lists(bits)
    bits.take(2)
    if bits.take(1):  # PCM
        bits.take(8)
        for _ in range(2):
            bits.golomb()
        bits.take(1)
    _skip_short_references(bits, bits.golomb())
    if bits.take(1):  # long-term references
        for _ in range(bits.golomb()):
            bits.take(order_bits + 1)
    bits.take(2)
    return _of_vui(bits) if bits.take(1) else None


def _skip_size(bits: _Bits) -> None:
    bits.golomb()
    if bits.golomb() == 3:  # chroma format
        bits.take(1)
    bits.golomb()
    bits.golomb()
    cropped = bits.take(1)
    for _ in range(4 * cropped + 2):  # the sides that are cut off, and two depths
        bits.golomb()


def _of_vui(bits: _Bits) -> tuple[int, int] | None:
    if bits.take(1) and bits.take(8) == 255:  # the pixels' aspect ratio
        bits.take(32)
    if bits.take(1):  # overscan
        bits.take(1)
    if not bits.take(1):
        return None
    bits.take(4)  # format and range
    return (bits.take(8), bits.take(8)) if bits.take(1) else None


def _skip_profile(bits: _Bits, layers: int) -> None:
    bits.take(96)
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    if layers:
        bits.take(2 * (8 - layers))
    for profile, level in present:
        bits.take(88 * profile + 8 * level)


def _skip_scaling_lists(bits: _Bits) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.take(1):
                bits.golomb()
                continue
            for _ in range(min(64, 1 << (4 + 2 * size)) + (size > 1)):
                bits.golomb()


def _skip_short_references(bits: _Bits, sets: int) -> None:
    """Sets that are told by others are used between pictures alone."""
    for number in range(sets):
        if number and bits.take(1):
            raise IndexError("not a still picture's header")
        for _ in range(bits.golomb() + bits.golomb()):
            bits.golomb()
            bits.take(1)


def of_av1(units: bytes) -> tuple[int, int] | None:
    """Primaries and transfer of AV1's units (OBUs) in `av1C` or in the picture; None where they say nothing.

    Raises:
        IndexError: they are broken.
    """
    at = 0
    while at < len(units):
        head = units[at]
        at += 2 if head & 4 else 1
        length, shift = 0, 0
        while head & 2:
            length |= (units[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if units[at - 1] < 128:
                break
        end = at + length if head & 2 else len(units)
        if head >> 3 & 15 == _AV1_SEQUENCE:
            return _of_sequence(units[at:end])
        at = end
    return None


def _of_sequence(header: bytes) -> tuple[int, int] | None:
    """AV1's specification, 5.5."""
    bits = _Bits(header)
    profile = bits.take(3)
    bits.take(1)
    reduced = bits.take(1)
    if reduced:
        bits.take(5)
    elif bits.take(1):  # times between pictures
        return None
    else:
        _skip_operating_points(bits)
    sides = bits.take(4), bits.take(4)
    for side in sides:
        bits.take(side + 1)
    if not reduced and bits.take(1):  # numbers of frames
        bits.take(7)
    bits.take(3)
    if not reduced:
        _skip_tools(bits)
    bits.take(3)
    deep = bits.take(1)
    if profile == 2 and deep:
        bits.take(1)
    if profile != 1:
        bits.take(1)  # one channel
    return (bits.take(8), bits.take(8)) if bits.take(1) else None


def _skip_operating_points(bits: _Bits) -> None:
    delayed = bits.take(1)
    for _ in range(1 + bits.take(5)):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if delayed and bits.take(1):
            bits.take(4)


def _skip_tools(bits: _Bits) -> None:
    bits.take(4)
    order = bits.take(1)
    bits.take(2 * order)
    screen = bits.take(1) or bits.take(1)
    if screen and not bits.take(1):
        bits.take(1)
    bits.take(3 * order)
