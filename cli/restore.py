"""`magicmemory restore`: restores photo files, without a bot, a queue or a quota."""

import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from magicmemory.cli.imports import quick_imports
from magicmemory.cli.messages import error_message
from magicmemory.cli.restore_batch import Count, Done, Photo, Tally
from magicmemory.cli.restore_results import Result, json_of, line_of
from magicmemory.core.errors import OperatorError, PrintSizeUnusable, UserError
from magicmemory.core.file_type import sniff
from magicmemory.core.job import Stage
from magicmemory.core.options import AUTO, MAX_CHOSEN_FACES, Options, Scope, Texture
from magicmemory.core.print_size import PrintSize
from magicmemory.core.report import Report
from magicmemory.core.settings import load, make_data_folder
from magicmemory.core.units import MB

if TYPE_CHECKING:  # the pipeline imports torch, which would slow down the start of every other command
    from magicmemory.pipeline.pipeline import Pipeline

SUFFIXES: Final = frozenset(
    {
        ".jpg",
        ".jpeg",
        ".jfif",
        ".png",
        ".webp",
        ".heic",
        ".heif",
        ".hif",
        ".avif",
        ".tif",
        ".tiff",
        ".bmp",
        ".gif",
        ".jp2",
        ".j2k",
        ".jpx",
        ".jxl",
        ".pdf",
        ".dng",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".raf",
        ".orf",
        ".rw2",
        ".pef",
    }
)

SNIFFED_BYTES: Final = 4096  # enough to know a photo without a suffix
FAILED: Final = 1  # exit status: at least one photo could not be restored
CANNOT_START: Final = 2
INTERRUPTED: Final = 130  # as shells write it


