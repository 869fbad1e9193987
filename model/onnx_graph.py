"""Just enough of the ONNX file format to hand a small network to OpenCV without the `onnx` package.

An ONNX file is one protocol-buffers message. The field numbers below are those of `onnx.proto3`
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3), the wire format is that of
https://protobuf.dev/programming-guides/encoding.
"""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

OPSET = 13
IR_VERSION = 8
FLOAT = 1  # TensorProto.DataType

Weight = NDArray[np.float32] | np.float32
Attribute = int | float | str | Sequence[int]
Field = tuple[int, int | float | str | bytes]


class Graph:
    """A network under construction: operators are added one after another, weights given as arrays.

    Args:
        input_shape: of the input `x`; a word stands for a size that may differ from run to run.
    """

    def __init__(self, input_shape: Sequence[int | str]) -> None:
        self.input = "x"
        self._input_shape = input_shape
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []

    def add(self, operator: str, inputs: list[str], *weights: Weight, **attributes: Attribute) -> str:
        """Adds one operator of https://onnx.ai/onnx/operators and returns the name of its output."""
        output = f"{operator.lower()}{len(self._nodes)}"
        names = [f"{output}_weight{i}" for i in range(len(weights))]
        self._weights += [_tensor(name, values) for name, values in zip(names, weights, strict=True)]
        sources: list[Field] = [(1, name) for name in (*inputs, *names)]
        options: list[Field] = [(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(_message([*sources, (2, output), (3, output), (4, operator), *options]))
        return output

    def serialize(self, outputs: dict[str, int]) -> bytes:
        """The network as the content of an ONNX file.

        Args:
            outputs: names that `add` gave, each with the number of its dimensions.
        """
        nodes: list[Field] = [(1, node) for node in self._nodes]
        weights: list[Field] = [(5, weight) for weight in self._weights]
        results: list[Field] = [
            (12, _value(name, [f"{name}_{axis}" for axis in range(rank)])) for name, rank in outputs.items()
        ]
        graph = _message([*nodes, (2, "network"), *weights, (11, _value(self.input, self._input_shape)), *results])
        opset = _message([(1, ""), (2, OPSET)])
        return _message([(1, IR_VERSION), (7, graph), (8, opset)])


def _tensor(name: str, values: Weight) -> bytes:
    dimensions: list[Field] = [(1, size) for size in np.shape(values)]
    return _message([*dimensions, (2, FLOAT), (8, name), (9, np.asarray(values, "<f4").tobytes())])


def _attribute(name: str, value: Attribute) -> bytes:
    """A named option; the numbers in front are its field, and at the end its type."""
    if isinstance(value, float):
        return _message([(1, name), (2, value), (20, 1)])
    if isinstance(value, int):
        return _message([(1, name), (3, value), (20, 2)])
    if isinstance(value, str):
        return _message([(1, name), (4, value), (20, 3)])
    items: list[Field] = [(8, item) for item in value]
    return _message([(1, name), *items, (20, 7)])


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    """A named input or output of floats."""
    sizes = [_message([(1 if isinstance(size, int) else 2, size)]) for size in shape]
    tensor = _message([(1, FLOAT), (2, _message([(1, size) for size in sizes]))])
    return _message([(1, name), (2, _message([(1, tensor)]))])


def _message(fields: Sequence[Field]) -> bytes:
    """Numbered fields: whole numbers as varints, others as 4 bytes, texts and parts with their length in front."""
    encoded = bytearray()
    for number, value in fields:
        if isinstance(value, int):
            encoded += _varint(number << 3) + _varint(value)
        elif isinstance(value, float):
            encoded += _varint(number << 3 | 5) + struct.pack("<f", value)
        else:
            content = value.encode() if isinstance(value, str) else value
            encoded += _varint(number << 3 | 2) + _varint(len(content)) + content
    return bytes(encoded)


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
