"""Imports without the collection of garbage."""

import gc

import pytest

from magicmemory.cli.imports import quick_imports


def test_garbage_is_collected_again_also_after_an_import_that_fails() -> None:
    kept: list[list[int]] = []

    def import_() -> None:
        with quick_imports():
            assert not gc.isenabled()
            kept.extend([] for _ in range(1000))
            raise ImportError

    before = gc.get_freeze_count()
    with pytest.raises(ImportError):
        import_()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(kept)
