"""Options: what an earlier version queued is still read, and keeps its identity."""

import json

import pytest
from pydantic import ValidationError

from magicmemory.core.options import Options, Scope, Step, Texture

# As the first version wrote it, with the fingerprint that it gave.
EARLIER = '{"model":"auto","detector":"auto","strength":1.0,"fidelity":null,"upscale":1,"scope":"faces"}'
FINGERPRINT = "664d93f5ce90c1b0"


def test_an_earlier_job_is_read_and_is_the_same_job() -> None:
    options = Options.model_validate_json(EARLIER)
    assert options == Options(scope=Scope.FACES)
    assert options.model_dump_json() == EARLIER  # so a worker of that version can read it too
    assert options.fingerprint() == FINGERPRINT


def test_a_choice_is_written_and_makes_another_job() -> None:
    options = Options(faces=(1, 3), upright=True)
    assert json.loads(options.model_dump_json())["faces"] == [1, 3]
    assert Options.model_validate_json(options.model_dump_json()) == options
    assert options.fingerprint() != Options().fingerprint()


@pytest.mark.parametrize("faces", [[0], [-1], list(range(1, 102)), ["x"]])
def test_face_numbers_are_bounded(faces: list[object]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate({"faces": faces})


def test_the_default_scope_is_not_written() -> None:
    assert Options().scope is Scope.AUTO
    assert "scope" not in json.loads(Options().model_dump_json())  # an earlier worker restores the faces then
    assert Options.model_validate_json(Options().model_dump_json()) == Options()
    assert Options().fingerprint() != Options(scope=Scope.FACES).fingerprint()


def test_scope_decides_what_no_switch_says() -> None:
    assert {Options().asks_for(step) for step in Step} == {None}
    assert {Options(scope=Scope.FACES).asks_for(step) for step in Step} == {False}
    whole = Options(scope=Scope.PHOTO)
    assert [whole.asks_for(step) for step in (Step.REPAIR, Step.CLEAN, Step.TONE)] == [True, True, None]


def test_switch_is_stronger_than_scope() -> None:
    assert Options(scope=Scope.FACES, repair=True).asks_for(Step.REPAIR) is True
    assert Options(scope=Scope.PHOTO, clean=False).asks_for(Step.CLEAN) is False
    assert Options(tone=False).asks_for(Step.TONE) is False


@pytest.mark.parametrize(
    ("texture", "cleaned", "back"),
    [
        (Texture.AUTO, False, True),
        (Texture.AUTO, True, False),
        (Texture.MATCH, True, True),
        (Texture.CLEAN, False, False),
    ],
)
def test_grain_comes_back_unless_it_was_cleaned_away(texture: Texture, cleaned: bool, back: bool) -> None:
    assert Options(texture=texture).grain_back(cleaned=cleaned) is back
