"""A model is checked with the sample face before it restores a photo."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.errors import ModelBroken
from magicmemory.pipeline.engines.base import OnBatch, Precision, Runner, ignore_batch
from magicmemory.pipeline.engines.batcher import ONE_BY_ONE
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.align import TEMPLATE
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import restorer_model, sample_planes
from magicmemory.pipeline.models.mtcnn import detector, load_nets
from magicmemory.pipeline.models.self_test import Verdict, face_problem, kept_verdicts
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.sample import aligned_face
from tests.support.converted_models import add_converted_models
from tests.support.networks import Tiny, tiny

Floats = NDArray[np.float32]
FACTS = ModelFacts("tiny", "Tiny", Kind.RESTORER, "MIT", Commercial.YES, bundled=True, supports_half=True)


class Broken:
    """An engine whose half (or full) precision gives what `spoil` makes of the right output."""

    name = "an engine for tests"
    version = "1"
    device = "cpu"
    batching = ONE_BY_ONE
    on_batch: OnBatch = staticmethod(ignore_batch)

    def __init__(self, spoil: Callable[[Floats], Floats], *, full_too: bool = False) -> None:
        self.spoil = spoil
        self.full_too = full_too
        self.compiled: list[bool] = []  # in half precision or not

    def compile(
        self,
        network: nn.Module,
        example: tuple[Tensor, ...],
        name: str,
        *,
        supports_half: bool = False,
        any_size: bool = False,
        many_calls: bool = False,
    ) -> Runner:
        del any_size, many_calls
        self.compiled.append(supports_half)
        run = TorchEngine("cpu").compile(network, example, name)
        return (lambda *inputs: self.spoil(run(*inputs))) if supports_half or self.full_too else run


def flat(output: Floats) -> Floats:
    return np.full_like(output, 140)


def grainy(deviation: float) -> Callable[[Floats], Floats]:
    """Noise of so many levels of 255."""
    grain = np.random.default_rng(0).normal(0, deviation, (1, 512, 512, 3)).astype(np.float32)
    return lambda output: output + grain


def load(engine: Broken, folder: Path, make: Callable[[Path], nn.Module] = tiny, unverified: bool = False) -> None:
    weights = Weights(folder / "weights", allow_unverified=unverified)
    Models(engine, weights, restorers=(restorer_model(FACTS, make),), verdicts=folder).restorer()


def verdict(folder: Path) -> Verdict:
    (path,) = folder.glob("tiny-*.json")
    return Verdict(**json.loads(path.read_text()))


@pytest.mark.parametrize("spoil", [flat, grainy(12), lambda output: output * np.float32(np.nan)])
def test_damaging_half_precision_is_not_used(
    spoil: Callable[[Floats], Floats], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Broken(spoil)
    with caplog.at_level(logging.WARNING):
        load(engine, tmp_path)
    assert engine.compiled == [True, False]
    assert not verdict(tmp_path).uses_half
    assert "tiny stays in full precision" in caplog.text


def test_accurate_half_precision_is_used(tmp_path: Path) -> None:
    engine = Broken(grainy(0.12))
    load(engine, tmp_path)
    assert engine.compiled == [True]
    assert 50 < verdict(tmp_path).decibels < 90


def test_verdict_is_cached_until_the_network_changes(tmp_path: Path) -> None:
    load(Broken(flat), tmp_path)
    again = Broken(flat)
    load(again, tmp_path)
    assert again.compiled == [False], "the kept verdict is believed, without a test"

    def other(path: Path) -> nn.Module:
        network = tiny(path)
        next(network.parameters()).data[0] += 0.01
        return network

    changed = Broken(grainy(0.12))
    load(changed, tmp_path, other)
    assert changed.compiled == [True]
    assert len(list(tmp_path.glob("tiny-*.json"))) == 2


class Faulty(Tiny):
    """Returns a given array instead of a face."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault

    def forward(self, faces: Tensor) -> Tensor:
        match self.fault:
            case "flat":
                return 0 * faces + 0.2
            case "nan":
                return faces / 0
            case "upside down":
                return faces.flip(2)
        return -faces


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("flat", "it is one flat colour"),
        ("nan", "it has values that are no numbers"),
        ("upside down", "it does not look like the face that went in"),
        ("negative", "it does not look like the face that went in"),
    ],
)
def test_a_model_that_gives_no_face_is_refused_with_the_reason(fault: str, says: str, tmp_path: Path) -> None:
    def make(_: Path) -> nn.Module:
        return Faulty(fault)

    for engine in (Broken(grainy(0.12)), Broken(grainy(0.12))):  # the second believes the kept verdict
        with pytest.raises(ModelBroken) as caught:
            load(engine, tmp_path, make)
        reason = str(caught.value.parameters["reason"])
        assert reason == f"The sample face comes out of tiny wrong: {says}. Fetch the file again."
    load(Broken(grainy(0.12)), tmp_path, make, unverified=True)  # made-up weights, for measurements


def test_a_conversion_that_gives_another_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match="converted for an engine for tests gives another picture"):
        load(Broken(flat, full_too=True), tmp_path)


def test_only_verdicts_of_the_installed_files_count(tmp_path: Path) -> None:
    load(Broken(flat), tmp_path)
    file = tmp_path / "tiny.pth"
    assert kept_verdicts(tmp_path, {"tiny": file}) == {}
    file.touch()
    (path,) = tmp_path.glob("tiny-*.json")
    path.touch()
    assert kept_verdicts(tmp_path, {"tiny": file})["tiny"] == verdict(tmp_path)
    assert kept_verdicts(tmp_path, {}) == {}


def test_the_sample_is_an_aligned_face() -> None:
    (found,) = detector(load_nets())(aligned_face(), 100)
    assert np.abs(found.landmarks - np.array(TEMPLATE)).max() < 15
    planes = sample_planes(64)
    assert planes.shape == (1, 3, 64, 64)
    assert -1 <= planes.min() < -0.5 < 0.5 < planes.max() <= 1
    face = aligned_face()[None]
    assert face_problem(face, face.astype(np.float32), span=255) == ""


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("precision", "least_db"), [("full", 80), ("auto", 60)])
def test_lite_passes_on_this_machine(tmp_path: Path, precision: Precision, least_db: float) -> None:
    add_converted_models(tmp_path)
    engine, verdicts = OpenVinoEngine(tmp_path / "cache", precision=precision), tmp_path / "verdicts"
    Models(engine, Weights(tmp_path / "none"), verdicts=verdicts).restorer("lite")
    (path,) = verdicts.glob("lite-*.json")
    kept = json.loads(path.read_text())
    assert kept["problem"] == ""
    assert kept["decibels"] > least_db
    with torch.inference_mode():
        assert TorchEngine("cpu").version != engine.version
