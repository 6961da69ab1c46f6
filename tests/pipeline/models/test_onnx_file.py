"""What an ONNX file must not hold."""

import random
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from magicmemory.pipeline.models.onnx_file import OnnxError, check_onnx
from tests.support.onnx_networks import conv, network, written


def external(location: str) -> onnx.TensorProto:
    tensor = TensorProto(name="weights", data_type=TensorProto.FLOAT, dims=[1, 3, 1, 1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def test_a_network_of_standard_operators_is_accepted(tmp_path: Path) -> None:
    check_onnx(written(conv(), tmp_path / "good.onnx"))


def test_functions_of_the_file_itself_are_no_foreign_operators(tmp_path: Path) -> None:
    function = helper.make_function(
        "own", "Twice", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])], [helper.make_opsetid("", 17)]
    )
    nodes = [helper.make_node("Twice", ["faces"], ["restored"], domain="own")]
    check_onnx(written(network(nodes, functions=(function,)), tmp_path / "good.onnx"))


@pytest.mark.parametrize("location", ["weights.bin", "../../etc/passwd", "/etc/passwd", ""])
def test_weights_in_another_file_are_refused(tmp_path: Path, location: str) -> None:
    (tmp_path / "weights.bin").write_bytes(np.ones(3, np.float32).tobytes())
    nodes = [helper.make_node("Mul", ["faces", "weights"], ["restored"])]
    path = written(network(nodes, external(location)), tmp_path / "outside.onnx")
    with pytest.raises(OnnxError, match=r"^outside\.onnx keeps weights in other files"):
        check_onnx(path)


def within_a_branch(*nodes: onnx.NodeProto, weights: onnx.TensorProto | None = None) -> onnx.ModelProto:
    """The nodes in both branches of an `If`."""
    branch = helper.make_graph(
        list(nodes), "branch", [], [helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)]
    )
    if weights is not None:
        branch.initializer.append(weights)
    choice = helper.make_node("If", ["sure"], ["restored"], then_branch=branch, else_branch=branch)
    return network([choice], numpy_helper.from_array(np.array(True), "sure"))


def test_foreign_operators_are_found_in_branches_constants_and_functions(tmp_path: Path) -> None:
    hidden = within_a_branch(helper.make_node("Add", ["faces", "weights"], ["inner"]), weights=external("w.bin"))
    constant = network([helper.make_node("Constant", [], ["restored"], value=external("w.bin"))])
    for number, model in enumerate((hidden, constant)):
        with pytest.raises(OnnxError, match="keeps weights in other files"):
            check_onnx(written(model, tmp_path / f"{number}.onnx"))
    evil = helper.make_node("Run", ["faces"], ["inner"], domain="evil")
    body = [helper.make_node("Run", ["x"], ["y"], domain="evil")]
    function = helper.make_function("own", "Calls", ["x"], ["y"], body, [helper.make_opsetid("evil", 1)])
    calls = network([helper.make_node("Calls", ["faces"], ["restored"], domain="own")], functions=(function,))
    for number, model in enumerate((within_a_branch(evil), calls)):
        with pytest.raises(OnnxError, match=r"needs operators that are not ONNX's own: evil\.Run\."):
            check_onnx(written(model, tmp_path / f"{number}.onnx"))


@pytest.mark.parametrize("content", [b"", b"nonsense" * 100, b"PK\x03\x04" + b"\0" * 100, b"\x80\x02\x8a\nl"])
def test_file_without_a_network_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.onnx").write_bytes(content)
    with pytest.raises(OnnxError, match=r"^odd\.onnx (is not an ONNX file|holds no network)"):
        check_onnx(tmp_path / "odd.onnx")


def test_a_broken_file_raises_nothing_else(tmp_path: Path) -> None:
    whole, random_ = conv().SerializeToString(), random.Random(7)
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(random_.randrange(1, 6)):
            content[random_.randrange(len(content))] = random_.randrange(256)
        path = tmp_path / "broken.onnx"
        path.write_bytes(bytes(content[: random_.randrange(len(content)) or None]))
        with suppress(OnnxError):
            check_onnx(path)


def test_deep_nesting_is_an_error_like_another(tmp_path: Path) -> None:
    def field(number: int, content: bytes) -> bytes:
        low, high = len(content) & 127 | 128, len(content) >> 7
        return bytes([number << 3 | 2, low, high]) + content

    graph = b""
    for _ in range(200):  # a graph's node (1), its attribute (5), that one's graph (6)
        graph = field(1, field(5, field(6, graph)))
    (tmp_path / "deep.onnx").write_bytes(field(7, graph))
    with pytest.raises(OnnxError, match="not an ONNX file"):
        check_onnx(tmp_path / "deep.onnx")
