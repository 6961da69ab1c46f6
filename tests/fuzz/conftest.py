from pathlib import Path

import pytest


def importable(patch: pytest.MonkeyPatch) -> None:
    """The decoder's child imports the target by its name, from the repository's root."""
    patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    importable(monkeypatch)
