"""Keeps likeness: a restored face that is too unlike the original takes less of the restorer's change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.identity import Identity
from magicmemory.pipeline.faces.strategies import Cut

Floats = NDArray[np.float32]

GENTLE_SHARE: Final = 0.5  # of the restorer's change, for faces that are to be restored gently
_HALVINGS: Final = 4  # the share is found to a sixteenth; each step looks at the face once more

Gentler = Callable[[Sequence[NDArray[np.uint8]]], list[Floats]]
"""Restores faces with the restorer's most faithful setting."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A restored face and how much it still is the same person.

    Attributes:
        restored: `[512, 512, 3]` RGB, 0 to 255.
        similarity: of the photo's face and what is blended in, -1 to 1; None: nothing can compare.
        share: how much of the restorer's change is in `restored`, 0 to 1.
        gentler: it was made with the most faithful setting.
    """

    restored: Floats
    similarity: float | None = None
    share: float = 1.0
    gentler: bool = False

    @property
    def held(self) -> bool:
        """Whether it is gentler than was asked for."""
        return self.gentler or self.share < 1


def judge(cuts: Sequence[Cut], restored: Sequence[Floats], compare: Identity | None, strength: float) -> list[Judged]:
    """How much each face stayed itself.

    Args:
        cuts: the faces as they were.
        restored: the same, restored.
        compare: compares two faces; None: nothing can.
        strength: how much of the change is blended in.
    """
    if compare is None:
        return [Judged(face) for face in restored]
    return [Judged(face, _similarity(cut, face, compare, strength)) for cut, face in zip(cuts, restored, strict=True)]


def hold(
    cuts: Sequence[Cut],
    judged: Sequence[Judged],
    compare: Identity,
    strength: float,
    least: float,
    gentler: Gentler | None = None,
) -> list[Judged]:
    """The faces, of which those that are too unlike themselves are restored more gently.

    Such a face is first restored with the most faithful setting; if it is still too unlike, as much of the change is
    taken as keeps the likeness, and none where nothing does.

    Args:
        cuts: the faces as they were.
        judged: what `judge` says of them.
        compare: compares two faces.
        strength: how much of the change is blended in.
        least: the similarity that each face must keep, -1 to 1.
        gentler: see `Gentler`; None: the restorer has no such setting.
    """
    results = list(judged)
    unlike = [index for index, face in enumerate(judged) if face.similarity is not None and face.similarity < least]
    if unlike and gentler is not None:
        for index, face in zip(unlike, gentler([cuts[index].seen for index in unlike]), strict=True):
            similarity = _similarity(cuts[index], face, compare, strength)
            if similarity > (results[index].similarity or -1):
                results[index] = Judged(face, similarity, gentler=True)
    for index in unlike:
        results[index] = _held(cuts[index], results[index], compare, strength, least)
    return results


def gentled(cuts: Sequence[Cut], restored: Sequence[Floats], are_gentle: Sequence[bool]) -> list[Floats]:
    """The restored faces, some of them with only a share of the restorer's change."""
    faces = []
    for cut, face, is_gentle in zip(cuts, restored, are_gentle, strict=True):
        before = cut.aligned.crop.astype(np.float32)
        faces.append(before + np.float32(GENTLE_SHARE) * (face - before) if is_gentle else face)
    return faces


def _held(cut: Cut, face: Judged, compare: Identity, strength: float, least: float) -> Judged:
    if face.similarity is None or face.similarity >= least:
        return face
    kept, low, high = _blended(cut, face, 0, compare, strength), 0.0, 1.0
    for _ in range(_HALVINGS):
        tried = _blended(cut, face, (low + high) / 2, compare, strength)
        if tried.similarity is not None and tried.similarity >= least:
            kept, low = tried, tried.share
        else:
            high = tried.share
    return kept


def _blended(cut: Cut, face: Judged, share: float, compare: Identity, strength: float) -> Judged:
    """The face with so much of its change."""
    before = cut.aligned.crop.astype(np.float32)
    restored = before + np.float32(share) * (face.restored - before)
    return Judged(restored, _similarity(cut, restored, compare, strength), share, face.gentler)


def _similarity(cut: Cut, restored: Floats, compare: Identity, strength: float) -> float:
    before = cut.aligned.crop.astype(np.float32)
    shown = before + np.float32(strength) * (restored - before)
    return compare(cut.seen.astype(np.float32), shown, cut.landmarks)
