"""MTCNN, the default face detector: three small networks, each looking closer at what the one before it let through.

Paper: Zhang, Zhang, Li and Qiao, "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks",
2016 (arXiv 1604.02878). The weights are the ones in PyPI's `mtcnn` 1.0.0 (MIT), read as plain arrays: neither that
package nor TensorFlow is imported.
"""

import hashlib
import importlib.util
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.engines.base import Engine, Runner
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.detect import Detection, Detector, shrunk, suppress
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, Model

Boxes = NDArray[np.float32]  # [n, 4] left, top, right, bottom
Points = NDArray[np.float32]  # [n, 5, 2] five landmarks, x before y
Scores = NDArray[np.float32]  # [n], 0 to 1

NAME = "mtcnn"

# The files are pickles, which can run anything when they are read: only these exact bytes are opened.
WEIGHTS_SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}

PNET_CELL = 12  # the square of pixels that one output of P-Net has seen
PNET_STRIDE = 2
RNET_SIDE = 24
ONET_SIDE = 48

CANVAS = 512  # pixels; P-Net sees a photo's sizes packed into pictures of this width
CANVAS_HEIGHTS = (128, 256, 384, 512)
STRIPS = (4, 16, 64, 256)  # crops in a strip, for R-Net and O-Net
LEAST_CONTRAST = 8  # levels


class PNet(nn.Module):
    """The proposal network: every 12-pixel square of a picture, two pixels apart, face or not."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 10, 3)
        self.prelu1 = nn.PReLU(10)
        self.conv2 = nn.Conv2d(10, 16, 3)
        self.prelu2 = nn.PReLU(16)
        self.conv3 = nn.Conv2d(16, 32, 3)
        self.prelu3 = nn.PReLU(32)
        self.box = nn.Conv2d(32, 4, 1)
        self.face = nn.Conv2d(32, 2, 1)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Offsets and face probabilities of every square.

        Args:
            pictures: `[batch, 3, height, width]` RGB, (value - 127.5) / 128; 12 pixels or more each way.

        Returns:
            `[batch, 4, rows, columns]` left, top, right, bottom offsets in parts of the square's side, and
            `[batch, rows, columns]` probabilities.
        """
        x = self.prelu1(self.conv1(pictures))  # [batch, 10, height - 2, width - 2]
        x = nn.functional.max_pool2d(x, 2, 2, ceil_mode=True)
        x = self.prelu2(self.conv2(x))
        x = self.prelu3(self.conv3(x))  # [batch, 32, rows, columns]
        return self.box(x), torch.softmax(self.face(x), 1)[:, 1]


