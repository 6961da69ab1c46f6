"""docs/models.md holds the tables that are made from the models' own files."""

from pathlib import Path

from typer.testing import CliRunner

from magicmemory.cli.main import app
from magicmemory.cli.model_tables import tables, updated
from magicmemory.pipeline.models import catalogue

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text()


def test_page_equals_the_generated_tables() -> None:
    assert updated(PAGE) == PAGE, "run `make docs`"
    for name in tables():
        assert f"<!-- table: {name} -->" in PAGE


def test_the_tables_have_every_model_once() -> None:
    made = tables()
    rows = [line for name, table in made.items() if name != "speed" for line in table.splitlines()]
    named = [line.split("`")[1] for line in rows if line.startswith("| `")]
    assert named == [facts.name for facts in catalogue.ALL]
    assert all(line.count("|") == 7 for line in rows)


def test_a_stale_table_is_replaced_and_the_text_around_it_stays() -> None:
    stale = "before\n<!-- table: detectors -->\n| old |\n<!-- end -->\nafter\n"
    assert updated(stale) == f"before\n<!-- table: detectors -->\n{tables()['detectors']}\n<!-- end -->\nafter\n"


def test_the_command_prints_the_same_tables() -> None:
    shown = CliRunner().invoke(app, ["models", "list", "--markdown"]).stdout
    assert all(table in shown for table in tables().values())


def test_every_model_states_its_cost_and_strengths() -> None:
    for facts in catalogue.ALL:
        assert facts.work
        assert facts.good_at
        assert facts.licence


def test_manual_downloads_are_explained() -> None:
    for facts in catalogue.ALL:
        if not facts.bundled and facts.url is None:
            assert f"{facts.file}` there and `magicmemory models pull {facts.name} --from`" in PAGE.replace("\n", " ")
