"""Imports without the collection of garbage in between."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import in this context.

    Imports make hundreds of thousands of objects that all stay. To look for garbage among them takes a third of the
    time of the worker's imports; afterwards, they are left out of each later search too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
