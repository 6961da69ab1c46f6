"""A photo passes exactly the files that docs/extending.md lists, from a Telegram update to its reply."""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tests.support.telegram_harness import harness, photo

ROOT = Path(__file__).parents[2]
MOST = 18
# The bot's start may still run: it registers the commands and compares the payments.
STARTING = {f"bots/telegram/{name}.py" for name in ("app", "commands", "payments")}


def listed() -> list[str]:
    section = (
        (ROOT / "docs" / "extending.md")
        .read_text("utf-8")
        .partition("## The path of a photo\n")[2]
        .partition("\n## ")[0]
    )
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


@contextmanager
def traced() -> Iterator[set[str]]:
    """The files whose functions are called in this process while the context lasts."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.add(frame.f_code.co_filename)

    before = sys.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(before)
        threading.setprofile(before)


async def test_a_photo_passes_the_listed_files(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url) as running:
        ana = running.server.user("Ana")
        with traced() as called:
            await ana.send_photo(photo())
            await ana.hears(lambda message: bool(message.photo))
        await running.settled(ana)
    passed = {str(Path(file).resolve().relative_to(ROOT)) for file in called if _is_ours(file)}
    assert set(listed()) <= passed
    of_telegram = {file for file in passed if file.startswith("bots/telegram/")}
    assert of_telegram - STARTING <= set(listed())
    assert len(listed()) <= MOST


def _is_ours(file: str) -> bool:
    path = Path(file).resolve()
    return path.is_relative_to(ROOT) and path.is_file() and ".venv" not in path.parts
