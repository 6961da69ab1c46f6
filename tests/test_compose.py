"""docker-compose.yml is valid, names settings that exist, and runs nothing of ours as root."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "Dockerfile"
BOT_PACKAGES_MB = 300  # as in deploy/build-images
OURS = ("telegram", "discord", "playground", "worker-cpu", "worker-gpu")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


@pytest.mark.processes
def test_file_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.processes
def test_docker_accepts_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("no docker compose here")
    for name in ("docker-compose.yml", "deploy"):
        (tmp_path / name).symlink_to(ROOT / name)
    command = [docker, "compose", "--profile", "*", "config", "--quiet"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_every_named_setting_exists(compose: dict[str, Any]) -> None:
    named = {name for service in compose["services"].values() for name in service.get("environment", {})}
    named |= {name.upper() for name in compose["secrets"]}
    ours = {name for name in named if name.startswith(PREFIX)}
    assert len(ours) > 8
    assert ours <= {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.processes
def test_make_secrets_creates_every_secret(compose: dict[str, Any], tmp_path: Path) -> None:
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
def test_our_containers_are_restricted_and_restart(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["user"] == "1000:1000"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"] == ["CMD", "python", "-m", "magicmemory.cli.probe"]
    assert service["image"].endswith(":${MAGICMEMORY_TAG:-latest}")
    assert service["environment"]["MAGIC_METRICS_PORT"] == "9400"
    assert "magic_redis_url" in service["secrets"]
    assert service["profiles"]


@pytest.mark.parametrize("name", ["worker-cpu", "worker-gpu"])
def test_worker_gets_neither_database_nor_token(compose: dict[str, Any], name: str) -> None:
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
        "shared",
        "privacy",
        "admin",
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
    for part in ("--appendonly yes", "--maxmemory-policy noeviction", "--maxmemory $", "--requirepass"):
        assert part in command


def test_the_gpu_worker_reserves_a_gpu(compose: dict[str, Any]) -> None:
    devices = compose["services"]["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert devices == [{"driver": "nvidia", "device_ids": ["${GPU:-0}"], "capabilities": ["gpu"]}]


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


def test_prometheus_scrapes_every_process(compose: dict[str, Any]) -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text())
    found = {job["job_name"]: job["dns_sd_configs"][0] for job in config["scrape_configs"]}
    assert sorted(found["magicmemory"]["names"]) == sorted(OURS)
    assert found["magicmemory"]["port"] == 9400
    exporters = {name for name in compose["services"] if name.endswith("-exporter")}
    assert {name for job in found.values() for name in job["names"]} == {*OURS, *exporters}
    for name in exporters:
        assert re.search(r":v?\d+\.\d+\.\d+", compose["services"][name]["image"]), name
    assert os.access(ROOT / "deploy/make-secrets", os.X_OK)


def test_alerts_reach_alertmanager(compose: dict[str, Any]) -> None:
    prometheus = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text())
    [manager] = prometheus["alerting"]["alertmanagers"]
    assert manager["static_configs"] == [{"targets": ["alertmanager:9093"]}]
    assert compose["services"]["alertmanager"]["profiles"] == ["monitoring"]
    config = yaml.safe_load((ROOT / "deploy/alertmanager.yml").read_text())
    assert config["route"]["receiver"] in {receiver["name"] for receiver in config["receivers"]}


def test_no_container_can_fill_the_machine(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["mem_limit"], name
        assert service["pids_limit"] <= 2048, name
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name


def test_ports_follow_the_settings(compose: dict[str, Any]) -> None:
    for name, setting, port in (("playground", "PLAYGROUND", 8080), ("telegram", "TELEGRAM_WEBHOOK", 8081)):
        service, wanted = compose["services"][name], f"${{MAGIC_{setting}_PORT:-{port}}}"
        assert service["environment"][f"MAGIC_{setting}_PORT"] == wanted
        assert service["environment"][f"MAGIC_{setting}_HOST"] == "0.0.0.0"
        assert service["ports"] == [f"127.0.0.1:{wanted}:{wanted}"]
        assert Settings.model_fields[f"{setting.lower()}_port"].default == port


def test_others_programs_see_neither_ledger_nor_tokens(compose: dict[str, Any]) -> None:
    ours = {*OURS}
    for name, service in compose["services"].items():
        if name not in ours:
            assert "env_file" not in service, name
            assert not {volume.partition(":")[0] for volume in service.get("volumes", [])} & {"data", "photos"}, name
    api, bot = compose["services"]["bot-api"], compose["services"]["telegram"]
    assert api["volumes"] == ["bot-api:/bot-api"]
    assert "bot-api:/bot-api:ro" in bot["volumes"]
    assert api["environment"]["TELEGRAM_WORK_DIR"] == "/bot-api"


def test_every_volume_is_declared_and_used(compose: dict[str, Any]) -> None:
    used = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }
    assert used == set(compose["volumes"])


def test_postgresql_is_of_the_tested_major(compose: dict[str, Any]) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    images = {service["image"] for job in workflow["jobs"].values() for service in (job.get("services") or {}).values()}
    [tested] = [image for image in images if image.startswith("postgres:")]
    ours = f"postgres:${{POSTGRES_TAG:-{tested.partition(':')[2]}-alpine@"
    assert compose["services"]["postgres"]["image"].startswith(ours)


@pytest.mark.processes
def test_without_a_builder_the_script_says_so(tmp_path: Path) -> None:
    for tool in ("sh", "dirname"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    script = [ROOT / "deploy/build-images"]
    ended = subprocess.run(script, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Neither a Docker daemon nor buildah is here")


def test_images_are_pinned_by_version_and_digest(compose: dict[str, Any]) -> None:
    [base] = re.findall(r"^ARG PYTHON_IMAGE=(.*)$\nFROM \$\{PYTHON_IMAGE\} AS base$", DOCKERFILE.read_text(), re.M)
    others = {name: service["image"] for name, service in compose["services"].items() if name not in OURS}
    images = {"base": base} | {name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", image) for name, image in others.items()}
    pinned = {name for name, image in images.items() if re.fullmatch(r".+:v?\d[\w.-]*@sha256:[0-9a-f]{64}", image)}
    # Of these no digest could be found.
    assert set(images) - pinned == {"bot-api", "redis-exporter", "dcgm-exporter"}
    assert not [image for image in images.values() if image.endswith(":latest")]
    for name in OURS:
        assert compose["services"][name]["build"]["args"]["PYTHON_IMAGE"] is None, name


def test_the_public_ci_builds_the_images() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    assert {"run": "deploy/build-images ci"} in workflow["jobs"]["images"]["steps"]


def test_the_bots_packages_stay_small() -> None:
    """The image's packages are those of the lock; what is installed here weighs the same within a little."""
    lock = (ROOT / "requirements/bot.lock").read_text()
    names = re.findall(r"^([\w.-]+)==", lock, re.M)
    assert not {"torch", "numpy", "openvino", "opencv-python-headless", "pip"} & set(names)
    sizes = {name: size for name in names if (size := installed_mb(name)) is not None}
    assert len(sizes) > len(names) * 0.8
    large = sorted(sizes.items(), key=lambda pair: -pair[1])[:5]
    assert sum(sizes.values()) < BOT_PACKAGES_MB, large


