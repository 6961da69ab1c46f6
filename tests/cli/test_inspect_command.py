import json
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from magicmemory.cli.inspect import inspect
from magicmemory.core.settings import Settings
from magicmemory.pipeline.pipeline import Pipeline
from tests.pipeline.test_pipeline import TWO_FACES, pipeline
from tests.support.faces import colourful

pytestmark = pytest.mark.processes

app = typer.Typer()
app.command()(inspect)


@pytest.fixture(autouse=True)
def _at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def of(settings: Settings) -> Pipeline:
        assert settings.data_dir
        return pipeline(*TWO_FACES)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Pipeline, "of", of)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_inspect_prints_everything_known() -> None:
    exif = Image.Exif()
    exif[271], exif[274] = "Voigtlander", 6
    Image.fromarray(colourful(400, 600)).save("photo.jpg", exif=exif)
    result = run("photo.jpg", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert (facts["kind"], facts["width"], facts["height"], facts["orientation"]) == ("JPEG", 600, 400, 6)
    assert (facts["bits"], facts["channels"], facts["pages"], facts["missing"]) == (8, "colour", 1, None)
    assert facts["exif"] == {"Make": "Voigtlander"}
    assert not facts["place"]
    assert len(facts["faces"]) == 2
    plain = run("photo.jpg", "--no-faces")
    assert "kind: JPEG" in plain.stdout
    assert "exif: Make Voigtlander" in plain.stdout
    assert "faces" not in plain.stdout


def test_unreadable_file_prints_one_sentence() -> None:
    Path("drawing.psd").write_bytes(b"8BPS" + bytes(100))
    result = run("drawing.psd")
    assert result.exit_code == 1
    assert result.stderr.strip().endswith(
        "This is a Photoshop (PSD) file, which I cannot read. Please save it as a JPEG or PNG and send that."
    )
    assert run("missing.jpg").exit_code == 1
