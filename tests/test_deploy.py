"""The units and proxies in `deploy/` fit the settings, and are as strict as the containers."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from magicmemory.core.settings import Settings

ROOT = Path(__file__).parents[1]
UNIT = (ROOT / "deploy/systemd/magicmemory@.service").read_text()
PLAYGROUND = Settings.model_fields["playground_port"].default
WEBHOOK = Settings.model_fields["telegram_webhook_port"].default
NGINX_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
MAX_PHOTO_MB = Settings.model_fields["max_photo_mb"].default


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit for a worker, with a program that exists."""
    path = tmp_path / "magicmemory@worker.service"
    path.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", UNIT))
    return path


@pytest.mark.processes
def test_systemd_takes_the_unit_and_finds_it_strict(unit: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    verified = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    # Units of the machine that others name are none of ours.
    assert "magicmemory" not in verified.stderr
    assert verified.returncode == 0
    command = [analyze, "security", "--offline=true", "--threshold=20", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


def test_the_unit_is_as_strict_as_the_containers() -> None:
    lines = UNIT.splitlines()
    for line in ("NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "PrivateTmp=yes"):
        assert line in lines
    assert "RestartPreventExitStatus=2" in lines
    assert "TimeoutStopSec=40" in lines


def test_the_proxies_pass_on_what_the_settings_say() -> None:
    for name in ("Caddyfile", "nginx.conf"):
        text = (ROOT / "deploy/proxy" / name).read_text()
        assert set(re.findall(r"127\.0\.0\.1:(\d+)", text)) == {str(PLAYGROUND), str(WEBHOOK)}, name
        assert text.count("{") == text.count("}"), name
        [size] = [int(number) for number in re.findall(r"(?:max_size|client_max_body_size) (\d{2,})m?b?;?", text, re.I)]
        assert size > MAX_PHOTO_MB, name


@pytest.mark.processes
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip("no nginx here")
    # No certificates, and no ports of this machine.
    text = re.sub(r"\n +ssl_.*|\n +listen \[::\].*", "", (ROOT / "deploy/proxy/nginx.conf").read_text())
    (tmp_path / "site").write_text(text.replace("listen 443 ssl;", f"listen unix:{tmp_path}/socket;"))
    paths = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in NGINX_FOLDERS)
    config = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {paths} include {tmp_path}/site; }}"
    (tmp_path / "config").write_text(config)
    command = [nginx, "-t", "-e", str(tmp_path / "log"), "-c", str(tmp_path / "config")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.processes
def test_caddy_takes_its_file() -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("no caddy here")
    command = [caddy, "adapt", "--adapter", "caddyfile", "--config", "deploy/proxy/Caddyfile"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_the_proxies_replace_the_name_of_a_login() -> None:
    """A visitor who sends the header itself must not become somebody else."""
    assert "header_up X-Remote-User {http.auth.user.id}" in (ROOT / "deploy/proxy/Caddyfile").read_text()
    assert "proxy_set_header X-Remote-User $remote_user;" in (ROOT / "deploy/proxy/nginx.conf").read_text()


def test_the_proxies_do_not_hold_events_back() -> None:
    assert "flush_interval -1" in (ROOT / "deploy/proxy/Caddyfile").read_text()
    nginx = (ROOT / "deploy/proxy/nginx.conf").read_text()
    assert "proxy_buffering off;" in nginx
    from magicmemory.bots.playground.jobs import PING_S

    [patience] = re.findall(r"proxy_read_timeout (\d+)s;", nginx)
    assert int(patience) > 2 * PING_S


@pytest.mark.parametrize("page", ["compose", "systemd", "proxy", "kubernetes", "gpu", "object-stores", "several-bots"])
def test_every_page_says_how_far_it_was_run(page: str) -> None:
    assert "## What was run" in (ROOT / f"docs/deploy/{page}.md").read_text()


def test_a_worker_of_compose_gets_what_the_page_of_object_stores_names() -> None:
    page = (ROOT / "docs/deploy/object-stores.md").read_text()
    named = set(re.findall(r"AWS_[A-Z_]+", page))
    assert {"AWS_ENDPOINT", "AWS_ALLOW_HTTP"} < named
    given = re.findall(r"^  (AWS_[A-Z_]+):$", (ROOT / "docker-compose.yml").read_text(), re.M)
    assert named <= set(given)


def test_the_compose_page_names_every_variable_of_compose() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    named = {name for name in re.findall(r"\$\{([A-Z_]+):-", compose) if not name.startswith("MAGIC_")}
    page = (ROOT / "docs/deploy/compose.md").read_text()
    assert {name for name in named if f"`{name}`" not in page} == set()
