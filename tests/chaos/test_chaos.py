"""The short form of `make chaos`: processes are killed and paused, Redis loses its data, the disk is full."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.chaos.run import Plan, run


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("redis_binary")
async def test_nothing_is_lost_or_wrongly_charged(tmp_path: Path, database_url: str) -> None:
    plan = Plan(photos=44, people=12, seconds=22, every_s=3.2, seed=3, database=database_url)
    result = await run(plan, tmp_path)
    print(make_url(database_url).get_backend_name(), result.as_json())
    assert result.sent == plan.photos
    assert result.lost == 0, result.lost_requests
    assert result.wrongly_charged == 0
    assert result.answered_twice <= 1
    assert result.answered >= plan.photos // 2
    assert {"kill", "pause", "lose-redis", "full-disk"} <= set(result.faults)
