"""The tables of docs/models.md, made from what the models' own files state.

`make docs` runs this module. It writes each table between `<!-- table: NAME -->` and `<!-- end -->`.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from magicmemory.pipeline.models import catalogue
from magicmemory.pipeline.models.facts import Kind, ModelFacts

_MARKED = re.compile(r"(<!-- table: (?P<name>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def tables() -> dict[str, str]:
    """The tables in Markdown by their names, each without a line end after its last line."""
    around = (Kind.PARSER, Kind.UPSCALER, Kind.IDENTITY)
    return {
        "restorers": _table(catalogue.of_kind(Kind.RESTORER), "work a face"),
        "detectors": _table(catalogue.of_kind(Kind.DETECTOR), "work"),
        "around the face": _table([facts for kind in around for facts in catalogue.of_kind(kind)], "work"),
        "whole photos": _table(catalogue.of_kind(Kind.MENDER), "work"),
        "speed": _speed_table(),
    }


def updated(page: str) -> str:
    """The page with its tables made anew.

    Raises:
        KeyError: the page asks for a table that does not exist.
    """
    made = tables()
    return _MARKED.sub(lambda match: f"{match[1]}{made[match['name']]}\n{match[3]}", page)


def _table(models: Iterable[ModelFacts], work: str) -> str:
    rows = [
        (f"`{facts.name}`", facts.licence, facts.commercial, _file(facts), facts.work, facts.good_at)
        for facts in models
    ]
    return _markdown(("model", "licence", "paid use", "file", work, "good at"), rows)


def _file(facts: ModelFacts) -> str:
    if facts.bundled:
        return "comes with the package"
    return "" if facts.size is None else _size(facts.size)


def _size(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _speed_table() -> str:
    rows = []
    for facts in catalogue.ALL:
        if facts.speed is not None:
            ratio = "" if facts.speed.ratio is None else f"{facts.speed.ratio}"
            rows.append((f"`{facts.name}`", facts.speed.input, facts.speed.runs_on, f"{facts.speed.seconds}", ratio))
    return _markdown(("network", "input", "runs on", "seconds", "ratio"), rows)


def _markdown(titles: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    head = _line(titles)
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *map(_line, rows)])


def _line(cells: Iterable[str]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(updated(Path(name).read_text()))
