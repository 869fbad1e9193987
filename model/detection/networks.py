"""MTCNN's three networks with the weights of the package `mtcnn`, run by ONNX Runtime.

The package runs them in TensorFlow, layer by layer. ONNX Runtime runs the same weights as compiled graphs, takes
pictures of any size without tracing anew, needs little memory, and starts without the seconds that TensorFlow takes.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from model.detection.weights import Weights, read_weights
from model.onnx.graph import Graph, start_session

BLOCK = 16
"""Channels that ONNX Runtime computes at once on CPUs with AVX-512 (8 with AVX2); others are padded with zeros."""

COLOURS = 3

Layer = Callable[[Graph, str, Weights], str]
"""Adds a convolution and its PReLU of (kernel, bias, slope) to a graph, and returns the name of the output."""

GraphWithOutputs = tuple[Graph, list[str]]


class FaceNetwork:
    """One of the three networks; safe to share between threads."""

    def __init__(self, graph: Graph, outputs: list[str], threads: int) -> None:
        self._session = start_session(graph.serialize(outputs), threads)
        self._input, self._outputs = graph.input, outputs

    def run(self, pictures: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Offsets, (landmarks,) scores of (n, height, width, 3) pictures with values from -1 to 1; channels first."""
        channels_first = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
        return tuple(self._session.run(self._outputs, {self._input: channels_first}))


def proposal_network() -> FaceNetwork:
    """P-Net. Its layers are too thin to be worth sharing between threads: strips of the pyramid are shared instead."""
    return FaceNetwork(*proposal_graph(), threads=1)


def refinement_network(threads: int) -> FaceNetwork:
    """R-Net."""
    return FaceNetwork(*refinement_graph(), threads)


def output_network(threads: int) -> FaceNetwork:
    """O-Net."""
    return FaceNetwork(*output_graph(), threads)


def padded_layer(graph: Graph, x: str, weights: Weights) -> str:
    """The fastest on CPUs.

    ONNX Runtime knows no fast PReLU there, which would take more than half of the time: slope · x + (1 - slope) ·
    relu(x), with depthwise convolutions as the products, is the same in a third of it.
    """
    kernel, bias, slope = _channels_first(weights[0]), weights[1], weights[2].reshape(-1)
    more, channels = -len(bias) % BLOCK, kernel.shape[1]
    more_in = 0 if channels == COLOURS else -channels % BLOCK
    kernel = np.pad(kernel, ((0, more), (0, more_in), (0, 0), (0, 0)))
    slope = np.pad(slope, (0, more))
    x = graph.add("Conv", [x], kernel, np.pad(bias, (0, more)))
    straight = graph.add("Conv", [x], slope.reshape(-1, 1, 1, 1), group=len(slope))
    bent = graph.add("Conv", [graph.add("Relu", [x])], (1 - slope).reshape(-1, 1, 1, 1), group=len(slope))
    return graph.add("Add", [bent, straight])


def plain_layer(graph: Graph, x: str, weights: Weights) -> str:
    """The fastest in WebAssembly, whose vectors are short."""
    x = graph.add("Conv", [x], _channels_first(weights[0]), weights[1])
    return graph.add("PRelu", [x], weights[2].reshape(-1, 1, 1))


def proposal_graph(layer: Layer = padded_layer) -> GraphWithOutputs:
    """P-Net, fully convolutional: a 12x12 window every 2 pixels; outputs (n, 4, rows, columns), (n, 2, …)."""
    weights = read_weights("pnet")
    graph = Graph((1, 3, "height", "width"))
    x = layer(graph, graph.input, weights[0:3])
    x = graph.add("MaxPool", [x], kernel_shape=(2, 2), strides=(2, 2), ceil_mode=1)
    x = layer(graph, x, weights[3:6])
    x = layer(graph, x, weights[6:9])
    offsets = graph.add("Conv", [x], _channels_first(weights[9]), weights[10])
    scores = graph.add("Softmax", [graph.add("Conv", [x], _channels_first(weights[11]), weights[12])], axis=1)
    return graph, [offsets, scores]


def refinement_graph(layer: Layer = padded_layer) -> GraphWithOutputs:
    """R-Net: 24x24 crops; outputs (n, 4) and (n, 2)."""
    weights = read_weights("rnet")
    graph = Graph(("crops", 3, 24, 24))
    x = layer(graph, graph.input, weights[0:3])
    x = graph.add("MaxPool", [x], kernel_shape=(3, 3), strides=(2, 2), pads=(0, 0, 1, 1))
    x = layer(graph, x, weights[3:6])
    x = graph.add("MaxPool", [x], kernel_shape=(3, 3), strides=(2, 2))
    x = layer(graph, x, weights[6:9])
    x = _flat_layer(graph, x, weights[9:12], side=3)
    offsets = graph.add("Gemm", [x], *weights[12:14])
    scores = graph.add("Softmax", [graph.add("Gemm", [x], *weights[14:16])], axis=1)
    return graph, [offsets, scores]


def output_graph(layer: Layer = padded_layer) -> GraphWithOutputs:
    """O-Net: 48x48 crops; outputs (n, 4), landmarks (n, 10) as five x and five y, and (n, 2)."""
    weights = read_weights("onet")
    graph = Graph(("crops", 3, 48, 48))
    x = layer(graph, graph.input, weights[0:3])
    x = graph.add("MaxPool", [x], kernel_shape=(3, 3), strides=(2, 2), pads=(0, 0, 1, 1))
    x = layer(graph, x, weights[3:6])
    x = graph.add("MaxPool", [x], kernel_shape=(3, 3), strides=(2, 2))
    x = layer(graph, x, weights[6:9])
    x = graph.add("MaxPool", [x], kernel_shape=(2, 2), strides=(2, 2))
    x = layer(graph, x, weights[9:12])
    x = _flat_layer(graph, x, weights[12:15], side=3)
    offsets = graph.add("Gemm", [x], *weights[15:17])
    landmarks = graph.add("Gemm", [x], *weights[17:19])
    scores = graph.add("Softmax", [graph.add("Gemm", [x], *weights[19:21])], axis=1)
    return graph, [offsets, landmarks, scores]


def _flat_layer(graph: Graph, x: str, weights: Weights, side: int) -> str:
    """The first dense layer; the package flattens its maps as (x, y, channel), ONNX as (channel, y, x)."""
    kernel, bias, slope = weights
    kernel = kernel.reshape(side, side, -1, kernel.shape[1]).transpose(2, 1, 0, 3).reshape(kernel.shape)
    x = graph.add("Gemm", [graph.add("Flatten", [x], axis=1)], kernel, bias)
    return graph.add("PRelu", [x], slope.reshape(1, -1))


def _channels_first(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    return kernel.transpose(3, 2, 0, 1)