class RNet(nn.Module):
    """The refinement network: a 24-pixel crop, face or not."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 28, 3)
        self.prelu1 = nn.PReLU(28)
        self.conv2 = nn.Conv2d(28, 48, 3)
        self.prelu2 = nn.PReLU(48)
        self.conv3 = nn.Conv2d(48, 64, 2)
        self.prelu3 = nn.PReLU(64)
        self.dense = nn.Linear(64 * 3 * 3, 128)
        self.prelu4 = nn.PReLU(128)
        self.box = nn.Linear(128, 4)
        self.face = nn.Linear(128, 2)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """What is in `[batch, 3, 24, 24]` crops.

        Returns:
            `[batch, 4]` offsets of the box in parts of the crop's side, and `[batch]` probabilities.
        """
        x = self.prelu1(self.conv1(crops))
        x = nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)  # [batch, 28, 11, 11]
        x = self.prelu2(self.conv2(x))
        x = nn.functional.max_pool2d(x, 3, 2)  # [batch, 48, 4, 4]
        x = self.prelu3(self.conv3(x))  # [batch, 64, 3, 3]
        x = self.prelu4(self.dense(x.flatten(1)))
        return self.box(x), torch.softmax(self.face(x), 1)[:, 1]


class ONet(nn.Module):
    """The output network: a 48-pixel crop, face or not, and where its five landmarks are."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3)
        self.prelu1 = nn.PReLU(32)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.prelu2 = nn.PReLU(64)
        self.conv3 = nn.Conv2d(64, 64, 3)
        self.prelu3 = nn.PReLU(64)
        self.conv4 = nn.Conv2d(64, 128, 2)
        self.prelu4 = nn.PReLU(128)
        self.dense = nn.Linear(128 * 3 * 3, 256)
        self.prelu5 = nn.PReLU(256)
        self.box = nn.Linear(256, 4)
        self.landmarks = nn.Linear(256, 10)
        self.face = nn.Linear(256, 2)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What is in `[batch, 3, 48, 48]` crops.

        Returns:
            `[batch, 4]` offsets of the box, `[batch, 5, 2]` landmarks x and y from the crop's top left corner, both in
            parts of the crop's side, and `[batch]` probabilities.
        """
        x = self.prelu1(self.conv1(crops))
        x = nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)  # [batch, 32, 23, 23]
        x = self.prelu2(self.conv2(x))
        x = nn.functional.max_pool2d(x, 3, 2)  # [batch, 64, 10, 10]
        x = self.prelu3(self.conv3(x))
        x = nn.functional.max_pool2d(x, 2, 2, ceil_mode=True)  # [batch, 64, 4, 4]
        x = self.prelu4(self.conv4(x))  # [batch, 128, 3, 3]
        x = self.prelu5(self.dense(x.flatten(1)))
        # The network gives five x, then five y.
        points = self.landmarks(x).unflatten(1, (2, 5)).transpose(1, 2)
        return self.box(x), points, torch.softmax(self.face(x), 1)[:, 1]


def weights_folder() -> Path:
    """Where the package `mtcnn` keeps its weights; looks it up without importing it.

    Raises:
        ModelNotInstalled: The package is not installed.
    """
    spec = importlib.util.find_spec("mtcnn")
    if spec is None or spec.origin is None:
        raise ModelNotInstalled(model=NAME)
    return Path(spec.origin).parent / "assets" / "weights"


def load_arrays(name: str, folder: Path | None = None) -> list[NDArray[np.float32]]:
    """The arrays of one network, in the order in which Keras keeps them.

    Args:
        name: `pnet`, `rnet` or `onet`.
        folder: Where the files are; None is the installed package's own.

    Raises:
        ModelNotInstalled: The file, or what reads it, is not on this machine.
        ModelBroken: The file is not the one whose hash is pinned.
    """
    try:
        content = ((folder or weights_folder()) / f"{name}.lz4").read_bytes()
    except FileNotFoundError as error:
        raise ModelNotInstalled(model=NAME) from error
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256[name]:
        raise ModelBroken(model=NAME, reason=f"{name}.lz4 is not the file it should be")
    try:
        import joblib
        import lz4.frame  # noqa: F401  # joblib asks for it by itself, and complains less clearly
    except ImportError as error:
        raise ModelNotInstalled(model=NAME) from error
    # From the bytes that were hashed, not from the path, which could hold something else by now.
    arrays: list[NDArray[np.float32]] = joblib.load(io.BytesIO(content))
    return arrays


def torch_state(net: nn.Module, arrays: list[NDArray[np.float32]]) -> dict[str, Tensor]:
    """`net`'s state dictionary from Keras' arrays, layer by layer.

    A convolution's kernel is height, width, in, out there, and a slope has two axes of one. The first dense layer reads
    its input column by column, channels last: its rows are put in torch's order, channels first and row by row.
    """
    state: dict[str, Tensor] = {}
    left = iter(arrays)
    for name, layer in net.named_children():
        weight = next(left)
        if isinstance(layer, nn.Conv2d):
            weight = weight.transpose(3, 2, 0, 1)
        elif isinstance(layer, nn.Linear) and name == "dense":
            outputs = weight.shape[1]
            weight = weight.reshape(3, 3, -1, outputs).transpose(3, 2, 1, 0).reshape(outputs, -1)
        elif isinstance(layer, nn.Linear):
            weight = weight.T
        else:
            weight = weight.reshape(-1)
        state[f"{name}.weight"] = torch.from_numpy(np.ascontiguousarray(weight))
        if not isinstance(layer, nn.PReLU):
            state[f"{name}.bias"] = torch.from_numpy(next(left))
    return state


def load_nets(folder: Path | None = None) -> tuple[PNet, RNet, ONet]:
    """The three trained networks, ready to evaluate; errors as `load_arrays`."""
    nets = PNet(), RNet(), ONet()
    for net, name in zip(nets, WEIGHTS_SHA256, strict=True):
        net.load_state_dict(torch_state(net, load_arrays(name, folder)), strict=True)
        net.eval().requires_grad_(False)
    return nets


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What passes each stage; the defaults are measured.

    Attributes:
        pnet: P-Net's probability, 0 to 1.
        rnet: R-Net's.
        onet: O-Net's at its first look.
        doubt: How far below 1 the second looks' mean may be for a face of `sure_px` or more. It is less for a smaller
            one, in proportion: there are many more places where a small face could be, and fewer pixels to tell it from
            a knot in wood.
        sure_px: See `doubt`; pixels of the box's shorter side.
        within_scale: The overlap (over the union) above which one of two squares goes, among those of one size.
        across_scales: The same among all sizes, and after R-Net and O-Net's first look.
        final: The overlap (over the smaller box) above which one of two faces goes.
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
    """A part of one size of a photo, and where it lies on a canvas.

    Attributes:
        level: the size's number in the pyramid.
        left, top: where the piece begins in that size, pixels, even.
        width, height: of the piece, pixels.
        x, y: where it lies on the canvas, pixels, even.
    """

    level: int
    left: int
    top: int
    width: int
    height: int
    x: int = 0
    y: int = 0


class ProposalMap(nn.Module):
    """P-Net with one output, as an engine's runner gives it."""

    def __init__(self, network: PNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """`[1, 3, height, width]` to `[1, 5, rows, columns]`: four offsets and the probability."""
        offsets, probability = self.network(pictures)
        return torch.cat([offsets, probability[:, None]], 1)


class CropStrip(nn.Module):
    """R-Net or O-Net for many crops in one call, as an engine takes them: side by side in one picture.

    Engines run a network that takes any size with a batch of one. So the crops lie in one strip, which is cut into a
    batch inside the network.
    """

    def __init__(self, network: RNet | ONet, side: int) -> None:
        super().__init__()
        self.network = network
        self.side = side

    def forward(self, strip: Tensor) -> Tensor:
        """`[1, 3, side, n * side]` to `[1, n, k]`: the network's outputs of each crop, one after the other."""
        crops = strip.reshape(3, self.side, -1, self.side).permute(2, 0, 1, 3)
        outputs = self.network(crops)
        return torch.cat([*(x.flatten(1) for x in outputs[:-1]), outputs[-1][:, None]], 1)[None]


class Mtcnn:
    """A `MultiscaleDetector`: P-Net proposes squares at many sizes, R-Net and O-Net drop most and correct the others.

    O-Net looks twice, the second time at the box that it corrected the first time, and at its mirror image: a face
    stays a face, while a knob or a fold that looked like one in a chance crop mostly does not. Box and landmarks gain
    too.

    All sizes of a photo are packed into pictures of a few fixed shapes, and all crops into strips of a few fixed
    lengths: an engine prepares a network anew for each shape, which takes longer than to run it.

    Attributes:
        sure_score: faces that stand upright nearly always score more, hits on something else nearly always less.
    """

    sure_score: Final = 0.97

    def __init__(
        self,
        nets: tuple[PNet, RNet, ONet],
        engine: Engine | None = None,
        thresholds: Thresholds = Thresholds(),
        max_proposals: int = 1200,
    ) -> None:
        """
        Args:
            nets: what `load_nets` gives.
            engine: what runs them; None: torch on the CPU.
            thresholds: what passes each stage.
            max_proposals: how many squares R-Net looks at in one photo, the likeliest first.
        """
        pnet, rnet, onet = nets
        engine = engine or TorchEngine("cpu")
        canvas = torch.zeros(1, 3, 64, 64)
        small, large = (torch.zeros(1, 3, side, 4 * side) for side in (RNET_SIDE, ONET_SIDE))
        self._pnet = engine.compile(ProposalMap(pnet), (canvas,), "mtcnn-pnet", any_size=True)
        self._rnet = engine.compile(CropStrip(rnet, RNET_SIDE), (small,), "mtcnn-rnet", any_size=True)
        self._onet = engine.compile(CropStrip(onet, ONET_SIDE), (large,), "mtcnn-onet", any_size=True)
        self._thresholds = thresholds
        self._max_proposals = max_proposals

    def find_at_all_sizes(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """See `MultiscaleDetector`."""
        return self(pixels, min_face_px)

    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """The faces in `pixels` (`[height, width, 3]` RGB) whose box is at least `min_face_px` short, likeliest first.

        P-Net's cell sets the lower end: under 12 px nothing is found, whatever is asked for.
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
        found: list[NDArray[np.float32]] = []  # each [n, 6]: a box, its probability and its size's number
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
        """What P-Net proposes on a canvas, `[n, 6]` in the photo's pixels."""
        *offsets, probability = self._pnet(blob(canvas))[0]
        owner = np.full(probability.shape, -1, np.int16)
        for number, piece in enumerate(pieces):
            # A square may not reach over the piece's edge: beyond lies another piece.
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
        # Up to here a pixel reached from one whole number to the next; a `Detection` has its centre at a whole number.
        return [Detection(boxes[i] - 0.5, points[i] - 0.5, float(probability[i])) for i in likely]

    def _look(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> tuple[Boxes, Points, Scores]:
        """O-Net's boxes, landmarks and probabilities."""
        offsets, points, probability = self._seen_by_onet(cut(levels, squares, ONET_SIDE))
        return moved(squares, offsets), placed(points, squares), probability

    def _look_both_ways(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> tuple[Boxes, Points, Scores]:
        """The means of what O-Net finds in the squares and in their mirror images, turned back."""
        crops = cut(levels, squares, ONET_SIDE)
        offsets, points, probability = self._seen_by_onet(np.concatenate([crops, crops[:, :, ::-1]]))
        n = len(squares)
        # Mirrored, left and right change places, and an x counts from the other side.
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
    """`[height, width, 3]` of 0 to 255 as `[1, 3, height, width]` of about -1 to 1."""
    return np.asarray(cv2.dnn.blobFromImage(picture, 1 / 128, mean=(127.5, 127.5, 127.5)), np.float32)


def packed(pictures: list[NDArray[np.uint8]]) -> Iterator[tuple[NDArray[np.uint8], list[Piece]]]:
    """The sizes of a photo in pieces, packed into canvases of `CANVAS` pixels' width and a few heights.

    Pieces of one size overlap by so much that every square of `PNET_CELL` lies in one whole. Pieces without any
    contrast, as of sky or of paper, are left out.

    Args:
        pictures: `[height, width, 3]` RGB, the largest first.
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
    """The pieces of one size of a photo, each at most a canvas large, without those that are flat."""
    height, width = picture.shape[:2]
    overlap = PNET_CELL - PNET_STRIDE
    for top in range(0, max(1, height - overlap), CANVAS - overlap):
        for left in range(0, max(1, width - overlap), CANVAS - overlap):
            right, bottom = min(left + CANVAS, width), min(top + CANVAS, height)
            if has_contrast(picture[top:bottom, left:right]):
                yield Piece(level, left, top, right - left, bottom - top)


def has_contrast(picture: NDArray[np.uint8]) -> bool:
    """Whether brightness changes by `LEAST_CONTRAST` levels or more anywhere within about a P-Net square."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture[..., 1], (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    return bool(cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max() >= LEAST_CONTRAST)


def shelves(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces, the highest first, laid out in rows on canvases; each canvas's pieces."""
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
    """The smallest of a picture's halvings that is not smaller than a size."""
    large = [level for level in levels if level.shape[1] >= width and level.shape[0] >= height]
    return large[-1] if large else levels[0]


def pyramid(width: int, height: int, min_face_px: float, factor: float = 0.709) -> list[tuple[int, int]]:
    """The sizes (width, height) at which P-Net sees a picture: first the one that fits the smallest faces to its cell.

    A face's box is about 1.25 times as high as it is wide, and the cell takes it whole.
    """
    scale = min(1.0, PNET_CELL / (1.2 * min_face_px))
    sizes = []
    while min(width, height) * scale >= PNET_CELL:
        sizes.append((math.ceil(width * scale), math.ceil(height * scale)))
        scale *= factor
    return sizes


def squared(boxes: Boxes) -> Boxes:
    """The boxes `[n, 4]` widened about their middles to squares of their longer sides."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half], 1)


def moved(boxes: Boxes, offsets: NDArray[np.float32]) -> Boxes:
    """The boxes `[n, 4]` moved by offsets `[n, 4]` in parts of their sides."""
    return boxes + offsets * np.tile(boxes[:, 2:] - boxes[:, :2], 2)


def placed(points: Points, squares: Boxes) -> Points:
    """Points in parts of squares `[n, 4]` as points in the picture."""
    return squares[:, None, :2] + points * (squares[:, None, 2:] - squares[:, None, :2])


def halvings(pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The picture, then halves of halves of it down to about O-Net's size."""
    levels = [pixels]
    while min(levels[-1].shape[:2]) >= 2 * ONET_SIDE:
        height, width = levels[-1].shape[:2]
        levels.append(shrunk(levels[-1], width // 2, height // 2))
    return levels


def cut(levels: list[NDArray[np.uint8]], squares: Boxes, side: int) -> NDArray[np.uint8]:
    """Cuts squares out of a picture, each scaled to one size.

    The corners are not rounded to pixels: half a pixel is much of a 12-pixel face. Each crop is cut from the halving
    that it shrinks least, to more than half, so that bilinear sampling skips no pixels and a large face costs no more
    than a small one.

    Args:
        levels: What `halvings` gives.
        squares: `[n, 4]` in pixels of the first level; they may reach over its border, which is mid-grey.
        side: The crops' side.

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


def _build(_: Path, context: BuildContext) -> Detector:
    return Mtcnn(load_nets(), context.engine)


MTCNN: Model[Detector] = Model(
    ModelFacts(
        name="mtcnn",
        title="MTCNN",
        kind=Kind.DETECTOR,
        licence="MIT",
        commercial=Commercial.YES,
        bundled=True,
        paper="Zhang et al., Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks, 2016",
        good_at="always there",
        work="by the faces",
        speed=Speed("600x600 pixels, one face", "torch, one thread", 0.08),
    ),
    _build,
)
