"""What `make` chooses, and how it repairs a moved folder."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
INDEX = "https://download.pytorch.org/whl"

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not shutil.which("make") or sys.platform != "linux", reason="needs make on Linux"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the Makefile and what it reads, and no driver's program on its PATH."""
    folder = tmp_path / "a checkout"
    (folder / "deploy").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "deploy/repair-venv"):
        shutil.copy2(ROOT / name, folder / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "sed", "head", "uname", "make"):
        (tools / name).symlink_to(shutil.which(name) or "")
    return folder


# What an outer make, and a person, may have set.
OUTER = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "TORCH_BUILD")


def make(checkout: Path, *arguments: str, tools: bool = False) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in OUTER}
    if tools:
        environment["PATH"] = str(checkout.parent / "tools")
    done = subprocess.run(
        ["make", *arguments], cwd=checkout, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def torch_command(told: str) -> list[tuple[str, str]]:
    return re.findall(r"--index-url (\S+) \"?(torch[^\"\n]+)", told)


@pytest.mark.slow
def test_a_bill_of_materials_lists_what_an_image_installs(tmp_path: Path) -> None:
    tools = Path(sys.executable).parent
    make(ROOT, "--old-file=.venv/.dev", "sbom", "IMAGES=bot", f"SBOM={tmp_path}", f"BIN={tools}")
    bill = json.loads((tmp_path / "sbom-bot.json").read_text())
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements/bot.lock").read_text(), re.MULTILINE)
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "magicmemory"
    assert [(part["name"], part["version"]) for part in bill["components"]] == pinned
    assert len(pinned) > 50


@pytest.mark.skipif(Path("/proc/driver/nvidia/version").exists(), reason="a driver is here")
def test_without_a_driver_the_cpu_build_is_installed_and_said(checkout: Path) -> None:
    told = make(checkout, "--dry-run", ".venv/.run", tools=True)
    [torch] = [
        line
        for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["worker"]
        if line.startswith("torch")
    ]
    assert torch_command(told) == [(f"{INDEX}/cpu", torch)]
    assert "--extra-index-url" not in told
    assert re.search(r'torch: the build \\"cpu\\", because this is Linux without an NVIDIA driver', told)
    assert "make run TORCH_BUILD=cu130" in told


def test_with_a_driver_pip_takes_the_default(checkout: Path) -> None:
    program = checkout.parent / "tools" / "nvidia-smi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    told = make(checkout, "--dry-run", ".venv/.run", tools=True)
    assert torch_command(told) == []
    assert "with an NVIDIA driver" in told


def test_another_build_can_be_chosen(checkout: Path) -> None:
    told = make(checkout, "--dry-run", ".venv/.run", "TORCH_BUILD=cu126", tools=True)
    assert [place for place, _ in torch_command(told)] == [f"{INDEX}/cu126"]
    assert "as you chose" in told


def test_an_index_that_fails_names_the_ways_out(checkout: Path) -> None:
    """A machine may reach PyPI, but not torch's own index; pip's message does not say what to do then."""
    pip = checkout / ".venv/bin/python"
    pip.parent.mkdir(parents=True)
    pip.write_text("#!/bin/sh\necho pip says something >&2\nexit 1\n")
    pip.chmod(0o755)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        make(checkout, ".venv/.run", "TORCH_BUILD=cpu")
    assert f"{INDEX}/cpu cannot be reached" in failed.value.stderr
    assert "make run TORCH_INDEX=URL" in failed.value.stderr
    assert "make run TORCH_BUILD=default" in failed.value.stderr


def test_a_moved_folder_is_mended(checkout: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)
    packages = next((checkout / ".venv/lib").glob("python*/site-packages"))
    (checkout / "thing.py").write_text("print('here')\n")
    (packages / "__editable__.thing.pth").write_text(f"{checkout}\n")
    (packages / "__editable___thing_finder.py").write_text(f"MAPPING = {{'thing': '{checkout}/thing.py'}}\n")
    script = checkout / ".venv/bin/magicmemory"
    # As pip writes it where a path has a space.
    script.write_text(f"#!/bin/sh\n'''exec' \"{checkout}/.venv/bin/python\" \"$0\" \"$@\"\n' '''\nimport thing\n")
    script.chmod(0o755)
    assert subprocess.run([script], capture_output=True, text=True, check=True).stdout == "here\n"
    assert make(checkout, "moved") == ""

    moved = checkout.rename(checkout.with_name("another checkout"))
    script = moved / ".venv/bin/magicmemory"
    assert subprocess.run([script], capture_output=True, check=False).returncode != 0
    told = make(moved, "moved")
    assert f"This folder was {checkout}: repairing .venv" in told
    assert subprocess.run([script], capture_output=True, text=True, check=True).stdout == "here\n"
    finder = moved / packages.relative_to(checkout) / "__editable___thing_finder.py"
    assert finder.read_text() == f"MAPPING = {{'thing': '{moved}/thing.py'}}\n"
    assert make(moved, "moved") == ""


def test_a_folder_that_moves_to_a_path_with_a_space_is_mended(tmp_path: Path) -> None:
    old, new = tmp_path / "plain", tmp_path / "with a space"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", old / ".venv"], check=True)
    script = old / ".venv/bin/magicmemory"
    script.write_text(f"#!{old}/.venv/bin/python\nimport sys\nprint(sys.argv[1])\n")
    script.chmod(0o755)
    old.rename(new)
    subprocess.run([sys.executable, ROOT / "deploy/repair-venv", str(old), str(new)], cwd=new, check=True)
    shown = subprocess.run([new / ".venv/bin/magicmemory", "it runs"], capture_output=True, text=True, check=True)
    assert shown.stdout == "it runs\n"


def test_every_target_that_uses_the_environment_mends_it_first() -> None:
    told = subprocess.run(["make", "--dry-run", "run"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "repair-venv" in told


def test_images_take_torch_from_one_index_with_its_build() -> None:
    file = (ROOT / "Dockerfile").read_text()
    assert 'pip install --index-url "$TORCH_INDEX/$TORCH_BUILD" "torch==$TORCH_VERSION+$TORCH_BUILD"' in file
    assert "extra-index" not in file
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    # torch 2.12 and later have builds for these two only.
    assert compose["services"]["worker-gpu"]["build"]["args"]["TORCH_BUILD"] in ("cu126", "cu130")
    documents = [ROOT / "README.md", ROOT / "Makefile", ROOT / "Dockerfile", *(ROOT / "docs").rglob("*.md")]
    for document in documents:
        assert "cu128" not in document.read_text(), document
        assert "--extra-index-url" not in document.read_text(), document


@pytest.mark.parametrize("build", ["cpu", "cu126", "cu130"])
def test_the_build_exists(build: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks torch's index, where it can be reached."""
    import httpx

    monkeypatch.delenv("SSL_CERT_FILE")  # this is no server of ours

    try:
        httpx.head(f"{INDEX}/{build}/torch/", timeout=5).raise_for_status()
    except httpx.HTTPError:
        pytest.skip("torch's index cannot be reached")
    version = re.search(r"ARG TORCH_VERSION=([\d.]+)", (ROOT / "Dockerfile").read_text())
    assert version is not None
    wheel = ("--only-binary", ":all:", "--python-version", "3.12", "--platform", "manylinux_2_28_x86_64")
    command = ("install", "--dry-run", "--no-deps", "--target", tmp_path, *wheel, "--index-url", f"{INDEX}/{build}")
    subprocess.run([sys.executable, "-m", "pip", *command, f"torch=={version[1]}+{build}"], check=True)
