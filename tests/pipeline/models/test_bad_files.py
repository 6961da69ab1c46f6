"""A checkpoint that cannot be used is one clear sentence, whatever is wrong with it."""

import hashlib
import os
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from magicmemory.cli.messages import error_message
from magicmemory.core.errors import ModelBroken, ModelNotAllowed, ModelNotInstalled
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.head_mask import HeadMaskParser
from magicmemory.pipeline.models import catalogue, registry, upstream
from magicmemory.pipeline.models.checkpoint import Checkpoint
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import from_checkpoint, restorer_model
from magicmemory.pipeline.models.registry import RESTORERS
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.enlarge import DoublingUpscaler
from tests.support.networks import Tiny

FACTS = ModelFacts("tiny", "Tiny", Kind.RESTORER, "MIT", Commercial.YES, file="tiny.pth", url="https://example.org")
CHECKPOINT = Checkpoint("tiny.pth", ("params_ema", "params"))


class Bomb:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch exploded",)


def models(folder: Path, *, facts: ModelFacts = FACTS, unverified: bool = True, paid_use: bool = False) -> Models:
    weights = Weights(folder, allow_unverified=unverified)
    tiny = restorer_model(facts, from_checkpoint(Tiny, CHECKPOINT))
    return Models(TorchEngine("cpu"), weights, restorers=(tiny, RESTORERS[-1]), paid_use=paid_use)


def good(folder: Path) -> Path:
    torch.save({"params_ema": Tiny().state_dict()}, folder / "tiny.pth")
    return folder / "tiny.pth"


def test_good_file_is_used(tmp_path: Path) -> None:
    file = good(tmp_path)
    restore = models(tmp_path).restorer("tiny")
    network = Tiny().eval()
    network.load_state_dict(torch.load(file, weights_only=True)["params_ema"])
    crop = np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8)
    [restored] = restore([crop], None)
    with torch.no_grad():
        face = torch.from_numpy(crop.transpose(2, 0, 1)[None].copy()).float() / 127.5 - 1
        expected = ((network(face)[0].clamp(-1, 1) + 1) * 127.5).numpy().transpose(1, 2, 0)
    assert np.abs(restored.astype(np.float32) - expected).max() <= 1, "the file's own weights are at work"


def test_missing_file_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(ModelNotInstalled) as caught:
        models(tmp_path).restorer("tiny")
    assert error_message(caught.value) == "The model tiny is not installed here: run `magicmemory models pull tiny`."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("cut", r"ends too early|is damaged"),
        ("zeros", r"is not a torch checkpoint"),
        ("empty", r"is not a torch checkpoint"),
        ("bomb", r"could run code when read, so it was refused"),
        ("old bomb", r"is not a torch checkpoint|refused"),
        ("other keys", r"should keep its weights under params_ema or params"),
        ("other network", r"is not a checkpoint of Tiny: 4 layers missing, 2 unexpected"),
        ("other shapes", r"is not a checkpoint of Tiny: 0 layers missing, 0 unexpected, \d of another shape"),
    ],
)
def test_broken_file_is_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = good(tmp_path)
    whole = path.read_bytes()
    shapes = {name: torch.zeros(7) for name in Tiny().state_dict()}
    match content:
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "zeros":
            path.write_bytes(bytes(len(whole)))
        case "empty":
            path.write_bytes(b"")
        case "bomb":
            torch.save({"params_ema": Bomb()}, path)
        case "old bomb":
            path.write_bytes(pickle.dumps(Bomb()))
        case "other keys":
            torch.save({"state": Tiny().state_dict()}, path)
        case "other network":
            torch.save({"params": nn.Linear(2, 2).state_dict()}, path)
        case "other shapes":
            torch.save({"params": shapes}, path)
    with pytest.raises(ModelBroken, match=says) as caught:
        models(tmp_path).restorer("tiny")
    told = error_message(caught.value)
    assert told.endswith(".")
    assert "\n" not in told
    assert not (tmp_path / "exploded").exists()


