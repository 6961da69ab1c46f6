"""The upstream packages behind our protocols (with the extra `reference`), and their refusal without it."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.models import gfpgan, upstream
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.registry import RESTORERS
from magicmemory.pipeline.models.weights import Weights
from tests.support.faces import colourful

REASON = upstream.why_not()
needed = pytest.mark.skipif(REASON is not None, reason=str(REASON))

CROPS = colourful(512, 512)[None]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """A made-up GFPGAN and a made-up detector, in the upstream packages' own shapes."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    made = upstream._load("gfpgan.archs.gfpganv1_clean_arch").GFPGANv1Clean(
        out_size=512, channel_multiplier=2, fix_decoder=False, input_is_latent=True, different_w=True, sft_half=True
    )
    torch.save({"params_ema": made.state_dict()}, folder / "GFPGANv1.4.pth")
    detector = upstream._load("facexlib.detection.retinaface").RetinaFace("mobile0.25", device=torch.device("cpu"))
    torch.save(detector.state_dict(), folder / "detection_mobilenet0.25_Final.pth")
    return Weights(folder, allow_unverified=True)


def theirs(weights: Weights) -> Models:
    return Models(
        upstream.engine("cpu"),
        weights,
        restorers=upstream.RESTORERS,
        detectors=upstream.DETECTORS,
        parsers=upstream.PARSERS,
    )


def test_missing_packages_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "PACKAGES", ("gfpgan", "no_such_package_anywhere"))
    reason = upstream.why_not()
    assert reason is not None
    assert "no_such_package_anywhere" in reason
    assert reason.endswith(f"run `{upstream.INSTALL}` in an environment of its own.")


def test_default_pipeline_imports_no_upstream_package() -> None:
    if REASON is not None:
        assert not {"gfpgan", "facexlib", "basicsr", "torchvision"} & set(sys.modules)


@needed
@pytest.mark.timeout(900)
def test_upstream_is_deterministic_and_equals_our_network(weights: Weights) -> None:
    restore = theirs(weights).restorer("gfpgan-1.4")
    crops = list(CROPS)
    once, again = restore(crops, None), restore(crops, None)
    np.testing.assert_array_equal(once, again)
    ours = Models(upstream.engine("cpu"), weights, restorers=RESTORERS).restorer("gfpgan-1.4")(crops, None)
    np.testing.assert_allclose(once, ours, atol=1)


@needed
@pytest.mark.timeout(900)
def test_network_errors_are_raised(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    restore = theirs(weights).restorer("gfpgan-1.4")
    assert isinstance(restore, upstream.UpstreamRestorer)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(restore._restorer.gfpgan, "forward", upstream._deterministic(fails))
    with pytest.raises(upstream.UpstreamFailed, match="CUDA out of memory"):
        restore(list(CROPS), None)


@needed
@pytest.mark.timeout(900)
def test_detector_is_thread_safe_and_missing_models_are_refused(weights: Weights) -> None:
    models = theirs(weights)
    detect = models.detector("retinaface-mobile0.25")
    pixels = colourful(320, 240)
    threads = [threading.Thread(target=detect, args=(pixels, 24.0)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert detect(pixels, 24) == detect(pixels, 24)
    with pytest.raises(ModelNotInstalled):
        models.restorer("restoreformer")
    assert models.parser() is None
    assert "gfpgan" in models.engine_name


@needed
def test_unfitting_file_is_one_sentence(tmp_path: Path) -> None:
    torch.save({"params_ema": {"x": torch.zeros(1)}}, tmp_path / "GFPGANv1.4.pth")
    with pytest.raises(ModelBroken) as caught:
        theirs(Weights(tmp_path, allow_unverified=True)).restorer("gfpgan-1.4")
    assert str(caught.value.parameters["reason"]).startswith("Upstream cannot load GFPGANv1.4.pth: ")


def test_upstream_models_have_the_registrys_facts() -> None:
    assert {model.facts for model in upstream.RESTORERS} <= {model.facts for model in RESTORERS}
    assert gfpgan.GFPGAN_1_4.facts.file == gfpgan.V1_4.file
