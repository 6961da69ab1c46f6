"""Rate limits: a window for each route and its major parameter, one for everything, and what was overstepped."""

import hashlib
from dataclasses import dataclass, field

from tests.servers.discord.clock import Clock
from tests.servers.discord.refusals import Refusal

GLOBAL_PER_S = 50


@dataclass
class Window:
    """So many requests in so many seconds."""

    limit: int
    per_s: float
    used: int = 0
    ends: float = 0.0
    blocked_until: float = 0.0


@dataclass
class Limits:
    """All windows of one server. A test may change `routes` before it begins."""

    clock: Clock
    routes: dict[str, tuple[int, float]] = field(
        default_factory=lambda: {
            "POST /channels/{channel}/messages": (5, 5.0),
            "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
            "POST /webhooks/{application}/{token}": (5, 2.0),
            "PATCH /webhooks/{application}/{token}/messages/{message}": (5, 2.0),
            "PUT /applications/{application}/commands": (2, 60.0),
        }
    )
    otherwise: tuple[int, float] = (30, 10.0)
    global_per_s: int = GLOBAL_PER_S
    refused: int = 0  # requests over a limit that the client had been told
    impatient: int = 0  # requests before the time a 429 had named

    def __post_init__(self) -> None:
        self._windows: dict[tuple[str, str], Window] = {}
        self._all = Window(self.global_per_s, 1.0)

    def take(self, route: str, major: str, *, counts_globally: bool = True) -> dict[str, str]:
        """Count one request and return the headers, or raise 429."""
        if counts_globally:
            self._all.limit = self.global_per_s
            self._take(self._all, {}, everything=True)
        limit, per_s = self.routes.get(route, self.otherwise)
        window = self._windows.setdefault((route, major), Window(limit, per_s))
        bucket = hashlib.sha256(route.encode()).hexdigest()[:20]
        return self._take(window, {"X-RateLimit-Bucket": bucket}, everything=False)

    def refuse_for(self, seconds: float, headers: dict[str, str] | None = None, *, everything: bool = False) -> Refusal:
        """A 429 that asks to wait."""
        refusal = Refusal(
            429, 0, "You are being rate limited.", retry_after=round(seconds, 3), **{"global": everything}
        )
        refusal.body.pop("code")
        scope = "global" if everything else "user"
        refusal.headers = {**(headers or {}), "Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope}
        if everything:
            refusal.headers["X-RateLimit-Global"] = "true"
        return refusal

    def _take(self, window: Window, headers: dict[str, str], *, everything: bool) -> dict[str, str]:
        now = self.clock.now()
        if now >= window.ends:
            window.used, window.ends = 0, now + window.per_s
        left = window.ends - now
        window.used += 1
        headers |= {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(max(0, window.limit - window.used)),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
        }
        if window.used > window.limit:
            self.refused += 1
            self.impatient += now < window.blocked_until
            window.blocked_until = window.ends
            raise self.refuse_for(left, headers, everything=everything)
        return headers
