"""The images' exact packages: each has its hashes, and the package's own requirements allow it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
EXTRAS = {"bot": ["postgres", "sentry", "otel"], "worker": ["worker", "sentry", "otel"]}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PLATFORM = {"python_version": "3.12", "sys_platform": "linux"}


def pinned(lock: str) -> dict[str, tuple[str, int]]:
    """Each package's version, and how many hashes it may have."""
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    found: dict[str, tuple[str, int]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if match := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!-]+)", block):
            found[canonicalize_name(match[1])] = (match[2], block.count("--hash=sha256:"))
    return found


def wanted(lock: str) -> list[Requirement]:
    lines = PROJECT["dependencies"] + [
        line for extra in EXTRAS[lock] for line in PROJECT["optional-dependencies"][extra]
    ]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", EXTRAS)
def test_lock_matches_the_package_requirements(lock: str) -> None:
    versions = pinned(lock)
    assert all(hashes for _, hashes in versions.values()), "a package without its hashes"
    for requirement in wanted(lock):
        name = canonicalize_name(requirement.name)
        if name == "torch" or (requirement.marker and not requirement.marker.evaluate(PLATFORM)):
            continue
        assert name in versions, f"{name} is not in {lock}.lock: make locks"
        assert requirement.specifier.contains(versions[name][0]), f"{name} is out of date in {lock}.lock: make locks"


def test_image_chooses_torch_within_bounds() -> None:
    file = (ROOT / "Dockerfile").read_text("utf-8")
    version = re.search(r"ARG TORCH_VERSION=([\d.]+)", file)
    assert version is not None
    [torch] = [requirement for requirement in wanted("worker") if requirement.name == "torch"]
    assert torch.specifier.contains(version[1])
    heavy = re.compile(r"torch|triton|nvidia-|cuda-")
    assert [name for name in pinned("worker") if heavy.match(name)] == []


def test_a_bots_image_is_small() -> None:
    assert not {"torch", "numpy", "openvino", "opencv-python-headless"} & set(pinned("bot"))


def test_both_images_install_from_their_lock() -> None:
    file = (ROOT / "Dockerfile").read_text("utf-8")
    for lock in EXTRAS:
        assert f"--require-hashes -r requirements/{lock}.lock" in file
