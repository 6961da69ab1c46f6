"""The fuzz target: decode, encode and decode again, in a child process."""

import time
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
SECONDS = 20.0
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

    def __call__(self, data: bytes) -> Told:
        try:
            said, _ = self._sandbox(data)
        except SandboxCrashed as error:
            return Told(str(error))
        return Told(**said)


def way(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """In the child: one photo's way, there and back."""
    started = time.process_time()
    try:
        picture = decode(data, LIMITS)
    except UserError as error:
        outcome = type(error).__name__
    else:
        outcome = "picture"
        for kind in KINDS:
            again = decode(encode(picture, kind=kind).data, RESULTS)
            assert (again.width, again.height) == (picture.width, picture.height)
            assert again.monochrome or not picture.monochrome
    return {"outcome": outcome, "seconds": time.process_time() - started, "peak_mb": _peak_mb()}, []


def _peak_mb() -> float:
    """Linux only; `getrusage` would tell our parent's peak, if that was higher."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
