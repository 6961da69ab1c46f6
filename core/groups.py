"""Groups on Telegram and servers on Discord: what their administrators chose for everybody who asks there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from magicmemory.core.options import Scope

MOST_PER_DAY: Final = 10_000


class WhoMayAsk(StrEnum):
    """Whose photos the bot restores in a group."""

    EVERYBODY = "everybody"
    ADMINISTRATORS = "administrators"


class GroupSettings(BaseModel):
    """The settings of a group. The defaults change nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: str = ""  # for people who chose none themselves; empty: the platform's
    scope: Scope | None = None  # of every photo for which nobody names one; None: each person's own preference
    who: WhoMayAsk = WhoMayAsk.EVERYBODY
    photos_per_day: int = Field(default=0, ge=0, le=MOST_PER_DAY)  # of all people together; 0: no limit
    results: str = ""  # where restored photos go: a topic or a channel; empty: where somebody asked


@dataclass(frozen=True, slots=True)
class Group:
    """Where somebody asks, if it is a group.

    Attributes:
        id: the platform's id of the group or server.
        by_administrator: whether an administrator asks. It matters only where nobody else may ask.
    """

    id: str
    by_administrator: bool = False
