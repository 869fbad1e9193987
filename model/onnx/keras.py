"""Translates a saved Keras network into an ONNX graph, straight from its file: Keras and TensorFlow are not loaded.

A `.keras` file is a ZIP archive of the network's structure (JSON) and its weights (HDF5). The layers of the
convolutional networks in `model.backbones` have ONNX operators that do the same; a network with any other layer is
left to Keras.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from model.onnx.graph import Graph

POOLS = {"MaxPooling2D": "MaxPool", "AveragePooling2D": "AveragePool"}

Weights = list[NDArray[np.float32]]


class UnknownLayerError(Exception):
    """The network has a layer, or a layer an option, that is not translated here."""


@dataclass(frozen=True)
class KerasGraph:
    """A network in ONNX.

    onnx: content of the ONNX file; its input is (n, height, width, 3), RGB, floats 0-255.
    size: (height, width) to which chips must be resized first, pixels.
    input: name of the input in the graph.
    outputs: name in the graph of each of the network's outputs.
    """

    onnx: bytes
    size: tuple[int, int]
    input: str
    outputs: dict[str, str]


def read_keras_graph(path: Path) -> KerasGraph:
    """Translates the saved network of the contract in `model.network`.

    Raises:
        UnknownLayerError: if there is no operator for a layer.
        ValueError, OSError, KeyError, zipfile.BadZipFile: if this is not a Keras file.
    """
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))["config"]
        content = archive.read("model.weights.h5")
    with h5py.File(io.BytesIO(content)) as file:
        weights = _read_weights(file)
    return _translate(config, weights)


def _translate(config: dict[str, Any], weights: dict[str, Weights]) -> KerasGraph:
    layers = {layer["name"]: layer for layer in config["layers"]}
    resizings = [layer["config"] for layer in layers.values() if layer["class_name"] == "Resizing"]
    if len(resizings) != 1:
        raise UnknownLayerError(f"{len(resizings)} Resizing layers")
    (resize,) = resizings
    if resize["interpolation"] != "bilinear" or resize["antialias"] or resize["crop_to_aspect_ratio"]:
        raise UnknownLayerError("Resizing with options")
    size = resize["height"], resize["width"]
    graph = Graph(("n", *size, 3))
    tensors: dict[str, str] = {}
    for name, layer in layers.items():
        sources = _sources(layer["inbound_nodes"])
        inputs = [tensors[source["keras_history"][0]] for source in sources]
        shape = sources[0]["shape"] if sources else []
        tensors[name] = _add(graph, layer, inputs, shape, weights.get(name, []))
    outputs = {name: tensors[source[0]] for name, source in config["output_layers"].items()}
    return KerasGraph(graph.serialize(list(outputs.values())), size, graph.input, outputs)


def _read_weights(file: h5py.Group) -> dict[str, Weights]:
    """The arrays of each layer by the layer's name, which Keras stores as an attribute of their group."""
    found: dict[str, Weights] = {}

    def collect(path: str, group: h5py.Group | h5py.Dataset) -> None:
        if path.endswith("/vars"):
            found[group.attrs["name"]] = [group[key][()] for key in sorted(group, key=int)]

    file.visititems(collect)
    return found


def _sources(node: Any) -> list[dict[str, Any]]:
    """The entries (`keras_history`, `shape`) of the tensors that a layer takes, however deeply they are nested."""
    if isinstance(node, dict):
        if node.get("class_name") == "__keras_tensor__":
            return [node["config"]]
        node = list(node.values())
    return [source for part in node for source in _sources(part)] if isinstance(node, list) else []


