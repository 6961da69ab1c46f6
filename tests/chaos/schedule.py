"""What shall go wrong, and when: the same seed gives the same schedule."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Blow(StrEnum):
    """The faults of a run."""

    KILL = "kill"  # SIGKILL; the supervisor starts it again
    PAUSE = "pause"  # SIGSTOP, and after some seconds SIGCONT
    FLUSH = "flush"  # Redis forgets everything
    FULL = "full"  # the photos' disk is full for some seconds
    BREAK = "break"  # connections to the platforms break in mid-upload


@dataclass(frozen=True, slots=True)
class Event:
    """One blow: `at` and `seconds` are seconds, `at` since the start."""

    at: float
    blow: Blow
    target: str = ""
    seconds: float = 0.0


def schedule(seed: int, length_s: float, every_s: float, targets: list[str]) -> list[Event]:
    """About one blow every `every_s` for `length_s`, oldest first. Redis is flushed once and the disk filled once."""
    chance = random.Random(seed)
    events = [
        Event(length_s * chance.uniform(0.35, 0.5), Blow.FLUSH),
        Event(length_s * chance.uniform(0.6, 0.75), Blow.FULL, seconds=3.0),
    ]
    at = every_s
    turn = 0
    while at < length_s:
        blow = chance.choices([Blow.KILL, Blow.PAUSE, Blow.BREAK], weights=[6, 2, 1])[0]
        if blow is Blow.BREAK:
            events.append(Event(at, blow, seconds=2.0))
        else:
            # In turn, so that each gets its share in a short run too.
            events.append(Event(at, blow, targets[turn % len(targets)], seconds=chance.uniform(2, 5)))
            turn += 1
        at += every_s * chance.uniform(0.6, 1.4)
    return sorted(events, key=lambda event: event.at)
