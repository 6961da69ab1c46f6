import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from magicmemory.cli.restore import photos_in, restore, write_new
from magicmemory.core.settings import Settings
from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.pipeline import Pipeline
from tests.pipeline.test_pipeline import PHOTO, SMALL_FACE, TWO_FACES, pipeline
from tests.support.faces import colourful
from tests.support.networks import FindsDamage

pytestmark = pytest.mark.processes

app = typer.Typer()
app.command()(restore)


@pytest.fixture(autouse=True)
def _at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty current folder, and a pipeline whose detector always finds the same faces."""

    def of(settings: Settings) -> Pipeline:
        assert settings.data_dir
        return pipeline(*TWO_FACES, SMALL_FACE)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Pipeline, "of", of)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def photo(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PHOTO)
    return path


def jpeg(path: Path) -> Path:
    file = io.BytesIO()
    Image.fromarray(colourful(600, 400, seed=1)).save(file, "JPEG")
    path.write_bytes(file.getvalue())
    return path


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_restored_photo_is_written_and_one_line_printed(tmp_path: Path) -> None:
    result = run(photo(tmp_path / "aunt.png"), "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"{tmp_path}/aunt.png -> {tmp_path}/out/aunt.png: 2 faces restored, 1 too small, ")
    assert size_of(tmp_path / "out/aunt.png") == (600, 400)
    assert (tmp_path / "aunt.png").read_bytes() == PHOTO


def test_json_prints_one_object_per_photo_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    good, odd = photo(tmp_path / "one.png"), jpeg(tmp_path / "zwei ü.jpg")
    result = run(good, tmp_path / "bad.jpg", odd, "--out", "out", "--json")
    assert result.exit_code == 1
    first, bad, last = (json.loads(line) for line in result.stdout.splitlines())
    promised = "input", "output", "width", "height", "faces", "model", "detector", "stages_ms", "total_ms"
    assert set(first) >= set(promised)
    assert (first["input"], first["output"]) == (str(good), "out/one.png")
    assert (first["width"], first["height"], first["model"], first["detector"]) == (600, 400, "plain", "finds")
    assert last["output"] == "out/zwei ü.jpg"
    assert bad == {"input": str(tmp_path / "bad.jpg"), "error": bad["error"]}
    check_faces(first["faces"])


def check_faces(faces: list[dict[str, Any]]) -> None:
    assert len(faces) == 3
    for face in faces:
        assert set(face) >= {"box", "landmarks", "score", "restored", "reason"}
        assert len(face["box"]) == 4
        assert [len(point) for point in face["landmarks"]] == [2] * 5
        assert 0 <= face["score"] <= 1
        assert face["restored"] == (face["reason"] is None)
    assert [face["reason"] for face in faces].count("too_small") == 1


def test_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    result = run(tmp_path / "bad.jpg", tmp_path / "gone.png", photo(tmp_path / "good.png"), "--out", "out")
    assert result.exit_code == 1
    assert (tmp_path / "out/good.png").exists()
    assert len(result.stdout.splitlines()) == 1
    assert "bad.jpg: This is not a photo." in result.stderr
    assert "gone.png: No such file or directory." in result.stderr
    assert result.stderr.splitlines()[-1] == f"2 not restored: {tmp_path}/bad.jpg, {tmp_path}/gone.png"


@pytest.mark.parametrize(("faces", "says"), [((), "No face was found"), ((SMALL_FACE,), "under 24 pixels")])
def test_photo_without_a_face_mentions_no_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faces: tuple[Detection, ...], says: str
) -> None:
    monkeypatch.setattr(Pipeline, "of", lambda _: pipeline(*faces))
    result = run(photo(tmp_path / "wall.png"), "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert says in result.stderr
    assert "cost" not in result.stderr


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    source = photo(tmp_path / "me.png")
    for _ in range(2):
        assert run(source, "--out", tmp_path).exit_code == 0
    assert source.read_bytes() == PHOTO
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["me-2.png", "me-3.png", "me.png"]
    assert write_new(tmp_path / "me.png", b"new").read_bytes() == b"new"


def test_folders_are_searched_and_their_structure_is_kept(tmp_path: Path) -> None:
    album = tmp_path / "album"
    for name in ("b.PNG", "deeper/a.png", ".hidden/x.png"):
        photo(album / name)
    (album / "notes.txt").write_text("no photo")
    (album / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
    result = run(album, "--out", album / "restored")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 2
    assert (album / "restored/b.png").exists()
    assert (album / "restored/deeper/a.png").exists()
    again = photos_in([album], album / "restored")
    assert [one.path.name for one in again] == ["b.PNG", "a.png"]


@pytest.mark.parametrize("name", ["scan", "photo.jpg.bin", "photo.txt", "IMG_0001.mp4"])
def test_photo_in_a_folder_is_recognised_by_its_bytes(tmp_path: Path, name: str) -> None:
    photo(tmp_path / "album" / name)
    assert [one.path.name for one in photos_in([tmp_path / "album"], tmp_path / "out")] == [name]


def test_empty_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(tmp_path / "empty", "--out", "out")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"There are no photos in {tmp_path}/empty.\n")
    result = run(tmp_path / "empty", photo(tmp_path / "a.png"), "--out", "out")
    assert (result.exit_code, result.stderr) == (0, f"There are no photos in {tmp_path}/empty.\n")


def test_compare_writes_before_and_after_side_by_side(tmp_path: Path) -> None:
    result = run(photo(tmp_path / "me.png"), "--out", "out", "--compare", "--upscale", "2")
    assert result.exit_code == 0, result.output
    assert size_of(Path("out/me.png")) == (1200, 800)
    assert size_of(Path("out/me-compare.png"))[0] > 2400


def test_print_says_up_to_which_size_the_photo_is_sharp(tmp_path: Path) -> None:
    result = run(photo(tmp_path / "me.png"), "--out", "out", "--print", "13x18cm")
    assert "170 dpi at 13 × 18 cm, which prints soft: the photo prints sharp only up to 6 × 9 cm" in result.stdout
    assert size_of(Path("out/me.png")) == (1200, 800)
    for wrong in (("--print", "13x18"), ("--print", "5x7in", "--upscale", "2")):
        assert run(tmp_path / "me.png", "--out", "out", *wrong).exit_code == 2


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_result_has_the_requested_format(tmp_path: Path, kind: str) -> None:
    result = run(photo(tmp_path / "aunt.png"), "--out", tmp_path / "out", "--format", kind)
    assert result.exit_code == 0, result.output
    (written,) = (tmp_path / "out").iterdir()
    with Image.open(written) as image:
        assert image.format == kind.upper()


def test_options_reach_the_pipeline(tmp_path: Path) -> None:
    source = photo(tmp_path / "me.png")
    arguments = "--model", "slider", "--detector", "finds", "--strength", "0", "--fidelity", "0.3"
    assert run(source, "--out", "out", *arguments).exit_code == 0
    with Image.open("out/me.png") as after, Image.open(source) as before:
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--model", "nonsense"), "There is no model called “nonsense”. The models are: plain, slider."),
        (("--model", "plain", "--fidelity", "0.5"), "The model “plain” has no fidelity slider."),
    ],
)
def test_unusable_options_are_reported_once(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    result = run(photo(tmp_path / "a.png"), photo(tmp_path / "b.png"), "--out", "out", *arguments)
    assert result.exit_code == 2
    assert result.stderr == f"magicmemory: {says}\n"
    assert not Path("out").exists()


def test_invalid_setting_prints_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGIC_MIN_FACE_PX", "tiny")
    result = run(photo(tmp_path / "a.png"), "--out", "out")
    assert result.exit_code == 2
    assert result.stderr.startswith("magicmemory: MAGIC_MIN_FACE_PX cannot be used")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.processes
def test_help_does_not_import_torch() -> None:
    program = "import magicmemory.cli.restore, sys; assert not {'torch', 'cv2', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-P", "-c", program], check=True)


@pytest.mark.parametrize("arguments", [("--upscale", "3"), ("--strength", "1.5"), ("--fidelity", "-1")])
def test_values_out_of_range_are_usage_errors(tmp_path: Path, arguments: tuple[str, str]) -> None:
    result = run(photo(tmp_path / "a.png"), "--out", "out", *arguments)
    assert result.exit_code == 2
    assert arguments[0] in result.stderr


def scan(path: Path, pages: int) -> Path:
    images = [Image.fromarray(colourful(600, 400, seed=seed)) for seed in range(pages)]
    images[0].save(path, "TIFF", save_all=True, append_images=images[1:])
    return path


def test_remaining_pages_are_mentioned(tmp_path: Path) -> None:
    result = run(scan(tmp_path / "scan.tif", 3), "--out", "out")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip().endswith("2 more pages in the file: --pages restores them")
    assert [path.name for path in Path("out").iterdir()] == ["scan.tif"]


def test_all_pages_can_be_restored(tmp_path: Path) -> None:
    result = run(scan(tmp_path / "scan.tif", 3), photo(tmp_path / "one.png"), "--out", "out", "--pages", "--compare")
    assert result.exit_code == 0, result.output
    names = sorted(path.name for path in Path("out").iterdir() if "compare" not in path.name)
    assert names == ["one.png", "scan-page-1.tif", "scan-page-2.tif", "scan-page-3.tif"]
    assert len(list(Path("out").glob("scan-page-?-compare.png"))) == 3


def test_metadata_are_kept_unless_they_are_stripped(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[271] = "Voigtlander"
    Image.fromarray(colourful(600, 400)).save(tmp_path / "photo.jpg", exif=exif)
    assert run(tmp_path / "photo.jpg", "--out", "kept").exit_code == 0
    assert run(tmp_path / "photo.jpg", "--out", "bare", "--strip").exit_code == 0
    assert b"Voigtlander" in Path("kept/photo.jpg").read_bytes()
    assert b"2 faces restored by plain" in Path("kept/photo.jpg").read_bytes()
    assert b"Voigtlander" not in Path("bare/photo.jpg").read_bytes()
    assert b"xmp" not in Path("bare/photo.jpg").read_bytes()


def damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every photo found scratched."""
    finder = FindsDamage((slice(0, 400), slice(20, 26)))
    monkeypatch.setattr(Pipeline, "of", lambda _settings: pipeline(*TWO_FACES, finder=finder))


