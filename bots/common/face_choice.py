"""Choosing among a photo's faces: what happens to each, the photo with their numbers, and a card of each face."""

import io
import re
from collections.abc import Sequence
from statistics import median
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from magicmemory.bots.common.image_fitting import encode_jpeg, flattened, opened
from magicmemory.core.job import Job
from magicmemory.core.options import Options
from magicmemory.core.report import Box, Face, LeftAlone, Report

# What happens to the faces, one letter each, in the order of their numbers: the state of a message's buttons.
RESTORE, GENTLY, LEAVE = "r", "g", "l"
MARKS: Final = {RESTORE: "✓", GENTLY: "½", LEAVE: "–"}
NEXT: Final = {RESTORE: GENTLY, GENTLY: LEAVE, LEAVE: RESTORE}
MOST: Final = 20  # faces with a button; the largest ones
NEVER: Final = (LeftAlone.TOO_SMALL, LeftAlone.INCOMPLETE)  # these cannot be restored
FRAME: Final = (255, 214, 0)
INK: Final = (0, 0, 0)
CARD_MARGIN: Final = 0.5  # around a face's box, of its size
CARD_SIDE: Final = 400  # pixels at least, of a card's shorter side
SAME_ROW: Final = 0.7  # of a face's height: centres nearer than that are in one row


def choosable(report: Report) -> list[Face]:
    """The faces that people can choose among, by number."""
    faces = [face for face in report.faces if face.number and face.reason not in NEVER]
    return sorted(faces, key=lambda face: face.number)[:MOST]


def offered(report: Report | None) -> bool:
    """Whether there are several faces to choose among."""
    return report is not None and len(choosable(report)) > 1


def states_of(report: Report, options: Options) -> str:
    """What happened to each choosable face."""
    gentle = options.gentle_faces
    return "".join(
        LEAVE if not face.restored else GENTLY if face.number in gentle else RESTORE for face in choosable(report)
    )


def changed(states: str, position: int) -> str:
    """The states after the button at this position, from 0, was pressed."""
    return states[:position] + NEXT[states[position]] + states[position + 1 :]


def is_valid(states: str, report: Report) -> bool:
    """Whether these can be the states of the report's faces: a modified client may send anything."""
    return len(states) == len(choosable(report)) and re.fullmatch("[rgl]+", states) is not None


def options_of(states: str, report: Report, options: Options) -> Options | None:
    """How to restore the photo so; None if every face would be left alone."""
    faces = choosable(report)
    chosen = [face.number for face, state in zip(faces, states, strict=True) if state != LEAVE]
    gentle = [face.number for face, state in zip(faces, states, strict=True) if state == GENTLY]
    if not chosen:
        return None
    # Without a choice, the faces beyond those with a button are restored too.
    only = () if len(chosen) == len(faces) else tuple(chosen)
    return options.model_copy(update={"faces": only, "gentle_faces": tuple(gentle)})


def numbered(preview: bytes, job: Job) -> bytes:
    """The photo as it was sent, with a frame and a number at each choosable face, as a JPEG.

    Args:
        preview: the photo as a JPEG, upright as its file says, of any size.
        job: its report names the faces.
    """
    assert job.report is not None
    image = flattened(Image.open(io.BytesIO(preview))).convert("RGB")
    scale = image.width / _original_size(job.report, job.options)[0]
    draw = ImageDraw.Draw(image)
    line = max(2, round(max(image.size) / 400))
    for face in choosable(job.report):
        left, top, right, bottom = (value * scale for value in face.box)
        draw.rectangle((left, top, right, bottom), outline=FRAME, width=line)
        font = ImageFont.load_default(max(14.0, (bottom - top) / 3.5))
        text = str(face.number)
        field = draw.textbbox((left + line, top + line), text, font=font)
        draw.rectangle((left, top, field[2] + line, field[3] + line), fill=FRAME)
        draw.text((left + line, top + line), text, fill=INK, font=font)
    return encode_jpeg(image)


def cards(restored: bytes, job: Job) -> list[tuple[Face, bytes]]:
    """Each restored face by itself, as a JPEG, by number.

    Args:
        restored: the restored photo, of our own encoding.
        job: its report names the faces.
    """
    assert job.report is not None
    image, found = opened(restored), []
    for face in choosable(job.report):
        if not face.restored:
            continue
        left, top, right, bottom = _in_result(face.box, job.report, job.options)
        across, down = (right - left) * CARD_MARGIN, (bottom - top) * CARD_MARGIN
        area = (
            max(0, round(left - across)),
            max(0, round(top - down)),
            min(image.width, round(right + across)),
            min(image.height, round(bottom + down)),
        )
        card = image.crop(area)
        card.info["icc_profile"] = image.info.get("icc_profile")
        if (factor := CARD_SIDE / min(card.size)) > 1:
            card = card.resize((round(card.width * factor), round(card.height * factor)), Image.Resampling.LANCZOS)
        found.append((face, encode_jpeg(card)))
    return found


def places(faces: Sequence[Face]) -> dict[int, tuple[int, int]]:
    """The row, from the top, and the place in it, from the left, of each face by its number; both from 1."""
    if not faces:
        return {}
    near = SAME_ROW * median(face.box[3] - face.box[1] for face in faces)
    rows: list[list[Face]] = []
    for face in sorted(faces, key=_middle):
        if rows and _middle(face) - sum(map(_middle, rows[-1])) / len(rows[-1]) < near:
            rows[-1].append(face)
        else:
            rows.append([face])
    return {
        face.number: (row, place)
        for row, members in enumerate(rows, 1)
        for place, face in enumerate(sorted(members, key=lambda one: one.box[0]), 1)
    }


def _middle(face: Face) -> float:
    return (face.box[1] + face.box[3]) / 2


def _times(report: Report, options: Options) -> int:
    """How many times larger than the original the restored photo is."""
    return report.upscale or options.upscale


def _original_size(report: Report, options: Options) -> tuple[float, float]:
    """The photo's width and height in pixels, turned as its file says."""
    times = _times(report, options)
    width, height = report.width / times, report.height / times
    return (height, width) if report.turned and report.rotation in (90, 270) else (width, height)


def _in_result(box: Box, report: Report, options: Options) -> Box:
    """A face's box in the restored photo, which may be larger and turned clockwise."""
    times = _times(report, options)
    left, top, right, bottom = (value * times for value in box)
    width, height = (side * times for side in _original_size(report, options))
    if not report.turned:
        return left, top, right, bottom
    if report.rotation == 90:
        return height - bottom, left, height - top, right
    if report.rotation == 180:
        return width - right, height - bottom, width - left, height - top
    if report.rotation == 270:
        return top, width - right, bottom, width - left
    return left, top, right, bottom
