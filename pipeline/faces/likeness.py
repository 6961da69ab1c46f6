"""Keeps likeness: a restored face that is too unlike the original takes less of the restorer's change.

The limit depends on how much detail the face in the photo still has: even a good restoration of a ruined face looks
unlike what is left of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.faces.identity import Identity
from magicmemory.pipeline.faces.strategies import Cut

Floats = NDArray[np.float32]

GENTLE_SHARE: Final = 0.5  # of the restorer's change, for faces that are to be restored gently
# The least similarities of the NTIRE 2026 challenge on real-world face restoration, for its kinds of photos, which are
# told here by the detail that a face has at least: portraits (LFW, CelebChild), damaged ones (CelebA), and crowds and
# old photos from the web (WIDER, WebPhoto). https://github.com/jkwang28/NTIRE2026_RealWorld_Face_Restoration
KINDS: Final = ((0.67, 0.6), (0.55, 0.5), (0.0, 0.3))
_SIDE: Final = 256  # pixels, of the crop in which detail is measured
_FACE: Final = (slice(50, 220), slice(50, 206))  # of that crop: the face without hair and background
_HALVINGS: Final = 4  # the share is found to a sixteenth; each step looks at the face once more

Gentler = Callable[[Sequence[NDArray[np.uint8]]], list[Floats]]
"""Restores faces with the restorer's most faithful setting."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A restored face and how much it still is the same person.

    Attributes:
        restored: `[512, 512, 3]` RGB, 0 to 255.
        similarity: of the photo's face and what is blended in, -1 to 1; None: nothing can compare.
        least: the similarity that it must keep, -1 to 1.
        share: how much of the restorer's change is in `restored`, 0 to 1.
        gentler: it was made with the most faithful setting.
    """

    restored: Floats
    similarity: float | None = None
    least: float = -1.0
    share: float = 1.0
    gentler: bool = False

    @property
    def held(self) -> bool:
        """Whether it is gentler than was asked for."""
        return self.gentler or self.share < 1

    @property
    def unlike(self) -> bool:
        """Whether it is less similar than it must be."""
        return self.similarity is not None and self.similarity < self.least


def judge(
    cuts: Sequence[Cut],
    restored: Sequence[Floats],
    compare: Identity | None,
    strength: float,
    least: float | None = None,
) -> list[Judged]:
    """How much each face stayed itself.

    Args:
        cuts: the faces as they were.
        restored: the same, restored.
        compare: compares two faces; None: nothing can.
        strength: how much of the change is blended in.
        least: the similarity that each face must keep, -1 to 1; None: by the photo, see `least_similarity`.
    """
    if compare is None:
        return [Judged(face) for face in restored]
    return [
        Judged(
            face,
            _similarity(cut, face, compare, strength),
            least_similarity(cut.seen) if least is None else least,
        )
        for cut, face in zip(cuts, restored, strict=True)
    ]


def least_similarity(face: NDArray[np.uint8]) -> float:
    """The similarity that a restored face must keep: what NTIRE asks for its kind of photo.

    Args:
        face: the face in the photo, `[512, 512, 3]` RGB.
    """
    found = detail(face)
    return next(least for kind, least in KINDS if found >= kind)


def detail(face: NDArray[np.uint8]) -> float:
    """How much of a face's detail is left: the deviation of what is 4 to 8 pixels fine, over that of 8 to 16 pixels.

    Sharp portraits have about 0.8, blurred and tiny faces less; noise is finer and hardly counts.

    Args:
        face: the face in the photo, `[512, 512, 3]` RGB.
    """
    grey = cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    shown = grey.astype(np.float32)[_FACE]
    fine, middle, coarse = (cv2.GaussianBlur(shown, (0, 0), sigma) for sigma in (2, 4, 8))
    # Of a plain area only the sums' last bits would be compared.
    return float((fine - middle).std() / max((middle - coarse).std(), 1.0))


def hold(
    cuts: Sequence[Cut],
    judged: Sequence[Judged],
    compare: Identity,
    strength: float,
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
        gentler: see `Gentler`; None: the restorer has no such setting.
    """
    results = list(judged)
    unlike = [index for index, face in enumerate(judged) if face.unlike]
    if unlike and gentler is not None:
        for index, face in zip(unlike, gentler([cuts[index].seen for index in unlike]), strict=True):
            similarity = _similarity(cuts[index], face, compare, strength)
            if similarity > (results[index].similarity or -1):
                results[index] = replace(results[index], restored=face, similarity=similarity, gentler=True)
    for index in unlike:
        results[index] = _held(cuts[index], results[index], compare, strength)
    return results


def gentled(cuts: Sequence[Cut], restored: Sequence[Floats], are_gentle: Sequence[bool]) -> list[Floats]:
    """The restored faces, some of them with only a share of the restorer's change."""
    faces = []
    for cut, face, is_gentle in zip(cuts, restored, are_gentle, strict=True):
        before = cut.aligned.crop.astype(np.float32)
        faces.append(before + np.float32(GENTLE_SHARE) * (face - before) if is_gentle else face)
    return faces


def _held(cut: Cut, face: Judged, compare: Identity, strength: float) -> Judged:
    if not face.unlike:
        return face
    kept, low, high = _blended(cut, face, 0, compare, strength), 0.0, 1.0
    for _ in range(_HALVINGS):
        tried = _blended(cut, face, (low + high) / 2, compare, strength)
        if tried.unlike:
            high = tried.share
        else:
            kept, low = tried, tried.share
    return kept


def _blended(cut: Cut, face: Judged, share: float, compare: Identity, strength: float) -> Judged:
    """The face with so much of its change."""
    before = cut.aligned.crop.astype(np.float32)
    restored = before + np.float32(share) * (face.restored - before)
    return replace(face, restored=restored, similarity=_similarity(cut, restored, compare, strength), share=share)


def _similarity(cut: Cut, restored: Floats, compare: Identity, strength: float) -> float:
    before = cut.aligned.crop.astype(np.float32)
    shown = before + np.float32(strength) * (restored - before)
    return compare(cut.seen.astype(np.float32), shown, cut.landmarks)
