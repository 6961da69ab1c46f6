"""`magicmemory restore`: photos from files to files, without a bot, a queue or a quota."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from magicmemory.cli.messages import sentence
from magicmemory.core.errors import OperatorError, UserError
from magicmemory.core.job import Stage
from magicmemory.core.options import AUTO, MOST_CHOSEN_FACES, Options, Scope, Texture
from magicmemory.core.report import Report
from magicmemory.core.settings import load
from magicmemory.core.units import MB

if TYPE_CHECKING:  # the pipeline brings torch, which would make every other command slow to start
    from magicmemory.pipeline.pipeline import Pipeline

SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}
)

FAILED: Final = 1  # exit status: at least one photo could not be restored
CANNOT_START: Final = 2


class Kind(StrEnum):
    """Kinds of file that can hold a restored photo."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"


@dataclass(frozen=True)
class Photo:
    """A photo on its way from a file to a file.

    Attributes:
        path: where it is.
        folder: where the result goes.
    """

    path: Path
    folder: Path


def _upscale(value: int) -> int:
    if value not in (1, 2, 4):
        raise typer.BadParameter("write 1, 2 or 4.")
    return value


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers in `1,3`; none in an empty text."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isdecimal() and int(part) >= 1 for part in parts) or len(parts) > MOST_CHOSEN_FACES:
        raise typer.BadParameter("write numbers from 1 up, like 1,3.", param_hint="--faces")
    return tuple(int(part) for part in parts)