def test_report_and_mask_tell_of_the_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged(monkeypatch)
    result = run(photo(tmp_path / "a.png"), "--out", "out", "--save-mask", "masks/a.png", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["done"] == ["repair"]
    assert set(told["damage"]) >= {"scratches", "dust", "grain", "halftone", "fading"}
    assert told["damage"]["scratches"] > 0
    with Image.open("masks/a.png") as mask:
        assert mask.size == (600, 400)
        assert mask.convert("L").getpixel((22, 200)) == 255
        assert mask.convert("L").getpixel((300, 50)) == 0
    line = run(photo(tmp_path / "a.png"), "--out", "out").stdout
    assert "2 faces restored, scratches repaired, " in line


def test_steps_are_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged(monkeypatch)
    switches = "--no-repair", "--no-clean", "--no-tone"
    told = json.loads(run(photo(tmp_path / "a.png"), "--out", "out", "--json", *switches).stdout)
    assert told["done"] == []


def test_mask_of_a_sound_photo_is_black(tmp_path: Path) -> None:
    one, two = photo(tmp_path / "a.png"), photo(tmp_path / "b.png")
    result = run(one, "--out", "out", "--save-mask", "mask.png", "--upscale", "2")
    assert result.exit_code == 0, result.output
    with Image.open("mask.png") as mask:
        assert mask.size == (600, 400)
        assert mask.convert("L").getextrema() == (0, 0)
    assert run(one, two, "--out", "out", "--save-mask", "m.png").exit_code == 2


def test_a_file_as_folder_for_results_is_refused_before_any_work(tmp_path: Path) -> None:
    done = run(tmp_path / "old.jpg", "--out", tmp_path / "restored.jpg")
    assert done.exit_code == 2
    assert "looks like a photo" in done.output
    assert not (tmp_path / "restored.jpg").exists()
