"""Downloads of models: several at a time, with progress; a stopped one continues at the next try."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from magicmemory.pipeline.models.facts import ModelFacts
from magicmemory.pipeline.models.weights import Examined, Weights, WeightsError

AT_ONCE: Final = 3  # downloads at a time: publishers serve one slowly, and refuse many

Answer = Examined | WeightsError


def download(weights: Weights, models: Sequence[ModelFacts]) -> dict[str, Answer]:
    """Download models side by side. One that fails does not stop the others.

    Ctrl-C stops all of them; what has arrived is kept for the next try.

    Returns:
        By the models' names what became of each: its file's state, or why there is none.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    stopped = threading.Event()
    with (
        Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bars,
        ThreadPoolExecutor(AT_ONCE) as threads,
    ):
        futures = {facts.name: threads.submit(_one, weights, facts, _shown(bars, facts, stopped)) for facts in models}
        try:
            return {name: future.result() for name, future in futures.items()}
        except BaseException:
            stopped.set()
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def plan_table(weights: Weights, models: Sequence[ModelFacts]) -> Table:
    """What would be downloaded, with licences and the total."""
    table = Table("model", "for", "size", "paid use", "licence", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for facts in models:
        size = "here already" if weights.is_there(facts) else _megabytes(facts.size)
        table.add_row(facts.name, facts.good_at, size, facts.commercial, facts.licence)
    missing = [facts.size for facts in models if not weights.is_there(facts)]
    known = sum(size for size in missing if size is not None)
    total = f"{known / 1e6:.0f} MB" if None not in missing else f"over {known / 1e6:.0f} MB"
    table.add_section()
    table.add_row("total", "", total)
    return table


def _one(weights: Weights, facts: ModelFacts, progress: Callable[[int, int | None], None]) -> Answer:
    try:
        return weights.pull(facts, progress)
    except WeightsError as error:
        return error


def _shown(bars: Progress, facts: ModelFacts, stopped: threading.Event) -> Callable[[int, int | None], None]:
    task = bars.add_task(facts.name, total=facts.size)

    def progress(done: int, total: int | None) -> None:
        if stopped.is_set():
            raise _Stopped
        bars.update(task, completed=done, total=total)

    return progress


class _Stopped(Exception):
    """Ends a download between two pieces."""


def _megabytes(size: int | None) -> str:
    return "size not known" if size is None else f"{max(size / 1e6, 0.1):.1f} MB"
