"""ONNX files through ONNX Runtime, and what happens where it or its GPU is missing."""

import logging
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

from magicmemory.pipeline.engines import onnx_runtime
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.onnx_network import FaceFormat, onnx_runner
from magicmemory.pipeline.models.weights import Weights
from tests.support.onnx_networks import conv, network, written

FACE = (1, 3, 64, 64)
FACTS = ModelFacts("mine", "Mine", Kind.RESTORER, "my own", Commercial.YES, file="mine.onnx")


def test_it_gives_what_the_network_says(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    model = conv()
    run = onnx_runtime.compile_onnx(written(model, tmp_path / "mine.onnx"), FACE, FACE, "cpu")
    faces = np.random.default_rng(3).uniform(-1, 1, (2, *FACE[1:])).astype(np.float32)
    expected = np.asarray(next(iter(ReferenceEvaluator(model).run(None, {"faces": faces}))), np.float32)
    np.testing.assert_allclose(run(faces), expected, atol=1e-5)
    assert (run(faces) == run(faces)).all()


def test_another_shape_is_said(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    pooled = network([helper.make_node("GlobalAveragePool", ["faces"], ["restored"])])
    path = written(pooled, tmp_path / "mine.onnx")
    with pytest.raises(RuntimeError, match=r"it gives \[1, 3, 1, 1\] for a picture of \[1, 3, 64, 64\]"):
        onnx_runtime.compile_onnx(path, FACE, FACE, "cpu")


def test_a_gpu_that_does_not_start_leaves_it_to_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """ONNX Runtime itself would go on with its own CPU provider, without a word."""
    asked = []

    class Session:
        def __init__(self, path: str, options: object, providers: list[tuple[str, dict[str, object]]]) -> None:
            asked.extend(providers)

        def get_providers(self) -> list[str]:
            return [onnx_runtime.CPU]

    found = types.SimpleNamespace(
        InferenceSession=Session,
        SessionOptions=types.SimpleNamespace,
        get_available_providers=lambda: [onnx_runtime.CUDA, onnx_runtime.CPU],
    )
    monkeypatch.setitem(sys.modules, "onnxruntime", found)
    monkeypatch.setattr(onnx_runtime, "has_cuda", lambda: True)
    monkeypatch.setattr("torch.set_num_threads", lambda _: None)
    engine = TorchEngine("cpu")
    engine.device = "cuda:1"
    path = written(conv(), tmp_path / "mine.onnx")
    with caplog.at_level(logging.WARNING):
        run = onnx_runner(FACTS, path, BuildContext(engine, Weights(tmp_path), verdicts=tmp_path), FaceFormat(64), 3)
    assert run(np.ones(FACE, np.float32)).shape == FACE
    [(provider, options)] = asked
    assert (provider, options["device_id"], options["use_tf32"]) == (onnx_runtime.CUDA, 1, 0)
    assert "does not start); OpenVINO runs it on the CPU" in caplog.text
