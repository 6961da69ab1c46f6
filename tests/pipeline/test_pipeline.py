import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from magicmemory.core.errors import (
    FacesTooSmall,
    FidelityUnsupported,
    ModelUnknown,
    NothingToRestore,
    PhotoTooLarge,
    UserError,
)
from magicmemory.core.job import Stage
from magicmemory.core.options import Options, Texture
from magicmemory.core.report import LeftAlone, Print
from magicmemory.core.settings import BadSettings, Settings
from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.openvino_engine import OpenVinoEngine
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from magicmemory.pipeline.imaging.encode import encode
from magicmemory.pipeline.imaging.picture import Picture, Pixels
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import Model, restorer_model
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.photo.damage import DamageFinder
from magicmemory.pipeline.photo.enlarge import enlarged, side_by_side
from magicmemory.pipeline.photo.repair import Mender
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.pipeline.restoration import Restoration
from tests.support.converted_models import add_converted_models
from tests.support.faces import colourful, face_at, grey, picture
from tests.support.networks import Finds, FindsDamage, Mends, tiny, tiny_with_fidelity

LIMITS = DecodeLimits(20_000_000, 2_000_000)
TWO_FACES = face_at(180, 160, 200, 5), face_at(420, 240, 150, -9)
SMALL_FACE = face_at(540, 50, 36)  # its box is 22 pixels wide

PLAIN = ModelFacts("plain", "Plain", Kind.RESTORER, "MIT", Commercial.YES, bundled=True)
SLIDER = replace(PLAIN, name="slider", default_fidelity=0.5)
FINDS = replace(PLAIN, name="finds", kind=Kind.DETECTOR)
FINDS_DAMAGE = replace(PLAIN, name="finds-damage", kind=Kind.MENDER)
MENDS = replace(PLAIN, name="mends", kind=Kind.MENDER)
CLEANS = replace(PLAIN, name="cleans")


def pipeline(
    *found: Detection, finder: DamageFinder | None = None, mender: Mender | None = None, min_face_px: int = 24
) -> Pipeline:
    """A pipeline with these faces, this damage (none unless given) and this cleaning."""
    restorers = restorer_model(PLAIN, tiny), restorer_model(SLIDER, tiny_with_fidelity)
    detectors = (Model(FINDS, lambda _path, _engine: Finds(*found)),)
    models = Models(
        TorchEngine("cpu"),
        Weights(Path("none")),
        restorers=restorers,
        detectors=detectors,
        finders=(Model(FINDS_DAMAGE, lambda _path, _engine: finder or FindsDamage()),),
        menders=(Model(MENDS, lambda _path, _engine: mender or Mends()),),
        upscalers=(),
        cleaners=(Model(CLEANS, lambda _path, _engine: mender or Mends()),),
    )
    return Pipeline(models, LIMITS, min_face_px=min_face_px)


def png(pixels: Pixels) -> bytes:
    return encode(Picture(pixels, "PNG")).data


PHOTO = png(colourful(600, 400))


def astronaut() -> Pixels:
    """NASA's portrait of Eileen Collins, 512 pixels square, public domain: one sharp face near (222, 115)."""
    return decode((Path(assets.__path__[0]) / "astronaut.png").read_bytes(), LIMITS).pixels


def pixels_of(restoration: Restoration) -> Pixels:
    return decode(restoration.data, LIMITS).pixels


def test_report_lists_faces_and_what_was_done() -> None:
    restoration = pipeline(*TWO_FACES, SMALL_FACE).restore(PHOTO, Options())
    report = restoration.report
    assert (restoration.extension, restoration.media_type) == ("png", "image/png")
    assert (report.width, report.height, report.model, report.detector) == (600, 400, "plain", "finds")
    assert (report.restored, report.too_small, len(report.faces)) == (2, 1, 3)
    small = next(face for face in report.faces if not face.restored)
    assert small.reason is LeftAlone.TOO_SMALL
    np.testing.assert_allclose(small.box, SMALL_FACE.box, atol=0.01)
    np.testing.assert_allclose(small.landmarks, SMALL_FACE.landmarks, atol=0.01)
    assert list(report.stages_ms) == ["decode", "look", "detect", "align", "restore", "blend", "encode"]
    assert sum(report.stages_ms.values()) <= report.total_ms + 1


def test_faces_change_but_small_ones_do_not() -> None:
    result = pixels_of(pipeline(*TWO_FACES, SMALL_FACE).restore(PHOTO, Options()))
    changed = (result != colourful(600, 400)).any(-1)
    for face in TWO_FACES:
        x, y = face.landmarks[2].astype(int)
        assert changed[y - 20 : y + 20, x - 20 : x + 20].mean() > 0.5
    assert not changed[20:80, 510:570].any()
    assert not changed[300:, :100].any()


