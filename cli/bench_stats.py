"""What the benchmarks share: percentiles, memory, and the machine they ran on."""

import json
import os
import platform
import resource
import sys
from contextlib import suppress
from pathlib import Path

MEGA = 1_000_000


def percentile(values: list[float], percent: int) -> float:
    """The value that `percent` of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def forget_peak() -> None:
    """Begin to measure `peak_mb` anew, where the system can (Linux); elsewhere it stays the whole process's."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """The most memory this process has held since `forget_peak`, megabytes."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MEGA
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGA


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {"system": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def write(file: Path | None, figures: dict[str, object]) -> None:
    """The figures as JSON, if a file is named."""
    if file is not None:
        file.write_text(json.dumps(figures, indent=2) + "\n")