class Kind(StrEnum):
    """File formats of restored photos."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"


def _upscale(value: int) -> int:
    if value not in (1, 2, 4):
        raise typer.BadParameter("write 1, 2 or 4.")
    return value


def _folder(out: Path) -> Path:
    """The folder for results; a name such as `restored.jpg` was meant as a file."""
    if out.suffix.lower() in SUFFIXES and not out.is_dir():
        raise typer.BadParameter(f"{out} looks like a photo: write a folder, such as {out.with_suffix('')}.")
    return out


def _print_size(text: str) -> str:
    """The size as it is stored; empty: no print."""
    try:
        return text and str(PrintSize.parse(text))
    except PrintSizeUnusable:
        raise typer.BadParameter("write a size such as 13x18cm or 5x7in, each side from 3 to 150 cm.") from None


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers in `1,3`; none in an empty text."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isdecimal() and int(part) >= 1 for part in parts) or len(parts) > MAX_CHOSEN_FACES:
        raise typer.BadParameter("write numbers from 1 up, like 1,3.", param_hint="--faces")
    return tuple(int(part) for part in parts)


def restore(
    sources: Annotated[list[Path], typer.Argument(metavar="FILE_OR_FOLDER...", help="Photos, or folders of photos.")],
    out: Annotated[Path, typer.Option("--out", callback=_folder, help="Folder for the results; created if missing.")],
    model: Annotated[str, typer.Option(help="Restorer; auto: as in the settings.")] = AUTO,
    detector: Annotated[str, typer.Option(help="Face detector; auto: as in the settings.")] = AUTO,
    strength: Annotated[float, typer.Option(min=0, max=1, help="0 keeps the faces, 1 restores them fully.")] = 1.0,
    fidelity: Annotated[float | None, typer.Option(min=0, max=1, help="0 vivid, 1 faithful; not all models.")] = None,
    upscale: Annotated[int, typer.Option(callback=_upscale, help="Enlarge the photo: 1, 2 or 4 times.")] = 1,
    print_size: Annotated[
        str,
        typer.Option(
            "--print",
            metavar="SIZE",
            callback=_print_size,
            help="Enlarge as a print of this size needs, at most 4 times, and write its resolution: 13x18cm, 5x7in.",
        ),
    ] = "",
    scope: Annotated[
        Scope,
        typer.Option(
            help="auto: the faces, and of the rest what the photo needs, nothing where it is sound; faces: only faces "
            "change; photo: the whole photo is repaired and cleaned too."
        ),
    ] = Scope.AUTO,
    repair: Annotated[
        bool | None, typer.Option("--repair/--no-repair", help="Fill scratches, cracks, dust; default: by scope.")
    ] = None,
    clean: Annotated[
        bool | None, typer.Option("--clean/--no-clean", help="Remove grain, halftone, compression; default: by scope.")
    ] = None,
    tone: Annotated[
        bool | None, typer.Option("--tone/--no-tone", help="Bring back faded contrast, colours; default: by scope.")
    ] = None,
    save_mask: Annotated[
        Path | None,
        typer.Option("--save-mask", metavar="FILE", help="Write a PNG of what was taken for damage, for one photo."),
    ] = None,
    texture: Annotated[
        Texture,
        typer.Option(help="match: faces keep the photo's grain; clean: they do not; auto: match, unless cleaned."),
    ] = Texture.AUTO,
    upright: Annotated[bool, typer.Option("--upright", help="Turn a photo upright if it lies on its side.")] = False,
    faces: Annotated[
        str, typer.Option(help="Restore only these, as `magicmemory faces` numbers them: 1,3. 1 is the largest.")
    ] = "",
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
    pages: Annotated[bool, typer.Option("--pages", help="Restore every page of a file with several.")] = False,
    strip: Annotated[bool, typer.Option("--strip", help="Write no EXIF, XMP or IPTC; default: keep them.")] = False,
    skip_existing: Annotated[
        bool,
        typer.Option("--skip-existing", help="Skip photos whose result is in OUT, to continue a run."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per photo.")] = False,
) -> None:
    """Restore photos: their faces, and of the rest what they need.

    Results go to the folder OUT; existing files are never overwritten.
    """
    if print_size and upscale > 1:
        raise typer.BadParameter("leave it out: --print decides how much a photo is enlarged.", param_hint="--upscale")
    options = Options.model_validate(
        {
            "model": model,
            "detector": detector,
            "strength": strength,
            "fidelity": fidelity,
            "upscale": upscale,
            "print_size": print_size or None,
            "scope": scope,
            "repair": repair,
            "clean": clean,
            "tone": tone,
            "upright": upright,
            "texture": texture,
            "faces": _numbers(faces),
        }
    )
    try:
        settings = load(blend=blend, engine=engine)
        make_data_folder(settings)
        with quick_imports():
            from magicmemory.pipeline.pipeline import Pipeline

        pipeline = Pipeline.of(settings)
        pipeline.check(options)
    except (OperatorError, UserError) as error:
        print(f"magicmemory: {error_message(error)}", file=sys.stderr)
        raise typer.Exit(CANNOT_START) from None
    photos = _found(sources, out)
    if save_mask is not None and (len(photos) > 1 or pages):
        raise typer.BadParameter("give one photo, of one page.", param_hint="--save-mask")
    job = Restore(
        *(pipeline, options, kind, compare),
        most_bytes=int(settings.max_photo_mb * MB),
        all_pages=pages,
        strip=strip,
        done=Done(photos) if skip_existing else None,
        mask=save_mask,
    )
    tally = job.run(photos, as_json)
    if len(photos) > 1 or tally.interrupted or tally.skipped:
        print(tally.sentence(len(photos)), file=sys.stderr)
    if tally.failed:
        print(f"{len(tally.failed)} not restored: {', '.join(map(str, tally.failed))}", file=sys.stderr)
    if status := INTERRUPTED if tally.interrupted else FAILED if tally.failed or not photos else 0:
        raise typer.Exit(status)


def _found(sources: list[Path], out: Path) -> list[Photo]:
    """The photos in all sources; a word for each folder without any."""
    photos: list[Photo] = []
    for source in sources:
        inside = list(photos_in([source], out))
        if not inside:
            print(f"There are no photos in {source}.", file=sys.stderr)
        photos += inside
    return photos


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
            if path.is_file() and not hidden and not result and _looks_like_photo(path):
                yield Photo(path, out / inside.parent)


def _looks_like_photo(path: Path) -> bool:
    """By its name, or by its first bytes if that says nothing: scanners and backups leave names without a suffix."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            sniff(file.read(SNIFFED_BYTES))
    except (UserError, OSError):
        return False
    return True


