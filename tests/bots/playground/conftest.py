"""Running playgrounds, and a visitor of one."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from magicmemory.bots import service
from tests.support.playground import open_playground
from tests.support.playground_client import new_visitor


@pytest.fixture
async def url(tmp_path: Path, redis_url: str) -> AsyncIterator[str]:
    async with open_playground(tmp_path, redis_url) as address:
        yield address


@pytest.fixture
async def idle_url(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A playground whose worker is away, and whose watchers look again sooner than they need to."""
    monkeypatch.setattr(service, "POLL_INTERVAL_S", 0.2)
    async with open_playground(tmp_path, redis_url, worker=False) as address:
        yield address


@pytest.fixture
async def visitor(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with new_visitor(url) as client:
        yield client