def installed_mb(name: str) -> float | None:
    """The size of a package's files; None: it is not installed here."""
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        return None
    paths = [Path(str(file.locate())) for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def test_both_images_have_one_entrypoint_and_a_numeric_user() -> None:
    file = DOCKERFILE.read_text()
    assert re.findall(r"^ENTRYPOINT (.*)$", file, re.M) == ['["magicmemory"]'] * 2
    assert re.findall(r"^CMD (.*)$", file, re.M) == ['["worker"]']
    assert re.findall(r"^USER (.*)$", file, re.M) == ["1000:1000"] * 2
    # A new volume takes the owner of the folder that it covers.
    assert "install -d -o magic -g magic -m 700 /data /photos /bot-api" in file


FAKE_DOCKER = """#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
    *"--entrypoint id "*) echo 1000 ;;
    *"--entrypoint find "*" -name site-packages -exec du "*) echo "$PACKAGES_MB /usr/local" ;;
    *--version) echo 0.1.0 ;;
    *worker:*" models list") echo "*  lite   restorer" ;;
    *bot:*" models list") echo "Models need the packages of a worker: install the extra." >&2; exit 1 ;;
esac
"""


@pytest.mark.processes
@pytest.mark.parametrize(("megabytes", "status"), [(225, 0), (900, 1)])
def test_the_script_tries_both_images(tmp_path: Path, megabytes: int, status: int) -> None:
    """With a program in place of docker: what the script asks of it, and what it makes of the answers."""
    docker = tmp_path / "docker"
    docker.write_text(FAKE_DOCKER.replace("$PACKAGES_MB ", f"{megabytes}\t"))
    docker.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "LOG": str(tmp_path / "log")}
    script = [str(ROOT / "deploy/build-images"), "1.2"]
    ended = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == status, ended.stderr
    assert ("both images work" in ended.stdout) == (status == 0)
    asked = (tmp_path / "log").read_text()
    for target in ("bot", "worker"):
        assert f"build --target {target} --build-arg PYTHON_IMAGE=python:3.12-slim@sha256:" in asked
    runs = [line for line in asked.splitlines() if line.startswith("run ")]
    assert runs
    assert all("--read-only" in line and "--cap-drop ALL" in line for line in runs)
    if status:
        assert "has more than 300 MB of packages" in ended.stderr