def test_strength_zero_gives_the_photo_back() -> None:
    result = pixels_of(pipeline(*TWO_FACES).restore(PHOTO, Options(strength=0)))
    assert (result == colourful(600, 400)).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("found", "error", "parameters"),
    [
        ((), NothingToRestore, {}),
        ((SMALL_FACE,), FacesTooSmall, {"count": 1, "limit_px": 24}),
    ],
)
def test_photo_without_usable_faces_is_refused(
    found: Sequence[Detection], error: type[UserError], parameters: dict[str, int]
) -> None:
    with pytest.raises(error) as caught:
        pipeline(*found).restore(PHOTO, Options())
    assert caught.value.parameters == parameters


@pytest.mark.slow
@pytest.mark.parametrize("times", [2, 4])
def test_enlarged_photo_reports_faces_in_the_original_coordinates(times: int) -> None:
    face = TWO_FACES[0]
    restoration = pipeline(face).restore(png(colourful(300, 300)), Options.model_validate({"upscale": times}))
    report = restoration.report
    assert (report.width, report.height) == (300 * times, 300 * times)
    np.testing.assert_allclose(report.faces[0].landmarks, face.landmarks, atol=0.01)
    result = pixels_of(restoration)
    plain = enlarged(picture(colourful(300, 300)), times).pixels
    x, y = (face.landmarks[2] * times).astype(int)
    assert (result[y - 10 : y + 10, x - 10 : x + 10] != plain[y - 10 : y + 10, x - 10 : x + 10]).any()
    assert (result[-20:, :20] == plain[-20:, :20]).all()


def test_restored_faces_are_placed_in_the_enlarged_photo() -> None:
    """Enlarging and then restoring with nothing gives the enlarged photo: the coordinates need not agree for that; so
    a landmark is marked, and must be found where the enlarged detection says."""
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[80, 60] = 255
    wide = enlarged(picture(pixels), 4).pixels[..., 0].astype(float)
    y, x = np.mgrid[0:800, 0:800]
    middle = (x * wide).sum() / wide.sum(), (y * wide).sum() / wide.sum()
    assert middle == pytest.approx((60 * 4 + 1.5, 80 * 4 + 1.5), abs=0.2)


def test_print_is_enlarged_as_it_needs_and_its_resolution_is_in_the_file() -> None:
    options = Options(print_size="2x2in", strength=0)
    restoration = pipeline(TWO_FACES[0]).restore(png(colourful(300, 300)), options)
    report = restoration.report
    assert (report.width, report.height, report.upscale) == (600, 600, 2)
    assert report.print == Print(size="2x2in", dpi=300, sharp=True, sharp_size="2x2in")
    assert Image.open(io.BytesIO(restoration.data)).info["dpi"] == pytest.approx((300, 300), abs=0.02)


def test_pixel_limit_applies_to_the_enlarged_photo() -> None:
    with pytest.raises(PhotoTooLarge) as caught:
        pipeline(*TWO_FACES).restore(PHOTO, Options(upscale=4))
    assert caught.value.parameters == {"megapixels": 3.9, "limit_megapixels": 2.0}


@pytest.mark.parametrize("deep", [False, True])
def test_enlarging_keeps_depth_and_alpha_and_grey(deep: bool) -> None:
    pixels: Pixels = grey(90, 70)
    alpha: Pixels = colourful(90, 70)[..., 0]
    if deep:
        pixels, alpha = pixels.astype(np.uint16) * 257, alpha.astype(np.uint16) * 257
    wide = enlarged(Picture(pixels, "PNG", monochrome=True, alpha=alpha), 2)
    assert (wide.width, wide.height, wide.peak) == (180, 140, 65535 if deep else 255)
    assert (wide.pixels[..., 0] == wide.pixels[..., 2]).all()
    assert wide.alpha is not None
    assert wide.alpha.shape == (140, 180)
    assert wide.alpha.dtype == pixels.dtype


def test_monochrome_files_come_back_monochrome() -> None:
    data = encode(picture(grey(600, 400), monochrome=True)).data
    result = decode(pipeline(*TWO_FACES).restore(data, Options()).data, LIMITS)
    assert result.monochrome


