"""A bot process deletes erased accounts regularly, and survives a database that is away."""

from pathlib import Path

import pytest

from magicmemory.bots import bootstrap
from magicmemory.bots.bootstrap import open_service
from magicmemory.storage.erasure import Erasure
from tests.support.harness import ANA, eventually, settings_for


async def test_erased_accounts_go_by_themselves(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bootstrap, "FIRST_TIDYING_S", 0.05)
    monkeypatch.setattr(bootstrap, "TIDYING_EVERY_S", 0.05)
    tidy = Erasure.tidy
    failures: list[OSError] = []

    async def away_at_first(self: Erasure) -> int:
        if not failures:
            failures.append(OSError("the database is away"))
            raise failures[0]
        return await tidy(self)

    monkeypatch.setattr(Erasure, "tidy", away_at_first)
    async with open_service(settings_for(tmp_path), redis_url) as service:
        await service.people.choose(ANA, strength=0.5)
        await service.forget(ANA)

        async def gone() -> bool | None:
            return True if await service.people.since(ANA) is None else None

        assert await eventually(gone)
    assert failures
    assert "could not be deleted" in caplog.text
