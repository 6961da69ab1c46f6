"""Options: what an earlier version queued is still read, and keeps its identity."""

import json

import pytest
from pydantic import ValidationError

from magicmemory.core.options import Options

# As the first version wrote it, with the fingerprint that it gave.
EARLIER = '{"model":"auto","detector":"auto","strength":1.0,"fidelity":null,"upscale":1,"scope":"faces"}'
FINGERPRINT = "664d93f5ce90c1b0"


def test_an_earlier_job_is_read_and_is_the_same_job() -> None:
    options = Options.model_validate_json(EARLIER)
    assert options == Options()
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
