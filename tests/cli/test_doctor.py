"""`doctor` finds problems and says what to do."""

import time
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from magicmemory.cli.doctor import Finding, Verdict, examine
from magicmemory.cli.main import app
from magicmemory.core.settings import Settings
from magicmemory.pipeline.models import gfpgan, upstream
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import restorer_model
from magicmemory.pipeline.models.weights import Weights
from magicmemory.queue.connection import RedisKeys, connect
from magicmemory.queue.poison import CrashCounter
from tests.pipeline.models.test_self_test import Broken, flat
from tests.support.harness import settings_for
from tests.support.networks import tiny

pytestmark = pytest.mark.processes  # the doctor asks a Redis on the PATH for its version


@pytest.mark.usefixtures("redis_binary")
async def test_doctor_passes_on_a_bare_machine(tmp_path: Path) -> None:
    findings = await examine(settings_for(tmp_path))
    assert {name for name, found in findings.items() if found.verdict is Verdict.BAD} == set()
    assert findings["telegram"].verdict is Verdict.OFF
    assert "SQLite" in findings["database"].what
    assert "lite" in findings["weights"].what
    assert "MTCNN" in findings["weights"].what
    assert list((tmp_path / "photos").iterdir()) == []


async def test_each_failure_has_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings = settings_for(
        tmp_path,
        redis_url="redis://127.0.0.1:1",
        database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none",
        photo_store=str(tmp_path / "file" / "photos"),
        plans_file=tmp_path / "none.toml",
        device="cuda:9",
        model="nonesuch",
        telegram_token=SecretStr("123:abc"),
        telegram_api_url="http://127.0.0.1:1",
    )
    findings = await examine(settings)
    bad = {name for name, found in findings.items() if found.verdict is Verdict.BAD}
    assert bad == {"settings", "redis", "database", "photo store", "plans", "weights", "device", "telegram"}
    for name in bad:
        assert findings[name].hint.endswith((".", "?")), name
        assert "\n" not in findings[name].what


@pytest.mark.usefixtures("redis_binary")
async def test_a_data_folder_that_cannot_be_used_is_the_only_thing_blamed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings = Settings(_env_file=None, data_dir=tmp_path / "file")
    findings = await examine(settings)
    assert [name for name, found in findings.items() if found.verdict is Verdict.BAD] == ["disk"]
    assert "MAGIC_DATA_DIR cannot be used" in findings["disk"].what
    assert findings["database"].what.startswith("not checked: it lies in MAGIC_DATA_DIR")
    assert findings["photo store"] == findings["database"]
    elsewhere = await examine(settings.model_copy(update={"photo_store": str(tmp_path / "photos")}))
    assert elsewhere["photo store"].verdict is Verdict.GOOD


def test_table_shows_whole_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def examined(_: object) -> dict[str, Finding]:
        return {"upstream": Finding(Verdict.OFF, "run `pip install magicmemory[reference]`", "[odd] hint")}

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("magicmemory.cli.doctor.examine", examined)
    shown = CliRunner().invoke(app, ["doctor"]).stdout
    assert "magicmemory[reference]" in shown
    assert "[odd] hint" in shown


async def test_redis_with_an_eviction_policy_is_reported(tmp_path: Path, redis_url: str) -> None:
    from redis.asyncio import Redis

    redis = Redis.from_url(redis_url)
    settings = settings_for(tmp_path, redis_url=redis_url)
    good = (await examine(settings))["redis"]
    assert (good.verdict, "append-only file on" in good.what) == (Verdict.GOOD, True)
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    bad = (await examine(settings))["redis"]
    await redis.aclose()
    assert bad.verdict is Verdict.BAD
    assert "noeviction" in bad.hint


async def test_data_that_other_users_can_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = settings_for(tmp_path / "my data")
    assert (await examine(settings))["permissions"].verdict is Verdict.GOOD
    Path(".env").write_text("MAGIC_TELEGRAM_TOKEN=x")
    Path(".env").chmod(0o644)
    (settings.data_dir / "redis").mkdir()
    (settings.data_dir / "redis").chmod(0o755)
    found = (await examine(settings))["permissions"]
    assert found.verdict is Verdict.WARNING
    assert found.hint == f"chmod go-rwx '{settings.data_dir / 'redis'}' .env"


async def test_dead_letters_are_listed(tmp_path: Path, own_redis_url: str) -> None:
    settings = settings_for(tmp_path, redis_url=own_redis_url)
    assert "no photo" in (await examine(settings))["dead letters"].what
    async with connect(own_redis_url) as redis:
        await CrashCounter(redis, RedisKeys(settings.redis_prefix)).add_dead_letter("0123abc")
    # A Redis that `run` started in the data folder is found without its name.
    told = (await examine(settings_for(tmp_path)))["dead letters"].what
    assert "1 photo" in told
    assert "job 0123abc" in told


async def test_upstream_packages_have_a_row(tmp_path: Path) -> None:
    reason = upstream.why_not()
    found = (await examine(settings_for(tmp_path)))["upstream"]
    assert found.verdict is (Verdict.GOOD if reason is None else Verdict.OFF)
    if reason is not None:
        assert upstream.INSTALL in found.what
        wanted = (await examine(settings_for(tmp_path, engine="upstream")))["upstream"]
        assert wanted.verdict is Verdict.BAD


async def test_unusable_model_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "parsing_parsenet.pth").write_bytes(b"cut off")
    found = (await examine(settings_for(tmp_path)))["weights"]
    assert found.verdict is Verdict.BAD
    assert "it ends after 7 of 85331193 bytes: run `magicmemory models pull parsenet`" in found.what


async def test_clocks_of_redis_and_postgres_are_compared(
    tmp_path: Path, redis_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path, redis_url=redis_url, database_url=database_url)
    postgres = database_url.startswith("postgresql")
    here = (await examine(settings))["clock"]
    assert here.verdict is Verdict.GOOD
    assert ("PostgreSQL is 0.0 s" in here.what) is postgres
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() - 15)
    slow = (await examine(settings))["clock"]
    assert slow.verdict is Verdict.WARNING
    assert "Redis is 15.0 s ahead" in slow.what
    assert ("PostgreSQL is 15.0 s ahead" in slow.what) is postgres
    assert "NTP" in slow.hint


async def test_a_model_that_half_precision_harms_is_named(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, allow_unverified_weights=True)
    weights, facts = Weights.of(settings), gfpgan.GFPGAN_1_4.facts
    file = weights.path(facts)
    file.parent.mkdir()
    file.write_bytes(b"weights")
    restorers = (restorer_model(facts, tiny),)
    Models(Broken(flat), weights, restorers=restorers, verdicts=settings.data_dir / "cache").restorer()
    found = (await examine(settings))["precision"]
    assert found.what == "half precision changes the sample face, so these run in full: gfpgan-1.4"
