"""Restorers that come as an ONNX file."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from magicmemory.core.errors import ModelBroken, ModelNotAllowed, ModelNotInstalled
from magicmemory.pipeline.engines.base import Engine
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.restore import Restorer
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.onnx_network import FaceFormat
from magicmemory.pipeline.models.onnx_restorer import GPEN_512, in_our_format, onnx_restorer
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.sample import aligned_face
from tests.support.onnx_networks import conv, gains, network, written

FACTS = ModelFacts("mine", "Mine", Kind.RESTORER, "my own", Commercial.YES, file="mine.onnx", sha256="0" * 64)


@pytest.fixture(autouse=True)
def _torch_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenVINO's engine leaves torch one thread, for good."""
    monkeypatch.setattr("torch.set_num_threads", lambda _: None)


def restorer(
    model: onnx.ModelProto, folder: Path, face: FaceFormat | None = None, engine: Engine | None = None
) -> Restorer:
    path = written(model, folder / "mine.onnx")
    facts = replace(FACTS, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    models = Models(
        engine or OpenVinoEngine(folder / "cache", threads=2),
        Weights(folder),
        restorers=(onnx_restorer(facts, face or FaceFormat()),),
        verdicts=folder / "cache",
    )
    return models.restorer("mine")


def reference(model: onnx.ModelProto, planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The network by ONNX's own slow evaluator."""
    restored: NDArray[np.float32] = np.asarray(next(iter(ReferenceEvaluator(model).run(None, {"faces": planes}))))
    return restored


@pytest.mark.slow
def test_the_face_is_what_the_network_makes_of_it(tmp_path: Path) -> None:
    face, model = aligned_face(), conv()
    [restored] = restorer(model, tmp_path)([face], None)
    planes = face.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1
    expected = (reference(model, planes)[0].clip(-1, 1).transpose(1, 2, 0) + 1) * 127.5
    np.testing.assert_allclose(restored, expected, atol=255 * 1e-4)
    assert np.abs(restored - face).mean() > 1


def test_other_engines_leave_it_to_openvino(tmp_path: Path) -> None:
    face = aligned_face()
    [one] = restorer(conv(), tmp_path)([face], None)
    [other] = restorer(conv(), tmp_path, engine=TorchEngine("cpu"))([face], None)
    assert (one == other).all()


@pytest.mark.parametrize("size", [256, 1024])
def test_other_sizes_are_given_and_taken_back(tmp_path: Path, size: int) -> None:
    face = aligned_face()
    [restored] = restorer(gains(1, 1, 1), tmp_path, FaceFormat(size=size))([face], None)
    assert restored.shape == (512, 512, 3)
    assert np.abs(restored - face).mean() < 2


def test_range_order_mean_and_std_are_the_cards() -> None:
    seen = []

    def runner(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(planes)
        return np.full_like(planes, 25.5) * np.array([1, 2, 3], np.float32).reshape(1, 3, 1, 1)

    faces = np.full((2, 512, 512, 3), (255, 102, 0), np.uint8)  # red full, green 0.4 of the range, blue none
    form = FaceFormat(256, (0, 255), "bgr", (10, 20, 30), (1, 2, 5), (0, 255))
    restored = in_our_format(runner, form)(faces)
    assert [planes.shape for planes in seen] == [(1, 3, 256, 256)] * 2
    blue, green, red = seen[0][0, :, 0, 0]
    assert (blue, green, red) == pytest.approx((-10, (102 - 20) / 2, (255 - 30) / 5))
    assert restored.shape == (2, 512, 512, 3)
    # The output's three channels are blue, green, red too: 0.1, 0.2 and 0.3 of the range.
    assert restored[0, 0, 0] == pytest.approx((0.3 * 255, 0.2 * 255, 0.1 * 255), abs=1e-3)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (gains(0, 0, 0), "The sample face comes out of mine wrong: it is one flat colour"),
        (gains(-1, -1, -1), "it does not look like the face that went in"),
        (
            network(
                [
                    helper.make_node("Sqrt", ["faces"], ["odd"]),
                    helper.make_node("Add", ["faces", "odd"], ["restored"]),
                ]
            ),
            "it has values that are no numbers",
        ),
        (
            network([helper.make_node("Add", ["faces", "others"], ["restored"])], inputs=("faces", "others")),
            "OpenVINO cannot run mine.onnx: it has 2 inputs instead of one picture",
        ),
        (
            network([helper.make_node("GlobalAveragePool", ["faces"], ["restored"])]),
            "OpenVINO cannot run mine.onnx: it gives [1,3,1,1] for a picture of [1, 3, 512, 512]",
        ),
        (network([helper.make_node("Run", ["faces"], ["restored"], domain="evil")]), "not ONNX's own: evil.Run"),
        (
            network([helper.make_node("Conv", ["faces", "w"], ["restored"])], numpy_helper.from_array(np.ones(3), "w")),
            "OpenVINO cannot run mine.onnx: ",
        ),
    ],
)
def test_unusable_model_is_refused_with_the_reason(tmp_path: Path, model: onnx.ModelProto, says: str) -> None:
    with pytest.raises(ModelBroken) as caught:
        restorer(model, tmp_path)
    reason = str(caught.value.parameters["reason"])
    assert says in reason
    assert "\n" not in reason


def test_a_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    written(conv(), tmp_path / "mine.onnx")
    models = Models(TorchEngine("cpu"), Weights(tmp_path), restorers=(onnx_restorer(FACTS, FaceFormat()),))
    with pytest.raises(ModelBroken, match="is not the published file"):
        models.restorer("mine")


def test_gpen_is_not_for_paid_use_and_not_here(tmp_path: Path) -> None:
    paid = Models(TorchEngine("cpu"), Weights(tmp_path), restorers=(GPEN_512,), paid_use=True)
    with pytest.raises(ModelNotAllowed):
        paid.restorer("gpen-512")
    free = Models(TorchEngine("cpu"), Weights(tmp_path), restorers=(GPEN_512,))
    with pytest.raises(ModelNotInstalled):
        free.restorer("gpen-512")