def test_file_with_a_wrong_hash_is_not_read(tmp_path: Path) -> None:
    torch.save({"params_ema": Bomb()}, tmp_path / "tiny.pth")
    with pytest.raises(ModelBroken, match="is not the published file, for its SHA-256 is"):
        models(tmp_path, facts=replace(FACTS, sha256="0" * 64), unverified=False).restorer("tiny")


def test_a_file_without_a_published_hash_is_used_once_it_is_pinned(tmp_path: Path) -> None:
    path = good(tmp_path)
    cache = models(tmp_path, unverified=False)
    assert cache.restorer_facts().name == "lite"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ModelBroken, match=f"`magicmemory models pin tiny {sha256}`"):
        cache.restorer("tiny")
    Weights(tmp_path).pin(FACTS, sha256)
    assert cache.restorer_facts().name == "tiny"
    cache.restorer("tiny")


@pytest.mark.parametrize(
    ("commercial", "reason"), [(Commercial.NO, "forbids"), (Commercial.ASK, "leaves paid use unclear")]
)
def test_paid_use_is_refused_by_licence(tmp_path: Path, commercial: Commercial, reason: str) -> None:
    good(tmp_path)
    facts = replace(FACTS, commercial=commercial)
    assert models(tmp_path, facts=facts).restorer_facts().name == "tiny"
    paid_use = models(tmp_path, facts=facts, paid_use=True)
    assert paid_use.restorer_facts().name == "lite"
    with pytest.raises(ModelNotAllowed, match=reason) as caught:
        paid_use.restorer_facts("tiny")
    assert error_message(caught.value).startswith("MAGIC_COMMERCIAL is set, and the licence of tiny (MIT) ")


@pytest.mark.slow
def test_idle_models_are_unloaded_and_loaded_again(tmp_path: Path) -> None:
    good(tmp_path)
    cache = models(tmp_path)
    first = cache.restorer("tiny")
    assert cache.unload_idle(60) == []
    assert cache.restorer("tiny") is first
    assert cache.unload_idle(0) == ["tiny"]
    assert cache.unload_idle(0) == []
    assert cache.restorer("tiny") is not first


def test_missing_optional_model_is_skipped_but_a_broken_one_fails(tmp_path: Path) -> None:
    cache = models(tmp_path)
    assert cache.identity() is None
    assert isinstance(cache.upscaler(), DoublingUpscaler)  # comes with the package
    assert isinstance(cache.parser(), HeadMaskParser)  # likewise
    (tmp_path / "parsing_parsenet.pth").write_bytes(b"nonsense")
    with pytest.raises(ModelBroken, match=r"parsing_parsenet\.pth is not a torch checkpoint"):
        cache.parser()


def test_upstream_models_are_in_the_catalogue() -> None:
    theirs = [*upstream.RESTORERS, *upstream.DETECTORS, *upstream.PARSERS]
    assert {model.facts for model in theirs} < set(catalogue.ALL)


def test_the_catalogue_has_each_model_of_the_registry_by_kind_and_by_name() -> None:
    assert [model.facts for model in RESTORERS] == list(catalogue.of_kind(Kind.RESTORER))
    assert [model.facts for model in registry.DETECTORS] == list(catalogue.of_kind(Kind.DETECTOR))
    assert all(catalogue.by_name(facts.name) is facts for facts in catalogue.ALL)
    assert catalogue.by_name("gfpgam") is None
    assert {model.facts for model in registry.CLEANERS} <= set(catalogue.ALL)


def test_catalogue_entries_are_complete() -> None:
    assert len({facts.name for facts in catalogue.ALL}) == len(catalogue.ALL)
    for facts in catalogue.ALL:
        assert facts.licence
        assert facts.good_at
        if not facts.bundled:
            assert facts.file
            assert facts.paper
            assert facts.url is None or facts.url.startswith(("https://github.com/", "https://huggingface.co/"))
            assert facts.url is None or facts.url.endswith(f"/{facts.file}")
        assert facts.sha256 is None or len(bytes.fromhex(facts.sha256)) == 32
