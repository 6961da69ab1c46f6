"""The buttons, and the data behind them: a verb, a job, a value. Telegram allows 64 bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from magicmemory.bots.common.adjustments import FIDELITIES, STRENGTHS, neighbours, other_scope
from magicmemory.bots.texts import Texts
from magicmemory.core.job import Job
from magicmemory.core.options import Scope
from magicmemory.core.report import Report

SCOPES: Final = tuple(Scope)  # a button keeps a scope by its place
PHOTOS_A_ROW: Final = 5
MODELS_SHOWN: Final = 3
# A changed client may send anything at all in a button's name.
_DATA: Final = re.compile(r"j:([a-z]):([0-9a-f]{32}):([0-9]{1,4}(?:\.[0-9]{1,4})?)")


class Verb(StrEnum):
    """What a button does."""

    FILE = "f"
    COMPARE = "b"
    STRENGTH = "s"
    FIDELITY = "d"
    MODEL = "m"
    SCOPE = "w"  # the whole photo, or nothing but its faces
    OPEN = "o"  # show the buttons of one photo of an album
    CLOSE = "k"  # and go back to the album


@dataclass(frozen=True, slots=True)
class CallbackData:
    """What is behind a button under a restored photo."""

    verb: Verb
    job: str
    value: float = 0.0

    def data(self) -> str:
        """As Telegram keeps it."""
        return f"j:{self.verb}:{self.job}:{self.value:g}"

    @classmethod
    def of(cls, data: str) -> "CallbackData | None":
        """What `data` says, or None where it is not ours or of an older version."""
        found = _DATA.fullmatch(data)
        if found is None or found[1] not in set(Verb):
            return None
        pressed = cls(Verb(found[1]), found[2], float(found[3]))
        shares = pressed.verb in (Verb.STRENGTH, Verb.FIDELITY)
        return None if shares and pressed.value > 1 else pressed


def button(label: str, verb: Verb, job: str, value: float = 0.0) -> InlineKeyboardButton:
    """One button."""
    return InlineKeyboardButton(label, callback_data=CallbackData(verb, job, value).data())


def actions(
    texts: Texts, language: str, job: Job, report: Report, models: Sequence[str], *, in_album: bool = False
) -> InlineKeyboardMarkup:
    """What can be done with a restored photo. `models` are those that people may choose between."""

    def labelled(key: str, verb: Verb, value: float = 0.0) -> InlineKeyboardButton:
        return button(texts.say(language, f"telegram-button-{key}"), verb, job.id, value)

    rows = [[labelled("file", Verb.FILE), labelled("compare", Verb.COMPARE)]]
    gentler, stronger = neighbours(STRENGTHS, job.options.strength)
    strengths = [labelled("gentler", Verb.STRENGTH, gentler)] if gentler is not None else []
    strengths += [labelled("stronger", Verb.STRENGTH, stronger)] if stronger is not None else []
    rows.append(strengths)
    if report.fidelity is not None:
        vivid, faithful = neighbours(FIDELITIES, report.fidelity)
        steps = [labelled("vivid", Verb.FIDELITY, vivid)] if vivid is not None else []
        steps += [labelled("faithful", Verb.FIDELITY, faithful)] if faithful is not None else []
        rows.append(steps)
    other = other_scope(job.options.scope)
    rows.append([labelled(other, Verb.SCOPE, SCOPES.index(other))])
    others = [(number, name) for number, name in enumerate(models) if name != report.model]
    rows.append(
        [
            button(texts.say(language, "telegram-button-model", model=name), Verb.MODEL, job.id, number)
            for number, name in others[:MODELS_SHOWN]
        ]
    )
    if in_album:
        rows.append([labelled("back", Verb.CLOSE)])
    return InlineKeyboardMarkup([row for row in rows if row])


def album_photos(jobs: Sequence[tuple[int, Job]]) -> InlineKeyboardMarkup | None:
    """One button for each restored photo of an album, with its number."""
    buttons = [button(f"{number}", Verb.OPEN, job.id) for number, job in jobs]
    rows = [buttons[start : start + PHOTOS_A_ROW] for start in range(0, len(buttons), PHOTOS_A_ROW)]
    return InlineKeyboardMarkup(rows) if rows else None
