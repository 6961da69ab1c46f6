"""What a face detector finds."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Detection:
    """A face in a picture. Coordinates are pixels from the top left corner, x before y.

    Attributes:
        box: `[4]` left, top, right, bottom.
        landmarks: `[5, 2]` left eye, right eye, nose, left and right mouth corner, as the viewer sees them.
        score: 0 to 1.
    """

    box: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    score: float

    @property
    def short_side(self) -> float:
        """The shorter side of the box, pixels."""
        return float(min(self.box[2] - self.box[0], self.box[3] - self.box[1]))


class Detector(Protocol):
    """Finds faces in a picture at the size it is given; `detect.find_faces` chooses the sizes. Any thread may call."""

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """The faces in `pixels` (`[height, width, 3]` RGB) whose box is at least `min_face_px` short."""
