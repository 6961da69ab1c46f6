"""`magicmemory demo` sends the sample through the whole service and keeps the result."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.support.converted_models import add_converted_models

pytestmark = pytest.mark.usefixtures("redis_binary")


@pytest.mark.processes
async def test_the_demo_restores_the_sample_and_is_refused_a_second(tmp_path: Path) -> None:
    add_converted_models(tmp_path / "demo" / "service")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "magicmemory.cli.main", "demo"),
        env={**os.environ, "MAGIC_DATA_DIR": str(tmp_path), "MAGIC_WORKER_PHOTOS": "1"},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0
    assert "You have used today’s free photo." in said
    report = json.loads((tmp_path / "demo" / "report.json").read_text())
    assert [face["restored"] for face in report["faces"]] == [True]
    assert report["faces"][0]["score"] > 0.9
    assert set(report["stages_ms"]) == {"decode", "look", "repair", "detect", "align", "restore", "blend", "encode"}
    assert report["done"] == ["repair"], "the sample has cracks"
    assert report["model"] == "lite"
    assert (report["quota_before"]["left"], report["quota_after"]["left"]) == (1, 0)
    with Image.open(tmp_path / "demo" / "before_after.png") as sheet:
        assert sheet.width == 2 * 600
