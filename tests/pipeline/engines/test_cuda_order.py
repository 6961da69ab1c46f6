"""What the CUDA engine asks of the device, and in which order, on a device that only writes it down."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from magicmemory.pipeline.engines.cuda_engine import CudaEngine

DEFAULT = "default"


class Device:
    """Runs everything at once on the CPU, and keeps each request with the stream that it was made in."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.current = DEFAULT
        self.streams = 0
        self.capturing: Graph | None = None
        self.pinned: set[int] = set()  # addresses

    def note(self, what: str) -> None:
        self.requests.append((self.current, what))

    def taken(self) -> list[tuple[str, str]]:
        requests, self.requests = self.requests, []
        return requests


class Graph:
    """Repeats what the network did while it was captured."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.work: Any = None

    def replay(self) -> None:
        assert self.device.capturing is None
        self.device.note("replay")
        self.work()


class Doubles(nn.Module):
    """Twice its input. A weight shows where it is copied to the device."""

    def __init__(self, device: Device) -> None:
        super().__init__()
        self.device = device

    def forward(self, faces: Tensor) -> Tensor:
        made = 2 * faces
        self.device.note(f"network of {len(faces)}")
        if self.device.capturing is not None:
            self.device.capturing.work = lambda: torch.mul(faces, 2, out=made)
        return made


def pinning(world: Device, make: Any) -> Any:
    """`torch.zeros` or `torch.empty`; what is pinned is remembered."""

    def made(*shape: Any, pin_memory: bool = False, **more: Any) -> Tensor:
        tensor: Tensor = make(*shape, **more)
        if pin_memory:
            assert world.capturing is None, "no memory is pinned while a graph is captured"
            world.pinned.add(tensor.data_ptr())
        return tensor

    return made


def copying(world: Device, copy: Any) -> Any:
    """`Tensor.copy_`, for copies between the host and the device."""

    def copied(there: Tensor, source: Tensor, non_blocking: bool = False) -> Any:
        here = [tensor.data_ptr() in world.pinned for tensor in (there, source)]
        assert here in ([True, False], [False, True]), "a copy that does not wait needs pinned memory on one side"
        assert non_blocking
        world.note("copy out" if here[0] else "copy in")
        return copy(there, source)

    return copied


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    world = Device()

    class Stream:
        def __init__(self, _: str) -> None:
            world.streams += 1
            self.name = f"stream {world.streams}"

        def synchronize(self) -> None:
            world.requests.append((self.name, "synchronize"))

        def wait_stream(self, other: SimpleNamespace) -> None:
            world.requests.append((self.name, f"wait for {other.name}"))

    @contextmanager
    def within(stream: Stream) -> Iterator[None]:
        before, world.current = world.current, stream.name
        yield
        world.current = before

    @contextmanager
    def capture(graph: Graph, pool: object, stream: Stream, capture_error_mode: str) -> Iterator[None]:
        assert capture_error_mode == "thread_local", "the other stream goes on"
        with within(stream):
            world.note("capture")
            world.capturing = graph
            yield
            world.capturing = None

    @contextmanager
    def on(_: str) -> Iterator[None]:
        yield

    for name, stands_for in {
        "Stream": Stream,
        "stream": within,
        "current_stream": lambda: SimpleNamespace(name=world.current),
        "CUDAGraph": lambda: Graph(world),
        "graph": capture,
        "graph_pool_handle": object,
        "device": on,
        "get_device_name": lambda _: "a device for tests",
        "get_device_capability": lambda _: (7, 0),
        "get_device_properties": lambda _: SimpleNamespace(total_memory=16 * 2**30),
    }.items():
        monkeypatch.setattr(torch.cuda, name, stands_for)
    monkeypatch.setattr(torch, "zeros", pinning(world, torch.zeros))
    monkeypatch.setattr(torch, "empty", pinning(world, torch.empty))
    monkeypatch.setattr(torch.Tensor, "copy_", copying(world, torch.Tensor.copy_))
    return world


def test_copies_and_graphs_are_asked_for_in_order_and_in_one_stream(device: Device) -> None:
    run = CudaEngine("cpu").compile(Doubles(device), (torch.ones(1, 3, 4, 4),), "doubles")
    assert (device.streams, device.taken()) == (2, [])
    faces = np.random.default_rng(0).uniform(-1, 1, (3, 3, 4, 4)).astype(np.float32)

    first = run(faces)
    prepared = ["wait for default", "network of 4", "network of 4", "synchronize", "capture", "network of 4"]
    each = ["copy in", "replay", "copy out", "synchronize"]
    assert device.taken() == [("stream 1", what) for what in prepared + each]

    second = run(faces[:1])  # the other stream has its turn, with buffers of its own
    assert [what for _, what in device.taken()] == [what.replace("4", "1") for what in prepared] + each
    again = run(-faces)
    assert device.taken() == [("stream 1", what) for what in each], "a size is captured once"

    np.testing.assert_array_equal(first, 2 * faces)
    np.testing.assert_array_equal(second, 2 * faces[:1])
    np.testing.assert_array_equal(again, -2 * faces)
