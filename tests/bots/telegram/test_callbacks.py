"""The data behind the buttons under a restored photo."""

import pytest

from magicmemory.bots.telegram.callbacks import CallbackData, Verb

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def test_buttons_fit_into_64_bytes_and_come_back() -> None:
    for verb in Verb:
        for value in (0.0, 0.25, 1.0):
            pressed = CallbackData(verb, "f" * 32, value)
            assert len(pressed.data().encode()) <= 64
            assert CallbackData.of(pressed.data()) == pressed
    assert CallbackData.of("something else") is None
