"""A crowd: the largest faces are restored, in bounded time, and the others are left as they are and reported."""

from pathlib import Path

import numpy as np
import pytest

from magicmemory.bots.texts import Texts
from magicmemory.core.options import Options
from magicmemory.core.report import LeftAlone
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.models.facts import Kind
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import Model, restorer_model
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.pipeline import Pipeline
from tests.pipeline.test_features import LIMITS, facts
from tests.support.faces import colourful, face_at, picture
from tests.support.networks import Finds, FindsDamage, Mends, tiny

pytestmark = pytest.mark.slow


def crowd(count: int, columns: int, px: int) -> list[tuple[int, int, int]]:
    """The position and size of each face: every third is small, and the last are the largest."""
    return [
        (40 + px * (n % columns), 40 + px * (n // columns), 34 if n % 3 == 0 else 50 + 5 * (n // 20))
        for n in range(count)
    ]


def pipeline(places: list[tuple[int, int, int]], max_faces: int) -> Pipeline:
    models = Models(
        TorchEngine("cpu"),
        Weights(Path("none")),
        restorers=(restorer_model(facts("plain", Kind.RESTORER), tiny),),
        detectors=(
            Model(facts("finds", Kind.DETECTOR), lambda *_: Finds(*(face_at(x, y, side) for x, y, side in places))),
        ),
        parsers=(),
        upscalers=(),
        identities=(),
        finders=(Model(facts("finds-damage", Kind.MENDER), lambda *_: FindsDamage()),),
        menders=(Model(facts("mends", Kind.MENDER), lambda *_: Mends()),),
    )
    return Pipeline(models, LIMITS, 24, max_faces=max_faces)


@pytest.mark.processes
@pytest.mark.parametrize("max_faces", [1, 7, 200])
def test_the_largest_of_many_faces_are_restored(max_faces: int) -> None:
    places = crowd(60, 10, 80)
    before = colourful(900, 600)
    restoration = pipeline(places, max_faces).restore(encode(picture(before), kind="PNG").data, Options())
    report = restoration.report
    assert len(report.faces) == 60
    assert report.too_small == 20
    assert report.restored == min(max_faces, 40)
    assert report.too_many == 40 - report.restored
    sides = {True: [999], False: [0]}
    for face in report.faces:
        assert (face.reason is None) == face.restored
        if face.reason is not LeftAlone.TOO_SMALL:
            sides[face.restored].append(round(face.box[2] - face.box[0]))
    assert min(sides[True]) >= max(sides[False])
    after = decode(restoration.data, LIMITS).pixels
    for face in report.faces:
        x, y = (int(value) for value in face.landmarks[2])
        changed = np.abs(after[y - 3 : y + 3, x - 3 : x + 3].astype(int) - before[y - 3 : y + 3, x - 3 : x + 3]).max()
        assert (changed > 0) == face.restored, (x, y, changed)


def test_every_language_tells_how_many_faces_were_skipped() -> None:
    texts = Texts()
    for language in texts.languages:
        for count in (3, 5, 21):  # Arabic has words for one and two
            assert str(count) in texts.say(language, "reply-too-many", count=count)
