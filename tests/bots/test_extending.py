"""The adapter in docs/extending.md works as shown, and the files that the page names exist."""

import asyncio
import base64
import importlib
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.support.harness import NoPipeline, settings_for

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")
EXAMPLE = re.compile(r"^`bots/lines/(\w+\.py)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PACKAGE = "example_lines"
# They ask for a token and check it; a platform works without.
OPTIONAL = {"cli/doctor.py", "cli/settings_check.py", "cli/setup.py"}


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page's code as a package. It borrows the playground's name, since a new one must stand in `Platform`."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").touch()
    for name, code in EXAMPLE.findall(PAGE):
        code = code.replace("magicmemory.bots.lines", PACKAGE).replace("Platform.LINES", "Platform.PLAYGROUND")
        (folder / name).write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        monkeypatch.delitem(sys.modules, name)
    return PACKAGE


@pytest.fixture
async def connection(
    example: str, tmp_path: Path, redis_url: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client of the running adapter, with a worker behind it."""
    settings, stop, port = settings_for(tmp_path), asyncio.Event(), asyncio.get_running_loop().create_future()
    serve = importlib.import_module(f"{example}.app").serve
    worker = RestoreWorker(PhotoStore(settings.photos), NoPipeline(), RedisKeys(settings.redis_prefix), 60)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(settings, redis_url, stop, port.set_result))
        tasks.create_task(worker.run(redis_url, 1, stop))
        reader, writer = await asyncio.open_connection("127.0.0.1", int(await port))
        yield reader, writer
        writer.close()
        await writer.wait_closed()
        stop.set()


async def test_the_smallest_adapter_restores_a_photo(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    reader, writer = connection

    async def hear() -> dict[str, str]:
        answer: dict[str, str] = json.loads(await asyncio.wait_for(reader.readline(), 60))
        return answer

    def say(number: str, **content: str) -> None:
        writer.write(json.dumps({"from": "ana", "id": number, **content}).encode() + b"\n")

    say("1", photo=base64.b64encode(b"photo").decode())
    answers = [await hear(), await hear()]
    assert {"text": "Got it. Your photo is next."} in answers
    (restored,) = [answer for answer in answers if "photo" in answer]
    assert restored["text"] == "One face restored."
    assert base64.b64decode(restored["photo"]) == b"restored photo"
    say("2", text="/quota")
    assert (await hear())["text"].startswith("No more photos today.")
    say("3", photo=base64.b64encode(b"another").decode())
    assert (await hear())["text"].startswith("You have used today’s free photo.")
    say("4", text="/cancel")
    assert (await hear())["text"] == "You have no waiting photos."


def rows(heading: str) -> list[str]:
    """The first cells of the table under a heading."""
    section = PAGE.partition(f"### {heading}\n")[2].partition("\n#")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_a_platform_needs_at_most_eight_new_files_and_eight_edits() -> None:
    assert 0 < len(rows("Eight new files")) <= 8
    edited = rows("Eight edits")
    assert 0 < len(edited) <= 8
    assert not [file for file in edited if not (ROOT / file).exists()]


def test_a_platform_stands_in_no_other_file() -> None:
    """Discord's name outside its folder shows which files a platform must be added to."""
    rooms = ("bots", "cli", "core", "queue", "storage")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py") if "discord" not in file.parts]
    name = re.compile(r"discord_token|def discord\(|DISCORD\b")
    naming = {str(file.relative_to(ROOT)) for file in files if name.search(file.read_text("utf-8"))}
    assert naming - OPTIONAL == {file for file in rows("Eight edits") if file.endswith(".py")}


def test_the_shared_layer_is_listed() -> None:
    listed = set(re.findall(r"^\| `(\w+\.py)` \|", PAGE, re.MULTILINE))
    assert listed <= {file.name for file in (ROOT / "bots" / "common").glob("*.py")}
