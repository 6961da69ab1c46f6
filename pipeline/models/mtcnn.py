"""MTCNN, the default face detector: three small networks, each of which checks what the one before it found.

Paper: Zhang, Zhang, Li and Qiao, "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks",
2016 (arXiv 1604.02878). The weights are those of PyPI's `mtcnn` 1.0.0 (MIT), read as plain arrays: neither that package
nor TensorFlow is imported. `faces/mtcnn_detector.py` runs the networks over a photo.
"""

import hashlib
import importlib.util
import io
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from magicmemory.core.errors import ModelBroken, ModelNotInstalled
from magicmemory.pipeline.engines.base import Engine, available_cores
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.detect import Detector
from magicmemory.pipeline.faces.mtcnn_detector import ONET_SIDE, RNET_SIDE, MtcnnDetector
from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts, Speed
from magicmemory.pipeline.models.model import BuildContext, Model

NAME = "mtcnn"
_MOST_THREADS = 8  # bounds the memory

# The files are pickles, which can run code when they are read, so only these exact bytes are opened.
WEIGHTS_SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}


class PNet(nn.Module):
    """The proposal network: scores every 12-pixel square of a picture, in steps of two pixels."""

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
        """The offsets and face probability of every square.

        Args:
            pictures: `[batch, 3, height, width]` RGB, (value - 127.5) / 128; at least 12 pixels high and wide.

        Returns:
            `[batch, 4, rows, columns]` left, top, right, bottom offsets as fractions of the square's side, and
            `[batch, rows, columns]` probabilities.
        """
        x = self.features(pictures)
        return self.box(x), torch.softmax(self.face(x), 1)[:, 1]

    def features(self, pictures: Tensor) -> Tensor:
        """What both outputs are computed from, `[batch, 32, rows, columns]`."""
        x = self.prelu1(self.conv1(pictures))  # [batch, 10, height - 2, width - 2]
        x = nn.functional.max_pool2d(x, 2, 2, ceil_mode=True)
        x = self.prelu2(self.conv2(x))
        features: Tensor = self.prelu3(self.conv3(x))
        return features


class RNet(nn.Module):
    """The refinement network: scores a 24-pixel crop."""

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
        """The box and face probability of `[batch, 3, 24, 24]` crops.

        Returns:
            `[batch, 4]` offsets of the box as fractions of the crop's side, and `[batch]` probabilities.
        """
        x = self.prelu1(self.conv1(crops))
        x = nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)  # [batch, 28, 11, 11]
        x = self.prelu2(self.conv2(x))
        x = nn.functional.max_pool2d(x, 3, 2)  # [batch, 48, 4, 4]
        x = self.prelu3(self.conv3(x))  # [batch, 64, 3, 3]
        x = self.prelu4(self.dense(x.flatten(1)))
        return self.box(x), torch.softmax(self.face(x), 1)[:, 1]


class ONet(nn.Module):
    """The output network: scores a 48-pixel crop and finds its five landmarks."""

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
        """The box, landmarks and face probability of `[batch, 3, 48, 48]` crops.

        Returns:
            `[batch, 4]` offsets of the box, `[batch, 5, 2]` landmarks x and y from the crop's top left corner, both as
            fractions of the crop's side, and `[batch]` probabilities.
        """
        x = self.prelu1(self.conv1(crops))
        x = nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)  # [batch, 32, 23, 23]
        x = self.prelu2(self.conv2(x))
        x = nn.functional.max_pool2d(x, 3, 2)  # [batch, 64, 10, 10]
        x = self.prelu3(self.conv3(x))
        x = nn.functional.max_pool2d(x, 2, 2, ceil_mode=True)  # [batch, 64, 4, 4]
        x = self.prelu4(self.conv4(x))  # [batch, 128, 3, 3]
        x = self.prelu5(self.dense(x.flatten(1)))
        # The network returns five x, then five y.
        points = self.landmarks(x).unflatten(1, (2, 5)).transpose(1, 2)
        return self.box(x), points, torch.softmax(self.face(x), 1)[:, 1]


def weights_folder() -> Path:
    """The folder of the package `mtcnn`'s weights, found without importing the package.

    Raises:
        ModelNotInstalled: The package is not installed.
    """
    spec = importlib.util.find_spec("mtcnn")
    if spec is None or spec.origin is None:
        raise ModelNotInstalled(model=NAME)
    return Path(spec.origin).parent / "assets" / "weights"


