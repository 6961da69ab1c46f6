"""YuNet: a very small face detector with five landmarks, run by OpenCV.

Paper: Wu et al., YuNet: A Tiny Millisecond-level Face Detector, Machine Intelligence Research 2023.
Repositories: https://github.com/opencv/opencv_zoo (the file), https://github.com/ShiqiYu/libfacedetection.train.

It was trained for faces of about 10 to 300 pixels. A larger picture is shown to it a second time, so small that a face
that fills it has such a size too.
"""

import threading
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.faces.detect import Detection, Detector, merge, shrunk
from magicmemory.pipeline.faces.retinaface_detector import looks_at_us
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext, Model
from magicmemory.pipeline.sample import FACE, portrait

# Measured with the sibling `yunet_n` of libfacedetection.train: 33 faces of old and new photos scored 0.878 and more, a
# newel post that looks like a face 0.778, and 126 photos without people at most 0.82.
THRESHOLD: Final = 0.85
_OVERLAP: Final = 0.3  # over the union: OpenCV's default for suppression
_MOST_FACES: Final = 5000
_SMALL_SIDE: Final = 320  # pixels: the longest side of a picture in which no face is too large


class YuNet:
    """`cv2.FaceDetectorYN` behind the `Detector` protocol."""

    def __init__(self, path: Path, threshold: float = THRESHOLD) -> None:
        """
        Args:
            path: the ONNX file.
            threshold: faces must score above it, 0 to 1.

        Raises:
            cv2.error: OpenCV cannot read the file.
        """
        self._network: Any = cv2.FaceDetectorYN.create(
            str(path), "", (_SMALL_SIDE, _SMALL_SIDE), threshold, _OVERLAP, _MOST_FACES
        )
        self._lock = threading.Lock()  # it keeps the picture's size in itself

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """See `Detector`; the surest face comes first."""
        found = self._seen(pixels)
        height, width = pixels.shape[:2]
        scale = _SMALL_SIDE / max(height, width)
        if scale < 1:
            size = max(1, round(width * scale)), max(1, round(height * scale))
            times = np.array([width / size[0], height / size[1]], np.float32)
            found += [
                Detection(face.box * np.tile(times, 2), face.landmarks * times, face.score)
                for face in self._seen(shrunk(pixels, *size))
            ]
            found = merge(sorted(found, key=lambda face: -face.score))
        return [face for face in found if face.short_side >= min_face_px and looks_at_us(face)]

    def _seen(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        height, width = pixels.shape[:2]
        with self._lock:
            self._network.setInputSize((width, height))
            _, rows = self._network.detect(np.ascontiguousarray(pixels[..., ::-1]))
        if rows is None:
            return []
        # Each row: left, top, width, height, five points in our order, score.
        return [
            Detection(
                np.concatenate([row[:2], row[:2] + row[2:4]]).astype(np.float32),
                row[4:14].reshape(5, 2).astype(np.float32),
                float(row[14]),
            )
            for row in sorted(rows, key=lambda row: -row[14])
        ]


_FACTS = ModelFacts(
    name="yunet",
    title="YuNet",
    kind=Kind.DETECTOR,
    licence="MIT",
    commercial=Commercial.YES,
    file="face_detection_yunet_2023mar.onnx",
    url="https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/face_detection_yunet_2023mar.onnx",
    sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    size=232589,
    paper="Wu et al., YuNet: A Tiny Millisecond-level Face Detector, Machine Intelligence Research 2023",
    good_at="little memory and disk",
    work="under 3.3 GFLOP at 1280x960",
)


def _build(path: Path, _: BuildContext) -> Detector:
    """The detector, once it has found the face of the sample portrait.

    Raises:
        ModelNotInstalled: the file is not there.
        ModelBroken: OpenCV cannot run it, or it does not find the face.
    """
    if not path.is_file():
        raise ModelNotInstalled(model=_FACTS.name)
    try:
        detector = YuNet(path)
        found = detector(portrait()[:400], FACE.short_side / 2)
    except cv2.error as error:
        reason = f"OpenCV {cv2.__version__} cannot run {path.name}: {' '.join(str(error).split())}"
        raise ModelBroken(model=_FACTS.name, reason=reason) from error
    if len(found) != 1 or np.abs(found[0].landmarks - FACE.landmarks).max() > FACE.short_side / 8:
        raise ModelBroken(model=_FACTS.name, reason=f"{path.name} does not find the face of the sample portrait.")
    return detector


YUNET: Model[Detector] = Model(_FACTS, _build)
