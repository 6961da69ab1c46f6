"""The steps that the buttons under a restored photo offer."""

from collections.abc import Sequence
from typing import Final

from magicmemory.core.job import Job
from magicmemory.core.options import AUTO, Scope

STRENGTHS: Final = (0.25, 0.5, 0.75, 1.0)
FIDELITIES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
TOLERANCE: Final = 1e-6


def neighbours(steps: Sequence[float], value: float) -> tuple[float | None, float | None]:
    """The nearest step below `value` and the nearest above it; None where there is none."""
    below = [step for step in steps if step < value - TOLERANCE]
    above = [step for step in steps if step > value + TOLERANCE]
    return (below[-1] if below else None), (above[0] if above else None)


def other_scope(scope: Scope) -> Scope:
    """The scope that the scope button offers."""
    return Scope.FACES if scope is Scope.PHOTO else Scope.PHOTO


def next_model(job: Job, offered: Sequence[str]) -> str | None:
    """The model after the one that restored this job, among those people may choose; None if there is no other."""
    used = job.options.model if job.report is None else job.report.model
    others = [name for name in offered if name not in (used, AUTO)]
    if not others:
        return None
    after = offered[offered.index(used) + 1 :] if used in offered else ()
    return next((name for name in after if name in others), others[0])
