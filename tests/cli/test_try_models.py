"""`magicmemory models try`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from magicmemory.cli import try_models as command
from magicmemory.cli.main import app
from magicmemory.core.errors import ModelBroken
from magicmemory.core.settings import Settings
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.contact_sheet import CELL, LINE
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.lite import LITE
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import Model, restorer_model
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.pipeline.sample import FACE, portrait
from tests.pipeline.test_features import LIMITS, Compares
from tests.support.networks import Finds, tiny

PLAIN = ModelFacts("plain", "Plain", Kind.RESTORER, "MIT", Commercial.YES, bundled=True)
TORN = replace(PLAIN, name="torn")


def torn(*_: object) -> None:
    raise ModelBroken(model="torn", reason="torn.pth ends too early.")


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo of one face; `lite`, a seeded network and a broken file are installed, and faces can be compared."""

    def made(_: Settings) -> Pipeline:
        models = Models(
            TorchEngine("cpu"),
            Weights(Path("none")),
            restorers=(LITE, restorer_model(PLAIN, tiny), Model(TORN, torn)),  # type: ignore[arg-type]
            detectors=(Model(replace(PLAIN, kind=Kind.DETECTOR), lambda *_: Finds(FACE)),),
            identities=(Model(replace(PLAIN, kind=Kind.IDENTITY), lambda *_: Compares(0.91, 0.25)),),
        )
        return Pipeline(models, LIMITS, 24, identity_warning=0.3)

    monkeypatch.setattr(Pipeline, "of", staticmethod(made))
    monkeypatch.setattr(command, "usable_models", lambda *_: [LITE.facts, PLAIN, TORN])
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "old.png"
    Image.fromarray(portrait()).save(file)
    return file


def tried(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["models", "try", *arguments])


@pytest.mark.slow
def test_the_sheet_shows_each_restorers_faces_beside_the_photos(photo: Path, tmp_path: Path) -> None:
    result = tried(str(photo), "--out", str(tmp_path / "sheets"))
    assert result.exit_code == 0, result.output
    lite, plain, broken, where = result.stdout.splitlines()
    assert lite.startswith("lite: ")
    assert lite.endswith(" s a face, likeness 0.91")
    assert plain.startswith("plain: ")
    assert broken == "torn: torn.pth ends too early."
    assert where == f"The sheet is {tmp_path / 'sheets' / 'old-models.png'}."
    sheet = np.asarray(Image.open(tmp_path / "sheets" / "old-models.png").convert("RGB")).astype(int)
    step, faces = CELL + 8, slice(52, 52 + CELL)
    columns = [sheet[faces, 8 + index * step : 8 + index * step + CELL] for index in range(3)]
    assert sheet.shape[:2] == (faces.stop + LINE + 8, 8 + 3 * step)
    for other in columns[1:]:
        assert np.abs(columns[0] - other).max() > 4, "the restored face differs"
        assert np.abs(columns[0] - other).mean() < 30, "and is the same person's"
    assert np.abs(columns[1] - columns[2]).max() > 4


@pytest.mark.slow
def test_nothing_is_overwritten(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "usable_models", lambda *_: [PLAIN])
    (tmp_path / "old-models.png").write_bytes(b"mine")
    assert tried(str(photo)).exit_code == 0
    assert (tmp_path / "old-models.png").read_bytes() == b"mine"
    assert (tmp_path / "old-models-2.png").is_file()


def test_file_without_a_photo_prints_one_sentence(photo: Path) -> None:
    photo.write_bytes(b"no photo")
    result = tried(str(photo))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"{photo}: ")


def test_missing_file_prints_one_sentence(photo: Path) -> None:
    result = tried(f"{photo}x")
    assert result.exit_code == 1
    assert result.stderr == f"{photo}x: No such file or directory.\n"
