"""The examples in docs/plans.md and docs/backup.md work."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from magicmemory.cli.main import app
from magicmemory.core.plans import Plan, PlanLimits, make_plans

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "plans.md").read_text("utf-8")
COMMAND = re.compile(r"`(magicmemory (?:admin|codes|backup|restore-backup|database)[^`]*)`")


def blocks(kind: str, page: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_example_is_a_valid_plans_file() -> None:
    (example,) = blocks("toml", PAGE)
    plans = make_plans(tomllib.loads(example), free_per_day=3, fair_use_per_day=200, head_start_s=300)
    assert list(plans.paid) == ["album", "premium"]
    assert plans.free.photos_per_day == 1
    assert plans.paid["album"].title_in("ru") == "Альбом"


def test_every_key_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \| (?:all|paid) \|", PAGE, re.MULTILINE))))
    assert explained == (set(PlanLimits.model_fields) | set(Plan.model_fields)) - {"name"}


def test_documented_code_commands_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = blocks("toml", PAGE)
    (tmp_path / "plans.toml").write_text(example)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAGIC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAGIC_PLANS_FILE", "plans.toml")
    (commands,) = blocks("sh", PAGE)
    for line in commands.splitlines():
        words = shlex.split(line.partition(" > ")[0])
        result = CliRunner().invoke(app, words[1:])
        assert result.exit_code == 0, (line, result.output)
    assert (tmp_path / "codes.csv").read_text().count("FAIR-") == 100


@pytest.mark.parametrize("page", ["plans.md", "backup.md"])
def test_every_documented_command_exists(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    shown = [line for block in blocks("sh", text) for line in block.splitlines() if line.startswith("magicmemory")]
    names = {"stats", "user", "gift", "withdraw", "ban", "refund", "export", "erase"}
    for command in [*COMMAND.findall(text), *shown]:
        words = shlex.split(command.partition(" > ")[0], comments=True)[1:]
        path = words[:2] if words[0] in ("admin", "codes", "database") else words[:1]
        assert CliRunner().invoke(app, [*path, "--help"]).exit_code == 0, command
        names.discard(path[-1])
    assert not names or page == "backup.md"