def load_arrays(name: str, folder: Path | None = None) -> list[NDArray[np.float32]]:
    """The arrays of one network, in Keras' order.

    Args:
        name: `pnet`, `rnet` or `onet`.
        folder: the files' folder; None: the installed package's own.

    Raises:
        ModelNotInstalled: the file, or a package that reads it, is missing.
        ModelBroken: the file's hash is not the pinned one.
    """
    try:
        content = ((folder or weights_folder()) / f"{name}.lz4").read_bytes()
    except FileNotFoundError as error:
        raise ModelNotInstalled(model=NAME) from error
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256[name]:
        raise ModelBroken(model=NAME, reason=f"{name}.lz4 is not the file it should be")
    try:
        import joblib
        import lz4.frame  # noqa: F401  # joblib needs it, and its own error is less clear
    except ImportError as error:
        raise ModelNotInstalled(model=NAME) from error
    # Read the hashed bytes, not the path: the file could have changed since.
    arrays: list[NDArray[np.float32]] = joblib.load(io.BytesIO(content))
    return arrays


def torch_state(net: nn.Module, arrays: list[NDArray[np.float32]]) -> dict[str, Tensor]:
    """Convert Keras' arrays, layer by layer, to `net`'s state dictionary.

    Keras stores a convolution's kernel as height, width, in, out, and a slope with two extra axes of 1. The first dense
    layer reads its input column by column, channels last; torch reads row by row, channels first.
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
    """The three trained networks in evaluation mode. Raises the errors of `load_arrays`."""
    nets = PNet(), RNet(), ONet()
    for net, name in zip(nets, WEIGHTS_SHA256, strict=True):
        net.load_state_dict(torch_state(net, load_arrays(name, folder)), strict=True)
        net.eval().requires_grad_(False)
    return nets


class ProposalMap(nn.Module):
    """P-Net with a single output, as engines need it.

    One convolution gives the offsets and the difference of the two classes' values, whose sigmoid is the softmax.
    Three small layers and the copies between them cost a tenth of the network's time.
    """

    def __init__(self, network: PNet) -> None:
        super().__init__()
        self.network = network
        self.head = nn.Conv2d(32, 5, 1)
        box, face = network.box.state_dict(), network.face.state_dict()
        self.head.load_state_dict({key: torch.cat([box[key], face[key][1:] - face[key][:1]]) for key in box})

    def forward(self, pictures: Tensor) -> Tensor:
        """`[1, 3, height, width]` to `[1, 5, rows, columns]`: four offsets, then the log-odds of a face."""
        mapped: Tensor = self.head(self.network.features(pictures))
        return mapped


class CropStrip(nn.Module):
    """R-Net or O-Net for many crops in one call, side by side in one picture.

    Engines run networks of variable size with a batch of one. So the crops form one strip, which the network cuts into
    a batch.
    """

    def __init__(self, network: RNet | ONet, side: int) -> None:
        super().__init__()
        self.network = network
        self.side = side

    def forward(self, strip: Tensor) -> Tensor:
        """`[1, 3, side, n * side]` to `[1, n, k]`: the network's outputs for each crop, concatenated."""
        crops = strip.reshape(3, self.side, -1, self.side).permute(2, 0, 1, 3)
        outputs = self.network(crops)
        return torch.cat([*(x.flatten(1) for x in outputs[:-1]), outputs[-1][:, None]], 1)[None]


def detector(nets: tuple[PNet, RNet, ONet], engine: Engine | None = None) -> MtcnnDetector:
    """The detector that runs these networks.

    Args:
        nets: from `load_nets`.
        engine: runs the networks; None: torch on the CPU.
    """
    pnet, rnet, onet = nets
    engine = engine or TorchEngine("cpu")
    canvas = torch.zeros(1, 3, 64, 64)
    small, large = (torch.zeros(1, 3, side, 4 * side) for side in (RNET_SIDE, ONET_SIDE))
    # O-Net gives the result, so it stays in full precision.
    compiled = partial(engine.compile, any_size=True, many_calls=True)
    return MtcnnDetector(
        compiled(ProposalMap(pnet), (canvas,), "mtcnn-pnet", supports_half=True),
        compiled(CropStrip(rnet, RNET_SIDE), (small,), "mtcnn-rnet", supports_half=True),
        compiled(CropStrip(onet, ONET_SIDE), (large,), "mtcnn-onet"),
        # A GPU runs one call after the other anyway.
        threads=min(available_cores(), _MOST_THREADS) if engine.device == "cpu" else 1,
    )


def _build(_: Path, context: BuildContext) -> Detector:
    return detector(load_nets(), context.engine)


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
