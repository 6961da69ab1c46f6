"""The steps that the buttons under a restored photo offer."""

from magicmemory.bots.common.adjustments import FIDELITIES, STRENGTHS, neighbours


def test_steps_end_at_both_ends() -> None:
    assert neighbours(STRENGTHS, 1.0) == (0.75, None)
    assert neighbours(FIDELITIES, 0.3) == (0.25, 0.5)
    assert neighbours(FIDELITIES, 0.0) == (None, 0.25)
