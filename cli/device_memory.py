"""A GPU's memory use, for a worker's metrics."""

from functools import partial

from magicmemory.core.metrics import Metrics


def export_device_memory(device: str, metrics: Metrics) -> None:
    """Add the memory use of the chosen GPU to `metrics`; without a GPU, add nothing."""
    import torch

    if device == "cpu" or not torch.cuda.is_available():
        return
    index = int(device.partition(":")[2] or 0)
    allocated, reserved = torch.cuda.memory_allocated, torch.cuda.memory_reserved
    metrics.gauge("magicmemory_device_memory_allocated_bytes", "GPU memory in tensors.", partial(allocated, index))
    metrics.gauge(
        "magicmemory_device_memory_reserved_bytes", "GPU memory this process holds.", partial(reserved, index)
    )
    total = torch.cuda.get_device_properties(index).total_memory
    metrics.gauge("magicmemory_device_memory_total_bytes", "The GPU's memory.", lambda: total)
