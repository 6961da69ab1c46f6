"""MTCNN, the default face detector: three small networks, each looking closer at what the one before it let through.

Paper: Zhang, Zhang, Li and Qiao, "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks",
2016 (arXiv 1604.02878). The weights are the ones in PyPI's `mtcnn` 1.0.0 (MIT), read as plain arrays: neither that
package nor TensorFlow is imported.
"""

import hashlib
import importlib.util
import io
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
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


class Mtcnn:
    """A `Detector`: P-Net proposes squares at many sizes, R-Net and then O-Net drop most and correct the others.

    O-Net looks twice, the second time at the box that it corrected the first time, and at its mirror image: a face
    stays a face, while a knob or a fold that looked like one in a chance crop mostly does not. Box and landmarks gain
    too.

    Args:
        nets: What `load_nets` gives.
        device: Where they run.
        thresholds: What passes each stage.
        max_proposals: How many squares R-Net looks at in one picture, the likeliest first.
    """

    def __init__(
        self,
        nets: tuple[PNet, RNet, ONet],
        device: torch.device | str = "cpu",
        thresholds: Thresholds = Thresholds(),
        max_proposals: int = 800,
    ) -> None:
        self._pnet, self._rnet, self._onet = (net.to(device) for net in nets)
        self._device = torch.device(device)
        self._thresholds = thresholds
        self._max_proposals = max_proposals

    @torch.inference_mode()
    def __call__(self, pixels: NDArray[np.uint8], min_face_px: float) -> list[Detection]:
        """The faces in `pixels` (`[height, width, 3]` RGB) whose box is at least `min_face_px` short, likeliest first.

        P-Net's cell sets the lower end: under 12 px nothing is found, whatever is asked for.
        """
        pixels = np.ascontiguousarray(pixels)
        proposals = self._propose(pixels, min_face_px)
        levels = halvings(pixels)
        squares = self._refine(levels, proposals)
        return [face for face in self._output(levels, squares) if face.short_side >= min_face_px]

    def _propose(self, pixels: NDArray[np.uint8], min_face_px: float) -> Boxes:
        height, width = pixels.shape[:2]
        found: list[NDArray[np.float32]] = []  # each [n, 5]: a box and its probability
        for level_width, level_height in pyramid(width, height, min_face_px):
            level = shrunk(pixels, level_width, level_height)
            offsets, probability = self._pnet(self._tensor(level[None]))
            rows, columns = torch.nonzero(probability[0] > self._thresholds.pnet, as_tuple=True)
            corner = torch.stack([columns, rows, columns, rows], 1) * PNET_STRIDE
            boxes = corner + torch.tensor([0, 0, PNET_CELL, PNET_CELL], device=self._device)
            boxes = boxes + offsets[0, :, rows, columns].T * PNET_CELL
            boxes = boxes * boxes.new_tensor([width / level_width, height / level_height] * 2)
            scored = torch.cat([boxes, probability[0, rows, columns, None]], 1).cpu().numpy()
            keep = suppress(scored[:, :4], scored[:, 4], self._thresholds.within_scale, self._max_proposals)
            found.append(scored[keep])
        if not found:
            return np.zeros((0, 4), np.float32)
        scored = np.concatenate(found)
        keep = suppress(scored[:, :4], scored[:, 4], self._thresholds.across_scales, self._max_proposals)
        return squared(scored[keep, :4])

    def _refine(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> Boxes:
        if not len(squares):
            return squares
        offsets, probability = self._run(self._rnet, cut(levels, squares, RNET_SIDE))
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
        offsets, points, probability = self._run(self._onet, cut(levels, squares, ONET_SIDE))
        return moved(squares, offsets), placed(points, squares), probability

    def _look_both_ways(self, levels: list[NDArray[np.uint8]], squares: Boxes) -> tuple[Boxes, Points, Scores]:
        """The means of what O-Net finds in the squares and in their mirror images, turned back."""
        crops = cut(levels, squares, ONET_SIDE)
        offsets, points, probability = self._run(self._onet, np.concatenate([crops, crops[:, :, ::-1]]))
        n = len(squares)
        # Mirrored, left and right change places, and an x counts from the other side.
        offsets = (offsets[:n] + offsets[n:, [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], np.float32)) / np.float32(2)
        turned = points[n:, [1, 0, 2, 4, 3]] * np.array([-1, 1], np.float32) + np.array([1, 0], np.float32)
        points = (points[:n] + turned) / np.float32(2)
        return moved(squares, offsets), placed(points, squares), (probability[:n] + probability[n:]) / np.float32(2)

    def _run(self, net: nn.Module, crops: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        return [output.cpu().numpy() for output in net(self._tensor(crops))]

    def _tensor(self, pictures: NDArray[np.uint8]) -> Tensor:
        """`[batch, height, width, 3]` of 0 to 255 as `[batch, 3, height, width]` of about -1 to 1."""
        tensor = torch.from_numpy(np.ascontiguousarray(pictures)).to(self._device)
        return (tensor.permute(0, 3, 1, 2).float() - 127.5) / 128


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
    return Mtcnn(load_nets(), context.engine.device)


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
