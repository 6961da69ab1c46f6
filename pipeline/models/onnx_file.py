"""Checks an ONNX file before anything runs it: one file, standard operators, one picture in and one out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import onnx
from google.protobuf.message import DecodeError, Message

_STANDARD: Final = frozenset({"", "ai.onnx"})  # the two names of ONNX's own operators
_LARGEST_BYTES: Final = (1 << 31) - 1  # protobuf's own limit: a larger network is never in one file


class OnnxError(ValueError):
    """An ONNX file that must not or cannot be used; its message is one sentence for the operator."""


def check_onnx(path: Path) -> None:
    """Refuse an ONNX file that is more than one network in one file.

    Raises:
        OSError: the file is absent or unreadable.
        OnnxError: it is no ONNX file, keeps weights in other files, or needs operators that are not ONNX's own.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        raise OnnxError(f"{path.name} is too large for an ONNX file.")
    try:
        model = onnx.load(path, load_external_data=False)
    except DecodeError as error:
        raise OnnxError(f"{path.name} is not an ONNX file, or it is damaged.") from error
    parts = list(_parts(model))
    own = {(part.domain, part.name) for part in parts if isinstance(part, onnx.FunctionProto)}
    used = {(part.domain, part.op_type) for part in parts if isinstance(part, onnx.NodeProto)}
    foreign = sorted(f"{domain}.{name}" for domain, name in used - own if domain not in _STANDARD)
    if foreign:
        raise OnnxError(f"{path.name} needs operators that are not ONNX's own: {', '.join(foreign[:5])}.")
    # The hash is that of one file: weights in another one would be used unchecked, wherever it lies.
    if any(_is_elsewhere(part) for part in parts if isinstance(part, onnx.TensorProto)):
        raise OnnxError(f"{path.name} keeps weights in other files, which no hash covers: save it as one file.")
    if not model.graph.node:
        raise OnnxError(f"{path.name} holds no network.")


def _parts(message: Message) -> Iterator[Message]:
    """A message and all messages within it: graphs, the branches of `If`, the bodies of loops, functions, tensors."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in [value] if isinstance(value, Message) else value:
                yield from _parts(part)


def _is_elsewhere(tensor: Any) -> bool:
    return bool(tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data)
