"""Where a reply belongs. It is kept with the job, so that the reply finds its way after a restart too."""

from dataclasses import dataclass, fields
from typing import Self

from magicmemory.core.units import MIB

# What every place takes; some take more.
FILE_LIMIT = 10 * MIB


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """The message that becomes the answer, and the ways round it where it cannot be reached any more."""

    channel: int
    user: int  # who asked
    limit: int = FILE_LIMIT  # the largest file, bytes
    application: int = 0
    token: str = ""  # the interaction's, good for fifteen minutes; empty where somebody wrote a message
    message: int = 0  # ours: it shows progress and becomes the answer; 0: there is none
    asked: int = 0  # theirs, which is answered as a reply; 0: none
    private: bool = False  # only the asker may see the answer
    spoiler: bool = False  # the photo came hidden, and goes hidden

    def notes(self) -> dict[str, str]:
        """As the ledger keeps it."""
        return {field.name: str(_plain(getattr(self, field.name))) for field in fields(self)}

    @classmethod
    def of(cls, notes: dict[str, str]) -> Self:
        """The inverse of `notes`."""

        def number(name: str) -> int:
            return int(notes.get(name, "0"))

        return cls(
            channel=number("channel"),
            user=number("user"),
            limit=number("limit") or FILE_LIMIT,
            application=number("application"),
            token=notes.get("token", ""),
            message=number("message"),
            asked=number("asked"),
            private=bool(number("private")),
            spoiler=bool(number("spoiler")),
        )


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value
