"""`magicmemory inspect`: what is known of a file, for support."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from magicmemory.cli.imports import quick_imports
from magicmemory.cli.messages import error_message
from magicmemory.core.errors import OperatorError, UserError
from magicmemory.core.settings import load
from magicmemory.core.units import MB

FAILED = 1  # exit status: the file cannot be read


def inspect(
    file: Annotated[Path, typer.Argument(help="The file.")],
    page: Annotated[int, typer.Option(min=1, help="Page or picture of a file that has several.")] = 1,
    faces: Annotated[bool, typer.Option(help="Also look for faces, which loads the detector.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print what is known of a file: kind, size, depth, colours, orientation, pages, metadata, faces."""
    try:
        facts = _facts(file, page, faces=faces)
    except (OperatorError, UserError, OSError) as error:
        told = {"file": str(file), "error": error_message(error)}
        print(json.dumps(told, ensure_ascii=False) if as_json else f"{file}: {told['error']}", file=sys.stderr)
        raise typer.Exit(FAILED) from None
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        print(f"{name.replace('_', ' ')}: {_plain(value)}")


def _facts(file: Path, page: int, *, faces: bool) -> dict[str, Any]:
    settings = load()
    with file.open("rb") as opened:
        data = opened.read(int(settings.max_photo_mb * MB) + 1)  # one more than is accepted is enough to refuse it
    from magicmemory.pipeline.imaging.decode import DecodeLimits
    from magicmemory.pipeline.imaging.inspection import inspect as inspected

    limits = DecodeLimits(int(settings.max_photo_mb * MB), int(settings.max_photo_megapixels * 1_000_000))
    facts = {"file": str(file), **inspected(data, limits, page)}
    if faces:
        with quick_imports():
            from magicmemory.pipeline.pipeline import Pipeline

        found = Pipeline.of(settings).faces(data, page)
        facts["faces"] = [[round(float(value)) for value in face.box] for face in found]
    return facts


def _plain(value: object) -> str:
    if value in (None, [], {}):
        return "none"
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{name} {inner}" for name, inner in value.items())
        case list():
            return "; ".join(_plain(inner) if isinstance(inner, dict) else str(inner) for inner in value)
        case _:
            return str(value)
