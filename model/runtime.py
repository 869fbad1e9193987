"""Runs a saved network: by OpenCV where it knows all layers, by Keras otherwise.

OpenCV gives the same outputs (to 1e-4) and spares the process TensorFlow: seconds at the start, and over half a
gigabyte of memory.
"""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.keras_graph import KerasGraph, UnknownLayerError, read_keras_graphs

Outputs = dict[str, NDArray[np.float32]]
Runtime = Callable[[NDArray[np.uint8]], Outputs]


class OpenCvRuntime:
    """The mean of one or more networks read by `model.keras_graph`; not safe to share between threads."""

    def __init__(self, graphs: Sequence[KerasGraph]) -> None:
        self._members = [(graph, cv2.dnn.readNetFromONNX(np.frombuffer(graph.onnx, np.uint8))) for graph in graphs]

    def __call__(self, chips: NDArray[np.uint8]) -> Outputs:
        """The outputs for (n, height, width, 3) RGB 0-255 chips, (n, …) each."""
        answers = [_forward(graph, net, chips) for graph, net in self._members]
        return {name: np.mean([answer[name] for answer in answers], axis=0) for name in answers[0]}


def _forward(graph: KerasGraph, net: cv2.dnn.Net, chips: NDArray[np.uint8]) -> Outputs:
    net.setInput(np.stack([_resized(chip, graph.size) for chip in chips]))
    return dict(zip(graph.outputs, net.forward(list(graph.outputs.values())), strict=True))


def _resized(chip: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float32]:
    height, width = size
    # As float, since the network's own resizing does not round.
    return cv2.resize(chip.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR).transpose(2, 0, 1)


def load_runtime(path: Path) -> Runtime:
    """The network of a `.keras` file as a function of chips.

    Raises:
        ValueError, OSError: if the file is no Keras model that can be read.
    """
    try:
        return OpenCvRuntime(read_keras_graphs(path))
    except UnknownLayerError:
        # Imported here because it brings in TensorFlow, which takes seconds.
        import keras

        return keras.saving.load_model(path, compile=False).predict_on_batch
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
