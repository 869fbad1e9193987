"""Runs a saved network: by ONNX Runtime where `model.onnx.keras` knows all layers, by Keras otherwise.

ONNX Runtime gives the same outputs (to 1e-4) in less time, and spares the process TensorFlow: seconds at the start,
and over half a gigabyte of memory.
"""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.onnx.graph import start_session
from model.onnx.keras import KerasGraph, UnknownLayerError, read_keras_graphs

Outputs = dict[str, NDArray[np.float32]]
Runtime = Callable[[NDArray[np.uint8]], Outputs]


class OnnxRuntime:
    """The mean of one or more networks read by `model.onnx.keras`; safe to share between threads."""

    def __init__(self, graphs: Sequence[KerasGraph], threads: int = 0) -> None:
        self._members = [(graph, start_session(graph.onnx, threads)) for graph in graphs]

    def __call__(self, chips: NDArray[np.uint8]) -> Outputs:
        """The outputs for (n, height, width, 3) RGB 0-255 chips, (n, …) each."""
        exact = chips.astype(np.float32)  # since the network's own resizing does not round
        answers = []
        for graph, session in self._members:
            values = session.run(list(graph.outputs.values()), {graph.input: _resized(exact, graph.size)})
            answers.append(dict(zip(graph.outputs, values, strict=True)))
        return {name: np.mean([answer[name] for answer in answers], axis=0) for name in answers[0]}


def _resized(chips: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    height, width = size
    return np.stack([cv2.resize(chip, (width, height), interpolation=cv2.INTER_LINEAR) for chip in chips])


def load_runtime(path: Path, threads: int = 0) -> Runtime:
    """The network of a `.keras` file as a function of chips.

    Args:
        path: of the file.
        threads: that ONNX Runtime spreads a batch over; 0 for one a core.

    Raises:
        ValueError, OSError: if the file is no Keras model that can be read.
    """
    try:
        return OnnxRuntime(read_keras_graphs(path), threads)
    except UnknownLayerError:
        # Imported here because it brings in TensorFlow, which takes seconds.
        import keras

        return keras.saving.load_model(path, compile=False).predict_on_batch
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
