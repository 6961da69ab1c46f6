"""`magicmemory models`: each error is one sentence, and files are checked before use."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from magicmemory.cli.main import app
from magicmemory.pipeline.models import catalogue
from tests.support.weights_server import Publisher, publisher

CONTENT = b"weights" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "VQFR_v2.pth"  # its hash was never published


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publisher() as world:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("MAGIC_WEIGHTS_MIRROR", world.url)
        monkeypatch.setenv("MAGIC_WEIGHTS_DIR", str(tmp_path / "w"))
        world.files[f"/{FILE}"] = CONTENT
        yield world


def models(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["models", *arguments])


def listed() -> dict[str, dict[str, object]]:
    rows = [json.loads(line) for line in models("list", "--json").stdout.splitlines()]
    return {row["name"]: row for row in rows}


@pytest.mark.usefixtures("server")
def test_the_list_has_every_model_and_marks_the_defaults(tmp_path: Path) -> None:
    rows = listed()
    assert list(rows) == [facts.name for facts in catalogue.ALL]
    bundled = {"lite", "mtcnn", "headmask", "photo", "photo-x2"}
    assert {name for name, row in rows.items() if row["default"]} == bundled
    assert {name for name, row in rows.items() if row["installed"]} == bundled
    shown = models("list").stdout
    assert "gfpgan-1.4" in shown
    assert "* marks the defaults." in shown
    assert not (tmp_path / "w").exists(), "looking changes nothing"


@pytest.mark.usefixtures("server")
def test_pulled_model_is_used_once_it_is_pinned() -> None:
    pulled = models("pull", "vqfr-2")
    assert pulled.exit_code == 0
    assert f"`magicmemory models pin vqfr-2 {SHA256}`" in pulled.stdout
    assert "paid use: ask" in pulled.stdout
    assert not listed()["vqfr-2"]["installed"]
    assert models("verify").exit_code == 1
    assert models("pin", "vqfr-2", SHA256).exit_code == 0
    assert listed()["vqfr-2"]["default"]
    assert models("verify").exit_code == 0


@pytest.mark.usefixtures("server")
def test_forbidden_model_is_not_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    models("pull", "vqfr-2")
    models("pin", "vqfr-2", SHA256)
    monkeypatch.setenv("MAGIC_COMMERCIAL", "true")
    rows = listed()
    assert rows["vqfr-2"]["installed"]
    assert not rows["vqfr-2"]["default"]
    assert rows["lite"]["default"]


def test_a_wrong_file_is_refused(server: Publisher) -> None:
    server.files["/GFPGANv1.4.pth"] = CONTENT
    result = models("pull", "gfpgan-1.4")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"magicmemory: What {server.url}/GFPGANv1.4.pth holds is not GFPGANv1.4.pth")
    assert result.stderr.count("\n") == 1


def test_pull_from_a_local_file_needs_no_server(server: Publisher, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(CONTENT)
    result = models("pull", "vqfr-2", "--from", "copy")
    assert result.exit_code == 0
    assert (tmp_path / "w" / FILE).read_bytes() == CONTENT
    assert server.asked == []
    assert models("pull", "vqfr-1", "vqfr-2", "--from", "copy").exit_code == 1


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pull", "gfpgam"), "There is no model 'gfpgam'. Models: restoreformer++, "),
        (("pin", "gfpgan-1.4", "0" * 64), "The hash of GFPGANv1.4.pth is published"),
        (("pin", "mtcnn", "0" * 64), "mtcnn comes with the package"),
    ],
)
def test_invalid_arguments_print_one_sentence(arguments: tuple[str, ...], says: str) -> None:
    result = models(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"magicmemory: {says}")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("server")
def test_verify_names_every_problem(tmp_path: Path) -> None:
    assert "There is no model file" in models("verify").stdout
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "codeformer.pth").write_bytes(b"cut off")
    result = models("verify")
    assert result.exit_code == 1
    assert "it ends after 7 of 376637898 bytes: run `magicmemory models pull codeformer`" in result.stdout
    assert "codeformer.pth is not in" not in result.stdout
    assert "GFPGANv1.4.pth is not in" in models("verify", "gfpgan-1.4").stdout
    assert models("pull", "lite").stdout == "lite: comes with the package.\n"


def test_a_removed_model_is_gone_and_its_pin_stays(tmp_path: Path, server: Publisher) -> None:
    models("pull", "vqfr-2")
    models("pin", "vqfr-2", SHA256)
    (tmp_path / "w" / f"{FILE}.part").write_bytes(b"half")
    removed = models("remove", "vqfr-2")
    assert removed.stdout == "vqfr-2: removed, 0.0 MB are free.\n"
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["SHA256SUMS"]
    assert models("remove", "vqfr-2").stdout == "vqfr-2: was not here.\n"
    assert not listed()["vqfr-2"]["installed"]
    models("pull", "vqfr-2")
    assert listed()["vqfr-2"]["installed"], "the pinned hash was kept"


@pytest.mark.usefixtures("server")
def test_remove_does_nothing_if_one_name_is_unknown(tmp_path: Path) -> None:
    models("pull", "vqfr-2")
    for name in ("lite", "gfpgam"):
        result = models("remove", "vqfr-2", name)
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
    assert (tmp_path / "w" / FILE).is_file()


@pytest.mark.usefixtures("server")
def test_card_in_the_weights_folder_adds_a_model(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "mine.toml").write_text('file = "mine.onnx"\nlicence = "my own"\npaid_use = "yes"\n')
    (folder / "mine.onnx").write_bytes(CONTENT)
    assert models("pin", "mine", SHA256).exit_code == 0
    assert listed()["mine"]["default"]
    assert "mine: mine.onnx is installed and its SHA-256 is right." in models("verify").stdout
    refused = models("verify", "mine", "--run")
    assert refused.exit_code == 1
    assert "mine: mine.onnx is not an ONNX file, or it is damaged." in refused.stdout


@pytest.mark.usefixtures("server")
def test_invalid_card_is_reported(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "mine.toml").write_text("size = 1\n")
    shown = models("list")
    assert shown.exit_code == 0
    assert shown.stderr.startswith("magicmemory: mine.toml is not a usable card: ")
    assert models("verify").exit_code == 1
