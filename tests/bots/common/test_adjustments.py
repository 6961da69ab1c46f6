"""The steps that the buttons under a restored photo offer."""

from datetime import UTC, date, datetime

import pytest

from magicmemory.bots.common.adjustments import (
    FIDELITIES,
    STRENGTHS,
    can_undo_repair,
    closer,
    could_restore_whole,
    neighbours,
    scopes_offered,
)
from magicmemory.core.errors import NoFaceFound, NothingToRestore, PhotoUnreadable, UserError
from magicmemory.core.job import Address, Job, JobState, Platform, Sender
from magicmemory.core.options import Options, Scope, Step
from magicmemory.core.report import Failure, Report
from tests.support.harness import FACE


def test_steps_end_at_both_ends() -> None:
    assert neighbours(STRENGTHS, 1.0) == (0.75, None)
    assert neighbours(FIDELITIES, 0.3) == (0.25, 0.5)
    assert neighbours(FIDELITIES, 0.0) == (None, 0.25)


def test_each_step_keeps_more_of_the_original_until_nothing_is_left() -> None:
    job = Job(
        id="1",
        sender=Sender(platform=Platform.TELEGRAM, account="7"),
        address=Address(platform=Platform.TELEGRAM, chat="7", message="1"),
        options=Options(),
        state=JobState.DELIVERED,
        charged=True,
        day=date(2026, 11, 22),
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )

    def steps(offered: list[str], fidelity: float | None) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        options = Options()
        while True:
            used = "first" if options.model == "auto" else options.model
            kept = options.fidelity if options.fidelity is not None else fidelity
            report = Report(
                width=1, height=1, faces=(), model=used, detector="d", fidelity=kept, stages_ms={}, total_ms=1
            )
            change = closer(job.model_copy(update={"options": options}), report, offered)
            if change is None:
                return found
            found.append(change)
            options = Options.model_validate({**options.model_dump(), **change})

    assert steps([], None) == [{"strength": 0.75}, {"strength": 0.5}, {"strength": 0.25}]
    assert steps(["first"], 0.5)[:2] == [{"fidelity": 1.0}, {"strength": 0.75}]
    assert steps(["first", "second"], None) == [
        {"strength": 0.75},
        {"strength": 0.5},
        {"model": "second", "fidelity": None, "strength": 1.0},
        {"strength": 0.75},
        {"strength": 0.5},
        {"strength": 0.25},
    ]


def report(*done: Step, faces: int = 1) -> Report:
    return Report(
        width=9, height=9, faces=(FACE,) * faces, model="m", detector="d", done=done, stages_ms={}, total_ms=1
    )


def job(scope: Scope) -> Job:
    return Job(
        id="0" * 32,
        sender=Sender(platform=Platform.TELEGRAM, account="7"),
        address=Address(platform=Platform.TELEGRAM, chat="7", message="1"),
        options=Options(scope=scope),
        state=JobState.DELIVERED,
        charged=True,
        day=date(2026, 1, 1),
        created_at=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("scope", "told", "offered"),
    [
        (Scope.AUTO, report(), (Scope.PHOTO,)),
        (Scope.AUTO, report(Step.REPAIR), (Scope.FACES, Scope.PHOTO)),
        (Scope.AUTO, report(Step.REPAIR, Step.CLEAN), (Scope.FACES,)),
        (Scope.AUTO, report(Step.CLEAN, faces=0), ()),
        (Scope.FACES, report(), (Scope.PHOTO,)),
        (Scope.PHOTO, report(Step.CLEAN), (Scope.FACES,)),
    ],
)
def test_scopes_that_would_change_something_are_offered(scope: Scope, told: Report, offered: tuple[Scope, ...]) -> None:
    assert scopes_offered(job(scope), told) == offered


def test_repair_is_taken_back_where_something_else_stays() -> None:
    assert can_undo_repair(report(Step.REPAIR))
    assert can_undo_repair(report(Step.REPAIR, Step.TONE, faces=0))
    assert not can_undo_repair(report(Step.REPAIR, faces=0))
    assert not can_undo_repair(report(Step.TONE))


@pytest.mark.parametrize(
    ("scope", "error", "offered"),
    [
        (Scope.FACES, NoFaceFound(), True),
        (Scope.AUTO, NothingToRestore(), False),
        (Scope.FACES, PhotoUnreadable(), False),
    ],
)
def test_whole_photo_is_offered_only_where_it_was_not_looked_at(scope: Scope, error: UserError, offered: bool) -> None:
    assert could_restore_whole(job(scope), Failure.of(error)) is offered
