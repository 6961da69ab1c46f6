"""The Helm chart: Helm takes it, Kubernetes' schemas take what it renders, and it is as strict as the compose file."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from magicmemory.core.metrics import Metrics
from magicmemory.core.settings import PREFIX, Settings
from tests.support.helm_renderer import HelmRefused, available, lint, render

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy/helm/magicmemory"
SCALED = {"enabled": True, "min": 0, "max": 7, "photosPerWorker": 9}
EVERYTHING: dict[str, Any] = {
    "images": {"bot": {"digest": "sha256:" + "a" * 64}, "pullSecrets": [{"name": "registry"}]},
    "settings": {"FREE_PER_DAY": 3},
    "storeSecret": "bucket",
    "bots": {name: {"enabled": True} for name in ("telegram", "discord", "playground")},
    "workers": {
        "cpu": {"models": ["gfpgan-1.4", "parsenet"], "autoscaling": {"enabled": True}},
        "gpu": {"enabled": True, "modelsClaim": "models", "autoscaling": SCALED},
    },
    "ingress": {
        "enabled": True,
        "className": "nginx",
        "playgroundHost": "photos.example.com",
        "webhookHost": "bot.example.com",
        "tlsSecret": "tls",
    },
}
with_helm = pytest.mark.skipif(not available(), reason="no Helm here: neither the program nor helm-sdkpy")


def test_the_charts_versions_are_the_packages() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version is not None
    assert (chart["version"], chart["appVersion"]) == (version[1], version[1])


def test_the_chart_names_settings_and_metrics_that_exist() -> None:
    text = "".join(file.read_text() for file in CHART.rglob("*") if file.is_file())
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    named = {f"{PREFIX}{name}" for name in values["settings"]}
    named |= {name.upper() for name in re.findall(r"\bmagic_[a-z_]+[a-z]\b", text)}
    named |= {f"{PREFIX}{name}" for name in re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', text)}
    assert len(named) > 8
    # The token's name is put together.
    assert named - {PREFIX + name.upper() for name in Settings.model_fields} == set()
    told = Metrics("worker", "1").render().decode()
    assert all(name in told for name in re.findall(r"magicmemory_[a-z_]+", text))


@with_helm
@pytest.mark.processes
def test_helm_finds_nothing_wrong(tmp_path: Path) -> None:
    assert lint(CHART, tmp_path) == []


@with_helm
@pytest.mark.processes
def test_what_is_rendered_is_strict_and_follows_the_schemas(tmp_path: Path) -> None:
    rendered = render(CHART, EVERYTHING, tmp_path)
    kinds = sorted((one["kind"], one["metadata"]["name"]) for one in rendered)
    bots, workers = ["telegram", "discord", "playground"], ["worker-cpu", "worker-gpu"]
    assert kinds == sorted(
        [("Deployment", f"photos-{name}") for name in bots + workers]
        + [("ScaledObject", f"photos-{name}") for name in workers]
        + [("Service", f"photos-{name}") for name in ("telegram", "playground")]
        + [("Ingress", "photos")]
    )
    follows_schemas(rendered)
    for one in rendered:
        if one["kind"] == "Deployment":
            check_pod(one["metadata"]["name"].removeprefix("photos-"), one["spec"]["template"]["spec"])
    [scaled] = [
        one for one in rendered if one["metadata"]["name"] == "photos-worker-gpu" and one["kind"] == "ScaledObject"
    ]
    assert (scaled["spec"]["minReplicaCount"], scaled["spec"]["maxReplicaCount"]) == (0, 7)
    assert scaled["spec"]["triggers"][0]["metadata"]["threshold"] == "9"
    assert scaled["spec"]["scaleTargetRef"]["name"] == "photos-worker-gpu"


@with_helm
@pytest.mark.processes
def test_two_pods_with_one_token_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HelmRefused, match="one token is for one pod"):
        render(CHART, {"bots": {"telegram": {"enabled": True, "replicas": 2}}}, tmp_path)
    [worker] = render(CHART, {}, tmp_path)
    assert worker["spec"]["replicas"] == 1


def check_pod(name: str, pod: dict[str, Any]) -> None:
    """A pod runs as nobody special, reads only its own secrets, and stays long enough."""
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsUser"] == 1000
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert pod["terminationGracePeriodSeconds"] == 40
    for one in (container, *pod.get("initContainers", [])):
        assert one["securityContext"]["readOnlyRootFilesystem"] is True
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]
    assert container["envFrom"] == [{"secretRef": {"name": "bucket"}}]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    assert environment["MAGIC_FREE_PER_DAY"] == "3"
    assert environment["MAGIC_METRICS_PORT"] == "9400"
    [secrets] = [volume["secret"]["items"] for volume in pod["volumes"] if volume["name"] == "secrets"]
    keys = {item["key"] for item in secrets}
    if name.startswith("worker"):
        assert keys == {"magic_redis_url"}
        assert container["args"] == ["worker"]
        assert environment["MAGIC_DEVICE"] == ("cuda" if name.endswith("gpu") else "cpu")
    else:
        token = set() if name == "playground" else {f"magic_{name}_token"}
        assert keys == {"magic_redis_url", "magic_database_url", "magic_codes_key"} | token
        assert container["image"].endswith("@sha256:" + "a" * 64)
        assert container["args"] == [name]


def follows_schemas(rendered: list[dict[str, Any]]) -> None:
    """What is no resource of Kubernetes' own, such as KEDA's, has no schema here."""
    validate = pytest.importorskip("kubernetes_validate").validate
    for one in rendered:
        if not one["apiVersion"].startswith("keda."):
            validate(one, "1.31", strict=True)
