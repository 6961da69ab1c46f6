"""Cards of restorers that the operator brings."""

import hashlib
import logging
from pathlib import Path

import pytest

from magicmemory.core.errors import ModelNotAllowed
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.models.facts import Commercial, Kind
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model_cards import read_cards, restorers_with, usable_cards
from magicmemory.pipeline.models.weights import Weights
from tests.support.onnx_networks import conv, written

CARD = 'file = "mine.onnx"\nlicence = "my own"\npaid_use = "yes"\n'


def card(folder: Path, more: str = "", name: str = "mine", text: str = CARD) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text + more)
    return path


def test_a_card_gives_a_restorer_before_the_one_of_the_package(tmp_path: Path) -> None:
    card(tmp_path, 'title = "Mine"\nsize = 256\nmean = [0.5, 0.5, 0.5]\n')
    brought = read_cards(tmp_path)
    assert brought.problems == ()
    [mine] = brought.models
    assert (mine.facts.name, mine.facts.title, mine.facts.file) == ("mine", "Mine", "mine.onnx")
    assert (mine.facts.kind, mine.facts.commercial) == (Kind.RESTORER, Commercial.YES)
    assert [model.facts.name for model in restorers_with(brought)][-2:] == ["mine", "lite"]


def test_auto_takes_it_once_its_hash_is_known(tmp_path: Path) -> None:
    content = written(conv(), tmp_path / "mine.onnx").read_bytes()

    def default() -> str:
        models = Models(TorchEngine("cpu"), Weights(tmp_path), restorers=restorers_with(usable_cards(tmp_path)))
        return models.restorer_facts().name

    card(tmp_path)
    assert default() == "lite", "no hash, no use"
    card(tmp_path, f'sha256 = "{hashlib.sha256(content).hexdigest()}"\n')
    assert default() == "mine"


def test_the_licence_holds_as_for_other_models(tmp_path: Path) -> None:
    card(tmp_path, text=CARD.replace('"yes"', '"ask"'))
    models = Models(
        TorchEngine("cpu"), Weights(tmp_path), restorers=restorers_with(usable_cards(tmp_path)), paid_use=True
    )
    with pytest.raises(ModelNotAllowed):
        models.restorer("mine")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("size = 300\n", "size: Input should be 256, 512, 1024 or 2048."),
        ('order = "grb"\n', "order: Input should be 'rgb' or 'bgr'."),
        ("range = [1, -1]\n", "a range goes from a smaller to a larger number."),
        ("range = [0, inf]\n", "range.1: Input should be a finite number."),
        ("std = [1, 0, 1]\n", "std.1: Input should be greater than 0."),
        ("colour = 1\n", "colour: Extra inputs are not permitted."),
        ('sha256 = "abc"\n', "sha256: String should match pattern"),
        ('url = "file:///etc/passwd"\n', "url: String should match pattern"),
        ("size = \n", "it is no TOML: "),
        (f'title = "{"x" * 20_000}"\n', "it is too large for a card."),
    ],
)
def test_a_wrong_card_is_one_sentence_and_harms_no_other(tmp_path: Path, more: str, says: str) -> None:
    card(tmp_path, name="good")
    card(tmp_path, more)
    brought = read_cards(tmp_path)
    assert [model.facts.name for model in brought.models] == ["good"]
    [problem] = brought.problems
    assert problem.startswith("mine.toml is not a usable card: ")
    assert says in problem
    assert "\n" not in problem


@pytest.mark.parametrize("file", ["../mine.onnx", "/etc/passwd.onnx", "sub/mine.onnx", "mine.pth", ".onnx", "..onnx"])
def test_a_file_elsewhere_is_refused(tmp_path: Path, file: str) -> None:
    card(tmp_path, text=CARD.replace("mine.onnx", file))
    [problem] = read_cards(tmp_path).problems
    assert "file: String should match pattern" in problem


@pytest.mark.parametrize("name", ["gfpgan-1.4", "auto", "Mine", "my model", "x" * 65])
def test_a_name_that_is_taken_or_odd_is_refused(tmp_path: Path, name: str) -> None:
    card(tmp_path, name=name)
    [problem] = read_cards(tmp_path).problems
    assert "name" in problem


def test_the_log_of_a_worker_tells_of_wrong_cards(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    card(tmp_path, "size = 1\n")
    with caplog.at_level(logging.WARNING):
        assert usable_cards(tmp_path).models == ()
    assert "mine.toml is not a usable card" in caplog.text
