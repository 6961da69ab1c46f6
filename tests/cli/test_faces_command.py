"""`magicmemory faces` and `restore --faces`."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from magicmemory.cli import restore as restore_command
from magicmemory.cli.main import app
from magicmemory.core.settings import Settings
from magicmemory.pipeline.pipeline import Pipeline
from tests.pipeline.test_pipeline import SMALL_FACE, TWO_FACES, pipeline
from tests.support.faces import colourful


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo in which three faces are found: 2 is the middle one, 3 is too small to restore."""

    def made(_: Settings) -> Pipeline:
        return pipeline(*TWO_FACES, SMALL_FACE)

    monkeypatch.setattr(Pipeline, "of", staticmethod(made))
    file = tmp_path / "group.png"
    Image.fromarray(colourful(600, 400)).save(file)
    return file


@pytest.mark.processes
def test_faces_are_listed_with_numbers_and_drawn(photo: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["faces", str(photo), "--out", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert [face["number"] for face in said["faces"]] == [1, 2, 3]
    assert [face["reason"] for face in said["faces"]] == [None, None, "too_small"]
    drawn = np.asarray(Image.open(said["picture"]).convert("RGB"))
    assert (drawn != colourful(600, 400)).any(-1).sum() > 500
    in_rows = CliRunner().invoke(app, ["faces", str(photo), "--out", str(tmp_path), "--order", "reading"])
    assert [line[0] for line in in_rows.output.splitlines()[:3]] == ["3", "1", "2"]


@pytest.mark.processes
def test_only_the_chosen_face_changes(photo: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["restore", str(photo), "--out", str(tmp_path / "out"), "--faces", "2", "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert {face["number"]: face["reason"] for face in said["faces"]} == {1: "not_chosen", 2: None, 3: "not_chosen"}
    changed = (np.asarray(Image.open(said["output"])) != colourful(600, 400)).any(-1)
    (one_x, one_y), (two_x, two_y) = (face.landmarks[2].astype(int) for face in TWO_FACES)
    assert changed[two_y - 10 : two_y + 10, two_x - 10 : two_x + 10].any()
    assert not changed[one_y - 10 : one_y + 10, one_x - 10 : one_x + 10].any()


@pytest.mark.processes
def test_unknown_face_number_is_reported(photo: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["restore", str(photo), "--out", str(tmp_path / "out"), "--faces", "4"])
    assert result.exit_code == restore_command.FAILED
    assert "no face number 4" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", ["0", "a", "1,,2", "-1"])
def test_invalid_face_number_is_refused(photo: Path, tmp_path: Path, wrong: str) -> None:
    result = CliRunner().invoke(app, ["restore", str(photo), "--out", str(tmp_path / "out"), f"--faces={wrong}"])
    assert result.exit_code == 2