def test_progress_tells_every_stage_and_every_face() -> None:
    told: list[tuple[Stage, int, int]] = []
    pipeline(*TWO_FACES, SMALL_FACE).restore(PHOTO, Options(), lambda *what: told.append(what))
    assert told == [
        (Stage.DECODE, 0, 0),
        (Stage.DETECT, 0, 0),
        (Stage.RESTORE, 0, 2),
        (Stage.RESTORE, 1, 2),
        (Stage.RESTORE, 2, 2),
        (Stage.BLEND, 2, 2),
        (Stage.ENCODE, 2, 2),
    ]


@pytest.mark.slow
def test_fidelity_is_refused_by_models_without_it() -> None:
    both = pipeline(*TWO_FACES)
    with pytest.raises(FidelityUnsupported) as caught:
        both.restore(PHOTO, Options(model="plain", fidelity=0.5))
    assert caught.value.parameters == {"model": "plain"}
    faithful = pixels_of(both.restore(PHOTO, Options(model="slider", fidelity=1, texture=Texture.CLEAN)))
    assert (faithful == colourful(600, 400)).all()
    vivid = pixels_of(both.restore(PHOTO, Options(model="slider", fidelity=0, texture=Texture.CLEAN)))
    assert (vivid != colourful(600, 400)).any()


def test_options_are_checked_before_the_photo_is_read() -> None:
    with pytest.raises(ModelUnknown):
        pipeline().restore(b"not even a photo", Options(model="nonsense"))
    with pytest.raises(ModelUnknown):
        pipeline().check(Options(detector="nonsense"))


@pytest.mark.slow
def test_the_same_photo_and_options_give_the_same_bytes_in_any_thread() -> None:
    shared = pipeline(*TWO_FACES)
    expected = shared.restore(PHOTO, Options()).data
    assert pipeline(*TWO_FACES).restore(PHOTO, Options()).data == expected
    other = png(colourful(500, 450, seed=4))
    expected_other = shared.restore(other, Options()).data
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda data: shared.restore(data, Options()).data, [PHOTO, other] * 3))
    assert results == [expected, expected_other] * 3


def test_before_and_after_lie_side_by_side() -> None:
    before, after = colourful(100, 60), cv2.resize(colourful(100, 60, seed=2), (200, 120))
    both = side_by_side(picture(before), picture(np.asarray(after, np.uint8)))
    assert both.height == 120
    assert (both.pixels[:, :200] == enlarged(picture(before), 2).pixels).all()
    assert (both.pixels[:, -200:] == after).all()
    shared = pipeline(*TWO_FACES)
    encoded = shared.compare(PHOTO, shared.restore(PHOTO, Options()).data)
    assert encoded.media_type == "image/png"
    assert decode(encoded.data, LIMITS).width > 1200


@pytest.mark.slow
def test_a_real_portrait_with_the_real_detector() -> None:
    portrait = astronaut()
    models = Models(TorchEngine("cpu"), Weights(Path("none")), restorers=(restorer_model(PLAIN, tiny),))
    restoration = Pipeline(models, LIMITS, min_face_px=24).restore(png(portrait), Options())
    (face,) = restoration.report.faces
    left, top, right, bottom = face.box
    assert 160 < left < 200 < 250 < right < 290
    assert 40 < top < 90 < 150 < bottom < 190
    assert face.restored
    changed = (pixels_of(restoration) != portrait).any(-1)
    assert changed[110, 220]
    assert not changed[300:].any()


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.skipif(not (Path(assets.__path__[0]) / "lite.safetensors").is_file(), reason="lite is not trained yet")
def test_a_sharp_portrait_stays_sharp(tmp_path: Path) -> None:
    portrait = astronaut()
    add_converted_models(tmp_path)
    models = Models(OpenVinoEngine(tmp_path / "cache"), Weights(Path("none")))
    result = pixels_of(Pipeline(models, LIMITS, min_face_px=24).restore(png(portrait), Options(model="lite")))
    face = slice(50, 190), slice(160, 290)
    off = result[face].astype(float) - portrait[face]
    assert 10 * np.log10(255**2 / (off**2).mean()) > 34


@pytest.mark.processes
def test_settings_make_a_pipeline(tmp_path: Path) -> None:
    add_converted_models(tmp_path)
    settings = Settings(data_dir=tmp_path, device="cpu", max_photo_mb=0.001, _env_file=None)
    made = Pipeline.of(settings)
    restorer, detector = made.check(Options())
    assert (restorer.kind, detector.kind) == (Kind.RESTORER, Kind.DETECTOR)
    with pytest.raises(UserError, match="file-too-large, limit_mb=0"):
        made.restore(PHOTO, Options())
    with pytest.raises(BadSettings):
        Pipeline.of(settings.model_copy(update={"device": "cuda:99"}))
