from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder's child imports the target by its name, from the repository's root."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
