"""`magicmemory models`: lists, downloads and checks models."""

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from magicmemory.cli.processes import OPERATOR_MUST_ACT
from magicmemory.core.errors import ModelBroken, OperatorError
from magicmemory.core.settings import Settings, load
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, why_refused
from magicmemory.pipeline.models.weights import Examined, State, Weights, WeightsError

app = typer.Typer(help="List, download and check models.", no_args_is_help=True)

FAILED = 1  # exit status: a model is missing, wrong or could not be downloaded

# The companions of a good restorer: a detector that this machine runs quickly, the mask of a face, an enlarger.
_COMPANIONS = ("parsenet", "realesr-general-x4v3", "realesr-general-wdn-x4v3")
ON_GPU = ("gfpgan-1.4", "retinaface-resnet50", *_COMPANIONS)
ON_CPU = ("gfpgan-1.4", "retinaface-mobile0.25", *_COMPANIONS)

Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="Names as in `models list`.")]


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per model.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables of docs/models.md.")] = False,
) -> None:
    """List all models: installed or not, size, licence. A star marks the defaults."""
    with _operator_errors():
        settings = load()
        weights = Weights.of(settings)
        models = _all_models()
        if as_markdown:
            from magicmemory.cli.model_tables import tables

            print("\n\n".join(tables().values()))
            return
        defaults = _defaults(settings)
        if as_json:
            for facts in models:
                print(json.dumps(_fields(facts, weights, facts.name in defaults), ensure_ascii=False))
            return
        table = Table("", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        # Names must be copied whole; in a narrow window, licences wrap.
        table.add_column("model", no_wrap=True, min_width=max(len(facts.name) for facts in models))
        for title in ("kind", "here", "size", "paid", "licence"):
            table.add_column(title, no_wrap=title != "licence")
        for facts in models:
            mark = "*" if facts.name in defaults else ""
            size = f"{facts.size / 1e6:.0f} MB" if facts.size else ""
            here = _here(facts, weights)
            table.add_row(mark, facts.name, facts.kind, here, size, facts.commercial, facts.licence)
        Console().print(table, "* marks the defaults.", f"The files are in {weights.folder}.", sep="\n")


@app.command()
def pull(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Names as in `models list`.")] = None,
    recommended: Annotated[
        bool, typer.Option("--recommended", help="What suits this machine and MAGIC_COMMERCIAL.")
    ] = False,
    from_file: Annotated[Path | None, typer.Option("--from", help="Use this file instead of a download.")] = None,
) -> None:
    """Download models; an interrupted download continues. A file gets its name only if its hash is right."""
    with _operator_errors():
        settings = load()
        weights = Weights.of(settings)
        if recommended == bool(names):
            raise WeightsError("Name models, or write --recommended.")
        chosen = [_known(name) for name in names or []] or recommended_models(settings)
        if from_file is not None and len(chosen) != 1:
            raise WeightsError("--from takes one file, so name exactly one model.")
        pull_models(weights, chosen, from_file)


def recommended_models(settings: Settings) -> list[ModelFacts]:
    """The models that suit this machine, and whose licences allow what the settings say.

    Raises:
        WeightsError: the packages of a worker are not here.
    """
    known = {facts.name: facts for facts in _all_models()}
    import torch

    gpu = settings.device.startswith("cuda") or (settings.device == "auto" and torch.cuda.is_available())
    suited = (known[name] for name in (ON_GPU if gpu else ON_CPU))
    return [facts for facts in suited if why_refused(facts, settings.commercial) is None]


def pull_models(weights: Weights, models: list[ModelFacts], from_file: Path | None = None) -> None:
    """Download models and say what was done; a model that is here already is only checked.

    Raises:
        WeightsError: a model cannot be downloaded, or its file is another one.
    """
    for facts in models:
        if facts.bundled:
            print(f"{facts.name}: comes with the package.")
            continue
        found = weights.adopt(facts, from_file) if from_file is not None else _pull(weights, facts)
        _tell(weights, facts, found)
        if facts.commercial is not Commercial.YES:
            print(f"Check the licence ({facts.licence}); paid use: {facts.commercial}.")


@app.command()
def remove(names: Names) -> None:
    """Delete the files of models. The converted ones in the cache folder are not touched."""
    with _operator_errors():
        weights = Weights.of(load())
        chosen = [_known(name) for name in names]
        for facts in chosen:
            if facts.bundled:
                raise WeightsError(f"{facts.name} comes with the package and cannot be removed.")
        for facts in chosen:
            freed = weights.remove(facts)
            print(f"{facts.name}: removed, {freed / 1e6:.1f} MB are free." if freed else f"{facts.name}: was not here.")


@app.command()
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Default: all installed models.")
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="Run a sample face through each model too.")] = False,
) -> None:
    """Check the hashes of model files. Status 1: a file is missing or wrong, or its hash is unknown."""
    with _operator_errors():
        settings = load()
        weights = Weights.of(settings)
        there = [facts for facts in _all_models() if not facts.bundled and weights.path(facts).is_file()]
        chosen = [_known(name) for name in names] if names else there
        if not chosen:
            print(f"There is no model file in {weights.folder}.")
        checked = [(facts, weights.examine(facts)) for facts in chosen if not facts.bundled]
        for facts, found in checked:
            _tell(weights, facts, found)
        usable = [facts for facts, found in checked if found.state is State.VERIFIED]
        works = _run_sample(settings, weights, usable) if run else True
        if len(usable) < len(checked) or not works:
            raise typer.Exit(FAILED)


