"""Old portraits lose their specks, not their clothes."""

from __future__ import annotations

import cv2
import numpy as np

from training.without_specks import specks


def test_only_small_spots_are_specks() -> None:
    mask = np.zeros((200, 200), np.uint8)
    cv2.circle(mask, (40, 40), 2, 1, -1)
    cv2.line(mask, (100, 20), (100, 180), 1, 2)
    cv2.circle(mask, (160, 160), 12, 1, -1)

    found = specks(mask > 0)

    assert found[40, 40]
    assert not found[20:180, 95:105].any()
    assert not found[140:180, 140:180].any()
