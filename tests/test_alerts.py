"""Each alert of `deploy/alerts.yml` fires when it should, and is silent while nothing is wrong."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WAITS = 'magicmemory_queue_wait_seconds_bucket{queue="restore",le="%s"}'
REPLIES = 'magicmemory_deliveries_total{platform="telegram",outcome="%s"}'
READY = 'magicmemory_ready{job="magicmemory",instance="w:9400",check="redis"}'
FREE = 'magicmemory_disk_free_ratio{job="magicmemory",instance="w:9400",place="photos"}'
RUNS, QUEUE = 'magicmemory_build_info{process="%s"}', 'magicmemory_queue_jobs{queue="restore"}'
PHOTOS, DEAD = 'magicmemory_photos_total{outcome="%s"}', "magicmemory_dead_letter_jobs"
LOST = 'magicmemory_recoveries_total{platform="telegram",action="queued"}'
REDIS = 'redis_%s{job="redis",instance="r:9121"}'
SESSIONS = 'pg_stat_activity_count{instance="p:9187",state="%s"}'
CONNECTIONS = 'pg_settings_max_connections{instance="p:9187",server="p:5432"}'
DISK = 'node_filesystem_%s_bytes{instance="n:9100",device="%s",fstype="%s",mountpoint="/"}'
MEMORY, KILLS = 'node_memory_Mem%s_bytes{instance="n:9100"}', 'node_vmstat_oom_kill{instance="n:9100"}'
XID, HEAT = (f'DCGM_FI_DEV_{field}{{Hostname="g",gpu="0"}}' for field in ("XID_ERRORS", "GPU_TEMP"))

# For each alert: minutes until it has fired, and what makes it fire. A value a minute, as promtool writes them.
WRONG: dict[str, tuple[int, dict[str, str]]] = {
    "ProcessCannotWork": (3, {READY: "0x40"}),
    "NoWorkerRuns": (6, {RUNS % "telegram": "1x40", QUEUE: "201x40"}),
    "PeopleWaitLong": (12, {WAITS % "60": "0x40", WAITS % "300": "0+5x40", WAITS % "+Inf": "0+5x40"}),
    "LineGrows": (6, {QUEUE: "201x40"}),
    "FailuresOfOurs": (8, {PHOTOS % "internal-error": "0x5 1x40"}),
    "RepliesDoNotGetOut": (16, {REPLIES % "retry": "0+12x40"}),
    "RedisLosesJobs": (30, {LOST: "0x5 2x40"}),
    "PhotoEndsWorkers": (1, {DEAD: "1x40"}),
    "DiskFillsUp": (6, {FREE: "0.09x40"}),
    "TargetIsDown": (6, {REDIS % "up": "0x40"}),
    "RedisFillsUp": (6, {REDIS % "memory_used_bytes": "450x40", REDIS % "memory_max_bytes": "512x40"}),
    "RedisDoesNotSave": (6, {REDIS % "aof_last_write_status": "0x40"}),
    "DatabaseHasFewConnectionsLeft": (
        6,
        {SESSIONS % "idle": "60x40", SESSIONS % "active": "21x40", CONNECTIONS: "100x40"},
    ),
    "MachineDiskFillsUp": (
        6,
        {DISK % ("avail", "/dev/vda", "ext4"): "9x40", DISK % ("size", "/dev/vda", "ext4"): "100x40"},
    ),
    "MemoryRunsOut": (8, {KILLS: "0x5 1x40"}),
    "GpuFails": (1, {XID: "79x40"}),
    "GpuIsHot": (6, {HEAT: "86x40"}),
}
FINE = {
    READY: "0 1x40",
    RUNS % "telegram": "1x40",
    RUNS % "worker": "1x40",
    QUEUE: "200x40",
    WAITS % "60": "0+5x40",
    WAITS % "300": "0+5x40",
    WAITS % "+Inf": "0+5x40",
    PHOTOS % "internal-error": "1x40",
    PHOTOS % "no-face-found": "0+5x40",
    REPLIES % "retry": "0+3x40",
    REPLIES % "photo": "0+60x40",
    LOST: "2x40",
    DEAD: "0x40",
    FREE: "0.1x40",
    'up{job="redis",instance="r:9121"}': "1x40",
    REDIS % "up": "1x40",
    REDIS % "memory_used_bytes": "450x40",
    REDIS % "memory_max_bytes": "0x40",  # unlimited
    REDIS % "aof_enabled": "1x40",
    REDIS % "aof_last_write_status": "1x40",
    REDIS % "aof_last_bgrewrite_status": "1x40",
    SESSIONS % "idle": "60x40",
    SESSIONS % "active": "20x40",
    CONNECTIONS: "100x40",
    DISK % ("avail", "tmpfs", "tmpfs"): "9x40",
    DISK % ("size", "tmpfs", "tmpfs"): "100x40",
    KILLS: "4x40",
    MEMORY % "Available": "6x40",
    MEMORY % "Total": "100x40",
    XID: "0x40",
    HEAT: "85x40",
}


def rules() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_every_alert_has_its_cases() -> None:
    assert list(WRONG) == list(rules())
    metric = re.compile(r"\b(?:magicmemory|redis|pg|node|DCGM)_\w+|\bup\b")
    asked = {name for rule in rules().values() for name in metric.findall(rule["expr"])}
    assert asked - {"pg_up"} == {series.partition("{")[0] for series in FINE}


def test_summaries_use_labels_that_the_expression_keeps() -> None:
    """A label that an aggregation drops would be an empty place in the sentence."""
    for name, rule in rules().items():
        used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        kept = set(re.findall(r'(\w+)="', " ".join(WRONG[name][1])))
        for labels in re.findall(r"\bby \(([\w, ]+)\)", rule["expr"]):
            kept &= set(labels.split(", "))
        assert used <= kept, name


@pytest.mark.processes
def test_alerts_fire_when_they_should_and_only_then(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here: apt-get install prometheus")
    firing = 'count by (alertname) (ALERTS{alertstate="firing",alertname=~"%s"})'
    fires = [
        {
            "expr": firing % name,
            "eval_time": f"{minutes}m",
            "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1}],
        }
        for name, (minutes, _) in WRONG.items()
    ]
    silent = [{"expr": firing % ".*", "eval_time": f"{minutes}m", "exp_samples": []} for minutes in (3, 8, 16, 30)]
    wrong = {series: values for _, told in WRONG.values() for series, values in told.items()}
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": series, "values": values} for series, values in told.items()],
            "promql_expr_test": expected,
        }
        for told, expected in ((wrong, fires), (FINE, silent))
    ]
    file = tmp_path / "alerts_test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(ROOT / "deploy/alerts.yml")], "tests": tests}))
    for command in (["test", "rules", str(file)], ["check", "config", str(ROOT / "deploy/prometheus.yml")]):
        ended = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
