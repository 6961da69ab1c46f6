"""`magicmemory restore`: restores photo files, without a bot, a queue or a quota."""

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

from magicmemory.cli.messages import error_message
from magicmemory.core.errors import OperatorError, UserError
from magicmemory.core.job import Stage
from magicmemory.core.options import AUTO, Options, Scope
from magicmemory.core.report import Report
from magicmemory.core.settings import load
from magicmemory.core.units import MB

if TYPE_CHECKING:  # the pipeline imports torch, which would slow down the start of every other command
    from magicmemory.pipeline.pipeline import Pipeline

SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}
)

FAILED: Final = 1  # exit status: at least one photo could not be restored
CANNOT_START: Final = 2


class Kind(StrEnum):
    """File formats of restored photos."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"


@dataclass(frozen=True)
class Photo:
    """A photo to restore.

    Attributes:
        path: the photo.
        folder: the folder for the result.
    """

    path: Path
    folder: Path


def _upscale(value: int) -> int:
    if value not in (1, 2, 4):
        raise typer.BadParameter("write 1, 2 or 4.")
    return value


def restore(
    sources: Annotated[list[Path], typer.Argument(metavar="FILE_OR_FOLDER...", help="Photos, or folders of photos.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results; created if missing.")],
    model: Annotated[str, typer.Option(help="Restorer; auto: as in the settings.")] = AUTO,
    detector: Annotated[str, typer.Option(help="Face detector; auto: as in the settings.")] = AUTO,
    strength: Annotated[float, typer.Option(min=0, max=1, help="0 keeps the faces, 1 restores them fully.")] = 1.0,
    fidelity: Annotated[float | None, typer.Option(min=0, max=1, help="0 vivid, 1 faithful; not all models.")] = None,
    upscale: Annotated[int, typer.Option(callback=_upscale, help="Enlarge the photo: 1, 2 or 4 times.")] = 1,
    scope: Annotated[Scope, typer.Option(help="faces: only faces change; photo: the whole photo is cleaned too.")] = (
        Scope.FACES
    ),
    blend: Annotated[
        str | None, typer.Option(help="own, or facexlib for comparison; default: as in the settings.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="own, or upstream's packages; default: as in the settings.")
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--format", help="Format of the results; default: the format of each photo.")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Also write before and after side by side.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per photo.")] = False,
) -> None:
    """Restore the faces in photos. Results go to the folder OUT; existing files are never overwritten."""
    options = Options.model_validate(
        {
            "model": model,
            "detector": detector,
            "strength": strength,
            "fidelity": fidelity,
            "upscale": upscale,
            "scope": scope,
        }
    )
    try:
        settings = load(blend=blend, engine=engine)
        from magicmemory.pipeline.pipeline import Pipeline

        pipeline = Pipeline.of(settings)
        pipeline.check(options)
    except (OperatorError, UserError) as error:
        print(f"magicmemory: {error_message(error)}", file=sys.stderr)
        raise typer.Exit(CANNOT_START) from None
    job = Restore(pipeline, options, kind, compare, most_bytes=int(settings.max_photo_mb * MB))
    failed = job.run(list(photos_in(sources, out)), as_json)
    if failed:
        print(f"{len(failed)} not restored: {', '.join(map(str, failed))}", file=sys.stderr)
        raise typer.Exit(FAILED)


def photos_in(sources: list[Path], out: Path) -> Iterator[Photo]:
    """The photos in the sources, including subfolders, in a fixed order.

    `out` gets the same subfolders. Earlier results in `out` are not restored again.
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
    """One call of the command: restores photos one after the other and prints each result."""

    def __init__(
        self, pipeline: "Pipeline", options: Options, kind: "Kind | None", compare: bool, most_bytes: int
    ) -> None:
        self._pipeline = pipeline
        self._options = options
        self._kind = kind.upper() if kind else None
        self._compare = compare
        self._most_bytes = most_bytes

    def run(self, photos: list[Photo], as_json: bool) -> list[Path]:
        """Restore the photos. Returns those that failed."""
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
                    failure = {"input": str(photo.path), "error": error_message(error)}
                    if as_json:
                        say(json.dumps(failure, ensure_ascii=False))
                    else:
                        bar.console.print(f"{photo.path}: {failure['error']}", markup=False, soft_wrap=True)
                bar.advance(task)
        return failed

    def _one(self, photo: Photo, tell: Callable[[Stage, int, int], None]) -> "Result":
        with photo.path.open("rb") as file:
            data = file.read(self._most_bytes + 1)  # one byte above the limit is enough to refuse it
        restored = self._pipeline.restore(data, self._options, tell, kind=self._kind)
        output = write_new(photo.folder / f"{photo.path.stem}.{restored.extension}", restored.data)
        if self._compare:
            both = self._pipeline.compare(data, restored.data)
            write_new(output.with_name(f"{output.stem}-compare{both.extension}"), both.data)
        return Result(input=str(photo.path), output=str(output), report=restored.report)


class Result(BaseModel):
    """The result of one photo."""

    input: str
    output: str
    report: Report


def write_new(path: Path, data: bytes) -> Path:
    """Write to the first free name: `photo.jpg`, `photo-2.jpg`, `photo-3.jpg`, …. Returns the path."""
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
    many = f", {report.too_many} not restored because there are too many" if report.too_many else ""
    return f"{result.input} -> {result.output}: {faces} restored{small}{many}, {report.total_ms / 1000:.1f} s"


def _json(result: Result) -> str:
    fields: dict[str, Any] = {
        "input": result.input,
        "output": result.output,
        **result.report.model_dump(mode="json"),
    }
    return json.dumps(fields, ensure_ascii=False)


def _bar() -> Progress:
    """A progress bar on standard error, only on a terminal: standard output is for results."""
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
    """A function that prints to standard output, above the bar if both use one terminal."""
    if sys.stdout.isatty() and bar.console.is_terminal:
        return lambda line: bar.console.print(line, markup=False, soft_wrap=True)
    return lambda line: print(line, flush=True)
