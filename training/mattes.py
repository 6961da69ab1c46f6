"""Head mattes from studio portraits: `python -m training.mattes PORTRAITS --landmarks yunet:FILE.onnx --out FILE.npz`.

A studio backdrop is plain, so the person before it can be cut out without drawing by hand: the backdrop's colours
are learnt from the upper corners and the sides, the face's from the middle, and a graph cut (Rother, Kolmogorov and
Blake, "GrabCut", SIGGRAPH 2004) decides the rest. Below the jaw, skin colour separates the neck from the
clothes. Doubtful pixels get no label. Portraits are left out whose cut looks wrong, or whose backdrop is not plain:
hair that the cut took for backdrop spoils the backdrop's even colour too.

Old prints are harder: their backdrop can have the tone of the hair. With `--checked-by FILE`, the
pixels of `historic` on which a head mask that was trained on modern portraits disagrees get no label.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from magicmemory.pipeline.models.headmask import HeadShare, load
from training.align import MARGIN, Image, Points, crop, read_rgb
from training.prepare import SUFFIXES, finder_of, held_out, person_of

Labels = NDArray[np.uint8]

BACKDROP: Final = 0
HEAD: Final = 1
CLOTHES: Final = 2
UNKNOWN: Final = 255
AGREEING: Final = 0.85  # overlap (intersection over union) of the heads
SIDE: Final = 144  # of an aligned crop with its margin, at a quarter of the crop's size, pixels
CHIN: Final = (440 + MARGIN) // 4  # somewhat above the row of FFHQ's mean chin
GROUPS: Final = {"large": "large", "historic": "historic"}  # of the split, for a folder's people; others "congress"
LEAST_BACKDROP: Final = 150  # pixels, to learn its colour from
PLAIN: Final = 11.0  # levels; a backdrop with a larger spread of colours is not plain
MOST: Final = 85  # percentile: so much of a plain backdrop has its even colour


def inside(image: Image, points: Points) -> NDArray[np.bool_]:
    """The area of an aligned crop that shows the picture, not its mirrored border, `[144, 144]`."""
    white = np.full(image.shape, 255, np.uint8)
    pad = max(image.shape[:2])  # black, so that the crop's own mirroring mirrors black
    framed = cv2.copyMakeBorder(white, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return np.asarray(_halved(crop(np.asarray(framed, np.uint8), points + pad))[..., 0] > 250)


def _halved(image: Image) -> Image:
    return np.asarray(cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def _ellipse(centre: tuple[int, int], axes: tuple[int, int]) -> NDArray[np.bool_]:
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(canvas, centre, axes, 0, 0, 360, 1, -1)
    return canvas > 0


def cut_out(face: Image, seen: NDArray[np.bool_]) -> Labels | None:
    """The labels `[144, 144]` of an aligned portrait `[144, 144, 3]`; None if its corners are not plain.

    Args:
        face: what `training.align.crop` gives.
        seen: where it shows the picture.
    """
    middle = SIDE // 2
    smooth = _smoothed(face)
    corner = np.zeros((SIDE, SIDE), bool)
    corner[: SIDE // 4, : SIDE // 6] = corner[: SIDE // 4, -SIDE // 6 :] = True
    corner[: SIDE // 2, : SIDE // 24] = corner[: SIDE // 2, -SIDE // 24 :] = True
    corner &= seen
    if corner.sum() < LEAST_BACKDROP:
        return None
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    off = np.abs(lab - _fit_surface(lab, corner)).max(-1)
    if np.percentile(off[corner], MOST) > PLAIN:
        return None
    core = _ellipse((middle, middle + 5), (26, 42))
    marks = np.full((SIDE, SIDE), cv2.GC_PR_BGD, np.uint8)
    marks[_ellipse((middle, middle), (50, 64)) & (off > PLAIN)] = cv2.GC_PR_FGD
    marks[(np.arange(SIDE) > CHIN - 10)[:, None] & (off > PLAIN)] = cv2.GC_PR_FGD
    marks[corner & (off < PLAIN)] = cv2.GC_BGD
    marks[(off < 4) & ~_ellipse((middle, middle + 2), (42, 58))] = cv2.GC_BGD
    marks[core] = cv2.GC_FGD
    marks[-10:, middle - 15 : middle + 15] = cv2.GC_FGD
    try:
        cv2.grabCut(
            np.dstack([smooth, off.clip(0, 255).astype(np.uint8)])[..., :3].copy(),
            marks,
            (0, 0, 1, 1),  # not used with a mask
            np.zeros((1, 65)),
            np.zeros((1, 65)),
            4,
            cv2.GC_INIT_WITH_MASK,
        )
    except cv2.error:
        return None
    person = ((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)).astype(np.uint8)
    person = np.asarray(cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    _, parts = cv2.connectedComponents(person)
    person = (parts == parts[middle, middle]).astype(np.uint8)
    person = np.asarray(cv2.morphologyEx(person, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)
    holes, regions = cv2.connectedComponents(1 - person)
    for number in range(1, holes):
        if (regions == number).sum() < 100:
            person[regions == number] = 1
    if not _plausible(person, seen):
        return None
    labels = _without_clothes(lab, person)
    edge = cv2.morphologyEx(person, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    # A cut that follows no colour edge was a guess.
    weak = edge & (np.asarray(cv2.dilate(off, np.ones((5, 5), np.uint8))) < 9)
    labels[cv2.dilate(weak.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0] = UNKNOWN
    labels[~seen] = UNKNOWN
    return labels


def backdrop_is_plain(face: Image, labels: Labels) -> bool:
    """Whether all that was cut away has the even colour of a backdrop, as the corners have.

    If not, the backdrop has content, or a part of the person was cut away; either way the cut cannot be trusted.

    Args:
        face: as for `cut_out`.
        labels: what `cut_out` found, or what `checked` left of it.
    """
    inner = cv2.erode((labels == BACKDROP).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0  # without the soft outline
    if inner.sum() < LEAST_BACKDROP:
        return False
    lab = cv2.cvtColor(_smoothed(face), cv2.COLOR_RGB2LAB).astype(np.float32)
    off = np.abs(lab - _fit_surface(lab, inner, bent=True)).max(-1)
    return bool(np.percentile(off[inner], MOST) <= PLAIN)


def _smoothed(face: Image) -> Image:
    return np.asarray(cv2.bilateralFilter(face, 5, 20, 3), np.uint8)


def _fit_surface(lab: NDArray[np.float32], where: NDArray[np.bool_], bent: bool = False) -> NDArray[np.float32]:
    """The backdrop's colour everywhere: a quadratic surface through the samples; some of them may be wrong.

    Args:
        lab: the portrait.
        where: the samples.
        bent: whether it may bend from top to bottom too; samples of the upper half alone do not show how.
    """
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x] + [y * y] * bent, -1)
    chosen = where.copy()
    ground = lab
    for _ in range(4):
        weights, *_ = np.linalg.lstsq(terms[chosen], lab[chosen], rcond=None)
        ground = (terms @ weights).astype(np.float32)
        off = np.abs(lab - ground).max(-1)
        chosen = where & (off <= max(4.0, float(np.percentile(off[where], 75))))
    return ground


def _plausible(person: Labels, seen: NDArray[np.bool_]) -> bool:
    """Whether a cut has the shape of a head on shoulders."""
    height = SIDE
    upper = person[: height * 2 // 3]
    share = float(upper.mean())
    rows = np.flatnonzero(person.any(1))
    edges = float(person[: height // 2, :3][seen[: height // 2, :3]].mean() if seen[: height // 2, :3].any() else 0)
    edges += float(person[: height // 2, -3:][seen[: height // 2, -3:]].mean() if seen[: height // 2, -3:].any() else 0)
    solidity = _solidity(upper)
    crown = int(upper[39].sum())  # narrow where hair of the backdrop's own colour was lost
    return 0.28 < share < 0.75 and rows[0] < 35 and crown > 42 and edges < 0.25 and solidity > 0.86


def _solidity(region: Labels) -> float:
    """The share of its convex hull that a region fills."""
    outlines, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outlines, key=cv2.contourArea)
    return float(cv2.contourArea(largest) / max(cv2.contourArea(cv2.convexHull(largest)), 1.0))


def _without_clothes(lab: NDArray[np.float32], person: Labels) -> Labels:
    """The labels of a person: head with hair and neck, clothes, and undecided pixels between them."""
    middle = SIDE // 2
    labels = person.copy()
    skin_at = _ellipse((middle, middle + 15), (19, 20)) & (person > 0)
    skin, spread = np.median(lab[skin_at], 0), np.maximum(lab[skin_at].std(0), (14, 4, 4))
    far = np.abs((lab - skin) / spread / np.array((1.6, 1.0, 1.0), np.float32)).max(-1)
    rows = np.arange(SIDE)[:, None]
    below = (person > 0) & (rows >= CHIN - 7)
    hair_at = (person > 0) & (rows < 60) & (far > 3)
    is_hair = np.zeros((SIDE, SIDE), bool)
    if hair_at.sum() > 75:
        hair = np.median(lab[hair_at], 0)
        is_hair = np.abs(lab - hair).max(-1) < 22
    neck = below & (far < 2.6)
    cloth = below & (far > 3.6) & (rows > CHIN + 3)
    labels[below] = UNKNOWN
    labels[neck & (np.abs(np.arange(SIDE) - middle) < 40)] = HEAD
    labels[cloth & ~is_hair] = CLOTHES
    shoulder = (person > 0) & (rows > CHIN + 11) & (np.abs(np.arange(SIDE) - middle) > 48) & ~is_hair
    labels[shoulder] = CLOTHES
    # The jaw itself is head, even in shadow.
    labels[_ellipse((middle, middle + 5), (33, 48)) & (person > 0) & (rows < CHIN + 3)] = HEAD
    return labels


def checked(network: HeadShare, face: Image, labels: Labels) -> Labels | None:
    """A matte without the pixels on which a network disagrees; None if their heads overlap too little."""
    frame = MARGIN // 4
    inner = slice(frame, SIDE - frame), slice(frame, SIDE - frame)
    planes = torch.from_numpy(face[inner]).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.inference_mode():
        seen = network(planes)[0].numpy() > 0.5
    cut, known = labels[inner] == HEAD, labels[inner] != UNKNOWN
    if (seen & cut).sum() < AGREEING * ((seen | cut) & known).sum():
        return None
    agreed = np.full_like(labels, UNKNOWN)
    agreed[inner] = np.where(seen == cut, labels[inner], UNKNOWN)
    return agreed


def gather(folder: Path, finder: str, sets: Sequence[str], check: HeadShare | None = None) -> dict[str, np.ndarray]:
    """The arrays to write: faces, labels, names and the side of the split.

    The split counts the people whose mattes are left out too: a stricter rule then moves nobody to the other side.
    """
    find = finder_of(finder)
    faces, labels, people, names = [], [], [], []
    groups: dict[str, str] = {}
    left_out: Counter[str] = Counter()
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
        its_set = path.relative_to(folder).parts[0]
        if its_set not in sets:
            continue
        image = read_rgb(path)
        points = find(image)
        if points is None:
            continue
        face = _halved(crop(image, points))
        seen = inside(image, points)
        found = cut_out(face, seen)
        if found is None:
            continue
        groups[person_of(path)] = GROUPS.get(its_set, "congress")
        if check is not None and its_set == "historic":
            found = checked(check, face, found)
            if found is None:
                continue
        if not backdrop_is_plain(face, found):
            left_out[its_set] += 1
            continue
        faces.append(face)
        labels.append(found)
        people.append(person_of(path))
        names.append(str(path.relative_to(folder)))
    for its_set, count in left_out.items():
        print(f"{its_set}: {count} left out, backdrop not plain", file=sys.stderr)
    outside = held_out(groups)
    return {
        "faces": np.stack(faces),
        "labels": np.stack(labels),
        "names": np.array(names),
        "validation": np.array([person in outside for person in people]),
    }


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--landmarks", required=True, help="yunet:FILE.onnx")
    parser.add_argument("--sets", default="official,colour,large,historic", help="folders below PORTRAITS")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--checked-by", type=Path, help="a headmask.safetensors")
    arguments = parser.parse_args()
    check = HeadShare(load(arguments.checked_by)) if arguments.checked_by else None
    data = gather(arguments.portraits, arguments.landmarks, arguments.sets.split(","), check)
    np.savez(arguments.out, **data)  # type: ignore[arg-type]
    print(f"{len(data['faces'])} mattes, of them held out {data['validation'].sum()}", file=sys.stderr)


if __name__ == "__main__":
    main()
