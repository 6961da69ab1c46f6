"""Finds faces with MTCNN's three networks: prepares their inputs, and filters the boxes after each stage."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from magicmemory.pipeline.engines.base import Runner
from magicmemory.pipeline.faces.detect import Detection, shrunk, suppress

Boxes = NDArray[np.float32]  # [n, 4] left, top, right, bottom
Points = NDArray[np.float32]  # [n, 5, 2] five landmarks, x before y
Scores = NDArray[np.float32]  # [n], 0 to 1

PNET_CELL = 12  # pixels; side of the square that one output of P-Net covers
PNET_STRIDE = 2  # pixels between two outputs of P-Net
RNET_SIDE = 24
ONET_SIDE = 48

CANVAS = 512  # pixels; width of the pictures into which a photo's sizes are packed for P-Net
CANVAS_HEIGHTS = (128, 256, 384, 512)
STRIPS = (4, 16, 64, 256)  # numbers of crops in a strip for R-Net and O-Net
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
    ) -> None:
        """
        Args:
            pnet: the compiled `models.mtcnn.ProposalMap`, for pictures of any size.
            rnet: the compiled `models.mtcnn.CropStrip` of R-Net.
            onet: the compiled `models.mtcnn.CropStrip` of O-Net.
            thresholds: see `Thresholds`.
            max_proposals: the most squares that R-Net checks in one photo, highest score first.
        """
        self._pnet, self._rnet, self._onet = pnet, rnet, onet
        self._thresholds = thresholds
        self._max_proposals = max_proposals

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
        sizes = pyramid(width, height, min_face_px)
        scales = np.array([(width / w, height / h) for w, h in sizes], np.float32).reshape(-1, 2)
        pictures = [shrunk(smallest_over(levels, *size), *size) for size in sizes]
        found: list[NDArray[np.float32]] = []  # each [n, 6]: a box, its probability and its level
        for canvas, pieces in packed(pictures):
            found.append(self._proposals_on(canvas, pieces, scales))
        if not found:
            return np.zeros((0, 4), np.float32)
        scored = np.concatenate(found)
        keep = [
            rows[suppress(scored[rows, :4], scored[rows, 4], self._thresholds.within_scale, self._max_proposals)]
            for rows in (np.flatnonzero(scored[:, 5] == number) for number in range(len(sizes)))
        ]
        scored = scored[np.concatenate(keep)]
        keep_all = suppress(scored[:, :4], scored[:, 4], self._thresholds.across_scales, self._max_proposals)
        return squared(scored[keep_all, :4])

    def _proposals_on(
        self, canvas: NDArray[np.uint8], pieces: list[Piece], scales: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """P-Net's proposals on a canvas, `[n, 6]`: box in the photo's pixels, probability, level."""
        *offsets, probability = self._pnet(blob(canvas))[0]
        owner = np.full(probability.shape, -1, np.int16)
        for number, piece in enumerate(pieces):
            # A square must stay inside its piece: the next pixels belong to another piece.
            down = slice(piece.y // PNET_STRIDE, (piece.y + piece.height - PNET_CELL) // PNET_STRIDE + 1)
            across = slice(piece.x // PNET_STRIDE, (piece.x + piece.width - PNET_CELL) // PNET_STRIDE + 1)
            owner[down, across] = number
        rows, columns = np.nonzero((probability > self._thresholds.pnet) & (owner >= 0))
        which = owner[rows, columns]
        moved_by = np.array([(p.left - p.x, p.top - p.y) for p in pieces], np.float32).reshape(-1, 2)[which]
        level = np.array([p.level for p in pieces], np.intp)[which]
        corner = np.stack([columns, rows], 1).astype(np.float32) * PNET_STRIDE + moved_by
        boxes = np.concatenate([corner, corner + PNET_CELL], 1)
        boxes += np.stack([plane[rows, columns] for plane in offsets], 1) * PNET_CELL
        boxes *= np.tile(scales[level], 2)
        return np.concatenate([boxes, probability[rows, columns, None], level[:, None]], 1, dtype=np.float32)

    def _refine(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> Boxes:
        if not len(squares):
            return squares
        outputs = self._run(self._rnet, cut(levels, squares, RNET_SIDE))
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
        offsets, points, probability = self._seen_by_onet(cut(levels, squares, ONET_SIDE))
        return moved(squares, offsets), placed(points, squares), probability

    def _look_both_ways(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> tuple[Boxes, Points, Scores]:
        """The means of O-Net's outputs for the squares and for their mirror images, mirrored back."""
        crops = cut(levels, squares, ONET_SIDE)
        offsets, points, probability = self._seen_by_onet(np.concatenate([crops, crops[:, :, ::-1]]))
        n = len(squares)
        # Mirrored, left and right swap, and x counts from the other side.
        offsets = (offsets[:n] + offsets[n:, [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], np.float32)) / np.float32(2)
        turned = points[n:, [1, 0, 2, 4, 3]] * np.array([-1, 1], np.float32) + np.array([1, 0], np.float32)
        points = (points[:n] + turned) / np.float32(2)
        return moved(squares, offsets), placed(points, squares), (probability[:n] + probability[n:]) / np.float32(2)

    def _seen_by_onet(self, crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], Points, Scores]:
        outputs = self._run(self._onet, crops)
        return outputs[:, :4], outputs[:, 4:14].reshape(-1, 5, 2), outputs[:, 14]

    def _run(self, net: Runner, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """A network's outputs `[n, k]` for crops `[n, side, side, 3]`."""
        outputs = []
        for start in range(0, len(crops), STRIPS[-1]):
            part = crops[start : start + STRIPS[-1]]
            length = next(length for length in STRIPS if length >= len(part))
            side = part.shape[1]
            strip = np.zeros((side, length, side, 3), np.uint8)
            strip[:, : len(part)] = part.transpose(1, 0, 2, 3)
            outputs.append(net(blob(strip.reshape(side, length * side, 3)))[0, : len(part)])
        return np.concatenate(outputs)


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
    for shelf in shelves(sorted(pieces, key=lambda piece: (-piece.height, -piece.width))):
        needed = max(piece.y + piece.height for piece in shelf)
        canvas = np.full((next(h for h in CANVAS_HEIGHTS if h >= needed), CANVAS, 3), 127, np.uint8)
        for p in shelf:
            part = pictures[p.level][p.top : p.top + p.height, p.left : p.left + p.width]
            canvas[p.y : p.y + p.height, p.x : p.x + p.width] = part
        yield canvas, shelf


def pieces_of(level: int, picture: NDArray[np.uint8]) -> Iterator[Piece]:
    """The pieces of one level, each at most as large as a canvas, without flat ones."""
    height, width = picture.shape[:2]
    overlap = PNET_CELL - PNET_STRIDE
    for top in range(0, max(1, height - overlap), CANVAS - overlap):
        for left in range(0, max(1, width - overlap), CANVAS - overlap):
            right, bottom = min(left + CANVAS, width), min(top + CANVAS, height)
            if has_contrast(picture[top:bottom, left:right]):
                yield Piece(level, left, top, right - left, bottom - top)


def has_contrast(picture: NDArray[np.uint8]) -> bool:
    """Whether green changes by `LEAST_CONTRAST` levels or more within about one P-Net square."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture[..., 1], (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    return bool(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max() >= LEAST_CONTRAST)


def shelves(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Arrange pieces (tallest first) in rows on canvases; yields each canvas's pieces."""
    canvas: list[Piece] = []
    x = top = bottom = 0
    for piece in pieces:
        if x + piece.width > CANVAS:
            x, top = 0, bottom
        if top + piece.height > CANVAS:
            yield canvas
            canvas, x, top, bottom = [], 0, 0, 0
        canvas.append(replace(piece, x=x, y=top))
        x += piece.width + piece.width % PNET_STRIDE
        bottom = max(bottom, top + piece.height + piece.height % PNET_STRIDE)
    if canvas:
        yield canvas


def smallest_over(levels: list[NDArray[np.uint8]], width: int, height: int) -> NDArray[np.uint8]:
    """The smallest of a picture's halvings that is at least `width` by `height`."""
    large = [level for level in levels if level.shape[1] >= width and level.shape[0] >= height]
    return large[-1] if large else levels[0]


def pyramid(width: int, height: int, min_face_px: float, factor: float = 0.709) -> list[tuple[int, int]]:
    """The sizes (width, height) at which P-Net runs, largest first: there the smallest faces fill its cell.

    A face's box is about 1.25 times as high as wide, and must fit into the cell.
    """
    scale = min(1.0, PNET_CELL / (1.2 * min_face_px))
    sizes = []
    while min(width, height) * scale >= PNET_CELL:
        sizes.append((math.ceil(width * scale), math.ceil(height * scale)))
        scale *= factor
    return sizes


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
        height, width = levels[-1].shape[:2]
        levels.append(shrunk(levels[-1], width // 2, height // 2))
    return levels


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
    height, width = levels[0].shape[:2]
    crops = np.empty((len(squares), side, side, 3), np.uint8)
    for crop, (left, top, right, bottom) in zip(crops, squares.astype(np.float64), strict=True):
        shrink = (right - left) / side
        depth = min(max(int(math.log2(max(shrink, 1e-6))), 0), len(levels) - 1)
        level = levels[depth]
        x_scale, y_scale = level.shape[1] / width, level.shape[0] / height
        a, d = shrink * x_scale, (bottom - top) / side * y_scale
        # From a crop's pixel to the level's, centre to centre.
        matrix = np.array([[a, 0, left * x_scale + a / 2 - 0.5], [0, d, top * y_scale + d / 2 - 0.5]])
        cv2.warpAffine(
            level, matrix, (side, side), crop, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_CONSTANT, (127,) * 3
        )
    return crops
