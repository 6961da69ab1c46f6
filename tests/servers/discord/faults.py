"""Faults on request: errors, lost responses, 429s, slowness and lost connections."""

import random
from dataclasses import dataclass, field
from typing import Literal

# "reset": the connection breaks before the call is carried out; "lost answer": after it.
Kind = Literal["400", "500", "429", "lost answer", "reset", "slow"]
SLOW_S = 0.4
RETRY_AFTER_S = 0.2


@dataclass
class Planned:
    """A fault for the next requests of one route; an empty route means any."""

    kind: Kind
    route: str
    times: int


@dataclass
class Faults:
    """Faults that are planned one by one, and faults that come by chance."""

    planned: list[Planned] = field(default_factory=list)
    rate: float = 0.0
    kinds: tuple[Kind, ...] = ("500", "429", "lost answer", "slow")
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    spared: tuple[str, ...] = ("GET /gateway", "GET /users/@me", "GET /gateway/bot")
    done: dict[str, int] = field(default_factory=dict)

    def plan(self, kind: Kind, route: str = "", times: int = 1) -> None:
        """Let the next `times` requests of a route (such as `POST /channels/{channel}/messages`) fail."""
        self.planned.append(Planned(kind, route, times))

    def next_for(self, route: str) -> Kind | None:
        """The fault for this request, if any."""
        for fault in self.planned:
            if fault.times and fault.route in ("", route):
                fault.times -= 1
                return self._note(fault.kind)
        if self.rate and route not in self.spared and self.chance.random() < self.rate:
            return self._note(self.chance.choice(self.kinds))
        return None

    def _note(self, kind: Kind) -> Kind:
        self.done[kind] = self.done.get(kind, 0) + 1
        return kind