def restore(
    sources: Annotated[list[Path], typer.Argument(metavar="FILE_OR_FOLDER...", help="Photos, or folders of photos.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results; made where it does not exist.")],
    model: Annotated[str, typer.Option(help="Restorer; auto: the one in the settings.")] = AUTO,
    detector: Annotated[str, typer.Option(help="Face detector; auto: the one in the settings.")] = AUTO,
    strength: Annotated[float, typer.Option(min=0, max=1, help="0 keeps the faces, 1 restores them fully.")] = 1.0,
    fidelity: Annotated[float | None, typer.Option(min=0, max=1, help="0 vivid, 1 faithful; not all models.")] = None,
    upscale: Annotated[int, typer.Option(callback=_upscale, help="Enlarge the photo: 1, 2 or 4 times.")] = 1,
    scope: Annotated[Scope, typer.Option(help="faces: nothing else changes; photo: the whole photo is cleaned.")] = (
        Scope.FACES
    ),
    texture: Annotated[
        Texture, typer.Option(help="match: faces keep the photo's grain; clean: they do not; auto: as the scope asks.")
    ] = Texture.AUTO,
    upright: Annotated[bool, typer.Option("--upright", help="Turn a photo that does not stand upright.")] = False,
    faces: Annotated[
        str, typer.Option(help="Restore only these, as `magicmemory faces` numbers them: 1,3. 1 is the largest.")
    ] = "",
    blend: Annotated[
        str | None, typer.Option(help="own, or facexlib for comparison; else as the settings say.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="own, or upstream's packages; else as the settings say.")] = None,
    kind: Annotated[
        Kind | None, typer.Option("--format", help="The results' kind of file; else the kind each photo came in.")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Also write before and after side by side.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a photo.")] = False,
) -> None:
    """Restore the faces in photos. Results go to the folder OUT; nothing is ever overwritten."""
    options = Options.model_validate(
        {
            "model": model,
            "detector": detector,
            "strength": strength,
            "fidelity": fidelity,
            "upscale": upscale,
            "scope": scope,
            "upright": upright,
            "texture": texture,
            "faces": _numbers(faces),
        }
    )
    try:
        settings = load(blend=blend, engine=engine)
        from magicmemory.pipeline.pipeline import Pipeline

        pipeline = Pipeline.of(settings)
        pipeline.check(options)
    except (OperatorError, UserError) as error:
        print(f"magicmemory: {sentence(error)}", file=sys.stderr)
        raise typer.Exit(CANNOT_START) from None
    job = Restore(pipeline, options, kind, compare, most_bytes=int(settings.max_photo_mb * MB))
    failed = job.run(list(photos_in(sources, out)), as_json)
    if failed:
        print(f"{len(failed)} not restored: {', '.join(map(str, failed))}", file=sys.stderr)
        raise typer.Exit(FAILED)


def photos_in(sources: list[Path], out: Path) -> Iterator[Photo]:
    """The photos that the sources name, folders with all that is below them, in a fixed order.

    A folder's own folders appear again in `out`. Results that already lie there are not taken for photos.
    """
    for source in sources:
        if not source.is_dir():
            yield Photo(source, out)
            continue
        for path in sorted(source.rglob("*")):
            inside = path.relative_to(source)
            hidden = any(part.startswith(".") for part in inside.parts)
            result = source.resolve() != out.resolve() and path.resolve().is_relative_to(out.resolve())
            if path.suffix.lower() in SUFFIXES and path.is_file() and not hidden and not result:
                yield Photo(path, out / inside.parent)


class Restore:
    """One call of the command: restores photos one after the other and says what became of each."""

    def __init__(
        self, pipeline: "Pipeline", options: Options, kind: "Kind | None", compare: bool, most_bytes: int
    ) -> None:
        self._pipeline = pipeline
        self._options = options
        self._kind = kind.upper() if kind else None
        self._compare = compare
        self._most_bytes = most_bytes

    def run(self, photos: list[Photo], as_json: bool) -> list[Path]:
        """Restore the photos; returns those that could not be."""
        failed = []
        with _bar() as bar:
            say = _sayer(bar)
            task = bar.add_task("", total=len(photos), state="")
            for photo in photos:

                def tell(stage: Stage, done: int, faces: int, name: str = photo.path.name) -> None:
                    bar.update(task, description=name, state=f"{done} of {faces} faces" if faces else stage.value)

                try:
                    result = self._one(photo, tell)
                    say(_json(result) if as_json else _line(result))
                except (UserError, OSError) as error:
                    failed.append(photo.path)
                    failure = {"input": str(photo.path), "error": sentence(error)}
                    if as_json:
                        say(json.dumps(failure, ensure_ascii=False))
                    else:
                        bar.console.print(f"{photo.path}: {failure['error']}", markup=False, soft_wrap=True)
                bar.advance(task)
        return failed

    def _one(self, photo: Photo, tell: Callable[[Stage, int, int], None]) -> "Result":
        with photo.path.open("rb") as file:
            data = file.read(self._most_bytes + 1)  # one more than is accepted is enough to refuse it
        restored = self._pipeline.restore(data, self._options, tell, kind=self._kind)
        output = write_new(photo.folder / f"{photo.path.stem}.{restored.extension}", restored.data)
        if self._compare:
            both = self._pipeline.compare(data, restored.data)
            write_new(output.with_name(f"{output.stem}-compare{both.extension}"), both.data)
        return Result(input=str(photo.path), output=str(output), report=restored.report)


class Result(BaseModel):
    """What became of a photo."""

    input: str
    output: str
    report: Report


def write_new(path: Path, data: bytes) -> Path:
    """Write a file that does not exist yet: `photo.jpg`, or else `photo-2.jpg`, `photo-3.jpg`, … Returns its
    path.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, free = 1, path
    while True:
        try:
            with free.open("xb") as file:
                file.write(data)
            return free
        except FileExistsError:
            number += 1
            free = path.with_stem(f"{path.stem}-{number}")


def _line(result: Result) -> str:
    report = result.report
    faces = "1 face" if report.restored == 1 else f"{report.restored} faces"
    small = f", {report.too_small} too small" if report.too_small else ""
    turn = {90: "lies on its side", 180: "is upside down", 270: "lies on its side"}.get(report.rotation)
    lies = "" if turn is None else ", turned upright" if report.turned else f"; the photo {turn} (--upright turns it)"
    many = f", {report.too_many} left alone because there are so many" if report.too_many else ""
    return f"{result.input} -> {result.output}: {faces} restored{small}{many}, {report.total_ms / 1000:.1f} s{lies}"


def _json(result: Result) -> str:
    fields: dict[str, Any] = {
        "input": result.input,
        "output": result.output,
        **result.report.model_dump(mode="json"),
    }
    return json.dumps(fields, ensure_ascii=False)


def _bar() -> Progress:
    """A bar on standard error, and only where somebody watches: standard output is for results."""
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
    )
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=False,  # would send results to standard error
        redirect_stderr=False,
    )


def _sayer(bar: Progress) -> Callable[[str], None]:
    """Prints a line to standard output; above the bar, where both go to one terminal."""
    if sys.stdout.isatty() and bar.console.is_terminal:
        return lambda line: bar.console.print(line, markup=False, soft_wrap=True)
    return lambda line: print(line, flush=True)
