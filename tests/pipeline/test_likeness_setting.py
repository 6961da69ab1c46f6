"""`MAGIC_LIKENESS`, from the photo to the report."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.core.errors import ModelNotAllowed, ModelNotInstalled
from magicmemory.core.options import Options
from magicmemory.core.report import Face, FaceWarning
from magicmemory.core.settings import Likeness
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import Model, restorer_model
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.pipeline import Pipeline
from tests.pipeline.test_features import LIMITS, PHOTO, TWO_FACES
from tests.support.networks import Finds, FindsDamage, Mends, tiny, tiny_with_fidelity

Floats = NDArray[np.float32]
PLAIN = ModelFacts("plain", "Plain", Kind.RESTORER, "MIT", Commercial.YES, bundled=True)


def alike(before: Floats, after: Floats, landmarks: Floats) -> float:
    """1 less the mean difference, over 100 levels."""
    del landmarks
    return 1 - float(np.abs(before - after).mean()) / 100


def pipeline(likeness: Likeness | None, least: float = 0.95) -> Pipeline:
    models = Models(
        TorchEngine("cpu"),
        Weights(Path("none")),
        restorers=(
            restorer_model(PLAIN, tiny),
            restorer_model(replace(PLAIN, name="slider", default_fidelity=0.0), tiny_with_fidelity),
        ),
        detectors=(Model(replace(PLAIN, kind=Kind.DETECTOR), lambda *_: Finds(*TWO_FACES)),),
        identities=(Model(replace(PLAIN, kind=Kind.IDENTITY), lambda *_: alike),),
        finders=(Model(replace(PLAIN, kind=Kind.MENDER), lambda *_: FindsDamage()),),
        menders=(Model(replace(PLAIN, kind=Kind.MENDER), lambda *_: Mends()),),
    )
    return Pipeline(models, LIMITS, 24, identity_warning=least, likeness=likeness)


def restored(likeness: Likeness | None, options: Options | None = None) -> tuple[tuple[Face, ...], NDArray[np.float64]]:
    done = pipeline(likeness).restore(PHOTO, options or Options())
    return done.report.faces, decode(done.data, LIMITS).pixels.astype(float)


@pytest.mark.slow
def test_warn_marks_off_does_not_and_hold_holds() -> None:
    marked, changed = restored("warn")
    silent, same = restored("off")
    held, gentler = restored("hold")
    photo = decode(PHOTO, LIMITS).pixels.astype(float)
    assert [face.warning for face in marked] == [FaceWarning.LESS_ALIKE] * 2
    assert [face.warning for face in silent] == [None] * 2
    assert [face.similarity for face in silent] == [face.similarity for face in marked]
    assert (changed == same).all()
    for face in held:
        assert face.similarity is not None
        assert face.similarity >= 0.95
        assert face.held is not None
        assert 0 < face.held < 1
        assert face.warning is None
    assert 0 < np.abs(gentler - photo).mean() < np.abs(changed - photo).mean()
    assert restored("hold")[0] == held, "the same photo gives the same"
    assert restored(None)[0] == held, "the default, if an identity network is installed"


@pytest.mark.slow
def test_a_restorer_with_a_fidelity_is_asked_for_the_most_faithful_first() -> None:
    held, pixels = restored("hold", Options(model="slider"))
    assert [face.held for face in held] == [1.0, 1.0]
    assert [face.similarity for face in held] == pytest.approx([1.0, 1.0], abs=0.01)
    faithful, same = restored("off", Options(model="slider", fidelity=1.0))
    assert [face.held for face in faithful] == [None, None]
    assert np.abs(pixels - same).max() <= 1


def test_hold_needs_a_network_that_compares(tmp_path: Path) -> None:
    def without(*, paid_use: bool) -> Pipeline:
        models = Models(TorchEngine("cpu"), Weights(tmp_path), paid_use=paid_use)
        return Pipeline(models, LIMITS, 24, likeness="hold")

    Pipeline(Models(TorchEngine("cpu"), Weights(tmp_path)), LIMITS, 24).check(Options())  # the default does not
    with pytest.raises(ModelNotInstalled) as caught:
        without(paid_use=False).check(Options())
    assert caught.value.parameters == {"model": "arcface"}
    with pytest.raises(ModelNotAllowed):
        without(paid_use=True).check(Options())
