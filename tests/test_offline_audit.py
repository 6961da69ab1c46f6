"""The audit without a network."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests import offline_audit


def database(folder: Path, *advisories: dict[str, Any]) -> Path:
    file = folder / "all.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for advisory in advisories:
            packed.writestr(f"{advisory['id']}.json", json.dumps(advisory))
    return file


def advisory(name: str, *events: dict[str, str], versions: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, "versions": list(versions)}
    return {"id": "PYSEC-1", "affected": [affected], **more}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (advisory("Pillow", {"introduced": "0"}, {"fixed": "99"}), True),
        (advisory("pillow", {"introduced": "0"}, {"fixed": "1"}), False),
        (advisory("pillow", {"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}), True),
        (advisory("pillow", {"introduced": "0"}, {"last_affected": "98"}), True),
        (advisory("pillow", {"introduced": "98"}), False),
        (advisory("pillow", {"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"), False),
        (advisory("somebody-elses", {"introduced": "0"}), False),
    ],
)
def test_a_weakness_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], found: dict[str, Any], expected: bool
) -> None:
    assert offline_audit.main(database(tmp_path, found)) == expected
    told = capsys.readouterr().out
    assert ("pillow" in told and "PYSEC-1" in told) == expected


def test_a_version_that_is_listed_is_found(tmp_path: Path) -> None:
    [version] = offline_audit.pinned()["pillow"]
    assert offline_audit.main(database(tmp_path, advisory("pillow", versions=(version,)))) == 1


def test_every_package_of_the_locks_is_looked_up() -> None:
    assert {"pillow", "uvicorn", "discord-py", "openvino", "asyncpg"} <= set(offline_audit.pinned())


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_no_answer_is_no_good_news(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(content)
    with pytest.raises(SystemExit, match="cannot be read"):
        offline_audit.main(file)
    with pytest.raises(SystemExit, match="no advisories"):
        offline_audit.main(database(tmp_path))
