"""Everything that can go wrong, on purpose: real processes, a real Redis, a real database, strict platforms.

    python -m tests.chaos --photos 1000 --people 100 --seed 1

A seeded schedule kills and pauses the processes, deletes what Redis holds, fills the photos' disk and breaks uploads,
while people on Telegram and Discord send photos. With `--own` the processes are those of `magicmemory run`, with the
bundled model; its cache is damaged, and the clock jumps. The last thing printed is JSON: what was sent, answered,
answered twice, lost, charged and wrongly charged, and how long requests took that were on their way when a fault came.
"""

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path

from tests.chaos.run import Plan, run


def main() -> None:
    """Run it as the command line says; the status is 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=400, help="how long the people send")
    parser.add_argument("--every", type=float, default=8, help="seconds between two faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; else SQLite")
    parser.add_argument(
        "--patience", type=float, default=0, help="seconds that the last replies may take; 0: the default"
    )
    parser.add_argument("--keep", type=Path, help="folder for logs and data that stays")
    parser.add_argument("--own", action="store_true", help="the processes of `magicmemory run`, with the bundled model")
    given = parser.parse_args()
    plan = Plan(
        given.photos, given.people, given.seconds, given.every, given.seed, given.database,
        patience_s=given.patience, own=given.own,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(run(plan, folder))
    print(json.dumps(result.as_json(), indent=2))
    raise SystemExit(os.EX_OK if result.kept else 1)


if __name__ == "__main__":
    main()
