"""Occlusion masks that come as an ONNX file."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from magicmemory.core.errors import ModelBroken
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model_cards import read_cards, restorers_with
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.sample import aligned_face
from tests.support.onnx_networks import conv, hides_green, written

CARD = """
kind = "occlusion mask"
file = "hides.onnx"
licence = "my own"
paid_use = "yes"
size = 256
range = [0, 1]
order = "bgr"
layout = "nhwc"
"""


@pytest.fixture(autouse=True)
def _torch_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenVINO's engine leaves torch one thread, for good."""
    monkeypatch.setattr("torch.set_num_threads", lambda _: None)


def models(network: onnx.ModelProto, folder: Path) -> Models:
    content = written(network, folder / "hides.onnx").read_bytes()
    (folder / "hides.toml").write_text(f'{CARD}sha256 = "{hashlib.sha256(content).hexdigest()}"\n')
    brought = read_cards(folder)
    assert (brought.problems, brought.models) == ((), ()), "it is no restorer"
    engine = OpenVinoEngine(folder / "cache", threads=2)
    return Models(engine, Weights(folder), restorers=restorers_with(brought), occlusions=brought.occlusions)


def test_a_card_brings_a_mask_that_hides_what_stands_before_the_face(tmp_path: Path) -> None:
    mask = models(hides_green(), tmp_path).occlusion()
    assert mask is not None
    face = aligned_face().copy()
    cv2.rectangle(face, (150, 330), (360, 420), (0, 255, 0), -1)  # before the mouth
    nothing = np.full_like(face, (0, 255, 0))
    visible, unknown = mask([face, nothing])
    assert visible.shape == (512, 512)
    assert visible[330:421, 150:361].max() <= 0.01, "no pixel of it is restored"
    assert visible[180:300, 190:320].mean() > 0.95
    assert (unknown == 1).all(), "a face that it does not find is restored whole"


@pytest.mark.parametrize(
    ("network", "says"),
    [
        (hides_green(bias=-9), "its mask hides most of it, and nothing stands before it"),
        (conv(), "OpenVINO cannot run hides.onnx: "),
    ],
)
def test_an_unusable_mask_is_refused_with_the_reason(tmp_path: Path, network: onnx.ModelProto, says: str) -> None:
    with pytest.raises(ModelBroken) as caught:
        models(network, tmp_path).occlusion()
    assert says in str(caught.value.parameters["reason"])


def test_without_its_file_there_is_no_mask(tmp_path: Path) -> None:
    loaded = models(hides_green(), tmp_path)
    (tmp_path / "hides.onnx").unlink()
    assert loaded.occlusion() is None
