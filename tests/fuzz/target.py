"""The fuzz target: decode, encode and decode again, in a child process."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from magicmemory.core.errors import UserError
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import encode

LIMITS = DecodeLimits(max_bytes=20_000_000, max_pixels=300_000)
RESULTS = DecodeLimits(max_bytes=1 << 30, max_pixels=1 << 30)
KINDS = (None, "JPEG", "PNG", "WEBP", "TIFF")
SECONDS = 20.0  # of one call
MEMORY = 256 << 20


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one input.

    Attributes:
        outcome: `picture`, the name of the error it was refused with, or the signal that ended the child.
        seconds: of processor time.
        peak_mb: the most that the child has had in memory so far.
    """

    outcome: str
    seconds: float = 0.0
    peak_mb: float = 0.0


class Target:
    """Takes inputs, one at a time. Anything but a picture or a named error is raised as a RuntimeError.

    The child finds this module by its name, for which `conftest.py` sets PYTHONPATH.
    """

    def __init__(self) -> None:
        self._sandbox = SandboxedProcess(way, memory_bytes=MEMORY, seconds=SECONDS, kept=1)

    def start(self) -> None:
        """Start the child now, not at the first input."""
        self._sandbox.start()

    def close(self) -> None:
        """End the child."""
        self._sandbox.close()

    def __call__(self, data: bytes) -> Told:
        try:
            said, _ = self._sandbox(data)
        except SandboxCrashed as error:
            return Told(str(error))
        return Told(**said[0])

    def many(self, inputs: Sequence[bytes], number: int) -> list[Told]:
        """What became of each; where one ends the child or is wrong, all are sent again, one by one.

        Args:
            inputs: so few that all are done within `SECONDS`.
            number: of the first one, which decides in which format its picture is written.
        """
        try:
            said, _ = self._sandbox(*inputs, number=number)
        except (SandboxCrashed, RuntimeError):
            return [self(data) for data in inputs]
        return [Told(**one) for one in said]


def way(*inputs: bytes, number: int | None = None) -> tuple[list[dict[str, Any]], list[bytes]]:
    """In the child: photos' ways, there and back in every format, or with a number in one of them in turn."""
    formats = [KINDS if number is None else (KINDS[(number + at) % len(KINDS)],) for at in range(len(inputs))]
    return [_way(data, kinds) for data, kinds in zip(inputs, formats, strict=True)], []


def _way(data: bytes, kinds: Sequence[str | None]) -> dict[str, Any]:
    started = time.process_time()
    try:
        picture = decode(data, LIMITS)
    except UserError as error:
        outcome = type(error).__name__
    else:
        outcome = "picture"
        for kind in kinds:
            again = decode(encode(picture, kind=kind).data, RESULTS)
            assert (again.width, again.height) == (picture.width, picture.height)
            assert again.monochrome or not picture.monochrome
    return {"outcome": outcome, "seconds": time.process_time() - started, "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    """Linux only; `getrusage` would tell our parent's peak, if that was higher."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
