"""The documentation names files and tests that exist."""

import re
from pathlib import Path

import pytest
import yaml

from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import PREFIX, Settings

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


def test_every_alert_has_its_page_in_the_runbook() -> None:
    alerts = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    parts = re.split(r"^## (\w+)$", (ROOT / "docs/runbook.md").read_text(), flags=re.M)[1:]
    pages = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(pages) == [rule["alert"] for rule in rules]
    for name, page in pages.items():
        assert re.findall(r"^\*\*([\w ]+):\*\*", page, re.M) == ["Meaning", "Look at", "Do"], name
    assert [rule["annotations"]["runbook"] for rule in rules] == [f"docs/runbook.md#{name.lower()}" for name in pages]


def test_the_runbook_names_settings_and_metrics_that_exist() -> None:
    page = (ROOT / "docs/runbook.md").read_text()
    assert set(re.findall(r"MAGIC_\w+", page)) <= {PREFIX + name.upper() for name in Settings.model_fields}
    told = Metrics("worker", "1").render().decode()
    assert all(name in told for name in re.findall(r"magicmemory_\w+", page))
