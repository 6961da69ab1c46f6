"""Finds faces with MTCNN's three networks: prepares their inputs, and filters the boxes after each stage."""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.detect import Detection, shrunk, suppress

Boxes = NDArray[np.float32]  # [n, 4] left, top, right, bottom
Points = NDArray[np.float32]  # [n, 5, 2] five landmarks, x before y
Scores = NDArray[np.float32]  # [n], 0 to 1

Item = TypeVar("Item")

PNET_CELL = 12  # pixels; side of the square that one output of P-Net covers
PNET_STRIDE = 2  # pixels between two outputs of P-Net
RNET_SIDE = 24
ONET_SIDE = 48

CANVAS = 256  # pixels; width of the pictures into which a photo's sizes are packed for P-Net
CANVAS_HEIGHTS = (128, 256, 384, 512)
STRIPS = (4, 8, 16, 32)  # numbers of crops in a strip for R-Net and O-Net
RNET_STRIP, ONET_STRIP = 32, 16  # the most: a strip is then a few milliseconds of work
LEAST_CONTRAST = 8  # levels


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits of each stage; the defaults are measured.

    Attributes:
        pnet: the lowest probability of P-Net, 0 to 1.
        rnet: the lowest probability of R-Net.
        onet: the lowest probability of O-Net's first run.
        doubt: how far below 1 the mean of O-Net's second run may be, for a face of `sure_px` or more. For a smaller
            face
            the limit shrinks in proportion: small faces have many more possible places, and fewer pixels that tell them
            from a knot in wood.
        sure_px: see `doubt`; the box's shorter side, pixels.
        within_scale: the largest allowed intersection over union of two squares at one scale.
        across_scales: the same across scales, and after R-Net and O-Net's first run.
        final: the largest allowed intersection over the smaller box of two faces.
    """

    pnet: float = 0.6
    rnet: float = 0.7
    onet: float = 0.4
    doubt: float = 0.3
    sure_px: float = 96
    within_scale: float = 0.5
    across_scales: float = 0.7
    final: float = 0.6


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one pyramid level, and its place on a canvas.

    Attributes:
        level: the number of the pyramid level.
        left, top: the piece's corner in that level, pixels, even.
        width, height: of the piece, pixels.
        x, y: its corner on the canvas, pixels, even.
    """

    level: int
    left: int
    top: int
    width: int
    height: int
    x: int = 0
    y: int = 0


@dataclass(slots=True)
class Shelf:
    """A row of pieces on a canvas: its place there, and how much of its width is taken, pixels."""

    canvas: int
    top: int
    height: int
    width: int = 0


