import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from torch import nn

from magicmemory.core.errors import ModelBroken, ModelNotInstalled, ModelUnknown
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.restore import Restorer
from magicmemory.pipeline.models.checkpoint import TruncatedCheckpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import Model, restorer_model
from magicmemory.pipeline.models.registry import DETECTORS, RESTORERS
from magicmemory.pipeline.models.weights import Weights
from tests.support.networks import tiny, tiny_with_fidelity

ENGINE = TorchEngine("cpu")
PLAIN = ModelFacts("plain", "Plain", Kind.RESTORER, "MIT", Commercial.YES, bundled=True)
LARGE = replace(PLAIN, name="large", bundled=False, file="large.pth")
SLIDER = replace(PLAIN, name="slider", default_fidelity=0.5)


def models(weights: Path, *restorers: Model[Restorer], default: str = "auto") -> Models:
    folder = Weights(weights, allow_unverified=True)
    return Models(ENGINE, folder, restorer=default, restorers=restorers)


def test_auto_uses_the_best_installed_model(tmp_path: Path) -> None:
    both = models(tmp_path, restorer_model(LARGE, tiny), restorer_model(PLAIN, tiny))
    assert both.restorer_facts().name == "plain"
    (tmp_path / "large.pth").touch()
    assert both.restorer_facts().name == "large"
    assert both.restorer_facts("plain").name == "plain"


def test_setting_replaces_auto(tmp_path: Path) -> None:
    cache = models(tmp_path, restorer_model(PLAIN, tiny), restorer_model(SLIDER, tiny_with_fidelity), default="slider")
    assert cache.restorer_facts("auto").name == "slider"


def test_unknown_model_error_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelUnknown) as caught:
        models(tmp_path, restorer_model(LARGE, tiny), restorer_model(PLAIN, tiny)).restorer("gfpgam")
    assert caught.value.parameters == {"model": "gfpgam", "known": "large, plain"}
    with pytest.raises(ModelUnknown):
        models(tmp_path, restorer_model(PLAIN, tiny)).detector_facts("plain")


def test_a_model_without_its_file_is_not_installed(tmp_path: Path) -> None:
    cache = models(tmp_path, restorer_model(LARGE, tiny), restorer_model(PLAIN, tiny))
    with pytest.raises(ModelNotInstalled) as caught:
        cache.restorer("large")
    assert caught.value.parameters == {"model": "large"}


def test_a_broken_file_is_named_with_its_reason(tmp_path: Path) -> None:
    def load(path: Path) -> nn.Module:
        raise TruncatedCheckpoint(f"{path.name} ends too early; fetch it again.")

    (tmp_path / "large.pth").touch()
    with pytest.raises(ModelBroken) as caught:
        models(tmp_path, restorer_model(LARGE, load)).restorer("large")
    assert caught.value.parameters == {"model": "large", "reason": "large.pth ends too early; fetch it again."}


@pytest.mark.processes
def test_model_loads_once_for_concurrent_callers(tmp_path: Path) -> None:
    loads = []

    def load(path: Path) -> nn.Module:
        loads.append(threading.get_ident())
        time.sleep(0.05)
        return tiny(path)

    cache = models(tmp_path, restorer_model(PLAIN, load))
    assert not loads
    with ThreadPoolExecutor(8) as pool:
        ready = list(pool.map(lambda _: cache.restorer(), range(8)))
    assert len(loads) == 1
    assert all(one is ready[0] for one in ready)


@pytest.mark.processes
def test_a_model_that_failed_to_load_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "large.pth").write_bytes(b"short")

    def load(path: Path) -> nn.Module:
        if path.read_bytes() == b"short":
            raise TruncatedCheckpoint("short")
        return tiny(path)

    cache = models(tmp_path, restorer_model(LARGE, load))
    with pytest.raises(ModelBroken):
        cache.restorer()
    (tmp_path / "large.pth").write_bytes(b"whole")
    cache.restorer()


def test_fidelity_goes_to_models_that_have_it(tmp_path: Path) -> None:
    cache = models(tmp_path, restorer_model(PLAIN, tiny), restorer_model(SLIDER, tiny_with_fidelity))
    crop = np.random.default_rng(0).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    (faithful,), (vivid,) = (cache.restorer("slider")([crop], fidelity) for fidelity in (1.0, 0.0))
    (plain,) = cache.restorer("plain")([crop], None)
    np.testing.assert_allclose(faithful, crop, atol=1e-3)
    np.testing.assert_allclose(vivid, plain, atol=1e-3)
    assert np.abs(vivid - crop).max() > 1


@pytest.mark.parametrize("cache", [RESTORERS, DETECTORS])
def test_registry_models_have_complete_facts(cache: tuple[Model[object], ...]) -> None:
    names = [model.facts.name for model in cache]
    assert len(set(names)) == len(names)
    assert cache[-1].facts.bundled, "one that is always there must come last"
    for model in cache:
        facts = model.facts
        assert facts.bundled or facts.file
        assert facts.sha256 is None or len(facts.sha256) == 64
        assert facts.default_fidelity is None or 0 <= facts.default_fidelity <= 1
        assert facts.kind is (Kind.RESTORER if cache is RESTORERS else Kind.DETECTOR)
