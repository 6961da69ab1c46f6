"""Strategies to find, crop and blend faces: ours, and facexlib's for comparison."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces import align, detect, facexlib_compat, orientation
from magicmemory.pipeline.faces import blend as ours
from magicmemory.pipeline.faces.align import SIZE, AlignedFace
from magicmemory.pipeline.faces.blend import RestoredFace
from magicmemory.pipeline.faces.detect import Detection, Detector
from magicmemory.pipeline.faces.orientation import Found
from magicmemory.pipeline.imaging.picture import Picture

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cut:
    """A face cut out of a photo.

    Attributes:
        aligned: the place of the face in the photo, and its pixels now.
        seen: `[512, 512, 3]` RGB, the restorer's input.
        landmarks: `[5, 2]`, in the crop's pixels.
    """

    aligned: AlignedFace
    seen: NDArray[np.uint8]
    landmarks: Floats


class Find(Protocol):
    """Finds the faces in a photo, in the order of the report, and the photo's orientation."""

    def __call__(self, pixels: NDArray[np.uint8], detector: Detector, *, min_face_px: float) -> Found:
        """See `detect.find_faces`."""


@dataclass(frozen=True, slots=True)
class FaceStrategy:
    """How to find, crop and blend faces.

    Attributes:
        find: finds the faces.
        cut: cuts one out. Arguments: the original photo, the photo to return, the face, and whether a network redrew
            the photo to return.
        blend: blends them into a photo with a strength of 0 to 1.
        looks_twice: if no face is found, a cleaned copy is searched.
        matches_grain: restored faces can get the photo's grain.
        keeps_hidden: what stands before a face keeps its pixels, where an occlusion mask is installed.
        judges_photo: the rest of the photo is looked at, and restored where it needs it.
        whole_levels: restored faces are rounded to 8 bits before they are blended.
        parsing_px: the input size of ParseNet, pixels.
    """

    find: Find
    cut: Callable[[Picture, Picture, Detection, bool], Cut]
    blend: Callable[[Picture, Sequence[RestoredFace], float], Picture]
    whole_levels: bool
    looks_twice: bool
    matches_grain: bool
    keeps_hidden: bool
    judges_photo: bool
    parsing_px: int


def _find(pixels: NDArray[np.uint8], detector: Detector, *, min_face_px: float) -> Found:
    def look(photo: NDArray[np.uint8]) -> list[Detection]:
        least = min_face_px * max(photo.shape) / max(pixels.shape)
        return [face for face in detect.find_faces(photo, detector, min_face_px=least) if orientation.plausible(face)]

    return orientation.find_in_any_orientation(pixels, detector, look)


def _find_as_facexlib(pixels: NDArray[np.uint8], detector: Detector, *, min_face_px: float) -> Found:
    return Found(facexlib_compat.find_faces(pixels, detector, min_face_px=min_face_px))


def _cut(sent: Picture, shown: Picture, face: Detection, redrawn: bool) -> Cut:
    times = shown.width // sent.width
    aligned = align.crop(shown.pixels, scaled(face, times))
    # Restorers expect photos, not the output of another network, so they get the original face.
    seen = align.crop(sent.pixels, face).crop if redrawn else aligned.crop
    return Cut(aligned, seen, _in_crop(scaled(face, times), aligned))


def _cut_as_facexlib(sent: Picture, shown: Picture, face: Detection, redrawn: bool) -> Cut:
    del redrawn  # the face is always cut out of the original photo
    aligned = facexlib_compat.crop(sent.pixels, face, shown.width // sent.width)
    return Cut(aligned, aligned.crop, _in_crop(face, aligned))


def _in_crop(face: Detection, aligned: AlignedFace) -> Floats:
    return np.asarray(face.landmarks @ aligned.matrix[:, :2].T + aligned.matrix[:, 2], np.float32)


def scaled(face: Detection, times: int) -> Detection:
    """A detection in the coordinates of the enlarged picture; pixel centres are at whole numbers in both."""
    shift = np.float32((times - 1) / 2)
    return replace(face, box=face.box * np.float32(times) + shift, landmarks=face.landmarks * np.float32(times) + shift)


OWN: Final = FaceStrategy(
    _find,
    _cut,
    ours.blend,
    whole_levels=False,
    looks_twice=True,
    matches_grain=True,
    keeps_hidden=True,
    judges_photo=True,
    parsing_px=SIZE // 2,
)
FACEXLIB: Final = FaceStrategy(
    _find_as_facexlib,
    _cut_as_facexlib,
    facexlib_compat.blend,
    whole_levels=True,
    looks_twice=False,
    matches_grain=False,
    keeps_hidden=False,
    judges_photo=False,
    parsing_px=SIZE,
)
