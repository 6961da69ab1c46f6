"""The result of one photo at the terminal, as a line and as JSON."""

import json
from typing import Any, Final

from pydantic import BaseModel

from magicmemory.core.options import Step
from magicmemory.core.print_size import PrintSize
from magicmemory.core.report import Damage, NoteKind, Print, Report


class Result(BaseModel):
    """The result of one photo."""

    input: str
    output: str
    report: Report
    pages_left: int = 0  # pages or pictures of the file that were not restored


def line_of(result: Result) -> str:
    """One line for people."""
    report = result.report
    faces = "1 face" if report.restored == 1 else f"{report.restored} faces"
    done = "".join(f", {_repaired(report.damage) if step is Step.REPAIR else _STEPS[step]}" for step in report.done)
    small = f", {report.too_small} too small" if report.too_small else ""
    many = f", {report.too_many} not restored because there are too many" if report.too_many else ""
    cut = f", {report.incomplete} not restored because the file ends in them" if report.incomplete else ""
    turn = {90: "lies on its side", 180: "is upside down", 270: "lies on its side"}.get(report.rotation)
    lies = "" if turn is None else ", turned upright" if report.turned else f"; the photo {turn} (--upright turns it)"
    notes = "".join(f"; {_NOTES[note.kind].format(note.count)}" for note in report.notes)
    prints = f"; {_print(report.print)}" if report.print else ""
    left = f"; {result.pages_left} more pages in the file: --pages restores them" if result.pages_left else ""
    gentler = sum(face.held is not None for face in report.faces)
    held = f", {gentler} more gently to keep the likeness" if gentler else ""
    told = f"{faces} restored{held}{small}{many}{cut}{done}, {report.total_ms / 1000:.1f} s"
    return f"{result.input} -> {result.output}: {told}{lies}{prints}{notes}{left}"


def _print(made: Print) -> str:
    """How the photo prints at the size that was asked for."""
    size, most = PrintSize.read(made.size).title, PrintSize.read(made.sharp_size).title
    if made.sharp:
        return f"{made.dpi} dpi at {size}, prints sharp up to {most}"
    return f"{made.dpi} dpi at {size}, which prints soft: the photo prints sharp only up to {most}"


def _repaired(damage: Damage | None) -> str:
    """As the chats say it."""
    if damage is None or (damage.dust and damage.scratches + damage.losses):
        return "scratches and dust repaired"
    return "dust removed" if damage.dust else "scratches repaired"


_STEPS: Final = {
    Step.CLEAN: "cleaned",
    Step.TONE: "contrast brought back",
}
_NOTES: Final = {
    NoteKind.TONE_MAPPED: "high dynamic range mapped to the standard range",
    NoteKind.GAIN_MAP: "gain map for HDR screens left out",
    NoteKind.PREVIEW: "the preview in the raw file was restored",
    NoteKind.INCOMPLETE: "the file ends too early: {} percent of the photo are missing",
    NoteKind.COARSE: "the file ends too early: fine detail is missing",
}


def json_of(result: Result) -> str:
    """One line for programs: a JSON object."""
    fields: dict[str, Any] = {
        "input": result.input,
        "output": result.output,
        "pages_left": result.pages_left,
        **result.report.model_dump(mode="json"),
    }
    return json.dumps(fields, ensure_ascii=False)
