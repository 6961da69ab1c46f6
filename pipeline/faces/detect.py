"""Finds the faces in a photo of any size with a detector that works best on pictures of moderate size."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

_SMALLEST_SEEN = 12.0  # pixels; the lowest limit given to a detector: with fewer, a face looks like a stain
# Bounds the work in a large photo: the smallest faces searched for are so large that at most this many fit side by
# side, which means 22 px at 24 megapixels and 36 px at 64.
_MOST_PLACES = 50_000
_TILES_AT_ONCE = 4  # bounds the memory
_SAME_FACE = 0.4  # overlap over the union
_INSIDE = 0.7  # part of a box that is inside a larger one


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
    """Finds faces in a picture at its own size; `find_faces` chooses the sizes. Thread-safe."""

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """The faces in `pixels` (`[height, width, 3]` RGB) whose box has a shorter side of at least `min_face_px`."""


@runtime_checkable
class MultiscaleDetector(Detector, Protocol):
    """A detector that searches a photo of any size itself, at every scale that is needed."""

    def find_at_all_sizes(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """The faces in a photo `[height, width, 3]` RGB whose box has a shorter side of at least `min_face_px`."""


def find_faces(
    pixels: NDArray[np.uint8], detector: Detector, *, min_face_px: float, max_side: int = 1280
) -> list[Detection]:
    """The faces in a photo, in reading order: row by row from the top, each row from the left.

    The detector first gets the photo shrunk to a bounded size. If that is too small for the smallest faces, it also
    gets the photo at full size, in tiles that overlap by more than the size of faces that only tiles can show.

    Args:
        pixels: `[height, width, 3]` RGB.
        detector: called several times, with pictures whose sides are at most `max_side`.
        min_face_px: faces whose box has a shorter side under this are left out. The search itself ends at 12 pixels,
            and somewhat higher in photos of more than 12 megapixels.
        max_side: the longest side given to the detector, pixels.

    Returns:
        Faces with boxes inside the photo, in the photo's coordinates (pixel centres at whole numbers). Landmarks of a
        face at the border may be outside.
    """
    height, width = pixels.shape[:2]
    smallest = max(min_face_px, _SMALLEST_SEEN, math.sqrt(height * width / _MOST_PLACES))
    if isinstance(detector, MultiscaleDetector):
        faces = merge(detector.find_at_all_sizes(pixels, smallest))
    else:
        faces = _seen_at_two_sizes(pixels, detector, min_face_px, smallest, max_side)
    faces = [cut_to(face, width, height) for face in faces]
    return reading_order([face for face in faces if face.short_side >= min_face_px])


def _seen_at_two_sizes(
    pixels: NDArray[np.uint8], detector: Detector, min_face_px: float, smallest: float, max_side: int
) -> list[Detection]:
    """The faces that a single-scale detector finds in the whole photo and, if smaller ones are wanted, in its tiles."""
    height, width = pixels.shape[:2]
    scale = min(1.0, max_side / max(height, width))
    seen_whole = max(min_face_px, _SMALLEST_SEEN / scale)
    whole = _seen_small(pixels, detector, scale, seen_whole)
    if smallest < seen_whole:
        # Twice the smallest size that the whole photo shows, and half as much again for a face's height and the skin
        # around it.
        overlap = min(math.ceil(3 * seen_whole), max_side // 2)
        tiled = _seen_in_tiles(pixels, detector, smallest, max_side, overlap)
    else:
        tiled = []
    # Tiles first: if both show a face, the tile has the better landmarks.
    return merge([*tiled, *whole])


def merge(faces: list[Detection]) -> list[Detection]:
    """Remove duplicates.

    If two boxes mostly coincide, the earlier one stays. If a box is mostly inside a larger one, the larger one stays:
    a face contains no other face, but eyes and folds can look like one.
    """
    if not faces:
        return []
    boxes = np.stack([face.box for face in faces])
    stay = suppress(boxes, np.zeros(len(boxes), np.float32), _SAME_FACE)
    areas = np.prod(boxes[stay, 2:] - boxes[stay, :2], axis=1)
    stay = stay[suppress(boxes[stay], areas, _INSIDE, contained=True)]
    return [faces[i] for i in stay]


def reading_order(faces: list[Detection]) -> list[Detection]:
    """The faces row by row from the top, each row from the left.

    A row starts with the highest remaining face and contains each face whose centre is less than half its height lower.
    """
    left = sorted(faces, key=lambda face: (_middle(face)[1], _middle(face)[0]))
    ordered: list[Detection] = []
    while left:
        end = _middle(left[0])[1] + (left[0].box[3] - left[0].box[1]) / 2
        row = [face for face in left if _middle(face)[1] < end] or left[:1]
        ordered += sorted(row, key=lambda face: _middle(face)[0])
        left = left[len(row) :]
    return ordered


def cut_to(face: Detection, width: int, height: int) -> Detection:
    """The face with its box clipped to the photo; landmarks stay unchanged, because alignment needs them."""
    edge = np.array([width - 1, height - 1] * 2, np.float32)
    return Detection(np.clip(face.box, 0, edge), face.landmarks, face.score)


def shrunk(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture at a smaller size, by area averaging."""
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def suppress(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    overlap: float,
    most: int | None = None,
    *,
    contained: bool = False,
) -> NDArray[np.intp]:
    """Greedy non-maximum suppression.

    Args:
        boxes: `[n, 4]` left, top, right, bottom.
        scores: `[n]`; if two boxes overlap too much, the higher score stays; with equal scores, the earlier box.
        overlap: the largest allowed overlap, 0 to 1.
        most: how many boxes with the highest scores to consider; None: all.
        contained: measure the overlap against the smaller box instead of the union, which removes boxes inside others.

    Returns:
        The indices of the boxes that stay, highest score first.
    """
    if not contained:
        return _suppressed_by_union(boxes, scores, overlap, most)
    order = np.argsort(-scores, kind="stable")[:most]
    boxes = boxes[order]
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    stay = np.ones(len(order), bool)
    for i in range(len(order)):
        if not stay[i]:
            continue
        later = np.flatnonzero(stay[i + 1 :]) + i + 1
        corner = np.maximum(boxes[i, :2], boxes[later, :2])
        sides = np.maximum(np.minimum(boxes[i, 2:], boxes[later, 2:]) - corner, 0)
        shared = sides[:, 0] * sides[:, 1]
        stay[later[shared > overlap * np.minimum(areas[i], areas[later])]] = False
    return order[stay]


