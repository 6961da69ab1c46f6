"""Which faults come when: the same seed gives the same schedule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """The faults of a run."""

    KILL = "kill"  # SIGKILL; the supervisor starts the process again
    PAUSE = "pause"  # SIGSTOP, and after some seconds SIGCONT
    LOSE_REDIS = "lose-redis"  # all data of Redis are lost
    FULL_DISK = "full-disk"  # the photos' disk is full for some seconds
    BREAK_CONNECTIONS = "break-connections"  # connections to the platforms break during uploads
    DAMAGE_CACHE = "damage-cache"  # a quarter of a compiled model is zeroed, and the worker is killed
    CLOCK_JUMP = "clock-jump"  # the clock of all processes is wrong by some minutes from then on


@dataclass(frozen=True, slots=True)
class Event:
    """One fault: `at` and `seconds` are seconds, `at` since the start."""

    at: float
    fault: Fault
    target: str = ""
    seconds: float = 0.0


def schedule(seed: int, length_s: float, every_s: float, targets: Sequence[str], *, own: bool = False) -> list[Event]:
    """About one fault every `every_s` for `length_s`, oldest first. Redis loses its data once, the disk is full once.

    Args:
        seed: of the choices.
        length_s: seconds from the start to the last fault.
        every_s: seconds between two kills, pauses or broken connections.
        targets: the processes to kill and to pause, in turn.
        own: add the faults that `magicmemory run` and its real worker can have: damaged caches and a clock that jumps.
    """
    chance = random.Random(seed)
    events = [
        Event(length_s * chance.uniform(0.35, 0.5), Fault.LOSE_REDIS),
        Event(length_s * chance.uniform(0.6, 0.75), Fault.FULL_DISK, seconds=3.0),
    ]
    if own:
        events += [
            Event(length_s * 0.15, Fault.CLOCK_JUMP, seconds=chance.uniform(60, 600)),
            Event(length_s * 0.25, Fault.DAMAGE_CACHE),
            Event(length_s * 0.55, Fault.CLOCK_JUMP, seconds=-chance.uniform(60, 600)),
            Event(length_s * 0.8, Fault.DAMAGE_CACHE),
        ]
    at = every_s
    turn = 0
    while at < length_s:
        fault = chance.choices([Fault.KILL, Fault.PAUSE, Fault.BREAK_CONNECTIONS], weights=[6, 2, 1])[0]
        if fault is Fault.BREAK_CONNECTIONS:
            events.append(Event(at, fault, seconds=2.0))
        else:
            # In turn, so that each gets its share in a short run too.
            events.append(Event(at, fault, targets[turn % len(targets)], seconds=chance.uniform(2, 5)))
            turn += 1
        at += every_s * chance.uniform(0.6, 1.4)
    return sorted(events, key=lambda event: event.at)
