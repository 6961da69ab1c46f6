"""The documentation names files and tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_every_guarantee_names_the_tests_that_prove_it() -> None:
    page = (ROOT / "docs" / "guarantees.md").read_text()
    promises = re.findall(r"^\*\*.+?(?=^\*\*|^## |\Z)", page, re.M | re.S)
    assert len(promises) >= 15
    for promise in promises:
        proofs = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", promise.partition("*Proof:*")[2])
        assert proofs, promise.splitlines()[0]
        for file, name in proofs:
            assert (ROOT / file).is_file(), f"{file} does not exist"
            assert not name or f"def {name}(" in (ROOT / file).read_text(), f"{file} has no {name}"


def test_the_glossary_is_short() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \|$", page.partition("## Glossary")[2].partition("## ")[0], re.M)
    assert 5 <= len(rows) - 1 <= 12
