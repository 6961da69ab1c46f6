"""Adapters use the service, never the stores or the queue."""

import ast
from pathlib import Path

import pytest

BOTS = Path(__file__).parents[2] / "bots"
STORES = {
    "ledger", "people", "photos", "queue", "hub", "grants", "codes", "payments", "statistics", "erasure", "previews",
}  # fmt: skip
ADAPTERS = ["telegram", "discord", "playground"]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_adapters_do_not_reach_through_the_service(adapter: str) -> None:
    found = [
        f"{file.name}:{node.lineno}: {ast.unparse(node)}"
        for file in sorted((BOTS / adapter).glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in STORES and _is_service(node.value)
    ]
    assert not found


def _is_service(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.lstrip("_") == "service"
