"""What a photo needs beside its faces is found and done: nothing on a sound one, and never what the options forbid."""

import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.core.errors import FacesTooSmall, NothingToRestore
from magicmemory.core.job import Stage
from magicmemory.core.options import Options, Scope, Step
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.photo.tone import fading_of
from tests.pipeline.test_pipeline import LIMITS, PHOTO, SMALL_FACE, TWO_FACES, pipeline, pixels_of, png
from tests.support.faces import colourful
from tests.support.networks import FindsDamage, Mends

SCRATCH = slice(0, 400), slice(20, 26)  # a whole per cent of the photo
DUST = slice(350, 354), slice(540, 544)


def scratched() -> NDArray[np.uint8]:
    pixels = colourful(600, 400)
    pixels[SCRATCH] = pixels[DUST] = 250
    return pixels


def pale() -> bytes:
    """A faded photo."""
    return png((70 + colourful(600, 400) * 0.4).astype(np.uint8))


@pytest.mark.slow
def test_sound_photo_changes_only_in_its_faces() -> None:
    one, two = (pipeline(*TWO_FACES).restore(PHOTO, Options(scope=scope)) for scope in (Scope.AUTO, Scope.FACES))
    assert one.data[-1000:] == two.data[-1000:]
    assert (pixels_of(one) == pixels_of(two)).all()
    assert one.report.done == ()
    assert one.report.damage is not None
    assert not any(one.report.damage.model_dump().values())
    assert two.report.damage is None
    assert one.mask == two.mask == b""


@pytest.mark.slow
def test_scratches_are_filled_before_faces_are_restored() -> None:
    told: list[Stage] = []
    restoration = pipeline(*TWO_FACES, finder=FindsDamage(SCRATCH, DUST)).restore(
        png(scratched()), Options(), lambda stage, *_: told.append(stage)
    )
    assert restoration.report.done == (Step.REPAIR,)
    assert restoration.report.restored == 2
    assert told.index(Stage.REPAIR) < told.index(Stage.DETECT)
    result = pixels_of(restoration)
    assert abs(result[SCRATCH].mean() - colourful(600, 400)[SCRATCH].mean()) < 10
    untouched = np.s_[100:330, 550:]  # neither damage nor a face is there
    assert (result[untouched] == scratched()[untouched]).all()


def test_report_says_how_much_is_damaged_and_the_mask_shows_where() -> None:
    restoration = pipeline(*TWO_FACES, finder=FindsDamage(SCRATCH, DUST)).restore(png(scratched()), Options())
    damage = restoration.report.damage
    assert damage is not None
    assert damage.scratches == pytest.approx(400 * 6 / (600 * 400), rel=0.6)
    assert 0 < damage.dust < damage.scratches
    mask = decode(restoration.mask, LIMITS).pixels[..., 0] > 127
    assert mask.shape == (400, 600)
    assert mask[SCRATCH].all()
    assert mask[DUST].all()
    assert mask.mean() < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("options", [Options(scope=Scope.FACES), Options(repair=False), Options(strength=0)])
def test_damage_stays_where_it_is_not_to_be_repaired(options: Options) -> None:
    restoration = pipeline(*TWO_FACES, finder=FindsDamage(SCRATCH)).restore(png(scratched()), options)
    assert Step.REPAIR not in restoration.report.done
    assert (pixels_of(restoration)[SCRATCH] == 250).all()
    assert restoration.mask == b""


def test_switch_repairs_with_faces_only_too() -> None:
    options = Options(scope=Scope.FACES, repair=True)
    restoration = pipeline(*TWO_FACES, finder=FindsDamage(SCRATCH)).restore(png(scratched()), options)
    assert restoration.report.done == (Step.REPAIR,)


@pytest.mark.slow
def test_faded_photo_gets_its_contrast_back_with_its_faces() -> None:
    before = decode(pale(), LIMITS).pixels
    restoration = pipeline(*TWO_FACES).restore(pale(), Options())
    assert restoration.report.done == (Step.TONE,)
    assert restoration.report.damage is not None
    assert restoration.report.damage.fading > 0.2
    after = pixels_of(restoration)
    assert after.std() > 1.5 * before.std()
    assert not fading_of(Picture(after, "PNG")).faded
    left = pixels_of(pipeline(*TWO_FACES).restore(pale(), Options(tone=False)))
    assert (left[300:, :100] == before[300:, :100]).all()


@pytest.mark.slow
def test_what_the_cleaner_would_change_everywhere_is_cleaned_away() -> None:
    restoration = pipeline(*TWO_FACES, mender=Mends(cleans=12)).restore(PHOTO, Options())
    assert restoration.report.done == (Step.CLEAN,)
    assert restoration.report.cleaned
    assert (pixels_of(restoration)[300:, :100].astype(int) - colourful(600, 400)[300:, :100]).mean() > 6
    kept = pipeline(*TWO_FACES, mender=Mends(cleans=12)).restore(PHOTO, Options(clean=False))
    assert kept.report.done == ()


def test_whole_photo_is_cleaned_even_if_it_seems_sound() -> None:
    report = pipeline(*TWO_FACES).restore(PHOTO, Options(scope=Scope.PHOTO)).report
    assert report.done == (Step.CLEAN,)


@pytest.mark.slow
def test_photo_without_a_face_is_restored_if_it_needs_it() -> None:
    small = png(scratched()[:160, :160])  # a photo without a face is searched four times, and then cleaned and searched
    restoration = pipeline(finder=FindsDamage(SCRATCH)).restore(small, Options())
    assert restoration.report.faces == ()
    assert restoration.report.done == (Step.REPAIR,)
    report = pipeline(SMALL_FACE).restore(pale(), Options()).report
    assert (report.too_small, report.done) == (1, (Step.TONE,))


@pytest.mark.slow
def test_photo_that_needs_nothing_is_refused() -> None:
    with pytest.raises(NothingToRestore):
        pipeline().restore(png(colourful(160, 120)), Options())
    with pytest.raises(FacesTooSmall):
        pipeline(SMALL_FACE).restore(PHOTO, Options())


def test_transparent_pixels_are_no_damage() -> None:
    from magicmemory.pipeline.imaging.encode import encode

    alpha = np.full((400, 600), 255, np.uint8)
    alpha[:, :40] = 0
    photo = encode(Picture(scratched(), "PNG", alpha=alpha)).data
    restoration = pipeline(*TWO_FACES, finder=FindsDamage(SCRATCH)).restore(photo, Options())
    assert restoration.report.done == ()
