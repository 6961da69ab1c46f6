"""`magicmemory models`: lists, downloads and checks models."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from magicmemory.cli.known_models import all_models, card_problems, known_model, usable_models
from magicmemory.cli.model_downloads import Answer, download, plan_table
from magicmemory.cli.processes import OPERATOR_MUST_ACT
from magicmemory.cli.try_models import try_models
from magicmemory.core.errors import ModelBroken, OperatorError
from magicmemory.core.settings import Settings, load
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.weights import Examined, State, Weights, WeightsError

app = typer.Typer(help="List, download and check models.", no_args_is_help=True)

app.command("try")(try_models)

FAILED = 1  # exit status: a model is missing, wrong or could not be downloaded

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
        models = all_models(weights)
        if as_markdown:
            from magicmemory.cli.model_tables import tables

            print("\n\n".join(tables().values()))
            return
        defaults = default_models(settings)
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
            here = place_of(facts, weights)
            table.add_row(mark, facts.name, facts.kind, here, size, facts.commercial, facts.licence)
        Console().print(table, "* marks the defaults.", f"The files are in {weights.folder}.", sep="\n")
        _tell_of_cards(weights)


@app.command()
def pull(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Names as in `models list`.")] = None,
    from_file: Annotated[Path | None, typer.Option("--from", help="Use this file instead of a download.")] = None,
    recommend: Annotated[
        bool, typer.Option("--recommended", help="Recommended models: shows them and asks once.")
    ] = False,
    paid_use: Annotated[
        bool, typer.Option("--paid-use", help="With --recommended: only models you may earn money with.")
    ] = False,
    gpu: Annotated[
        bool | None, typer.Option("--gpu/--cpu", help="With --recommended: for a GPU or a CPU. Default: MAGIC_DEVICE.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --recommended: do not ask.")] = False,
) -> None:
    """Download models, three at a time; an interrupted download continues. A file gets its name only if its hash is
    right.
    """
    with _operator_errors():
        settings = load()
        weights = Weights.of(settings)
        if bool(names) == recommend:
            raise WeightsError("Name the models to pull, or write --recommended.")
        if not recommend and (paid_use or yes or gpu is not None):
            raise WeightsError("--paid-use, --cpu, --gpu and --yes belong to --recommended.")
        if recommend:
            chosen = recommended_models(settings, gpu=gpu, paid_use=paid_use)
            Console().print(plan_table(weights, chosen))
            if not yes and not all(weights.is_there(facts) for facts in chosen):
                typer.confirm("Download them?", abort=True)
        else:
            chosen = [known_model(weights, name) for name in dict.fromkeys(names or ())]
        if from_file is not None and len(chosen) != 1:
            raise WeightsError("--from takes one file, so name exactly one model.")
        if not pull_models(weights, chosen, from_file):
            raise typer.Exit(FAILED)


@app.command()
def remove(names: Names) -> None:
    """Delete the files of models. The converted ones in the cache folder are not touched."""
    with _operator_errors():
        weights = Weights.of(load())
        chosen = [known_model(weights, name) for name in names]
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
    run: Annotated[bool, typer.Option("--run", help="Also run a sample face through each model.")] = False,
) -> None:
    """Check the hashes of model files. Status 1: a file is missing or wrong, or its hash is unknown."""
    with _operator_errors():
        settings = load()
        weights = Weights.of(settings)
        there = [facts for facts in all_models(weights) if not facts.bundled and weights.path(facts).is_file()]
        chosen = [known_model(weights, name) for name in names] if names else there
        if not chosen:
            print(f"There is no model file in {weights.folder}.")
        checked = [(facts, weights.examine(facts)) for facts in chosen if not facts.bundled]
        for facts, found in checked:
            _tell(weights, facts, found)
        usable = [facts for facts, found in checked if found.state is State.VERIFIED]
        works = _run_sample(settings, weights, usable) if run else True
        sound = _tell_of_cards(weights)
        if len(usable) < len(checked) or not works or not sound:
            raise typer.Exit(FAILED)


@app.command()
def pin(name: str, sha256: str) -> None:
    """Pin the hash of a file whose publisher names none: from now on the file must have this hash."""
    with _operator_errors():
        weights = Weights.of(load())
        facts = known_model(weights, name)
        if facts.bundled:
            raise WeightsError(f"{name} comes with the package; there is nothing to pin.")
        weights.pin(facts, sha256)
        _tell(weights, facts, weights.examine(facts))


def _run_sample(settings: Settings, weights: Weights, models: list[ModelFacts]) -> bool:
    """Build each model, which runs the sample face through those that give pictures; whether all could be used."""
    from magicmemory.pipeline.engines.select import choose
    from magicmemory.pipeline.models.loaded_models import Models
    from magicmemory.pipeline.models.model_cards import read_cards, restorers_with
    from magicmemory.pipeline.models.self_test import kept_verdicts

    folder = settings.data_dir / "cache"
    engine = choose(settings.device, folder, settings.precision)
    brought = read_cards(weights.folder)
    loaded = Models(engine, weights, verdicts=folder, restorers=restorers_with(brought), occlusions=brought.occlusions)
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


def pull_models(weights: Weights, models: list[ModelFacts], from_file: Path | None = None) -> bool:
    """Download models, or copy the file of one, and print a line for each. Returns whether all are installed."""
    for facts in models:
        if facts.bundled:
            print(f"{facts.name}: comes with the package.")
    wanted = [facts for facts in models if not facts.bundled]
    if from_file is not None:
        answers: dict[str, Answer] = {facts.name: weights.adopt(facts, from_file) for facts in wanted}
    else:
        answers = download(weights, wanted)
    errors = []
    for facts in wanted:
        answer = answers[facts.name]
        if isinstance(answer, WeightsError):
            errors.append(answer)
            continue
        _tell(weights, facts, answer)
        if facts.commercial is not Commercial.YES:
            print(f"Check the licence ({facts.licence}); paid use: {facts.commercial}.")
    for error in errors:
        typer.echo(f"magicmemory: {error}", err=True)
    return not errors


def recommended_models(settings: Settings, *, gpu: bool | None = None, paid_use: bool = False) -> list[ModelFacts]:
    """The recommended models.

    Args:
        settings: name the device and whether money is earned.
        gpu: for a GPU or a CPU; None: as `settings` say.
        paid_use: only models that you may earn money with, also if the settings allow others.

    Raises:
        WeightsError: the worker's packages are not installed.
    """
    all_models(Weights.of(settings))
    import torch

    from magicmemory.pipeline.models.recommended import Hardware, recommended

    if gpu is None:
        gpu = settings.device.startswith("cuda") or (settings.device == "auto" and torch.cuda.is_available())
    return list(recommended(Hardware.GPU if gpu else Hardware.CPU, paid_use=paid_use or settings.commercial))


def default_models(settings: Settings) -> set[str]:
    """The names of the default models, by the rules of a worker's `ModelCache`."""
    named = {Kind.RESTORER: settings.model, Kind.DETECTOR: settings.detector, Kind.UPSCALER: settings.upscaler}
    found = set()
    for kind in Kind:
        wanted = named.get(kind, "auto")
        usable = (facts.name for facts in usable_models(settings, kind) if wanted in (facts.name, "auto"))
        if (first := next(usable, None)) is not None:
            found.add(first)
    return found


def place_of(facts: ModelFacts, weights: Weights) -> str:
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


def _tell_of_cards(weights: Weights) -> bool:
    """Report cards that cannot be used. Returns whether there is none."""
    problems = card_problems(weights)
    for problem in problems:
        typer.echo(f"magicmemory: {problem}", err=True)
    return not problems


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
