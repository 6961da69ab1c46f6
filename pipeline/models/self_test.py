"""Tests a model at its first use on a machine: it restores the package's sample face before any other.

The network runs once as torch computes it in full precision, and once as the engine has compiled it. The first output
must look like the sample, else the file is broken. The second must be near the first: where half precision is too far
away, the model stays in full precision. Both are known to happen: GFPGAN in half precision came out as one flat colour
on some machines (https://github.com/TencentARC/GFPGAN/issues/483).

The verdict is kept beside the converted model, so that only the first use pays for it. It is found by the network's
weights and source and by the engine's version, and made anew when one of them changes.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.errors import ModelBroken
from magicmemory.pipeline.engines.base import Engine, Runner
from magicmemory.pipeline.engines.fingerprint import fingerprint
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.models.facts import ModelFacts

Floats = NDArray[np.float32]

HALF_LEAST_DB: Final = 40.0  # half precision that is further from full precision is not used
CONVERTED_LEAST_DB: Final = 25.0  # a code that is picked otherwise costs some decibels; a wrong conversion costs more
_SAME_DB: Final = 200.0  # stands for equal outputs
_GRID: Final = 16  # pixels each way at which an output is compared with its input
_LEAST_DEVIATION: Final = 0.02  # of the range: less is one flat colour
_LEAST_CORRELATION: Final = 0.6
_LARGEST_CHANGE: Final = 0.2  # of the range, on average at that size

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the sample face said of a model on this machine.

    Attributes:
        model: its name.
        decibels: how near the compiled network is to torch in full precision: PSNR over the output's range, 0 to 200.
        uses_half: half precision may be used for it.
        problem: why its output cannot be used, the end of a sentence; empty: it can.
    """

    model: str
    decibels: float
    uses_half: bool
    problem: str = ""


@dataclass(frozen=True)
class Sample:
    """What a network is tested with.

    Attributes:
        inputs: arrays `[1, …]` that show the sample face, in the order of the network's arguments.
        judge: says what is wrong with an output `[1, …]`, the end of a sentence; empty: nothing.
        least_db: see `HALF_LEAST_DB`.
    """

    inputs: tuple[NDArray[Any], ...]
    judge: Callable[[Floats], str]
    least_db: float = HALF_LEAST_DB


def tested_runner(
    engine: Engine,
    network: nn.Module,
    example: tuple[Tensor, ...],
    facts: ModelFacts,
    sample: Sample,
    *,
    folder: Path | None,
    enforce: bool,
) -> Runner:
    """The compiled network, in the precision that the sample face allows.

    Args:
        engine: compiles it.
        network: see `Engine.compile`.
        example: see `Engine.compile`.
        facts: the model's.
        sample: what it is tested with.
        folder: where verdicts are kept; None: they are not kept.
        enforce: refuse a model with a problem; otherwise only the log tells of it.

    Raises:
        ModelBroken: the model has a problem.
    """
    path = None
    if folder is not None:
        path = folder / f"{facts.name}-{fingerprint(network, example, engine.version)}.json"
    verdict = _read(path)
    if verdict is None:
        verdict, runner = _test(engine, network, example, facts, sample)
        _write(path, verdict)
    else:
        half = facts.supports_half and verdict.uses_half
        runner = engine.compile(network, example, facts.name, supports_half=half)
    if verdict.problem:
        reason = f"The sample face comes out of {facts.name} wrong: {verdict.problem}. Fetch the file again."
        if enforce:
            raise ModelBroken(model=facts.name, reason=reason)
        log.warning("%s It is used, because MAGIC_ALLOW_UNVERIFIED_WEIGHTS is set.", reason)
    elif facts.supports_half and not verdict.uses_half:
        log.warning("%s stays in full precision: half precision changes the sample face too much.", facts.name)
    return runner


def kept_verdicts(folder: Path, files: Mapping[str, Path]) -> dict[str, Verdict]:
    """The newest kept verdict of each model, by the model's name.

    Args:
        folder: see `tested_runner`.
        files: the installed models' files by the models' names. A verdict that is older than its file is left out.
    """
    found = {}
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
        verdict = _read(path)
        file = files.get(verdict.model) if verdict else None
        if verdict and file and file.is_file() and file.stat().st_mtime <= path.stat().st_mtime:
            found[verdict.model] = verdict
    return found


def face_problem(before: NDArray[Any], after: Floats, span: float) -> str:
    """What is wrong with a restored or enlarged sample face; empty: nothing.

    Args:
        before: `[1, h, w, 3]`.
        after: `[1, h * n, w * n, 3]`.
        span: the difference between the largest and the smallest value of the range.
    """
    if not np.isfinite(after).all():
        return "it has values that are no numbers"
    if float(after.std()) < _LEAST_DEVIATION * span:
        return "it is one flat colour"
    one, two = _small(before) / span, _small(after) / span
    correlation = float(np.corrcoef(one.ravel(), two.ravel())[0, 1])
    if correlation < _LEAST_CORRELATION or float(np.abs(one - two).mean()) > _LARGEST_CHANGE:
        return "it does not look like the face that went in"
    return ""


def psnr(one: Floats, other: Floats) -> float:
    """Decibels between two outputs, over the range of `other`; 200 where they are equal, 0 where one is not finite."""
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return 0.0
    error, reach = float(np.square(one - other, dtype=np.float64).mean()), float(np.ptp(other))
    if error == 0:
        return _SAME_DB
    return 0.0 if reach == 0 else min(_SAME_DB, 20 * np.log10(reach) - 10 * np.log10(error))


def _test(
    engine: Engine, network: nn.Module, example: tuple[Tensor, ...], facts: ModelFacts, sample: Sample
) -> tuple[Verdict, Runner]:
    reference = TorchEngine(engine.device).compile(network, example, facts.name)
    expected = reference(*sample.inputs)
    problem = sample.judge(expected)
    if isinstance(engine, TorchEngine):
        return Verdict(facts.name, _SAME_DB, facts.supports_half, problem), reference
    runner = engine.compile(network, example, facts.name, supports_half=facts.supports_half)
    decibels, half = psnr(runner(*sample.inputs), expected), facts.supports_half
    if half and decibels < sample.least_db:
        half = False
        runner = engine.compile(network, example, facts.name)
        decibels = psnr(runner(*sample.inputs), expected)
    if not problem and decibels < min(CONVERTED_LEAST_DB, sample.least_db):
        problem = f"the network converted for {engine.name} gives another picture than torch ({decibels:.0f} dB)"
    return Verdict(facts.name, round(decibels, 1), half, problem), runner


def _small(pictures: NDArray[Any]) -> Floats:
    picture = np.ascontiguousarray(pictures[0], np.float32)
    return np.asarray(cv2.resize(picture, (_GRID, _GRID), interpolation=cv2.INTER_AREA), np.float32)


def _read(path: Path | None) -> Verdict | None:
    if path is None:
        return None
    try:
        content = json.loads(path.read_text())
        return Verdict(
            str(content["model"]), float(content["decibels"]), bool(content["uses_half"]), str(content["problem"])
        )
    except (OSError, ValueError, LookupError, TypeError):  # not tested yet, or another file
        return None


def _write(path: Path | None, verdict: Verdict) -> None:
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under its own name at once: two processes may test the same model at the same time.
    part = path.with_suffix(f".{id(verdict):x}.part")
    part.write_text(json.dumps(asdict(verdict)) + "\n")
    part.replace(path)
