"""The pipeline with optional models: identity, upscaling, parsing; and its memory."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from magicmemory.core.errors import FidelityUnsupported, ModelNotAllowed, ModelNotInstalled
from magicmemory.core.options import Options
from magicmemory.core.report import FaceWarning
from magicmemory.core.settings import BadSettings, Likeness, Settings, load
from magicmemory.pipeline.engines.base import tidy_memory
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces import strategies
from magicmemory.pipeline.faces.identity import Identity
from magicmemory.pipeline.faces.occlusion import OcclusionMask
from magicmemory.pipeline.faces.parsing import Parser
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.models import upstream
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import Model, restorer_model
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.enlarge import TiledUpscaler, enlarged
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.pipeline.restoration import Restoration
from tests.support.faces import colourful, face_at, picture
from tests.support.networks import Finds, FindsDamage, Mends, tiny, tiny_with_fidelity

Floats = NDArray[np.float32]

LIMITS = DecodeLimits(10_000_000, 10_000_000)
TWO_FACES = (face_at(150, 180, 160), face_at(430, 200, 180))
SMALL_FACE = face_at(300, 60, 30)
PHOTO = encode(picture(colourful(600, 400))).data


def facts(name: str, kind: Kind) -> ModelFacts:
    return ModelFacts(name, name, kind, "MIT", Commercial.YES, bundled=True)


class Compares:
    """Returns given similarities and records its inputs."""

    def __init__(self, *similarities: float) -> None:
        self.waiting = list(similarities)
        self.seen: list[tuple[Floats, Floats, Floats]] = []

    def __call__(self, before: Floats, after: Floats, landmarks: Floats) -> float:
        self.seen.append((before, after, landmarks))
        return self.waiting.pop(0)


class LeftHalf:
    """Sees half a face."""

    def __call__(self, faces: Sequence[Floats]) -> list[Floats | None]:
        return [*self.halves(faces)]

    def halves(self, faces: Sequence[object]) -> list[Floats]:
        mask = np.zeros((512, 512), np.float32)
        mask[:, :256] = 1
        return [mask for _ in faces]


def pipeline(
    *,
    strategy: strategies.FaceStrategy = strategies.OWN,
    compare: Identity | None = None,
    parse: Parser | None = None,
    hides: OcclusionMask | None = None,
    upscaler: TiledUpscaler | None = None,
    likeness: Likeness | None = None,
) -> Pipeline:
    models = Models(
        TorchEngine("cpu"),
        Weights(Path("none")),
        restorers=(
            restorer_model(facts("plain", Kind.RESTORER), tiny),
            restorer_model(
                ModelFacts("slider", "", Kind.RESTORER, "", Commercial.YES, bundled=True, default_fidelity=0.5),
                tiny_with_fidelity,
            ),
        ),
        detectors=(Model(facts("finds", Kind.DETECTOR), lambda *_: Finds(*TWO_FACES, SMALL_FACE)),),
        parsers=() if parse is None else (Model(facts("parses", Kind.PARSER), lambda *_: parse),),
        occlusions=() if hides is None else (Model(facts("hides", Kind.OCCLUSION), lambda *_: hides),),
        upscalers=() if upscaler is None else (Model(facts("enlarges", Kind.UPSCALER), lambda *_: upscaler),),
        identities=() if compare is None else (Model(facts("compares", Kind.IDENTITY), lambda *_: compare),),
        finders=(Model(facts("finds-damage", Kind.MENDER), lambda *_: FindsDamage()),),
        menders=(Model(facts("mends", Kind.MENDER), lambda *_: Mends()),),
    )
    return Pipeline(models, LIMITS, 24, strategy=strategy, identity_warning=0.3, likeness=likeness)


def pixels_of(restoration: Restoration) -> NDArray[np.float64]:
    return decode(restoration.data, LIMITS).pixels.astype(float)


@pytest.mark.slow
def test_each_restored_face_is_compared_and_one_that_changed_is_marked() -> None:
    compare = Compares(0.91, 0.2)
    one, two, small = sorted(
        pipeline(compare=compare, likeness="warn").restore(PHOTO, Options()).report.faces,
        key=lambda face: (-face.restored, face.box),
    )
    assert {(face.similarity, face.warning) for face in (one, two)} == {(0.91, None), (0.2, FaceWarning.LESS_ALIKE)}
    assert (small.restored, small.similarity, small.warning) == (False, None, None)
    before, after, landmarks = compare.seen[0]
    assert np.abs(before - after).max() > 1
    np.testing.assert_allclose(landmarks[0], (193, 240), atol=2)


def test_similarity_is_measured_on_the_blended_face() -> None:
    compare = Compares(1, 1)
    pipeline(compare=compare).restore(PHOTO, Options(strength=0))
    assert (compare.seen[0][0] == compare.seen[0][1]).all()


@pytest.mark.slow
def test_report_has_no_similarity_without_arcface() -> None:
    assert {face.similarity for face in pipeline().restore(PHOTO, Options()).report.faces} == {None}


@pytest.mark.slow
@pytest.mark.parametrize("mask", ["parser", "occlusion"])
def test_masks_bound_the_change(mask: str) -> None:
    before = colourful(600, 400).astype(float)
    made = pipeline(parse=LeftHalf()) if mask == "parser" else pipeline(hides=lambda crops: LeftHalf().halves(crops))
    half = np.abs(pixels_of(made.restore(PHOTO, Options())) - before).max(-1)
    face = TWO_FACES[1]
    x, y = (int(value) for value in face.landmarks[2])
    assert half[y - 20 : y + 20, x - 60 : x - 10].max() > 0
    assert half[y - 20 : y + 20, x + 10 : x + 60].max() == 0


@pytest.mark.slow
def test_upscaler_enlarges_the_photo_and_faces_are_placed_in_it() -> None:
    def run(*inputs: Floats) -> Floats:
        return 1 - inputs[0].repeat(2, axis=2).repeat(2, axis=3)  # a negative: nobody could mistake it

    restoration = pipeline(upscaler=TiledUpscaler(run, 2)).restore(PHOTO, Options(upscale=2, strength=1))
    plain = 255 - enlarged(picture(colourful(600, 400)), 2).pixels.astype(float)
    result = pixels_of(restoration)
    assert result.shape == (800, 1200, 3)
    assert np.abs(result[-40:, :40] - plain[-40:, :40]).mean() < 4
    x, y = (TWO_FACES[1].landmarks[2] * 2).astype(int)
    middle = (slice(y - 30, y + 30), slice(x - 30, x + 30))
    assert np.abs(result[middle] - plain[middle]).mean() > 4, "the face was restored from what was sent"


@pytest.mark.processes
@pytest.mark.parametrize("strategy", [strategies.OWN, strategies.FACEXLIB])
@pytest.mark.parametrize("model", ["plain", "slider"])
def test_strength_blends_every_restorer(strategy: strategies.FaceStrategy, model: str) -> None:
    shared = pipeline(strategy=strategy, parse=LeftHalf())
    none, some, full = (
        pixels_of(shared.restore(PHOTO, Options(model=model, strength=strength))) for strength in (0.0, 0.5, 1.0)
    )
    change = np.abs(full - none)
    assert change.max() > 5
    np.testing.assert_allclose(some - none, (full - none) / 2, atol=2.5)


@pytest.mark.processes
@pytest.mark.slow
def test_facexlib_strategy_works_in_the_whole_pipeline() -> None:
    restoration = pipeline(strategy=strategies.FACEXLIB, parse=LeftHalf()).restore(PHOTO, Options(upscale=2))
    assert (restoration.report.width, restoration.report.restored) == (1200, 2)
    with pytest.raises(ModelNotInstalled, match="parsenet"):
        pipeline(strategy=strategies.FACEXLIB).restore(PHOTO, Options())


def test_fidelity_is_refused_by_models_without_it() -> None:
    with pytest.raises(FidelityUnsupported):
        pipeline().restore(PHOTO, Options(fidelity=0.5))


def test_settings_choose_strategy_and_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=tmp_path, device="cpu", _env_file=None)
    Pipeline.of(settings.model_copy(update={"blend": "facexlib", "commercial": True}))
    paid_use = Pipeline.of(settings.model_copy(update={"commercial": True, "model": "codeformer"}))
    with pytest.raises(ModelNotAllowed, match=r"S-Lab 1\.0.*forbids paid use"):
        paid_use.check(Options())
    with pytest.raises(BadSettings, match="MAGIC_BLEND cannot be used: write 'own' or 'facexlib'"):
        load(blend="gimp")
    assert load(blend="facexlib", engine=None).blend == "facexlib"
    if reason := upstream.why_not():
        with pytest.raises(BadSettings) as caught:
            Pipeline.of(settings.model_copy(update={"engine": "upstream"}))
        assert str(caught.value) == f"MAGIC_ENGINE=upstream cannot be used. {reason}"
        assert upstream.INSTALL in reason


@pytest.mark.processes
@pytest.mark.slow
def test_memory_stays_flat() -> None:
    """A short form of five hundred photos: after the first few, none leaves anything behind."""
    shared = pipeline(parse=LeftHalf())
    process = psutil.Process(os.getpid())

    def growth(photos: int) -> float:
        before = process.memory_info().rss
        for _ in range(photos):
            shared.restore(PHOTO, Options())
        tidy_memory()  # what the C library keeps for later is no leak
        return float(process.memory_info().rss - before) / 1e6

    growth(6)
    # A leak adds each time. What earlier tests of this process left behind can take memory at any moment, but once.
    grown: list[float] = []
    while len(grown) < 4 and min(grown, default=40) >= 40:  # megabytes; one photo's working memory is more
        grown.append(growth(12))
    assert min(grown) < 40, grown


@pytest.mark.slow
def test_a_gentle_face_takes_half_of_the_change_and_the_others_all_of_it() -> None:
    restore = pipeline().restore
    before = decode(PHOTO, LIMITS).pixels.astype(np.float32)

    def change(options: Options, face: int) -> float:
        after = decode(restore(PHOTO, options).data, LIMITS).pixels.astype(np.float32)
        left, top, right, bottom = (int(value) for value in TWO_FACES[face].box)
        return float(np.abs(after - before)[top:bottom, left:right].mean())

    full, gentle = Options(texture="clean"), Options(texture="clean", gentle_faces=(2,))
    assert change(gentle, 1) == pytest.approx(change(full, 1), rel=0.02)  # number 1 is the larger face
    assert change(gentle, 0) == pytest.approx(change(full, 0) / 2, rel=0.15)