def _add(graph: Graph, layer: dict[str, Any], inputs: list[str], shape: list[int], weights: Weights) -> str:
    """Adds a layer whose first input is of `shape`, channels last; returns the name of its output."""
    kind, config = layer["class_name"], layer["config"]
    if kind == "InputLayer":
        return graph.add("Transpose", [graph.input], perm=(0, 3, 1, 2))
    if kind in ("Resizing", "Dropout"):  # the first is done before the graph, the second does nothing in inference
        return inputs[0]
    if kind == "Add":
        return graph.add("Add", inputs)
    if kind in ("Conv2D", "DepthwiseConv2D"):
        return _convolution(graph, inputs[0], config, shape, weights)
    if kind in POOLS:
        if kind == "AveragePooling2D" and config["padding"] != "valid":  # does the padding count in the mean?
            raise UnknownLayerError("AveragePooling2D with padding")
        return graph.add(POOLS[kind], inputs, **_window(config, config["pool_size"], shape))
    if kind not in OPERATORS:
        raise UnknownLayerError(kind)
    return OPERATORS[kind](graph, inputs[0], config, weights)


def _convolution(graph: Graph, x: str, config: dict[str, Any], shape: list[int], weights: Weights) -> str:
    if config["activation"] != "linear" or config["dilation_rate"] != [1, 1] or config.get("depth_multiplier", 1) != 1:
        raise UnknownLayerError("Convolution with options")
    kernel, groups = weights[0], config.get("groups", 1)
    if "depth_multiplier" in config:
        kernel, groups = kernel.transpose(0, 1, 3, 2), kernel.shape[2]
    window = _window(config, config["kernel_size"], shape)
    return graph.add("Conv", [x], kernel.transpose(3, 2, 0, 1), *weights[1:], group=groups, **window)


def _window(config: dict[str, Any], size: list[int], shape: list[int]) -> dict[str, list[int]]:
    """Size, strides and padding of a sliding window; "same" puts the odd pixel of padding at the end."""
    pads = [0, 0, 0, 0]
    if config["padding"] == "same":
        steps = zip(size, config["strides"], shape[1:3], strict=True)
        missing = [max((-(-length // stride) - 1) * stride + window - length, 0) for window, stride, length in steps]
        pads = [total // 2 for total in missing] + [total - total // 2 for total in missing]
    return {"kernel_shape": size, "strides": config["strides"], "pads": pads}


def _batch_normalization(graph: Graph, x: str, config: dict[str, Any], weights: Weights) -> str:
    if not (config["scale"] and config["center"]):
        raise UnknownLayerError("BatchNormalization with options")
    return graph.add("BatchNormalization", [x], *weights, epsilon=config["epsilon"])


def _relu(graph: Graph, x: str, config: dict[str, Any], _: Weights) -> str:
    if config["negative_slope"] or config["threshold"]:
        raise UnknownLayerError("ReLU with options")
    if config["max_value"] is None:
        return graph.add("Relu", [x])
    return graph.add("Clip", [x], np.float32(0), np.float32(config["max_value"]))


def _rescaling(graph: Graph, x: str, config: dict[str, Any], _: Weights) -> str:
    x = graph.add("Mul", [x], np.float32(config["scale"]))
    return graph.add("Add", [x], np.float32(config["offset"]))


def _normalization(graph: Graph, x: str, config: dict[str, Any], _: Weights) -> str:
    mean, variance = (np.array(config[key], np.float32).reshape(1, -1, 1, 1) for key in ("mean", "variance"))
    x = graph.add("Sub", [x], mean)
    return graph.add("Mul", [x], variance**-0.5)


def _average(graph: Graph, x: str, _config: dict[str, Any], _weights: Weights) -> str:
    return graph.add("Flatten", [graph.add("GlobalAveragePool", [x])], axis=1)


def _dense(graph: Graph, x: str, config: dict[str, Any], weights: Weights) -> str:
    x = graph.add("Gemm", [x], *weights)
    if config["activation"] not in ("linear", "softmax"):
        raise UnknownLayerError(f"Dense with {config['activation']}")
    return graph.add("Softmax", [x], axis=1) if config["activation"] == "softmax" else x


OPERATORS: dict[str, Callable[[Graph, str, dict[str, Any], Weights], str]] = {
    "BatchNormalization": _batch_normalization,
    "ReLU": _relu,
    "GlobalAveragePooling2D": _average,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "Dense": _dense,
}
