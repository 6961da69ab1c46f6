"""Imports without the collection of garbage."""

import gc

import pytest

from magicmemory.cli.imports import quick_imports


def test_garbage_is_collected_again_also_after_an_import_that_fails() -> None:
    def import_() -> None:
        with quick_imports():
            assert not gc.isenabled()
            raise ImportError

    try:
        with pytest.raises(ImportError):
            import_()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
