"""Data echoing: a GPU that trains faster than the processor prepares data uses each example a few times.

Choi et al., "Faster Neural Network Training with Data Echoing", 2019: with examples drawn from a large buffer, up to
about four uses are worth nearly as much as fresh data.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

import torch
from torch import Tensor

Tensors = tuple[Tensor, ...]
UNREAD = 64  # batches that wait for the next draw; older ones are dropped
PAUSE = 0.002  # seconds between two looks for new data


class Echo:
    """The last examples of an endless source on a device, from which batches are drawn at random.

    A thread takes the source's batches as they arrive. Each draw first puts those into the buffer, in place of its
    oldest examples, and does not wait for more, except while an example has been used `most_uses` times on average.
    """

    def __init__(self, source: Iterator[Tensors], size: int, device: str, most_uses: float, seed: int) -> None:
        """Start to read.

        Args:
            source: batches of the same shapes, each tensor `[examples, …]`; pinned memory is copied beside the
                computation.
            size: examples in the buffer; rounded down to whole batches of the source. A quarter must have arrived
                before the first draw.
            device: of the buffer and the draws.
            most_uses: of an example on average, at least 1.
            seed: of the draws.
        """
        self.source, self.size, self.device, self.most_uses = source, size, device, most_uses
        self.random = torch.Generator(device).manual_seed(seed)
        self.buffer: Tensors = ()
        self.arrived, self.drawn = 0, 0  # examples
        self._new: deque[Tensors] = deque(maxlen=UNREAD)
        self._failure: BaseException | None = None
        self._closed = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def draw(self, count: int, axis: int | None = 2) -> Tensors:
        """`count` random examples of the buffer, each tensor `[count, …]` on the device.

        Args:
            count: of examples; one may come twice.
            axis: the axis of the pictures' width, counting the examples' as 0: half of the examples are mirrored
                there, all tensors alike. None: no example is.

        Raises:
            RuntimeError: the source failed or ended.
        """
        self._take()
        while self.arrived < self.size // 4 or self.drawn + count > self.most_uses * self.arrived:
            time.sleep(PAUSE)
            self._take()
        self.drawn += count
        filled = min(self.arrived, len(self.buffer[0]))
        which = torch.randint(filled, (count,), device=self.device, generator=self.random)
        drawn = tuple(kept[which] for kept in self.buffer)
        if axis is None:
            return drawn
        mirrored = torch.rand(count, device=self.device, generator=self.random) < 0.5
        return tuple(torch.where(mirrored.view(-1, *[1] * (part.ndim - 1)), part.flip(axis), part) for part in drawn)

    def close(self) -> None:
        """Stop reading; the thread ends with the batch that it waits for."""
        self._closed = True
        self._reader.join(timeout=10)

    def _read(self) -> None:
        try:
            for batch in self.source:
                if self._closed:
                    return
                self._new.append(batch)
            raise RuntimeError("the source of examples has ended")
        except Exception as error:  # told by the next draw
            self._failure = error

    def _take(self) -> None:
        """Put what has arrived into the buffer."""
        if self._failure is not None:
            raise RuntimeError("no more examples arrive") from self._failure
        for _ in range(len(self._new)):
            batch = self._new.popleft()
            count = len(batch[0])
            if not self.buffer:
                room = max(1, self.size // count) * count
                self.buffer = tuple(torch.empty(room, *x.shape[1:], dtype=x.dtype, device=self.device) for x in batch)
            at = self.arrived % len(self.buffer[0])
            for kept, part in zip(self.buffer, batch, strict=True):
                kept[at : at + count].copy_(part, non_blocking=True)
            self.arrived += count
