"""The programs in `examples/` run as their page says."""

import asyncio
import io
import os
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from PIL import Image

from magicmemory.bots.playground import static
from tests.support.converted_models import add_converted_models
from tests.support.harness import running_harness, settings_for

pytestmark = pytest.mark.processes

EXAMPLES = Path(__file__).parents[2] / "examples"
SAMPLE = (files(static) / "sample.jpg").read_bytes()


async def start(name: str, *arguments: str | Path, data: Path) -> asyncio.subprocess.Process:
    """Start an example as a user would, with settings of its own."""
    if not (data / "cache").exists():
        add_converted_models(data)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", str(EXAMPLES / name), *map(str, arguments)),
        env={**os.environ, "MAGIC_DATA_DIR": str(data)},
        stdout=asyncio.subprocess.PIPE,
    )


def test_examples_are_short_and_listed() -> None:
    page = (EXAMPLES / "README.md").read_text()
    programs = sorted(EXAMPLES.glob("*.py"))
    assert len(programs) >= 3
    for program in programs:
        assert f"({program.name})" in page
        assert len(program.read_text().splitlines()) < 40, program.name


async def test_a_file_is_restored(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(SAMPLE)
    process = await start("restore_file.py", tmp_path / "photo.jpg", tmp_path / "restored.jpg", data=tmp_path / "data")
    output, _ = await process.communicate()
    assert process.returncode == 0
    assert output.startswith(b"1 faces restored with lite")
    restored = Image.open(tmp_path / "restored.jpg")
    assert restored.size == Image.open(io.BytesIO(SAMPLE)).size
    assert restored.tobytes() != Image.open(io.BytesIO(SAMPLE)).tobytes()


async def test_a_photo_without_a_face_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (120, 120), "white").save(tmp_path / "blank.png")
    process = await start("restore_file.py", tmp_path / "blank.png", tmp_path / "restored.png", data=tmp_path / "data")
    output, _ = await process.communicate()
    assert (process.returncode, output) == (1, b"not restored: nothing-to-restore\n")
    assert not (tmp_path / "restored.png").exists()


@pytest.mark.parametrize("where", ["folder_bot.py", "remote_worker.py"])
async def test_example_processes_work_with_our_service(tmp_path: Path, redis_url: str, where: str) -> None:
    """Each example process works with our own other half over Redis and the photo store."""
    settings = settings_for(tmp_path / "data")
    if where == "folder_bot.py":
        (tmp_path / "inbox").mkdir()
        Image.open(io.BytesIO(SAMPLE)).save(tmp_path / "inbox" / "photo.png")
        async with running_harness(tmp_path / "data", redis_url, settings=settings, delivery=False):
            process = await start(where, tmp_path / "inbox", redis_url, data=tmp_path / "data")
            assert await process.wait() == 0
        assert (tmp_path / "inbox" / "photo.png.reply").read_bytes().startswith(b"restored ")
        return
    process = await start(where, redis_url, settings.photos, data=tmp_path / "worker")
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    async with running_harness(tmp_path / "data", redis_url, settings=settings, worker=False) as harness:
        job = await harness.finished(await harness.send(SAMPLE))
    assert job.report is not None
    assert job.report.restored == 1
    process.terminate()
    assert await process.wait() == 0