def _suppressed_by_union(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], overlap: float, most: int | None
) -> NDArray[np.intp]:
    """`suppress` by intersection over union, with OpenCV: fifty times faster than ours for hundreds of boxes."""
    if not len(boxes):
        return np.zeros(0, np.intp)
    sides = np.concatenate([boxes[:, :2], np.maximum(boxes[:, 2:] - boxes[:, :2], 0)], 1).astype(np.float64)
    order = np.argsort(-scores, kind="stable")[:most]
    ranks = np.arange(len(order), 0, -1, dtype=np.float32)  # OpenCV refuses negative scores; ranks have no ties
    stay = order[_nms(sides[order], ranks, overlap)]
    return np.asarray(stay, np.intp).reshape(-1)


def _nms(sides: NDArray[np.float64], ranks: NDArray[np.float32], overlap: float) -> NDArray[np.intp]:
    """OpenCV's suppression of boxes `[n, 4]` left, top, width, height. It accepts arrays; its type hints say lists."""
    boxes: Any = sides
    scores: Any = ranks
    return np.asarray(cv2.dnn.NMSBoxes(boxes, scores, 0.0, overlap), np.intp).reshape(-1)


def _seen_small(pixels: NDArray[np.uint8], detector: Detector, scale: float, min_face_px: float) -> list[Detection]:
    """The faces that the detector finds in the shrunk photo, in the photo's coordinates."""
    if scale == 1:
        return detector(pixels, min_face_px)
    height, width = pixels.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = shrunk(pixels, *size)
    times = np.array([width / size[0], height / size[1]], np.float32)
    # Pixel centres are at whole numbers: add half a pixel, scale, subtract half a pixel.
    return [
        Detection((face.box + 0.5) * np.tile(times, 2) - 0.5, (face.landmarks + 0.5) * times - 0.5, face.score)
        for face in detector(small, min_face_px * scale)
    ]


def _seen_in_tiles(
    pixels: NDArray[np.uint8], detector: Detector, min_face_px: float, side: int, overlap: int
) -> list[Detection]:
    """The faces found in overlapping tiles, in the photo's coordinates, without those that a tile's edge cuts."""
    height, width = pixels.shape[:2]

    def seen(place: tuple[int, int]) -> list[Detection]:
        left, top = place
        right, bottom = min(left + side, width), min(top + side, height)
        # A face may touch a side of the tile only if the photo ends there too.
        inner = np.array([left > 0, top > 0, right < width, bottom < height])
        corner = np.array([left, top], np.float32)
        faces = []
        for face in detector(pixels[top:bottom, left:right], min_face_px):
            x1, y1, x2, y2 = face.box
            room = np.array([x1, y1, right - left - 1 - x2, bottom - top - 1 - y2])
            cut_off = bool((inner & (room < 0.1 * face.short_side)).any())
            # A face as large as the overlap could be cut in every tile; the shrunk whole photo shows it well.
            if not cut_off and max(x2 - x1, y2 - y1) <= overlap:
                faces.append(Detection(face.box + np.tile(corner, 2), face.landmarks + corner, face.score))
        return faces

    with ThreadPoolExecutor(min(cv2.getNumThreads(), _TILES_AT_ONCE)) as threads:
        faces = list(chain.from_iterable(threads.map(seen, tile_corners(width, height, side, overlap))))
    # If two tiles show a face, the higher score comes first.
    return sorted(faces, key=lambda face: -face.score)


def tile_corners(width: int, height: int, side: int, overlap: int) -> Iterator[tuple[int, int]]:
    """The top left corners (x, y) of square tiles that cover a photo evenly and overlap by at least `overlap`."""

    def starts(length: int) -> list[int]:
        count = max(1, math.ceil((length - overlap) / (side - overlap)))
        return [round(i * max(0, length - side) / max(1, count - 1)) for i in range(count)]

    return ((left, top) for top in starts(height) for left in starts(width))


def _middle(face: Detection) -> tuple[float, float]:
    left, top, right, bottom = (float(value) for value in face.box)
    return (left + right) / 2, (top + bottom) / 2
