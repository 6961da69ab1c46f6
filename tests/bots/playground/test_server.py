"""The playground's server: its port, its end, and what it does not import."""

import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from magicmemory.bots.playground.server import GRACE_S, serve
from magicmemory.core.http_server import CannotListen
from tests.support.harness import settings_for
from tests.support.playground import open_playground
from tests.support.playground_client import new_visitor, send, stream


async def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        database = f"sqlite+aiosqlite:///{tmp_path / 'own.db'}"
        settings = settings_for(tmp_path, playground_port=port, database_url=database)
        with pytest.raises(CannotListen, match=f"cannot listen on 127.0.0.1:{port} \\(Address already in use\\)"):
            await serve(settings, "redis://127.0.0.1:1", asyncio.Event())
    assert not (tmp_path / "own.db").exists()


async def test_a_stop_ends_open_streams_at_once(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url, worker=False) as url:
        visitor = new_visitor(url)
        job = (await send(visitor)).json()["job"]
        following = stream(visitor, job)
        assert (await anext(following))[0] == "progress"
        began = time.monotonic()
    assert time.monotonic() - began < GRACE_S
    assert [event async for event in following] == []
    await visitor.aclose()


@pytest.mark.processes
def test_the_playground_needs_no_torch() -> None:
    code = (
        "import sys, magicmemory.bots.playground.server\n"
        "heavy = {'torch', 'cv2', 'numpy', 'openvino', 'magicmemory.pipeline'} & set(sys.modules)\n"
        "sys.exit(f'imports {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
