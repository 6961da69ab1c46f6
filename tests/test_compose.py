"""docker-compose.yml is valid, names settings that exist, and runs nothing of ours as root."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
OURS = ("telegram", "discord", "playground", "worker-cpu", "worker-gpu")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


@pytest.mark.processes
def test_the_file_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.processes
def test_docker_takes_it(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("no docker compose here")
    for name in ("docker-compose.yml", "deploy"):
        (tmp_path / name).symlink_to(ROOT / name)
    command = [docker, "compose", "--profile", "*", "config", "--quiet"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_every_setting_it_names_exists(compose: dict[str, Any]) -> None:
    named = {name for service in compose["services"].values() for name in service.get("environment", {})}
    named |= {name.upper() for name in compose["secrets"]}
    ours = {name for name in named if name.startswith(PREFIX)}
    assert len(ours) > 8
    assert ours <= {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.processes
def test_every_secret_is_a_file_that_is_made(compose: dict[str, Any], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    subprocess.run([tmp_path / "deploy" / "make-secrets", "postgres"], check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert {entry["file"] for entry in compose["secrets"].values()} == {f"secrets/{name}" for name in made}
    assert made["redis_password"] in made["magic_redis_url"]
    assert made["postgres_password"] in made["magic_database_url"]
    assert len(made["redis_password"]) == 48
    (tmp_path / "secrets" / "magic_telegram_token").write_text("42:token")
    subprocess.run([tmp_path / "deploy" / "make-secrets"], check=True, capture_output=True)
    again = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert again == {**made, "magic_telegram_token": "42:token"}
    assert oct((tmp_path / "secrets").stat().st_mode)[-3:] == "700"


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_do_no_harm_and_come_back(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["user"] == "1000:1000"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"] == ["CMD", "magicmemory", "healthcheck"]
    assert service["environment"]["MAGIC_METRICS_PORT"] == "9400"
    assert "magic_redis_url" in service["secrets"]
    assert service["profiles"]


@pytest.mark.parametrize("name", ["worker-cpu", "worker-gpu"])
def test_a_worker_knows_neither_the_ledger_nor_a_token(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert "env_file" not in service
    assert service["secrets"] == ["magic_redis_url"]
    assert {volume.partition(":")[0] for volume in service["volumes"]} == {"models", "photos"}
    bot = compose["services"]["telegram"]
    assert "photos:/photos" in bot["volumes"]
    assert "photos:/photos" in service["volumes"]
    named = set(service["environment"])
    secret = {PREFIX + name.upper() for name in ("database_url", "codes_key", "telegram_token", "discord_token")}
    assert not named & secret
    # A new setting must be sorted: the worker reads it, or only bots do.
    only_bots: tuple[str, ...] = (
        "telegram",
        "discord",
        "playground",
        "premium",
        "free",
        "plans",
        "fair",
        "photos_at",
        "codes",
        "support",
    )
    only_bots += (
        "terms",
        "timezone",
        "adjust",
        "language",
        "max_photo_mb",
        "max_waiting",
        "database",
        "trusted",
        "failures",
    )
    set_here = {"data_dir", "redis_url", "photo_store", "metrics_host", "metrics_port", "log_format", "device"}
    set_here |= {"weights_dir"}  # in the volume
    workers = {
        PREFIX + field.upper()
        for field in Settings.model_fields
        if field not in set_here and (field == "max_photo_megapixels" or not field.startswith(only_bots))
    }
    assert workers <= named


def test_only_loopback_ports_are_open(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_redis_keeps_everything_behind_a_password(compose: dict[str, Any]) -> None:
    command = compose["services"]["redis"]["command"]
    for part in ("--appendonly yes", "--maxmemory-policy noeviction", "--requirepass"):
        assert part in command


def test_the_gpu_worker_reserves_a_gpu(compose: dict[str, Any]) -> None:
    devices = compose["services"]["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert devices == [{"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}]


def test_dashboard_and_alerts_name_metrics_that_exist() -> None:
    board = json.loads((ROOT / "deploy/grafana/dashboards/magicmemory.json").read_text())
    alerts = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    named = {name for expression in asked for name in re.findall(r"magicmemory_\w+", expression)}
    told = set(re.findall(r"# TYPE (\w+)", Metrics("worker", "1").render().decode()))
    # These are there where a GPU is.
    told |= {f"magicmemory_device_memory_{what}_bytes" for what in ("allocated", "reserved", "total")}
    known = {name + suffix for name in told for suffix in ("", "_bucket", "_sum", "_count")}
    assert len(named) > 12
    assert named <= known


def test_prometheus_looks_at_every_process_of_ours() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    assert sorted(found["names"]) == sorted(OURS)
    assert found["port"] == 9400
    assert os.access(ROOT / "deploy/make-secrets", os.X_OK)
