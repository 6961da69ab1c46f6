"""Whole files broken in thousands of ways: each is a photo or a named error, soon, and in bounded memory.

`make fuzz` sends 20,000, `make fuzz FUZZ_INPUTS=1000000 FUZZ_SEED=7` others and more, `FUZZ_KIND=JXL` those of one
kind; the suite sends a few.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from magicmemory.core import errors
from tests.fuzz.mutating import mutant
from tests.fuzz.seeds import seeds
from tests.fuzz.target import Target, Told

pytestmark = [pytest.mark.processes, pytest.mark.slow]

INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000"))
SEED = os.environ.get("FUZZ_SEED", "1")
KIND = os.environ.get("FUZZ_KIND")  # as `sniff` names it; None: all
AT_ONCE = 50  # inputs of one call: a call takes as long as reading a small photo
NAMED = {
    cls.__name__
    for cls in (
        errors.PhotoTruncated,
        errors.PhotoUnreadable,
        errors.NotAPhoto,
        errors.PhotoAnimated,
        errors.PhotoTooLarge,
        errors.KindUnsupported,
        errors.ArchiveSent,
        errors.PreviewMissing,
        errors.PdfWithoutScan,
        errors.PdfLocked,
    )
}
MOST_SECONDS = 5.0  # of processor time for one input; usual are 5 ms
MOST_MB = 400.0  # resident; the libraries alone have 60


@pytest.mark.processes
@pytest.mark.timeout(0 if "FUZZ_INPUTS" in os.environ else 3600)  # a long run on a slow machine ends with its figures
def test_mutants_end_in_a_photo_or_a_named_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A crash of the decoder is reported but is no failure: `SandboxedDecoder` limits it to one photo."""
    files = {name: seed for name, seed in seeds().items() if KIND in (None, seed[0])}
    target, outcomes = Target(), Counter[str]()
    slowest, peak_mb, started = 0.0, 0.0, time.monotonic()
    for first in range(0, INPUTS, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, INPUTS))
        names = [list(files)[number % len(files)] for number in numbers]
        inputs = [
            mutant(*files[name], random.Random(f"{SEED} {name} {number}"))
            for name, number in zip(names, numbers, strict=True)
        ]
        for number, name, data, told in zip(
            numbers, names, inputs, _told(target, inputs, first, tmp_path), strict=True
        ):
            outcomes[told.outcome] += 1
            slowest, peak_mb = max(slowest, told.seconds), max(peak_mb, told.peak_mb)
            assert told.seconds < MOST_SECONDS, (name, number)
            if told.outcome.startswith("SIG"):
                (tmp_path / f"{SEED}-{number} {name} {told.outcome}").write_bytes(data)
    with capsys.disabled():
        crashes = {outcome: count for outcome, count in outcomes.items() if outcome.startswith("SIG")}
        print(
            f"\n{INPUTS} inputs of {len(files)} files in {time.monotonic() - started:.0f} s: {dict(outcomes)}; "
            f"slowest {slowest * 1000:.0f} ms, most memory {peak_mb:.0f} MB, decoders ended {sum(crashes.values())}"
        )
    assert peak_mb < MOST_MB
    assert set(outcomes) <= NAMED | {"picture", *crashes}
    if KIND is None and len(files) * 10 <= INPUTS:
        assert outcomes["picture"] > INPUTS / 20, "mutants that are all refused at the door test nothing behind it"
        assert outcomes["PhotoUnreadable"] > INPUTS / 20


def _told(target: Target, inputs: list[bytes], first: int, folder: Path) -> list[Told]:
    try:
        return target.many(inputs, first)
    except RuntimeError as error:
        for number, data in enumerate(inputs, first):
            (folder / f"{SEED}-{number}").write_bytes(data)
        pytest.fail(f"one of {SEED}-{first} and the next {len(inputs) - 1} in {folder}: {error}")
