"""`magicmemory faces`: lists the faces in a photo and writes a picture with their numbers."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from magicmemory.cli.imports import quick_imports
from magicmemory.cli.messages import error_message
from magicmemory.cli.restore import CANNOT_START, FAILED, write_new
from magicmemory.core.errors import OperatorError, UserError
from magicmemory.core.options import AUTO, Options
from magicmemory.core.report import Face
from magicmemory.core.settings import load, make_data_folder
from magicmemory.core.units import MB


class Order(StrEnum):
    """How the faces are listed. Their numbers stay the same: 1 is the largest."""

    SIZE = "size"  # the largest first
    READING = "reading"  # row by row from the top, each row from the left


def faces(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="The photo.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the picture with the numbers.")] = Path(),
    detector: Annotated[str, typer.Option(help="Face detector; auto: the one in the settings.")] = AUTO,
    order: Annotated[Order, typer.Option(help="size: the largest first; reading: row by row.")] = Order.SIZE,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the faces in a photo, and write PHOTO-faces.png with their numbers, for `restore --faces 1,3`."""
    try:
        settings = load()
        make_data_folder(settings)
        with quick_imports():
            from magicmemory.pipeline.pipeline import Pipeline

        pipeline = Pipeline.of(settings)
        pipeline.check(Options(detector=detector))
    except (OperatorError, UserError) as error:
        print(f"magicmemory: {error_message(error)}", file=sys.stderr)
        raise typer.Exit(CANNOT_START) from None
    try:
        with photo.open("rb") as file:
            data = file.read(int(settings.max_photo_mb * MB) + 1)  # one more than is accepted is enough to refuse it
        overview = pipeline.overview(data, Options(detector=detector))
        picture = write_new(out / f"{photo.stem}-faces.png", overview.picture.data)
    except (UserError, OSError) as error:
        print(f"{photo}: {error_message(error)}", file=sys.stderr)
        raise typer.Exit(FAILED) from None
    listed = sorted(overview.faces, key=lambda face: face.number) if order is Order.SIZE else overview.faces
    if as_json:
        fields: dict[str, Any] = {"input": str(photo), "picture": str(picture), "rotation": overview.rotation}
        fields["faces"] = [face.model_dump(mode="json") for face in listed]
        print(json.dumps(fields, ensure_ascii=False))
        return
    for face in listed:
        print(_line(face))
    print(f"The numbers stand in {picture}.")


def _line(face: Face) -> str:
    left, top, right, bottom = (round(value) for value in face.box)
    small = f", {face.reason.replace('_', ' ')}" if face.reason else ""
    return f"{face.number}: {right - left} x {bottom - top} pixels at {left},{top}, score {face.score:.3f}{small}"
