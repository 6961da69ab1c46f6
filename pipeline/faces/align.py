"""Cuts faces out of a photo as restorers expect them: upright, centred, 512 pixels square."""

from dataclasses import dataclass
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.imaging.picture import Pixels

SIZE: Final = 512  # side of an aligned face, pixels

# The five landmarks of an aligned face: FFHQ's mean face at 512 pixels, which every restorer was trained on.
TEMPLATE: Final = (
    (192.98138, 239.94708),
    (318.90277, 240.1936),
    (256.63416, 314.01935),
    (201.26117, 371.41043),
    (313.08905, 371.15118),
)

_MARGIN: Final = 3  # output pixels around a region; a cubic kernel reaches less far

Depth = TypeVar("Depth", np.uint8, np.float32)
Matrix = NDArray[np.float64]  # [2, 3], maps (x, y, 1) to (x, y)
Rectangle = tuple[int, int, int, int]  # left, top, right, bottom; right and bottom are outside


@dataclass(frozen=True, slots=True)
class AlignedFace:
    """A face cut out of a photo.

    Attributes:
        crop: `[512, 512, 3]` RGB; beyond the photo's border it mirrors the photo.
        matrix: `[2, 3]`, from the photo's pixels to the crop's.
        inverse: `[2, 3]`, from the crop's pixels to the photo's.
    """

    crop: NDArray[np.uint8]
    matrix: Matrix
    inverse: Matrix

    @property
    def scale(self) -> float:
        """Crop pixels per photo pixel: above 1 the face is smaller than the crop, below 1 larger."""
        return scale_of(self.matrix)


def crop(pixels: Pixels, detection: Detection) -> AlignedFace:
    """Cut a face out of a photo.

    Args:
        pixels: `[height, width, 3]` RGB, uint8 or uint16.
        detection: the face, in the coordinates of `pixels`.
    """
    matrix = similarity(detection.landmarks)
    inverse = inverted(matrix)
    height, width = pixels.shape[:2]
    margin = _MARGIN * max(1.0, scale_of(inverse))
    left, top, right, bottom = region(inverse, (0, 0, SIZE, SIZE), (width, height), margin)
    around = to_8bit(pixels[top:bottom, left:right])
    # The network would take a constant border for damage and smear it into the face; a mirrored border looks like a
    # photo.
    face = resample(around, matrix @ shift(left, top), (SIZE, SIZE), cv2.BORDER_REFLECT_101)
    return AlignedFace(face, matrix, inverse)


def similarity(landmarks: NDArray[np.float32]) -> Matrix:
    """The rotation, scale and shift `[2, 3]` that bring five landmarks `[5, 2]` closest to the template.

    Least median of squares tolerates two wrong landmarks. If it finds no solution (all landmarks in one point), the
    face is assumed to be upright, and its size follows from the distances between the landmarks.
    """
    target = np.array(TEMPLATE, np.float64)
    source = landmarks.astype(np.float64)
    matrix, _ = cv2.estimateAffinePartial2D(source, target, method=cv2.LMEDS)
    if matrix is not None and np.isfinite(matrix).all() and scale_of(np.asarray(matrix, np.float64)) > 0:
        return np.asarray(matrix, np.float64)
    middle, target_middle = source.mean(0), target.mean(0)
    spread = max(float(np.sqrt(((source - middle) ** 2).mean())), 1.0)
    scale = float(np.sqrt(((target - target_middle) ** 2).mean())) / spread
    x, y = target_middle - scale * middle
    return np.array([[scale, 0, x], [0, scale, y]])


def resample(image: NDArray[Depth], matrix: Matrix, size: tuple[int, int], border: int) -> NDArray[Depth]:
    """Warp an image without aliasing.

    A plain warp skips pixels when it shrinks. So the image is first shrunk by area to the output's scale; the warp then
    only rotates and shifts it.

    Args:
        image: `[height, width]` or `[height, width, channels]`.
        matrix: from the image's pixels to the output's.
        size: the output's width and height.
        border: how to extend the image, one of OpenCV's `BORDER_…`; constant means zero.
    """
    image, matrix = at_scale(image, matrix)
    warped = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=border)
    return warped.astype(image.dtype, copy=False)


def at_scale(image: NDArray[Depth], matrix: Matrix) -> tuple[NDArray[Depth], Matrix]:
    """The image shrunk by area to the output's scale, and the matrix from there; both unchanged if it is enlarged."""
    scale = scale_of(matrix)
    if scale >= 1:
        return image, matrix
    height, width = image.shape[:2]
    small_width, small_height = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, (small_width, small_height), interpolation=cv2.INTER_AREA)
    x, y = width / small_width, height / small_height
    # Pixel centres lie at halves when sizes change, at whole numbers in the matrix.
    back = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])
    return small.astype(image.dtype, copy=False), matrix @ back


def region(matrix: Matrix, box: Rectangle, bounds: tuple[int, int], margin: float = 0) -> Rectangle:
    """The smallest rectangle of whole pixels that contains a mapped box, clipped to `bounds` (width, height).

    If the box lies outside the bounds, the rectangle is empty: right <= left or bottom <= top.
    """
    left, top, right, bottom = box
    corners = np.array([(left, top, 1), (right, top, 1), (left, bottom, 1), (right, bottom, 1)], np.float64) @ matrix.T
    low = np.floor(corners.min(0) - margin).astype(int)
    high = np.ceil(corners.max(0) + margin).astype(int) + 1
    return (
        max(int(low[0]), 0),
        max(int(low[1]), 0),
        min(int(high[0]), bounds[0]),
        min(int(high[1]), bounds[1]),
    )


def inverted(matrix: Matrix) -> Matrix:
    """The inverse of a `[2, 3]` matrix, in double precision."""
    return np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))[:2]


def shift(x: float, y: float) -> Matrix:
    """The `[3, 3]` matrix that adds (x, y)."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def scale_of(matrix: Matrix) -> float:
    """The factor by which a similarity `[2, 3]` enlarges."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def to_8bit(pixels: Pixels) -> NDArray[np.uint8]:
    """`pixels` as uint8; the same array if they already are."""
    levels = pixels if pixels.dtype == np.uint8 else pixels / np.float32(257) + np.float32(0.5)
    return levels.astype(np.uint8, copy=False)
