"""YuNet finds the faces that the other detectors find. A trained sibling of the official file is needed for that."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.detect import Detector
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.models.yunet import YUNET
from magicmemory.pipeline.sample import FACE, portrait

SHARED = Path(__file__).parents[4] / "shared" / "data"
SIBLING = SHARED / "weights" / "yunet_n_dynamic.onnx"
GROUP = SHARED / "photos" / "group3_10045.png"
CONTEXT = BuildContext(TorchEngine("cpu"), Weights(Path("unused")))
needed = pytest.mark.skipif(not SIBLING.is_file(), reason=f"there is no {SIBLING}")


@pytest.fixture(scope="module")
def detector() -> Detector:
    return YUNET.build(SIBLING, CONTEXT)


@needed
def test_three_people_are_found_but_not_the_newel_post(detector: Detector) -> None:
    image = cv2.imread(str(GROUP))
    assert image is not None
    pixels = image[..., ::-1]
    known = [(172, 104, 251, 215), (370, 426, 437, 521), (381, 127, 452, 223)]
    found = detector(np.ascontiguousarray(pixels), 20)
    assert len(found) == len(known)
    for box in known:
        nearest = min(found, key=lambda face: float(np.abs(face.box - box).max()))
        assert np.abs(nearest.box - box).max() < 20


@pytest.mark.slow
@needed
@pytest.mark.parametrize("times", [1, 4])
def test_face_position_is_right_at_any_size(detector: Detector, times: int) -> None:
    """At four times its size the face has 350 pixels, more than the network was trained for."""
    pixels = cv2.resize(portrait(), None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    (face,) = detector(np.asarray(pixels, np.uint8), 40)
    assert np.abs(face.landmarks / times - FACE.landmarks).max() < 8
    assert face.landmarks[0, 0] < face.landmarks[1, 0], "the left eye is the left one as the viewer sees it"
    assert detector(np.asarray(pixels, np.uint8), 200 * times) == []


@needed
def test_concurrent_calls_do_not_mix_pictures(detector: Detector) -> None:
    small = np.ascontiguousarray(portrait()[:300, 100:400])
    pictures = [portrait(), small] * 4
    alone = [detector(picture, 20)[0].box for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda picture: detector(picture, 20)[0].box, pictures))
    np.testing.assert_array_equal(alone, together)


def test_missing_or_broken_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "face_detection_yunet_2023mar.onnx"
    with pytest.raises(ModelNotInstalled):
        YUNET.build(path, CONTEXT)
    path.write_bytes(b"no network")
    with pytest.raises(ModelBroken, match="cannot run face_detection_yunet_2023mar") as caught:
        YUNET.build(path, CONTEXT)
    assert "\n" not in str(caught.value.parameters["reason"])
