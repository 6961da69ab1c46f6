"""The steps that the buttons under a restored photo offer."""

from collections.abc import Sequence
from typing import Any, Final

from magicmemory.core.errors import FacesTooSmall, NoFaceFound, PrintSizeUnusable
from magicmemory.core.job import Job
from magicmemory.core.options import AUTO, Options, Scope, Step
from magicmemory.core.print_size import OFFERED, PrintSize
from magicmemory.core.report import Failure, Report

STRENGTHS: Final = (0.25, 0.5, 0.75, 1.0)
FIDELITIES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
TOLERANCE: Final = 1e-6
KEEPS_A_MODEL: Final = 0.5  # below this strength another model is tried first
REMEMBERED: Final = "remembered"  # the note of a job whose options are now the person's preferences


def neighbours(steps: Sequence[float], value: float) -> tuple[float | None, float | None]:
    """The nearest step below `value` and the nearest above it; None where there is none."""
    below = [step for step in steps if step < value - TOLERANCE]
    above = [step for step in steps if step > value + TOLERANCE]
    return (below[-1] if below else None), (above[0] if above else None)


def scopes_offered(job: Job, report: Report | None) -> tuple[Scope, ...]:
    """The scopes that buttons under a restored photo offer.

    Args:
        job: the job of the photo.
        report: what was done; the job may not have it yet.
    """
    scope, done = job.options.scope, () if report is None else report.done
    offered = []
    if scope is Scope.PHOTO or done:
        # Without a face, nothing would be left.
        offered += [Scope.FACES] if report is None or report.restored else []
    if scope is not Scope.PHOTO and Step.CLEAN not in done:
        offered.append(Scope.PHOTO)
    return tuple(offered)


def with_scope(scope: Scope) -> dict[str, Any]:
    """The changed options for a button that asks for a scope: it alone decides what is done."""
    return {"scope": scope, "repair": None, "clean": None, "tone": None}


UNDO_REPAIR: Final[dict[str, Any]] = {"repair": False}


def can_undo_repair(report: Report | None) -> bool:
    """Whether a photo was repaired, and something else would be left without the repair."""
    return report is not None and Step.REPAIR in report.done and (report.restored > 0 or len(report.done) > 1)


def for_print(size: str) -> dict[str, Any]:
    """The changed options for a button that asks for a print of a size."""
    return {"print_size": size}


def print_options(size: str, options: Options) -> Options | None:
    """The options for a print of the size that a button names; None: it names none."""
    try:
        return options.model_copy(update=for_print(str(PrintSize.parse(size))))
    except PrintSizeUnusable:
        return None


def prints_offered(job: Job) -> tuple[PrintSize, ...]:
    """The sizes of prints that buttons offer: all but the one that the photo was made for."""
    return tuple(size for size in OFFERED if str(size) != job.options.print_size)


def could_restore_whole(job: Job, failure: Failure | None) -> bool:
    """Whether a photo that failed for its faces may be restored as a whole: it was not looked at yet.

    With the scope `auto` it was, and needs nothing.
    """
    keys = (NoFaceFound.key, FacesTooSmall.key)
    return failure is not None and failure.key in keys and job.options.scope is Scope.FACES


def closer(job: Job, report: Report, offered: Sequence[str]) -> dict[str, Any] | None:
    """What to change so that a face keeps more of the original: fidelity first, then strength, then another model of
    those `offered`, last the lowest strength; None if nothing is left.
    """
    gentler, _ = neighbours(STRENGTHS, job.options.strength)
    if report.fidelity is not None and report.fidelity < FIDELITIES[-1] - TOLERANCE:
        return {"fidelity": FIDELITIES[-1]}
    if gentler is not None and gentler >= KEEPS_A_MODEL:
        return {"strength": gentler}
    if job.options.model == AUTO and (model := next_model(job.model_copy(update={"report": report}), offered)):
        # A fidelity means something else in another model.
        return {"model": model, "fidelity": None, "strength": STRENGTHS[-1]}
    return None if gentler is None else {"strength": gentler}


def next_model(job: Job, offered: Sequence[str]) -> str | None:
    """The model after the one that restored this job, among those people may choose; None if there is no other."""
    used = job.options.model if job.report is None else job.report.model
    others = [name for name in offered if name not in (used, AUTO)]
    if not others:
        return None
    after = offered[offered.index(used) + 1 :] if used in offered else ()
    return next((name for name in after if name in others), others[0])
