"""Runs a network of `photo` over a picture in parts."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.imaging.tiles import Floats, Patch, padded, scaled

MULTIPLE: Final = 16  # pixels; the networks halve a picture four times
MOST: Final = 640  # pixels; the largest side of a part
MARGIN: Final = 32  # pixels that a network sees around a part


def run_patches(
    runner: Runner, parts: Sequence[Patch], planes_of: Callable[[Patch], Floats], times: int = 1, together: int = 4
) -> Iterator[tuple[Patch, Floats]]:
    """What a network makes of each part.

    Args:
        runner: the compiled network: `[n, planes, height, width]` in and out, sides in multiples of `MULTIPLE`.
        parts: all of one size, by `patches` with `MULTIPLE`.
        planes_of: a part's input, `[height, width, planes]`.
        times: how much wider and higher the output is.
        together: parts in a batch.

    Yields:
        A part, and `[height * times, width * times, planes]` of what is kept of it.
    """
    for start in range(0, len(parts), together):
        some = parts[start : start + together]
        seen = np.stack([padded(planes_of(part), MULTIPLE).transpose(2, 0, 1) for part in some])
        for part, made in zip(some, runner(seen), strict=True):
            rows, columns = scaled(part.within, times)
            yield part, made[:, rows, columns].transpose(1, 2, 0)
