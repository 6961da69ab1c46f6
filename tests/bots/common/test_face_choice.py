"""Choosing among a photo's faces: states of buttons, options, numbers and cards."""

import io
from datetime import UTC, date, datetime

from PIL import Image

from magicmemory.bots.common import face_choice
from magicmemory.core.job import Address, Job, JobState, Platform, Sender
from magicmemory.core.options import Options
from magicmemory.core.report import Box, Face, LeftAlone, Report

POINTS = ((0.0, 0.0),) * 5
# Two rows: 3, 1 and 2 behind; 4 in front. Number 5 is too small.
BOXES: dict[int, Box] = {
    1: (200, 50, 300, 170),
    2: (400, 60, 490, 160),
    3: (20, 40, 110, 140),
    4: (210, 300, 290, 380),
    5: (500, 300, 510, 310),
}


def face(number: int, reason: LeftAlone | None = None) -> Face:
    return Face(
        number=number,
        box=BOXES[number],
        landmarks=POINTS,
        score=0.9,
        restored=reason is None,
        reason=reason,
    )


def job(options: Options | None = None, *, turned: bool = False, left: tuple[int, ...] = ()) -> Job:
    options = options or Options()
    size = (400 * options.upscale, 600 * options.upscale) if turned else (600 * options.upscale, 400 * options.upscale)
    reasons = dict.fromkeys(left, LeftAlone.NOT_CHOSEN) | {5: LeftAlone.TOO_SMALL}
    report = Report(
        width=size[0],
        height=size[1],
        faces=tuple(face(number, reasons.get(number)) for number in (5, 3, 1, 4, 2)),
        model="m",
        detector="d",
        rotation=90 if turned else 0,
        turned=turned,
        stages_ms={},
        total_ms=1,
    )
    return Job(
        id="1",
        sender=Sender(platform=Platform.TELEGRAM, account="7"),
        address=Address(platform=Platform.TELEGRAM, chat="7", message="1"),
        options=options,
        state=JobState.DELIVERED,
        charged=True,
        day=date(2026, 11, 22),
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
        report=report,
    )


def reported(made: Job) -> Report:
    assert made.report is not None
    return made.report


def test_states_lead_from_a_report_to_options_and_back() -> None:
    report = reported(job())
    assert [one.number for one in face_choice.choosable(report)] == [1, 2, 3, 4]
    states = face_choice.states_of(report, Options())
    assert states == "rrrr"
    assert face_choice.options_of(states, report, Options()) == Options()
    states = face_choice.changed(face_choice.changed(states, 1), 3)
    assert states == "rgrg"
    options = face_choice.options_of(states, report, Options())
    assert options == Options(gentle_faces=(2, 4))
    states = face_choice.changed(states, 3)
    options = face_choice.options_of(states, report, Options(strength=0.5))
    assert options == Options(strength=0.5, faces=(1, 2, 3), gentle_faces=(2,))
    assert face_choice.states_of(reported(job(left=(4,))), options) == states
    assert face_choice.options_of("llll", report, Options()) is None
    assert not face_choice.is_valid("rrr", report)
    assert not face_choice.is_valid("rrxr", report)


def test_rows_and_places_are_counted_from_the_top_left() -> None:
    places = face_choice.places([face(number) for number in (1, 2, 3, 4)])
    assert places == {3: (1, 1), 1: (1, 2), 2: (1, 3), 4: (2, 1)}


def test_numbers_stand_at_the_faces_of_a_smaller_preview() -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "gray").save(out, "JPEG")
    shown = Image.open(io.BytesIO(face_choice.numbered(out.getvalue(), job())))
    assert shown.size == (300, 200)
    red, green, blue = shown.getpixel((100 + 1, 60))  # type: ignore[misc]  # the left edge of face 1, at half size
    assert red > 200
    assert green > 160
    assert blue < 120


def test_cards_show_each_restored_face_also_enlarged_and_turned() -> None:
    for options, turned in ((Options(), False), (Options(upscale=2), False), (Options(), True)):
        made = job(options, turned=turned, left=(2,))
        factor = options.upscale
        photo = Image.new("RGB", (600 * factor, 400 * factor), "gray")
        left, top, right, bottom = (round(value * factor) for value in BOXES[1])
        photo.paste((200, 0, 0), (left, top, right, bottom))
        if turned:
            photo = photo.transpose(Image.Transpose.ROTATE_270)  # Pillow turns counter-clockwise
        out = io.BytesIO()
        photo.save(out, "PNG")
        cards = face_choice.cards(out.getvalue(), made)
        assert [one.number for one, _ in cards] == [1, 3, 4]
        card = Image.open(io.BytesIO(cards[0][1]))
        red, green, _ = card.getpixel((card.width // 2, card.height // 2))  # type: ignore[misc]
        assert (red > 180, green < 40) == (True, True)
        assert min(card.size) >= face_choice.CARD_SIDE - 1
