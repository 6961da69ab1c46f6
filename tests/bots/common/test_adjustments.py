"""The steps that the buttons under a restored photo offer."""

from datetime import UTC, date, datetime

from magicmemory.bots.common.adjustments import FIDELITIES, STRENGTHS, closer, neighbours
from magicmemory.core.job import Address, Job, JobState, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.report import Report


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
