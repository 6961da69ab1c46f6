"""A worker on a GPU exports memory metrics; a worker without one does not."""

from types import SimpleNamespace

import pytest
import torch

from magicmemory.cli.device_memory import export_device_memory
from magicmemory.core.metrics import Metrics


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A torch that sees two GPUs, of which the second is used."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda index: 1000 * index)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda index: 2000 * index)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: SimpleNamespace(total_memory=8000 * index))


@pytest.mark.usefixtures("two_gpus")
def test_memory_of_the_used_gpu_is_exported() -> None:
    metrics = Metrics()
    export_device_memory("cuda:1", metrics)
    told = metrics.render().decode()
    for name, value in {"allocated": 1000, "reserved": 2000, "total": 8000}.items():
        assert f"magicmemory_device_memory_{name}_bytes {value}.0" in told


@pytest.mark.usefixtures("two_gpus")
def test_nothing_is_exported_for_the_cpu() -> None:
    metrics = Metrics()
    export_device_memory("cpu", metrics)
    assert "device_memory" not in metrics.render().decode()


def test_nothing_is_exported_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    metrics = Metrics()
    export_device_memory("auto", metrics)
    assert "device_memory" not in metrics.render().decode()
