"""The rule that gives a network its seeded weights and its input, the same in every program, without shipping either.

It needs NumPy alone. Each tensor's values depend on its own name, its shape and the seed, never on the order of layers,
so that two programs that share only the names of a checkpoint make the same checkpoint. PCG64's raw stream is stable
across NumPy's versions (NEP 19), unlike the distributions on top of it, so the values are built from raw integers.
"""

import hashlib
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Shape = tuple[int, ...]


def uniform(name: str, shape: Shape, low: float = 0.0, high: float = 1.0) -> Floats:
    """Values in [low, high), decided by `name` and `shape` alone."""
    count = math.prod(shape)
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    raw = np.random.PCG64(seed).random_raw((count + 1) // 2).astype("<u8").view("<u4")[:count]
    # 24 bits are what a float32 holds exactly.
    unit = (raw >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)
    return (unit * np.float32(high - low) + np.float32(low)).reshape(shape)


def spread(name: str, shape: Shape, deviation: float, mean: float = 0.0) -> Floats:
    """Values of the given mean and standard deviation (uniform, which is as good here as normal)."""
    reach = math.sqrt(3.0) * deviation
    return uniform(name, shape, mean - reach, mean + reach)


def state(shapes: Mapping[str, Shape], seed: str) -> dict[str, NDArray[np.generic]]:
    """A checkpoint's values for these names and shapes.

    Weights are scaled by their fan-in so that signals keep their size; running statistics, noise strengths and slopes
    are non-degenerate, so that a layer that is left out or swapped shows.
    """
    return {name: _values(name, shape, shapes, seed) for name, shape in shapes.items()}


def _values(name: str, shape: Shape, shapes: Mapping[str, Shape], seed: str) -> NDArray[np.generic]:
    key = f"{seed}/{name}"
    parent, _, leaf = name.rpartition(".")
    if leaf == "num_batches_tracked":
        return np.full(shape, 1, dtype=np.int64)
    if leaf == "running_var":
        return uniform(key, shape, 0.6, 1.4)
    if leaf.startswith("noise"):  # a stored noise image
        return spread(key, shape, 1.0)
    if name.endswith("modulation.bias"):  # styles act around one
        return spread(key, shape, 0.2, mean=1.0)
    if leaf == "running_mean" or leaf.endswith("bias"):
        return spread(key, shape, 0.1)
    if len(shape) == 1:
        siblings = shapes.get(f"{parent}.bias")
        if siblings == shape:  # a normalisation's gain
            return uniform(key, shape, 0.7, 1.3)
        return uniform(key, shape, 0.1, 0.4)  # a noise strength, or a leaky slope
    if parent.endswith(("embedding", "constant_input")):  # values themselves, not a map of something
        return spread(key, shape, 1.0)
    if leaf == "position_emb":  # strong, else the layers of attention make all tokens alike
        return spread(key, shape, 3.0)
    fan_in = math.prod(shape[-3:]) if len(shape) >= 4 else shape[-1]
    return spread(key, shape, 1.0 / math.sqrt(fan_in))


def picture(name: str, shape: Shape, low: float, high: float) -> Floats:
    """A picture-like input [batch, channels, height, width]: large patches, finer ones and a little noise."""
    batch, channels, height, width = shape
    layers = []
    for cell, share in ((64, 0.5), (8, 0.3), (1, 0.2)):
        rows, columns = -(-height // cell), -(-width // cell)
        block = uniform(f"{name}/{cell}", (batch, channels, rows, columns), low, high) * np.float32(share)
        layers.append(block.repeat(cell, axis=2).repeat(cell, axis=3)[:, :, :height, :width])
    return np.ascontiguousarray(layers[0] + layers[1] + layers[2])


def places(name: str, count: int, size: int) -> NDArray[np.int64]:
    """`count` flat indices, spread over an output of `size` values."""
    return (uniform(f"{name}/places", (count,)).astype(np.float64) * size).astype(np.int64)


# What each network is shown: shape [batch, channels, height, width], lowest and highest value. Sizes are the real ones
# where a network takes no other, smaller or odd ones where it takes any.
INPUTS: dict[str, tuple[Shape, float, float]] = {
    "gfpgan": ((1, 3, 512, 512), -1.0, 1.0),
    "restoreformer": ((1, 3, 128, 128), -1.0, 1.0),
    "restoreformer_plus": ((1, 3, 128, 128), -1.0, 1.0),
    "codeformer": ((1, 3, 512, 512), -1.0, 1.0),
    "elir": ((1, 3, 256, 256), -1.0, 1.0),
    "vqfr_v1": ((1, 3, 128, 128), -1.0, 1.0),
    "vqfr_v2": ((1, 3, 128, 128), -1.0, 1.0),
    "retinaface_resnet50": ((1, 3, 150, 202), -123.0, 151.0),
    "retinaface_mobile025": ((1, 3, 150, 202), -123.0, 151.0),
    "parsenet": ((1, 3, 128, 128), -1.0, 1.0),
    "realesrgan_x4plus": ((1, 3, 30, 42), 0.0, 1.0),
    "realesrgan_x2plus": ((1, 3, 60, 44), 0.0, 1.0),
    "realesr_general_x4v3": ((1, 3, 30, 42), 0.0, 1.0),
    "arcface": ((2, 3, 112, 112), -1.0, 1.0),
    "arcface_resnet18": ((2, 1, 128, 128), -1.0, 1.0),
}

# What the networks that have a fidelity are asked for.
FIDELITIES: dict[str, tuple[float, ...]] = {"codeformer": (0.7,), "vqfr_v2": (0.0, 0.7)}


def network_input(name: str) -> Floats:
    """The picture-like input of one network."""
    shape, low, high = INPUTS[name]
    return picture(name, shape, low, high)


def deformable_input() -> dict[str, Floats]:
    """Arguments of one modulated deformable convolution: 2 samples, 16 to 24 channels in 4 offset groups, 3x3 taps.

    Offsets reach 4 pixels, so many taps fall outside of the picture or between its edge and the first pixel beyond.
    """
    return {
        "features": spread("deform/features", (2, 16, 37, 29), 1.0),
        "offset": spread("deform/offset", (2, 72, 37, 29), 2.5),
        "mask": uniform("deform/mask", (2, 36, 37, 29)),
        "weight": spread("deform/weight", (24, 16, 3, 3), 1.0 / 12.0),
        "bias": spread("deform/bias", (24,), 0.1),
    }
