"""Which faces of a photo are restored, and why the others are not; both go into the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from magicmemory.core.errors import FaceNumberUnknown, FacesTooSmall, NoFaceFound, PhotoTruncated
from magicmemory.core.report import Face, FaceWarning, LeftAlone
from magicmemory.core.settings import Likeness
from magicmemory.pipeline.faces.detect import Detection
from magicmemory.pipeline.faces.likeness import Judged
from magicmemory.pipeline.imaging.picture import Picture

_AROUND_FACE: Final = 0.2  # of a face's box on each side: the area that is restored with it


@dataclass(frozen=True, slots=True)
class FaceSelection:
    """The rules of the selection.

    Attributes:
        min_face_px: faces whose box has a shorter side under this are left alone, pixels of the original photo.
        max_faces: the most faces restored in one photo, largest first.
        likeness: with "off", the report warns of no face.
    """

    min_face_px: int
    max_faces: int
    likeness: Likeness | None

    def check(self, chosen: Sequence[Detection], picture: Picture) -> None:
        """Refuse a photo with nothing to restore.

        Raises:
            PhotoTruncated: all faces reach into the file's missing area.
            NoFaceFound: there is no face.
            FacesTooSmall: all faces are too small.
        """
        whole = [face for face in chosen if not _reaches_missing(face, picture)]
        if picture.missing is not None and not whole:
            raise PhotoTruncated
        if not chosen:
            raise NoFaceFound
        if all(face.short_side < self.min_face_px for face in chosen):
            raise FacesTooSmall(count=len(chosen), limit_px=self.min_face_px)

    def to_restore(self, chosen: Sequence[Detection], picture: Picture) -> list[Detection]:
        """The faces that are complete in the file and large enough, largest first, at most `max_faces`."""
        large = [face for face in chosen if face.short_side >= self.min_face_px]
        return [face for face in large if not _reaches_missing(face, picture)][: self.max_faces]

    def report(
        self,
        found: Sequence[Detection],
        chosen: Sequence[Detection],
        restored: Sequence[Detection],
        judged: Sequence[Judged | None],
        picture: Picture,
    ) -> tuple[Face, ...]:
        """The report's faces.

        Args:
            found: all faces of the photo.
            chosen: those that the options choose.
            restored: those that were restored.
            judged: how alike each of `restored` is, in the same order.
            picture: the photo as it was sent.
        """
        of = {id(face): what for face, what in zip(restored, judged, strict=True)}
        wanted = {id(face) for face in chosen}
        numbers = {id(face): number for number, face in enumerate(by_size(found), 1)}
        return tuple(
            self._face(
                numbers[id(face)],
                face,
                of.get(id(face)),
                None if id(face) in of else self._why_left(face, picture, chosen=id(face) in wanted),
            )
            for face in found
        )

    def _why_left(self, face: Detection, picture: Picture, *, chosen: bool) -> LeftAlone:
        if not chosen:
            return LeftAlone.NOT_CHOSEN
        if _reaches_missing(face, picture):
            return LeftAlone.INCOMPLETE
        return LeftAlone.TOO_SMALL if face.short_side < self.min_face_px else LeftAlone.TOO_MANY

    def _face(self, number: int, detection: Detection, judged: Judged | None, reason: LeftAlone | None) -> Face:
        left, top, right, bottom = (float(value) for value in detection.box)
        one, two, three, four, five = ((float(x), float(y)) for x, y in detection.landmarks)
        unlike = self.likeness != "off" and judged is not None and judged.unlike
        return Face(
            number=number,
            box=(left, top, right, bottom),
            landmarks=(one, two, three, four, five),
            score=detection.score,
            restored=reason is None,
            reason=reason,
            similarity=None if judged is None else judged.similarity,
            warning=FaceWarning.LESS_ALIKE if unlike else None,
            held=judged.share if judged is not None and judged.held else None,
        )


def by_size(faces: Sequence[Detection]) -> list[Detection]:
    """The faces in the order of their numbers: largest first, equal sizes in the order found."""
    return sorted(faces, key=lambda face: -face.short_side)


def choose_faces(numbered: Sequence[Detection], numbers: Sequence[int]) -> list[Detection]:
    """The faces with these numbers, largest first; all faces without `numbers`. `numbered` is sorted by `by_size`.

    Raises:
        FaceNumberUnknown: there is no face with that number.
    """
    if not numbers:
        return list(numbered)
    if max(numbers) > len(numbered):
        raise FaceNumberUnknown(number=max(numbers), count=len(numbered))
    return [face for number, face in enumerate(numbered, 1) if number in numbers]


def _reaches_missing(face: Detection, picture: Picture) -> bool:
    """Whether a face, with the hair and chin around its box, reaches into the file's missing area."""
    if picture.missing is None:
        return False
    left, top, right, bottom = (float(value) for value in face.box)
    wide, high = _AROUND_FACE * (right - left), _AROUND_FACE * (bottom - top)
    from_left, from_top, to_right, to_bottom = picture.missing
    across = left - wide < to_right and right + wide > from_left
    return across and top - high < to_bottom and bottom + high > from_top
