"""`magicmemory models try`: one sheet of a photo's faces as all installed restorers make them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from magicmemory.cli.imports import quick_imports
from magicmemory.cli.known_models import usable_models
from magicmemory.cli.messages import error_message
from magicmemory.cli.processes import OPERATOR_MUST_ACT
from magicmemory.cli.restore import FAILED, write_new
from magicmemory.core.errors import ModelBroken, OperatorError, UserError
from magicmemory.core.options import Options, Scope
from magicmemory.core.report import Face
from magicmemory.core.settings import load
from magicmemory.core.units import MB
from magicmemory.pipeline.models.facts import Kind, ModelFacts

if TYPE_CHECKING:  # the pipeline imports torch, which would slow down the start of every other command
    from magicmemory.pipeline.pipeline import Pipeline
    from magicmemory.pipeline.restoration import Restoration

FACES: Final = 4  # on a sheet, the largest of the photo: more would be too small to judge


@dataclass(frozen=True)
class Tried:
    """What a restorer made of the photo.

    Attributes:
        model: its name.
        restoration: the restored photo.
        faces: its restored faces, the largest first.
    """

    model: str
    restoration: "Restoration"
    faces: tuple[Face, ...]

    @property
    def seconds(self) -> float:
        """Seconds a face, without loading the model."""
        report = self.restoration.report
        return report.stages_ms["restore"] / 1000 / max(report.restored, 1)


def try_models(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="A photo with faces.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the sheet.")] = Path(),
) -> None:
    """Restore a photo with every installed restorer, and write PHOTO-models.png: its faces side by side, with times and
    likeness.
    """
    try:
        settings = load()
        models = usable_models(settings, Kind.RESTORER)
        with quick_imports():
            from magicmemory.pipeline.pipeline import Pipeline

        pipeline = Pipeline.of(settings)
    except OperatorError as error:
        typer.echo(f"magicmemory: {error}", err=True)
        raise typer.Exit(OPERATOR_MUST_ACT) from None
    try:
        with photo.open("rb") as file:
            data = file.read(int(settings.max_photo_mb * MB) + 1)  # one more than is accepted is enough to refuse it
        tried = [done for facts in models if (done := _tried(pipeline, data, facts)) is not None]
        if not tried:
            raise typer.Exit(FAILED)
        path = write_new(out / f"{photo.stem}-models.png", _sheet(data, tried))
    except (UserError, OSError) as error:
        typer.echo(f"{photo}: {error_message(error)}", err=True)
        raise typer.Exit(FAILED) from None
    if all(face.similarity is None for done in tried for face in done.faces):
        print("Likeness is not known: `magicmemory models pull arcface` fetches what measures it.")
    print(f"The sheet is {path}.")


def _tried(pipeline: "Pipeline", data: bytes, facts: ModelFacts) -> Tried | None:
    """What a restorer makes of the photo, after a line about it; None: its file cannot be used."""
    from magicmemory.pipeline.imaging.metadata import Keep

    try:
        with Console(stderr=True).status(f"{facts.name} …"):
            restoration = pipeline.restore(
                data, Options(model=facts.name, scope=Scope.FACES), kind="PNG", keep=Keep.NOTHING
            )
    except ModelBroken as error:
        print(f"{facts.name}: {error_message(error)}")
        return None
    pipeline.unload_idle(0)  # one after another, so that they need not fit into memory together
    faces = sorted((face for face in restoration.report.faces if face.restored), key=lambda face: face.number)
    done = Tried(facts.name, restoration, tuple(faces))
    known = ", ".join(f"{face.similarity:.2f}" for face in faces if face.similarity is not None)
    print(f"{facts.name}: {done.seconds:.2f} s a face{known and f', likeness {known}'}")
    return done


def _sheet(data: bytes, tried: Sequence[Tried]) -> bytes:
    """The sheet's file."""
    import numpy as np

    from magicmemory.pipeline.faces.contact_sheet import cells, contact_sheet
    from magicmemory.pipeline.faces.detect import Detection
    from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
    from magicmemory.pipeline.imaging.encode import encode
    from magicmemory.pipeline.imaging.picture import Picture

    limits = DecodeLimits(sys.maxsize, sys.maxsize)  # the photo was accepted, and the others are ours
    photo, first = decode(data, limits), tried[0].faces[:FACES]
    found = [
        Detection(np.array(face.box, np.float32), np.array(face.landmarks, np.float32), face.score) for face in first
    ]
    columns = [(("the photo", ""), cells(photo.rgb8(), found), [f"face {face.number}" for face in first])]
    for done in tried:
        restored = cells(decode(done.restoration.data, limits).rgb8(), found)
        below = ["" if face.similarity is None else f"likeness {face.similarity:.2f}" for face in done.faces[:FACES]]
        columns.append(((done.model, f"{done.seconds:.2f} s a face"), restored, below))
    return encode(Picture(contact_sheet(columns), "PNG", icc=photo.icc)).data
