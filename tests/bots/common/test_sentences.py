"""The reply says what was done to a photo in one sentence, in every language."""

import pytest

from magicmemory.bots.common.sentences import Sentences
from magicmemory.bots.texts import Texts
from magicmemory.core.options import Step
from magicmemory.core.plans import Plans
from magicmemory.core.report import Damage, Face, Print, Report
from tests.support.harness import FACE

SENTENCES = Sentences(Texts(), Plans(), 24)


def told(
    *done: Step,
    faces: int = 2,
    damage: Damage | None = None,
    cleaned: bool = False,
    language: str = "en",
    face: Face = FACE,
) -> str:
    report = Report(
        width=9,
        height=9,
        faces=(face,) * faces,
        model="m",
        detector="d",
        damage=damage,
        done=done,
        cleaned=cleaned,
        stages_ms={},
        total_ms=1,
    )
    return SENTENCES.report(language, report)


def test_everything_that_was_done_is_one_sentence() -> None:
    worn = Damage(scratches=0.01, dust=0.01, grain=0.4, fading=0.3)
    assert told(Step.REPAIR, Step.CLEAN, Step.TONE, damage=worn) == (
        "2 faces restored; scratches and dust repaired; grain removed; contrast brought back."
    )


@pytest.mark.parametrize(
    ("step", "damage", "says"),
    [
        (Step.REPAIR, Damage(scratches=0.01), "scratches repaired"),
        (Step.REPAIR, Damage(dust=0.01), "dust removed"),
        (Step.REPAIR, Damage(losses=0.01, dust=0.01), "scratches and dust repaired"),
        (Step.CLEAN, Damage(halftone=0.5), "printing dots removed"),
        (Step.CLEAN, Damage(jpeg=0.5), "traces of compression removed"),
        (Step.CLEAN, Damage(), "the whole photo cleaned"),
    ],
)
def test_damage_is_named(step: Step, damage: Damage, says: str) -> None:
    assert told(step, damage=damage) == f"2 faces restored; {says}."


def test_photo_without_a_face_says_so() -> None:
    assert told(Step.TONE, faces=0) == "Contrast brought back. I found no face in it."


def test_only_faces_are_said_as_before() -> None:
    assert told() == "2 faces restored."
    assert told(faces=1) == "One face restored."


def test_worker_of_the_first_version_says_that_it_cleaned() -> None:
    assert told(cleaned=True) == "2 faces restored; the whole photo cleaned."


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])  # 1: the model's most faithful setting was enough
def test_faces_that_were_held_are_told(share: float) -> None:
    held = FACE.model_copy(update={"held": share})
    assert told(faces=1, face=held) == (
        "One face restored. One face was kept closer to the original, so that it still looks like the same person."
    )
    for language in Texts().languages:
        assert told(faces=2, face=held, language=language) != told(faces=2, language=language)


@pytest.mark.parametrize("language", Texts().languages)
def test_sentence_begins_large_and_ends_with_a_stop(language: str) -> None:
    for faces in (0, 1, 5):
        said = told(*Step, faces=faces, damage=Damage(scratches=1, grain=1), language=language)
        assert not said[0].islower()  # Arabic has no case
        assert said.endswith(".")
        assert said.count("; ") == (2 if not faces else 3)


@pytest.mark.parametrize("language", Texts().languages)
def test_print_says_up_to_which_size_it_is_sharp(language: str) -> None:
    made = Print(size="13x18cm", dpi=302, sharp=True, sharp_size="13x18cm")
    report = Report(width=9, height=9, faces=(FACE,), model="m", detector="d", print=made, stages_ms={}, total_ms=1)
    soft = report.model_copy(update={"print": made.model_copy(update={"sharp": False, "sharp_size": "1x1.5cm"})})
    said = [SENTENCES.report(language, one) for one in (report, soft)]
    assert all("302" in text and "13 × 18 cm" in text for text in said)
    assert "1 × 1.5 cm" in said[1]
    if language == "en":
        assert said[0] == (
            "One face restored. At 13 × 18 cm the print has 302 dots an inch. The photo prints sharp up to 13 × 18 cm."
        )
