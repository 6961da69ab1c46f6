"""Mutation tests of the most critical files: `make mutants`, `make mutants ARGS="--sample 100 codes"`.

cosmic-ray makes one small change to a file (`<` to `<=`, `and` to `or`, `1` to `2`, a loop that never runs) and runs
that file's tests. If they pass, the mutant survives: the tests would miss that defect. A seed draws the sample of
mutants, so that runs are comparable. Everything runs in a copy of the committed tree.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEIGHBOURS = "tests/storage/test_neighbours.py"
# Target -> file and its tests. Only on SQLite: PostgreSQL gives the same results and takes longer.
TARGETS = {
    "quota": ("storage/quota.py", ["tests/storage/test_quota.py", NEIGHBOURS]),
    "grants": ("storage/grants.py", ["tests/storage/test_grants.py", "tests/storage/test_quota.py", NEIGHBOURS]),
    "codes": ("storage/codes.py", ["tests/storage/test_codes.py", NEIGHBOURS]),
    "payments": ("storage/payments.py", ["tests/storage/test_payments.py", NEIGHBOURS]),
    "ledger": ("storage/ledger.py", ["tests/storage/test_ledger.py", "tests/storage/test_erasure.py", NEIGHBOURS]),
    "recovery": ("queue/recovery.py", ["tests/queue/test_recovery.py"]),
    "blend": ("pipeline/faces/blend.py", ["tests/pipeline/faces/test_blend.py"]),
}
# Mutants that no test can detect: `|` in type hints. Decorator lines (`slots=True`) are skipped too.
WITHOUT = ("BinaryOperator_BitOr",)


def configure(folder: Path, target: str, timeout_s: float) -> Path:
    """Write cosmic-ray's settings for one file."""
    module, tests = TARGETS[target]
    command = (
        f"{sys.executable} -m pytest -q -x -n 0 -p no:randomly -p no:cacheprovider -k 'not postgresql' "
        + " ".join(tests)
    )
    text = "\n".join(
        [
            "[cosmic-ray]",
            f"module-path = {json.dumps(module)}",
            f"timeout = {timeout_s}",
            "excluded-modules = []",
            f"test-command = {json.dumps(command)}",
            "[cosmic-ray.distributor]",
            'name = "local"',
        ]
    )
    path = folder / f"{target}.toml"
    path.write_text(text)
    return path


def draw(session: Path, lines: list[str], sample: int, seed: int) -> int:
    """Keep a random sample of cosmic-ray's mutants; returns the number before sampling. `lines`: the file's lines."""
    with closing(sqlite3.connect(session)) as database, database:
        query = "SELECT job_id, operator_name, start_pos_row FROM mutation_specs ORDER BY rowid"
        rows = database.execute(query).fetchall()
        real = [
            job
            for job, operator, row in rows
            if not any(name in operator for name in WITHOUT) and not lines[row - 1].lstrip().startswith("@")
        ]
        kept = set(random.Random(seed).sample(real, min(sample, len(real))))
        for table in ("mutation_specs", "work_items"):
            database.executemany(
                f"DELETE FROM {table} WHERE job_id = ?", [(job,) for job, *_ in rows if job not in kept]
            )
    return len(real)


def results(session: Path) -> tuple[int, int, list[str]]:
    """The number of killed mutants, the number of tested mutants, and the survivors with their diffs."""
    query = (
        "SELECT s.start_pos_row, s.operator_name, r.test_outcome, r.diff FROM work_results r"
        " JOIN mutation_specs s ON s.job_id = r.job_id"
    )
    with closing(sqlite3.connect(session)) as database:
        rows = database.execute(query).fetchall()
    survived = [
        f"line {row}, {operator}\n{diff}" for row, operator, outcome, diff in rows if "SURVIVED" in str(outcome).upper()
    ]
    return len(rows) - len(survived), len(rows), survived


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", default=[], help=f"any of {', '.join(TARGETS)}; default: all")
    parser.add_argument("--sample", type=int, default=40, help="mutants per file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=60, help="seconds that a mutant's tests may take")
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "copy"
        subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
        (copy / ".types").mkdir()
        (copy / ".types" / "magicmemory").symlink_to("..")  # takes precedence over the installed package
        environment = os.environ | {"PYTHONPATH": f"{copy / '.types'}:{copy}", "PYTHONDONTWRITEBYTECODE": "1"}
        print("| file | mutants | looked at | killed |\n|---|---|---|---|")
        left = []
        for target in arguments.targets or TARGETS:
            settings = configure(Path(temporary), target, arguments.timeout)
            session = settings.with_suffix(".sqlite")
            ray = [sys.executable, "-m", "cosmic_ray.cli"]
            subprocess.run([*ray, "init", settings, session], cwd=copy, env=environment, check=True)
            found = draw(
                session, (copy / TARGETS[target][0]).read_text().splitlines(), arguments.sample, arguments.seed
            )
            subprocess.run([*ray, "exec", settings, session], cwd=copy, env=environment, check=True)
            killed, looked_at, survived = results(session)
            print(f"| {TARGETS[target][0]} | {found} | {looked_at} | {killed / looked_at:.0%} |", flush=True)
            left += [f"{TARGETS[target][0]}, {one}" for one in survived]
        print("\n" + "\n".join(left))


if __name__ == "__main__":
    main()
