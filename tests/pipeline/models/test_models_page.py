"""docs/models.md says of every model what the catalogue says."""

from pathlib import Path

import pytest

from magicmemory.pipeline.models import catalogue
from magicmemory.pipeline.models.catalogue import ModelFacts

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text()
ROWS = {
    cells[0].strip("`"): cells
    for line in PAGE.splitlines()
    if line.startswith("| `") and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 6
}


def test_the_page_has_every_model_and_no_other() -> None:
    assert list(ROWS) == [facts.name for facts in catalogue.ALL], "in the catalogue's order, the best first"


@pytest.mark.parametrize("facts", catalogue.ALL, ids=lambda facts: facts.name)
def test_the_rows_are_true(facts: ModelFacts) -> None:
    _, licence, paid, file, work, good_at = ROWS[facts.name]
    assert (licence, paid, good_at) == (facts.licence, facts.commercial, facts.good_at)
    size = "" if facts.size is None else f"{facts.size / 1e6:.0f} MB"
    assert file == ("comes with the package" if facts.bundled else size)
    assert work


def test_what_no_program_can_fetch_is_explained() -> None:
    for facts in catalogue.ALL:
        if not facts.bundled and facts.url is None:
            assert f"{facts.file}` there and `magicmemory models pull {facts.name} --from`" in PAGE.replace("\n", " ")
