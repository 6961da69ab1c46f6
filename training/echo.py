"""Data echoing (Choi et al., "Faster Neural Network Training with Data Echoing", 2019): where a GPU needs examples
faster than the processor draws them, each is used several times, turned and mirrored.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

TURNS = 8  # quarter turns and mirror images


def turned(examples: Tensor) -> Tensor:
    """Each example turned or mirrored in one of the eight ways, by its number in the batch.

    Args:
        examples: `[batch, planes, side, side]`; the batch is a multiple of `TURNS`.
    """
    ways = []
    for way in range(TURNS):
        some = torch.rot90(examples[way::TURNS], way % 4, (2, 3))
        ways.append(some.flip(3) if way >= 4 else some)
    return torch.cat(ways)


class Echo:
    """The last examples on the device, from which batches are drawn at random.

    Other processes draw examples, and new ones replace the oldest. To draw a batch waits for none, unless the ones so
    far were used often enough.
    """

    def __init__(
        self, source: IterableDataset[Tensor], workers: int, device: str, batch: int, uses: float, kept: int = 6144
    ) -> None:
        """
        Args:
            source: gives some examples at a time, `[n, planes, side, side]` bytes; `n` is always the same.
            workers: processes that draw.
            device: where the examples are kept.
            batch: examples of a batch; a multiple of `TURNS`.
            uses: how often an example is drawn, in the mean.
            kept: examples.

        Raises:
            ValueError: the batch is no multiple of `TURNS`.
        """
        if batch % TURNS:
            raise ValueError(f"a batch has a multiple of {TURNS} examples, not {batch}")
        self.batch, self.uses, self.kept = batch, uses, kept
        self.device, self.store = device, torch.empty(0, dtype=torch.uint8)
        self.arrived = self.drawn = 0
        loader = DataLoader(
            source,
            batch_size=None,
            num_workers=workers,
            prefetch_factor=2 if workers else None,
            pin_memory=device.startswith("cuda"),
        )
        self._parts: queue.Queue[Tensor | Exception] = queue.Queue(maxsize=8)
        self._over = threading.Event()
        # the processes start here, because a child forked from several threads can wait for a lock forever
        self._thread = threading.Thread(target=self._receive, args=(iter(loader),), daemon=True)
        self._thread.start()

    def __call__(self) -> Tensor:
        """The next batch, `[batch, planes, side, side]` bytes on the device."""
        self._take_new()
        which = torch.randint(min(self.arrived, self.kept), (self.batch,), device=self.device)
        self.drawn += self.batch
        return turned(self.store[which])

    def close(self) -> None:
        """End the processes."""
        self._over.set()
        self._thread.join()

    def _take_new(self) -> None:
        """Store what has arrived, and wait for more where the examples so far are too few or too old."""
        for _ in range(self._parts.maxsize):
            if self._parts.empty():
                break
            self._store(self._parts.get())
        while self.arrived < 4 * self.batch or self.drawn + self.batch > self.uses * self.arrived:
            self._store(self._parts.get())

    def _store(self, part: Tensor | Exception) -> None:
        if isinstance(part, Exception):
            raise part
        if not self.arrived:
            self.kept = max(1, self.kept // len(part)) * len(part)
            self.store = torch.empty((self.kept, *part.shape[1:]), dtype=torch.uint8, device=self.device)
        first = self.arrived % self.kept
        self.store[first : first + len(part)].copy_(part, non_blocking=True)
        self.arrived += len(part)

    def _receive(self, parts: Iterator[Tensor]) -> None:
        """Wait for the processes, in a thread of its own."""
        try:
            for part in parts:
                while not self._over.is_set():
                    try:
                        self._parts.put(part, timeout=0.1)
                        break
                    except queue.Full:
                        continue
                if self._over.is_set():
                    return
        except Exception as error:  # it belongs to whoever draws
            self._parts.put(error)