@app.command()
def pin(name: str, sha256: str) -> None:
    """Pin the hash of a file whose publisher names none: from now on the file must have this hash."""
    with _operator_errors():
        weights = Weights.of(load())
        facts = _known(name)
        if facts.bundled:
            raise WeightsError(f"{name} comes with the package; there is nothing to pin.")
        weights.pin(facts, sha256)
        _tell(weights, facts, weights.examine(facts))


def _run_sample(settings: Settings, weights: Weights, models: list[ModelFacts]) -> bool:
    """Build each model, which runs the sample face through those that give pictures; whether all could be used."""
    from magicmemory.pipeline.engines.select import choose
    from magicmemory.pipeline.models.loaded_models import Models
    from magicmemory.pipeline.models.self_test import kept_verdicts

    folder = settings.data_dir / "cache"
    engine = choose(settings.device, folder, settings.precision)
    loaded = Models(engine, weights, verdicts=folder)
    works = True
    for facts in models:
        try:
            loaded.load(facts)
        except ModelBroken as error:
            works = False
            print(f"{facts.name}: {error.parameters['reason']}")
            continue
        verdict = kept_verdicts(folder, {facts.name: weights.path(facts)}).get(facts.name)
        if verdict is None:
            print(f"{facts.name}: it loads on {engine.name}.")
        else:
            precision = "half precision is allowed" if verdict.uses_half else "it runs in full precision"
            print(f"{facts.name}: the sample face comes out well ({verdict.decibels:.0f} dB from torch); {precision}.")
    return works


def _all_models() -> tuple[ModelFacts, ...]:
    """The catalogue. It comes from the networks' own files, so it is imported only by the commands that need it.

    Raises:
        WeightsError: the worker's packages are not installed.
    """
    if importlib.util.find_spec("torch") is None:
        raise WeightsError("Models need the packages of a worker: install the extra `worker` on this machine.")
    from magicmemory.pipeline.models import catalogue

    return catalogue.ALL


def _known(name: str) -> ModelFacts:
    for facts in _all_models():
        if facts.name == name:
            return facts
    known = ", ".join(facts.name for facts in _all_models())
    raise WeightsError(f"There is no model {name!r}. Models: {known}.")


def _defaults(settings: Settings) -> set[str]:
    """The names of the default models, by the rules of a worker's `ModelCache`."""
    weights = Weights.of(settings)
    named = {Kind.RESTORER: settings.model, Kind.DETECTOR: settings.detector, Kind.UPSCALER: settings.upscaler}
    found = set()
    for kind in Kind:
        wanted = named.get(kind, "auto")
        usable = (
            facts.name
            for facts in _all_models()
            if facts.kind is kind
            and wanted in (facts.name, "auto")
            and (facts.bundled or weights.is_there(facts))
            and why_refused(facts, settings.commercial) is None
        )
        if (first := next(usable, None)) is not None:
            found.add(first)
    return found


def _here(facts: ModelFacts, weights: Weights) -> str:
    """The state of a model's file, without reading it."""
    if facts.bundled:
        return "always"
    path = weights.path(facts)
    if not path.is_file():
        return "no"
    if facts.size is not None and path.stat().st_size != facts.size:
        return "wrong size"
    return "yes" if weights.wanted(facts) else "not pinned"


def _fields(facts: ModelFacts, weights: Weights, default: bool) -> dict[str, object]:
    return {
        "name": facts.name,
        "title": facts.title,
        "kind": facts.kind,
        "default": default,
        "installed": facts.bundled or weights.is_there(facts),
        "file": facts.file,
        "size": facts.size,
        "sha256": weights.wanted(facts),
        "url": facts.url,
        "licence": facts.licence,
        "commercial": facts.commercial,
        "paper": facts.paper,
    }


def _pull(weights: Weights, facts: ModelFacts) -> Examined:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(facts.name, total=facts.size)
        return weights.pull(facts, lambda done, total: bar.update(task, completed=done, total=total))


def _tell(weights: Weights, facts: ModelFacts, found: Examined) -> None:
    if found.state is State.VERIFIED:
        print(f"{facts.name}: {facts.file} is installed and its SHA-256 is right.")
    else:
        print(f"{facts.name}: {weights.sentence(facts, found)}")


@contextmanager
def _operator_errors() -> Iterator[None]:
    """An `OperatorError` ends the command with its message."""
    try:
        yield
    except OperatorError as error:
        typer.echo(f"magicmemory: {error}", err=True)
        raise typer.Exit(FAILED if isinstance(error, WeightsError) else OPERATOR_MUST_ACT) from None
