"""RetinaFace behind the `Detector` protocol."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces import retinaface_anchors
from magicmemory.pipeline.faces.detect import Detection

# facexlib's value for restoration: restoring a stain into a face is worse than missing a face. The gap is wide: the
# MobileNet scores real faces in old photos 0.986 and more, and a round newel post that looks like a face 0.775.
THRESHOLD: Final = 0.97
LEAST_EYE_DISTANCE_PX: Final = 5.0  # facexlib's value; closer eyes cannot align a face


class RetinaFaceDetector:
    """Finds faces in a picture at its own size."""

    def __init__(self, runner: Runner, threshold: float = THRESHOLD) -> None:
        """
        Args:
            runner: the compiled `JoinedHeads`, for pictures of any size.
            threshold: faces with a lower score are dropped, 0 to 1.
        """
        self._runner = runner
        self._threshold = threshold

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """See `Detector`; the highest score comes first."""
        bgr = pixels[..., ::-1].astype(np.float32) - np.array(retinaface_anchors.MEAN_BGR, np.float32)
        heads = self._runner(bgr.transpose(2, 0, 1)[None])[0]
        found = retinaface_anchors.decode(
            heads[:, :4], heads[:, 4], heads[:, 5:], retinaface_anchors.priors(*pixels.shape[:2]), self._threshold
        )
        faces = [
            Detection(box, landmarks, float(score))
            for box, landmarks, score in zip(found.boxes, found.landmarks, found.scores, strict=True)
        ]
        return [face for face in faces if face.short_side >= min_face_px and looks_at_us(face)]


def looks_at_us(face: Detection) -> bool:
    """Whether the eyes are far enough apart to align the face; in profiles and specks they are not."""
    return float(np.linalg.norm(face.landmarks[0] - face.landmarks[1])) >= LEAST_EYE_DISTANCE_PX