class Restore:
    """One call of the command: restores photos one after the other and prints each result."""

    def __init__(
        self,
        pipeline: "Pipeline",
        options: Options,
        kind: "Kind | None",
        compare: bool,
        most_bytes: int,
        *,
        all_pages: bool = False,
        strip: bool = False,
        done: Done | None = None,
        mask: Path | None = None,
    ) -> None:
        """`done` knows which photos are left out; None: none. `mask` is the file for what is taken for damage."""
        from magicmemory.pipeline.imaging.metadata import Keep

        self._pipeline = pipeline
        self._options = options
        self._kind = kind
        self._done = done
        self._compare = compare
        self._most_bytes = most_bytes
        self._all_pages = all_pages
        self._mask = mask
        self._keep = Keep.NOTHING if strip else Keep.ALL

    def run(self, photos: list[Photo], as_json: bool) -> Tally:
        """Restore the photos, until all are done or Ctrl-C."""
        tally = Tally()
        with _bar() as bar:
            say = _sayer(bar)
            task = bar.add_task("", total=len(photos), state="")
            # Where there is no bar, each line says how far it is.
            count = Count(len(photos)) if len(photos) > 1 and bar.disable and not as_json else None
            try:
                for photo in photos:

                    def tell(stage: Stage, done: int, faces: int, name: str = photo.path.name) -> None:
                        bar.update(task, description=name, state=f"{done} of {faces} faces" if faces else stage.value)

                    outcomes = []
                    for outcome in self._outcomes(photo, tell):
                        outcomes.append(outcome)
                        before = count.begin() if count else ""
                        if isinstance(outcome, Result):
                            left = count.left() if count else ""
                            say(json_of(outcome) if as_json else f"{before}{line_of(outcome)}{left}")
                        elif as_json:
                            say(json.dumps(outcome, ensure_ascii=False))
                        else:
                            page = f", page {outcome['page']}" if "page" in outcome else ""
                            told = f"{before}{photo.path}{page}: {outcome['error']}"
                            bar.console.print(told, markup=False, soft_wrap=True)
                    self._count(tally, photo, outcomes)
                    if count:
                        count.end(skipped=not outcomes)
                    bar.advance(task)
            except KeyboardInterrupt:
                tally.interrupted = True
        return tally

    def _count(self, tally: Tally, photo: Photo, outcomes: "list[Result | dict[str, Any]]") -> None:
        if not outcomes:
            tally.skipped += 1
        elif all(isinstance(outcome, Result) for outcome in outcomes):
            tally.restored += 1
        elif photo.path not in tally.failed:
            tally.failed.append(photo.path)

    def _outcomes(self, photo: Photo, tell: Callable[[Stage, int, int], None]) -> Iterator["Result | dict[str, Any]"]:
        """What became of the photo, or of each of its pages: a result, or what is said of a failure. Nothing of what
        is done already.
        """
        if not self._all_pages and self._is_done(photo, photo.path.stem):
            return
        try:
            with photo.path.open("rb") as file:
                data = file.read(self._most_bytes + 1)  # one more than is accepted is enough to refuse it
            pages = self._pipeline.pages(data) if self._all_pages else 1
        except (UserError, OSError) as error:
            yield {"input": str(photo.path), "error": error_message(error)}
            return
        for page in range(1, pages + 1):
            if self._is_done(photo, _name(photo, page, pages)):
                continue
            try:
                yield self._one(photo, data, page, pages, tell)
            except (UserError, OSError) as error:
                told = {"page": page} if pages > 1 else {}
                yield {"input": str(photo.path), **told, "error": error_message(error)}

    def _is_done(self, photo: Photo, name: str) -> bool:
        return self._done is not None and self._done.has(photo, name, self._kind)

    def _one(
        self, photo: Photo, data: bytes, page: int, pages: int, tell: Callable[[Stage, int, int], None]
    ) -> "Result":
        restored = self._pipeline.restore(
            data, self._options, tell, kind=self._kind.upper() if self._kind else None, page=page, keep=self._keep
        )
        output = write_new(photo.folder / f"{_name(photo, page, pages)}.{restored.extension}", restored.data)
        if self._mask is not None:
            self._mask.parent.mkdir(parents=True, exist_ok=True)
            self._mask.write_bytes(restored.mask or self._no_damage(restored.report))
        if self._compare:
            both = self._pipeline.compare(data, restored.data, page)
            write_new(output.with_name(f"{output.stem}-compare{both.extension}"), both.data)
        left = 0 if self._all_pages else restored.report.pages - 1
        return Result(input=str(photo.path), output=str(output), report=restored.report, pages_left=left)

    def _no_damage(self, report: Report) -> bytes:
        """A black mask of the size of the original."""
        from magicmemory.pipeline.photo.whole import empty_mask_file

        return empty_mask_file(report.width // report.upscale, report.height // report.upscale)


def _name(photo: Photo, page: int, pages: int) -> str:
    """The name of a result, without its suffix."""
    return f"{photo.path.stem}-page-{page}" if pages > 1 else photo.path.stem


def write_new(path: Path, data: bytes) -> Path:
    """Write to the first free name: `photo.jpg`, `photo-2.jpg`, `photo-3.jpg`, …. Returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, free = 1, path
    while True:
        try:
            with free.open("xb") as file:
                _write_all(file, free, data)
            return free
        except FileExistsError:
            number += 1
            free = path.with_stem(f"{path.stem}-{number}")


def _write_all(file: BinaryIO, path: Path, data: bytes) -> None:
    """Write a file, or leave none: `--skip-existing` takes a file that is there for a whole one."""
    try:
        file.write(data)
        file.flush()
    except BaseException:  # Ctrl-C too
        path.unlink()
        raise


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
        TimeRemainingColumn(),
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
