"""The folders at the root are one package, and shadow nothing."""

import queue
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["bots", "cli", "core", "pipeline", "queue", "storage"]


def test_standard_queue_wins() -> None:
    assert queue.Queue.__module__ == "queue"
    assert ROOT not in Path(queue.__file__).parents or ".venv" in queue.__file__
    assert not (ROOT / "queue" / "__init__.py").exists()
    assert not (ROOT / "magicmemory").exists()


def test_folders_on_disk_are_the_declared_packages() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    on_disk = {"magicmemory." + ".".join(folder.relative_to(ROOT).parts) for folder in folders}
    data = {"magicmemory.pipeline.assets", "magicmemory.bots.playground.static"}
    assert sorted(declared) == sorted(on_disk | data)


def test_folders_with_data_are_packages() -> None:
    for suffix in ("*.ftl", "*.safetensors", "*.html", "*.js", "*.css"):
        for room in ROOMS:
            for file in (ROOT / room).rglob(suffix):
                assert (file.parent / "__init__.py").exists(), f"{file} cannot be read with importlib.resources"


@pytest.mark.parametrize(("adapter", "most"), [("telegram", 16), ("discord", 14)])
def test_an_adapter_stays_small(adapter: str, most: int) -> None:
    assert len(list((ROOT / "bots" / adapter).rglob("*.py"))) <= most
