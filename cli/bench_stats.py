"""Shared by the benchmarks: percentiles, peak memory, the machine's description."""

import json
import os
import platform
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

MEGA = 1_000_000


def percentile(values: list[float], percent: int) -> float:
    """The percentile of the values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def reset_peak() -> None:
    """Restart the measurement of `peak_mb` (Linux); elsewhere it covers the whole process."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """The process's peak memory since `reset_peak`, megabytes."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MEGA
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGA


def children_seconds() -> float:
    """Processor time of the child processes that run now, seconds (Linux); elsewhere 0."""
    seconds = 0.0
    for task in Path("/proc/self/task").glob("*"):
        with suppress(OSError):  # the thread, or a child, has ended
            for pid in (task / "children").read_text().split():
                # The clock of another process, as clock_getcpuclockid(3) names it; /proc counts hundredths only.
                seconds += time.clock_gettime(~int(pid) << 3 | 2)
    return seconds


def describe_machine() -> dict[str, object]:
    """The machine of the measurements: system, cores, load."""
    return {"system": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def write_json(file: Path | None, figures: dict[str, object]) -> None:
    """Write the figures as JSON, if a file is given."""
    if file is not None:
        file.write_text(json.dumps(figures, indent=2) + "\n")
