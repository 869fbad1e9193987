"""Builds ONNX graphs operator by operator from given weights, and starts ONNX Runtime sessions for them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 8

Weight = NDArray[np.float32] | np.float32


class Graph:
    """A network under construction: operators are added one after another, weights given as arrays.

    Args:
        input_shape: shape of the input `x`; a name stands for a size that may differ from run to run.
    """

    def __init__(self, input_shape: Sequence[int | str]) -> None:
        self.input = "x"
        self._input = helper.make_tensor_value_info(self.input, TensorProto.FLOAT, input_shape)
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def add(self, operator: str, inputs: list[str], *weights: Weight, **attributes: Any) -> str:
        """Adds one operator (see https://onnx.ai/onnx/operators) and returns the name of its output."""
        output = f"{operator.lower()}{len(self._nodes)}"
        names = [f"{output}_weight{i}" for i in range(len(weights))]
        self._weights += [
            numpy_helper.from_array(np.asarray(values, np.float32), name)
            for name, values in zip(names, weights, strict=True)
        ]
        self._nodes.append(helper.make_node(operator, [*inputs, *names], [output], output, **attributes))
        return output

    def serialize(self, outputs: Sequence[str]) -> bytes:
        """The content of an ONNX file; `outputs` are names that `add` returned."""
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self._nodes, "network", [self._input], results, self._weights)
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION).SerializeToString()


def start_session(content: bytes, threads: int = 0) -> onnxruntime.InferenceSession:
    """A session that runs a serialized graph on the CPU; safe to share between threads.

    Args:
        content: of an ONNX file.
        threads: number of threads for one run; 0 means one per core.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Several sessions take turns: threads spinning while they wait would take the cores from the session that runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False  # it would keep the memory of the largest picture ever seen
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
