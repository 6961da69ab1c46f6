"""Restore one photo from Python: python examples/restore_file.py PHOTO RESTORED."""

import sys
from pathlib import Path

from magicmemory.core.errors import UserError
from magicmemory.core.options import Options
from magicmemory.core.settings import load
from magicmemory.pipeline.pipeline import Pipeline


def main(source: Path, target: Path) -> int:
    """Restore `source` into `target`; return the exit status."""
    pipeline = Pipeline.of(load())
    try:
        restored = pipeline.restore(source.read_bytes(), Options(strength=1.0))
    except UserError as error:
        print(f"not restored: {error.key}")
        return 1
    target.write_bytes(restored.data)
    print(f"{restored.report.restored} faces restored with {restored.report.model}: {target}")
    return 0


if __name__ == "__main__":  # photos are decoded in child processes, which import this file again
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
