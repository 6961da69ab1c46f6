"""Small ONNX networks for tests."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FACES: tuple[str | int | None, ...] = ("n", 3, "h", "w")


def conv(seed: int = 5, strength: float = 0.02) -> onnx.ModelProto:
    """A face plus a seeded convolution of it: changes a little everywhere."""
    weights = np.random.default_rng(seed).normal(0, strength, (3, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["faces", "weights"], ["change"], pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["faces", "change"], ["restored"]),
    ]
    return network(nodes, numpy_helper.from_array(weights, "weights"))


def gains(red: float, green: float, blue: float) -> onnx.ModelProto:
    """Multiplies the three channels, in their order."""
    values = np.array([red, green, blue], np.float32).reshape(1, 3, 1, 1)
    return network(
        [helper.make_node("Mul", ["faces", "gains"], ["restored"])], numpy_helper.from_array(values, "gains")
    )


def hides_green(bias: float = 1) -> onnx.ModelProto:
    """An occlusion mask as XSeg's are laid out, `[n, h, w, 3]` in and `[n, h, w, 1]` out: what is green is hidden."""
    redness = np.array([[0], [-4], [4]], np.float32)  # its channels are blue, green, red
    return network(
        [
            helper.make_node("MatMul", ["faces", "redness"], ["difference"]),
            helper.make_node("Add", ["difference", "bias"], ["visible"]),
            helper.make_node("Clip", ["visible", "low", "high"], ["restored"]),
        ],
        numpy_helper.from_array(redness, "redness"),
        numpy_helper.from_array(np.array(bias, np.float32), "bias"),
        numpy_helper.from_array(np.array(0, np.float32), "low"),
        numpy_helper.from_array(np.array(1, np.float32), "high"),
        shape=("n", "h", "w", 3),
    )


def network(
    nodes: list[onnx.NodeProto],
    *weights: onnx.TensorProto,
    inputs: tuple[str, ...] = ("faces",),
    output: str = "restored",
    functions: tuple[onnx.FunctionProto, ...] = (),
    shape: tuple[str | int | None, ...] = FACES,
) -> onnx.ModelProto:
    """A model of these nodes: faces of that shape in and out."""
    graph = helper.make_graph(
        nodes,
        "restorer",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        initializer=list(weights),
    )
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(f.domain, 1) for f in functions)]
    return helper.make_model(graph, opset_imports=opsets, functions=list(functions), ir_version=9)


def written(model: onnx.ModelProto, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path
