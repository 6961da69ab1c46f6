"""`magicmemory restore` with many photos: resuming, progress and the summary."""

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from magicmemory.cli.main import app
from magicmemory.cli.restore import write_new
from magicmemory.cli.restore_batch import Count
from magicmemory.core.settings import Settings
from magicmemory.pipeline.pipeline import Pipeline
from tests.cli.test_restore_command import jpeg, photo, scan
from tests.pipeline.test_pipeline import TWO_FACES, pipeline
from tests.support.converted_models import add_converted_models

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def restores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """An empty current folder, and a pipeline that keeps what it was asked to restore."""
    asked: list[bytes] = []
    inner = pipeline(*TWO_FACES)
    restore = inner.restore

    def counted(data: bytes, *arguments: Any, **named: Any) -> Any:
        asked.append(data)
        return restore(data, *arguments, **named)

    def of(_: Settings) -> Pipeline:
        return inner

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Pipeline, "of", of)
    monkeypatch.setattr(inner, "restore", counted)
    return asked


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["restore", *map(str, arguments)])


def test_second_call_continues_where_the_first_ended(tmp_path: Path, restores: list[bytes]) -> None:
    for name in ("album/a.png", "album/deeper/b.png", "album/deeper/c.png"):
        photo(tmp_path / name)
    (tmp_path / "album/bad.png").write_bytes(b"no picture")
    assert run("album/deeper", "--out", "out/deeper").exit_code == 0
    restores.clear()
    result = run("album", "--out", "out", "--skip-existing")
    assert result.exit_code == 1
    assert len(restores) == 2
    assert "1 restored, 1 not restored, 2 skipped because their results are there, of 4." in result.stderr
    assert sorted(path.name for path in Path("out").rglob("*.png")) == ["a.png", "b.png", "c.png"]
    result = run("album/a.png", "--out", "out", "--skip-existing")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "0 restored, 1 skipped because their results are there, of 1.\n"


def test_photos_with_the_same_name_get_different_results(tmp_path: Path, restores: list[bytes]) -> None:
    photo(tmp_path / "album/a.png")
    assert run("album", "--out", "out").exit_code == 0
    jpeg(tmp_path / "album/a.jpg")
    photo(tmp_path / "album/a.bmp")
    restores.clear()
    assert run("album", "--out", "out", "--skip-existing").exit_code == 0
    assert len(restores) == 2  # a.bmp in doubt, a.jpg
    assert run("album", "--out", "webp", "--format", "webp").exit_code == 0
    restores.clear()
    assert run("album/a.png", "--out", "webp", "--format", "png", "--skip-existing").exit_code == 0
    assert len(restores) == 1  # there is a WebP, no PNG


def test_missing_pages_are_restored(tmp_path: Path, restores: list[bytes]) -> None:
    scan(tmp_path / "scan.tif", 3)
    assert run("scan.tif", "--out", "out", "--pages").exit_code == 0
    Path("out/scan-page-2.tif").unlink()
    restores.clear()
    assert run("scan.tif", "--out", "out", "--pages", "--skip-existing").exit_code == 0
    assert len(restores) == 1
    assert Path("out/scan-page-2.tif").exists()


def test_skip_existing_is_refused_if_results_are_among_the_photos(tmp_path: Path, restores: list[bytes]) -> None:
    photo(tmp_path / "a.png")
    result = run("a.png", "--out", ".", "--skip-existing")
    assert result.exit_code == 2
    assert "another folder" in result.stderr
    assert restores == []


def test_progress_is_printed_as_lines_into_a_pipe(tmp_path: Path) -> None:
    for name in ("a.png", "c.png"):
        photo(tmp_path / "album" / name)
    (tmp_path / "album/b.png").write_bytes(b"no picture")
    result = run("album", "--out", "out")
    first, last = result.stdout.splitlines()
    assert re.fullmatch(r"\[1/3\] album/a.png -> out/a.png: .* s; about \d+ s left", first)
    assert re.fullmatch(r"\[3/3\] album/c.png -> out/c.png: .* s", last)
    assert "[2/3] album/b.png: This is not a photo." in result.stderr
    assert result.stderr.splitlines()[-2:] == ["2 restored, 1 not restored, of 3.", "1 not restored: album/b.png"]


def test_time_left_follows_the_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("magicmemory.cli.restore_batch.time.monotonic", lambda: now)
    count = Count(92)
    count.end(skipped=True)
    now = 60.0
    assert count.begin() == "[2/92] "
    assert count.left() == "; about 90 min left"  # skipped photos take no time
    now = 2.0
    assert count.left() == "; about 3 min left"
    now = 1.0
    assert count.left() == "; about 90 s left"


def test_ctrl_c_prints_a_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.png", "b.png", "c.png"):
        photo(tmp_path / "album" / name)
    inner = Pipeline.of(Settings())
    restore = inner.restore

    def interrupted(*arguments: Any, **named: Any) -> Any:
        if (tmp_path / "out/a.png").exists():
            raise KeyboardInterrupt
        return restore(*arguments, **named)

    monkeypatch.setattr(inner, "restore", interrupted)
    result = run("album", "--out", "out")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted: 1 restored, of 3. `--skip-existing` goes on from here.\n"


def test_partly_written_result_is_deleted(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_new(tmp_path / "a.png", "no bytes")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_real_ctrl_c_ends_without_a_traceback(tmp_path: Path) -> None:
    add_converted_models(tmp_path / "var")
    for number in range(30):
        jpeg(tmp_path / f"{number}.jpg")
    # Shells let programs in the background ignore Ctrl-C, and child processes inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "magicmemory.cli.main", "restore", ".", "--out", "out"],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.stderr is not None
    first = process.stderr.readline()  # each of these has no face
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, first + rest
    assert "Traceback" not in rest
    assert "Interrupted: 0 restored, " in rest