class MtcnnDetector:
    """A `MultiscaleDetector`: P-Net proposes squares at many scales, R-Net and O-Net drop most and correct the others.

    O-Net runs twice: on the proposals, then on the corrected boxes and their mirror images. A face scores high again; a
    knob or a fold that looked like a face in one crop mostly does not. Box and landmarks become more accurate too.

    All scales of a photo are packed into pictures of a few fixed shapes, and all crops into strips of a few fixed
    lengths, because an engine prepares a network again for each shape, which takes longer than running it.

    Attributes:
        sure_score: upright faces nearly always score more, false detections nearly always less.
    """

    sure_score: Final = 0.97

    def __init__(
        self,
        pnet: Runner,
        rnet: Runner,
        onet: Runner,
        thresholds: Thresholds = Thresholds(),
        max_proposals: int = 1200,
        threads: int = 1,
    ) -> None:
        """
        Args:
            pnet: the compiled `models.mtcnn.ProposalMap`, for pictures of any size.
            rnet: the compiled `models.mtcnn.CropStrip` of R-Net.
            onet: the compiled `models.mtcnn.CropStrip` of O-Net.
            thresholds: see `Thresholds`.
            max_proposals: the most squares that R-Net checks in one photo, highest score first.
            threads: how many calls of a network are made at a time. A call is too short for several cores to share it.
        """
        self._pnet, self._rnet, self._onet = pnet, rnet, onet
        self._thresholds = thresholds
        self._max_proposals = max_proposals
        self._thread_count = threads

    def find_at_all_sizes(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """See `MultiscaleDetector`."""
        return self(pixels, min_face_px)

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """The faces in `pixels` (`[height, width, 3]` RGB), highest score first.

        Boxes with a shorter side under `min_face_px` are dropped. P-Net's cell sets the lower end: 12 pixels.
        """
        levels = halvings(np.ascontiguousarray(pixels))
        proposals = self._propose(levels, min_face_px)
        squares = self._refine(levels, proposals)
        return [face for face in self._output(levels, squares) if face.short_side >= min_face_px]

    def _propose(self, levels: list[NDArray[np.uint8]], min_face_px: float) -> Boxes:
        height, width = levels[0].shape[:2]
        pictures, scales = scaled_pictures(levels, pyramid(width, height, min_face_px))
        found = self._at_once(partial(self._proposals_on, scales), packed(pictures))
        if not found:
            return np.zeros((0, 4), np.float32)
        scored = np.concatenate(found)  # [n, 6]: a box, its probability and its level
        by_level = [scored[scored[:, 5] == level] for level in range(len(pictures))]
        scored = np.concatenate(self._at_once(self._best_of_level, by_level))
        keep = suppress(scored[:, :4], scored[:, 4], self._thresholds.across_scales, self._max_proposals)
        return squared(scored[keep, :4])

    def _best_of_level(self, scored: NDArray[np.float32]) -> NDArray[np.float32]:
        limit = self._thresholds.within_scale
        return scored[suppress(scored[:, :4], scored[:, 4], limit, self._max_proposals)]

    def _proposals_on(
        self, scales: NDArray[np.float32], canvas: tuple[NDArray[np.uint8], list[Piece]]
    ) -> NDArray[np.float32]:
        """P-Net's proposals on a canvas, from `packed`: `[n, 6]` box in the photo's pixels, probability, level."""
        pixels, pieces = canvas
        *offsets, odds = self._pnet(blob(pixels))[0]
        owner = np.full(odds.shape, -1, np.int16)
        for number, piece in enumerate(pieces):
            # A square must stay inside its piece: the next pixels belong to another piece.
            down = slice(piece.y // PNET_STRIDE, (piece.y + piece.height - PNET_CELL) // PNET_STRIDE + 1)
            across = slice(piece.x // PNET_STRIDE, (piece.x + piece.width - PNET_CELL) // PNET_STRIDE + 1)
            owner[down, across] = number
        limit = self._thresholds.pnet
        rows, columns = np.nonzero(odds > math.log(limit / (1 - limit)))
        which = owner[rows, columns]
        whole = which >= 0
        rows, columns, which = rows[whole], columns[whole], which[whole]
        probability = 1 / (1 + np.exp(-odds[rows, columns]))
        moved_by = np.array([(p.left - p.x, p.top - p.y) for p in pieces], np.float32).reshape(-1, 2)[which]
        level = np.array([p.level for p in pieces], np.intp)[which]
        corner = np.stack([columns, rows], 1).astype(np.float32) * PNET_STRIDE + moved_by
        boxes = np.concatenate([corner, corner + PNET_CELL], 1)
        boxes += np.stack([plane[rows, columns] for plane in offsets], 1) * PNET_CELL
        boxes *= np.tile(scales[level], 2)
        return np.concatenate([boxes, probability[:, None], level[:, None]], 1, dtype=np.float32)

    def _refine(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> Boxes:
        if not len(squares):
            return squares
        outputs = self._run(self._rnet, parts_of(levels, squares, RNET_SIDE, RNET_STRIP))
        offsets, probability = outputs[:, :4], outputs[:, 4]
        likely = probability > self._thresholds.rnet
        boxes = moved(squares[likely], offsets[likely])
        keep = suppress(boxes, probability[likely], self._thresholds.across_scales)
        return squared(boxes[keep])

    def _output(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> list[Detection]:
        if not len(squares):
            return []
        limits = self._thresholds
        boxes, _, probability = self._look(levels, squares)
        likely = np.flatnonzero(probability > limits.onet)
        likely = likely[suppress(boxes[likely], probability[likely], limits.across_scales)]
        if not len(likely):
            return []
        boxes, points, probability = self._look_both_ways(levels, squared(boxes[likely]))
        sides = (boxes[:, 2:] - boxes[:, :2]).min(1)
        likely = np.flatnonzero(1 - probability < limits.doubt * np.clip(sides / limits.sure_px, 0, 1))
        likely = likely[suppress(boxes[likely], probability[likely], limits.final, contained=True)]
        # Until here pixel edges are at whole numbers; in a `Detection` pixel centres are.
        return [Detection(boxes[i] - 0.5, points[i] - 0.5, float(probability[i])) for i in likely]

    def _look(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> tuple[Boxes, Points, Scores]:
        """O-Net's boxes, landmarks and probabilities."""
        offsets, points, probability = self._seen_by_onet(parts_of(levels, squares, ONET_SIDE, ONET_STRIP))
        return moved(squares, offsets), placed(points, squares), probability

    def _look_both_ways(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> tuple[Boxes, Points, Scores]:
        """The means of O-Net's outputs for the squares and for their mirror images, mirrored back."""
        crops = list(parts_of(levels, squares, ONET_SIDE, ONET_STRIP))
        offsets, points, probability = self._seen_by_onet([*crops, *(part[:, :, ::-1] for part in crops)])
        n = len(squares)
        # Mirrored, left and right swap, and x counts from the other side.
        offsets = (offsets[:n] + offsets[n:, [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], np.float32)) / np.float32(2)
        turned = points[n:, [1, 0, 2, 4, 3]] * np.array([-1, 1], np.float32) + np.array([1, 0], np.float32)
        points = (points[:n] + turned) / np.float32(2)
        return moved(squares, offsets), placed(points, squares), (probability[:n] + probability[n:]) / np.float32(2)

    def _seen_by_onet(self, crops: Iterable[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], Points, Scores]:
        outputs = self._run(self._onet, crops)
        return outputs[:, :4], outputs[:, 4:14].reshape(-1, 5, 2), outputs[:, 14]

    def _run(self, net: Runner, crops: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """A network's outputs `[n, k]` for crops, from `parts_of`."""
        return np.concatenate(self._at_once(partial(_run_strip, net), crops))

    def _at_once(self, work: Callable[[Item], NDArray[np.float32]], items: Iterable[Item]) -> list[NDArray[np.float32]]:
        """The results for all items, in their order."""
        with ThreadPoolExecutor(self._thread_count) as threads:
            return list(threads.map(work, items))


def _run_strip(net: Runner, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    length = next(length for length in STRIPS if length >= len(crops))
    side = crops.shape[1]
    strip = np.zeros((side, length, side, 3), np.uint8)
    strip[:, : len(crops)] = crops.transpose(1, 0, 2, 3)
    return net(blob(strip.reshape(side, length * side, 3)))[0, : len(crops)]


def blob(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`[height, width, 3]`, 0 to 255, as `[1, 3, height, width]`, about -1 to 1."""
    return np.asarray(cv2.dnn.blobFromImage(picture, 1 / 128, mean=(127.5, 127.5, 127.5)), np.float32)


def packed(pictures: list[NDArray[np.uint8]]) -> Iterator[tuple[NDArray[np.uint8], list[Piece]]]:
    """Pack a photo's pyramid, in pieces, into canvases that are `CANVAS` pixels wide and have a few fixed heights.

    Pieces of one level overlap, so that every square of `PNET_CELL` is whole in one of them. Pieces without contrast,
    such as sky or paper, are left out.

    Args:
        pictures: the levels, `[height, width, 3]` RGB, largest first.
    """
    pieces = [piece for level, picture in enumerate(pictures) for piece in pieces_of(level, picture)]
    for placed in arranged(pieces):
        needed = max(piece.y + piece.height for piece in placed)
        canvas = np.full((next(h for h in CANVAS_HEIGHTS if h >= needed), CANVAS, 3), 127, np.uint8)
        for p in placed:
            part = pictures[p.level][p.top : p.top + p.height, p.left : p.left + p.width]
            canvas[p.y : p.y + p.height, p.x : p.x + p.width] = part
        yield canvas, placed


def pieces_of(level: int, picture: NDArray[np.uint8]) -> Iterator[Piece]:
    """The pieces of one level, each at most as large as a canvas, without flat ones."""
    height, width = picture.shape[:2]
    overlap = PNET_CELL - PNET_STRIDE
    for top in range(0, max(1, height - overlap), CANVAS_HEIGHTS[-1] - overlap):
        for left in range(0, max(1, width - overlap), CANVAS - overlap):
            right, bottom = min(left + CANVAS, width), min(top + CANVAS_HEIGHTS[-1], height)
            if has_contrast(picture[top:bottom, left:right]):
                yield Piece(level, left, top, right - left, bottom - top)


def has_contrast(picture: NDArray[np.uint8]) -> bool:
    """Whether green changes by `LEAST_CONTRAST` levels or more within about one P-Net square."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture[..., 1], (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    return bool(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max() >= LEAST_CONTRAST)


def arranged(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Each canvas's pieces, in shelves: the highest piece first, each on the first shelf where it fits."""
    canvases: list[list[Piece]] = []
    shelves: list[Shelf] = []
    for piece in sorted(pieces, key=lambda piece: (-piece.height, -piece.width)):
        fitting = (s for s in shelves if s.height >= piece.height and s.width + piece.width <= CANVAS)
        if not (shelf := next(fitting, None)):
            shelf = _new_shelf(shelves, piece.height + piece.height % PNET_STRIDE)
            shelves.append(shelf)
        if shelf.canvas == len(canvases):
            canvases.append([])
        canvases[shelf.canvas].append(replace(piece, x=shelf.width, y=shelf.top))
        shelf.width += piece.width + piece.width % PNET_STRIDE
    return canvases


def _new_shelf(shelves: list[Shelf], height: int) -> Shelf:
    """A shelf below the last one of the first canvas that has room, or on a new canvas."""
    bottoms: dict[int, int] = {}
    for shelf in shelves:
        bottoms[shelf.canvas] = max(bottoms.get(shelf.canvas, 0), shelf.top + shelf.height)
    for canvas, bottom in bottoms.items():
        if bottom + height <= CANVAS_HEIGHTS[-1]:
            return Shelf(canvas, bottom, height)
    return Shelf(len(bottoms), 0, height)


def scaled_pictures(
    levels: list[NDArray[np.uint8]], sizes: list[tuple[int, int]]
) -> tuple[list[NDArray[np.uint8]], NDArray[np.float32]]:
    """The photo at P-Net's sizes.

    Only the two largest are resampled from the photo's halvings. Each of the others is half as large as the one before
    the last, which is several times quicker.

    Args:
        levels: from `halvings`.
        sizes: from `pyramid`.

    Returns:
        The pictures, and `[n, 2]` how many pixels of the photo one of their pixels is wide and high.
    """
    pictures: list[NDArray[np.uint8]] = []
    scales: list[tuple[float, float]] = []
    for number, (width, height) in enumerate(sizes):
        if number >= 2:
            pictures.append(halved(pictures[-2]))
            scales.append((2 * scales[-2][0], 2 * scales[-2][1]))
            continue
        depth = max(d for d, x in enumerate(levels) if not d or (x.shape[1] >= width and x.shape[0] >= height))
        level = levels[depth]
        pictures.append(np.asarray(cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8))
        scales.append((level.shape[1] * 2**depth / width, level.shape[0] * 2**depth / height))
    return pictures, np.array(scales, np.float32).reshape(-1, 2)


def pyramid(width: int, height: int, min_face_px: float) -> list[tuple[int, int]]:
    """The sizes (width, height) at which P-Net runs, largest first: there the smallest faces fill its cell.

    A face's box is about 1.25 times as high as wide, and must fit into the cell. Each size is half, rounded up, of the
    one before the last.
    """
    first = min(1.0, PNET_CELL / (1.2 * min_face_px))
    scales = (first * step * 0.5**octave for octave in itertools.count() for step in (1, math.sqrt(0.5)))
    wanted = itertools.takewhile(lambda scale: min(width, height) * scale >= PNET_CELL, scales)
    return [(math.ceil(width * scale), math.ceil(height * scale)) for scale in wanted]


def squared(boxes: Boxes) -> Boxes:
    """The boxes `[n, 4]` extended around their centres to squares of their longer side."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half], 1)


def moved(boxes: Boxes, offsets: NDArray[np.float32]) -> Boxes:
    """The boxes `[n, 4]` moved by offsets `[n, 4]`, which are fractions of their sides."""
    return boxes + offsets * np.tile(boxes[:, 2:] - boxes[:, :2], 2)


def placed(points: Points, squares: Boxes) -> Points:
    """Points given as fractions of squares `[n, 4]`, in the picture's pixels."""
    return squares[:, None, :2] + points * (squares[:, None, 2:] - squares[:, None, :2])


def halvings(pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The picture, and repeated halvings of it down to about O-Net's size."""
    levels = [pixels]
    while min(levels[-1].shape[:2]) >= 2 * ONET_SIDE:
        levels.append(halved(levels[-1]))
    return levels


def halved(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The means of squares of 2 by 2 pixels; an odd last row or column counts twice.

    So each halving has exactly half the scale, and OpenCV takes its fast way, which knows no other factor.
    """
    height, width = picture.shape[:2]
    rows, columns = height // 2, width // 2
    half = np.empty((rows + height % 2, columns + width % 2, 3), np.uint8)
    cv2.resize(picture[: 2 * rows, : 2 * columns], (columns, rows), half[:rows, :columns], 0, 0, cv2.INTER_AREA)
    if height % 2:
        half[rows:, :columns] = shrunk(picture[-1:, : 2 * columns], columns, 1)
    if width % 2:
        half[:, columns:] = shrunk(picture[:, -1:], 1, len(half))
    return half


def parts_of(levels: list[NDArray[np.uint8]], squares: Boxes, side: int, most: int) -> Iterator[NDArray[np.uint8]]:
    """The crops of `cut`, so many at a time: while a network looks at some, the next are cut."""
    return (cut(levels, squares[start : start + most], side) for start in range(0, len(squares), most))


def cut(levels: list[NDArray[np.uint8]], squares: Boxes, side: int) -> NDArray[np.uint8]:
    """Cut squares out of a picture and scale them to one size.

    The corners are not rounded: half a pixel is much for a 12-pixel face. Each crop comes from the halving that it
    shrinks to more than half, so that bilinear sampling skips no pixels and a large face costs no more than a small
    one.

    Args:
        levels: from `halvings`.
        squares: `[n, 4]` in pixels of the first level; outside the picture the crop is mid-grey.
        side: of the crops, pixels.

    Returns:
        `[n, side, side, 3]`.
    """
    corners = squares.astype(np.float64)
    shrink = (corners[:, 2:] - corners[:, :2]) / side
    depths = np.clip(np.log2(np.maximum(shrink[:, 0], 1e-6)).astype(int), 0, len(levels) - 1)
    scale = 0.5 ** depths[:, None]
    # From a crop's pixel to the level's, centre to centre.
    matrices = np.zeros((len(squares), 2, 3))
    matrices[:, 0, 0], matrices[:, 1, 1] = (shrink * scale).T
    matrices[:, :, 2] = corners[:, :2] * scale + shrink * scale / 2 - 0.5
    crops = np.empty((len(squares), side, side, 3), np.uint8)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for crop, depth, matrix in zip(crops, depths.tolist(), matrices, strict=True):
        cv2.warpAffine(levels[depth], matrix, (side, side), crop, how, cv2.BORDER_CONSTANT, (127,) * 3)
    return crops
