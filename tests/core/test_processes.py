"""Restart delays grow while a process keeps dying, and start again after a healthy run."""

import time

import pytest

from magicmemory.core.processes import RestartDelay


def test_the_delay_doubles_up_to_its_limit() -> None:
    delay = RestartDelay(1, 30)
    found = []
    for _ in range(7):
        delay.started()
        found.append(delay.after_death())
    assert found == [1, 2, 4, 8, 16, 30, 30]


def test_a_healthy_minute_resets_the_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    delay = RestartDelay(1, 30)
    for _ in range(6):
        delay.started()
        delay.after_death()
    delay.started()
    now[0] += 59
    assert delay.after_death() == 30
    delay.started()
    now[0] += 60
    assert [delay.after_death(), delay.after_death()] == [1, 1]
