"""Runs a saved network: with ONNX Runtime where `model.onnx.keras` knows all layers, with Keras otherwise.

ONNX Runtime gives the same outputs (to 1e-4) in less time, and spares the process TensorFlow, which takes seconds to
load and over half a gigabyte of memory.
"""

import logging
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.onnx.graph import start_session
from model.onnx.keras import KerasGraph, UnknownLayerError, read_keras_graph

logger = logging.getLogger(__name__)

Outputs = dict[str, NDArray[np.float32]]
Runtime = Callable[[NDArray[np.uint8]], Outputs]


class OnnxRuntime:
    """A network read by `model.onnx.keras`; safe to share between threads."""

    def __init__(self, graph: KerasGraph, threads: int = 0) -> None:
        self._graph = graph
        self._session = start_session(graph.onnx, threads)

    def __call__(self, chips: NDArray[np.uint8]) -> Outputs:
        """The outputs for (n, height, width, 3) RGB 0-255 chips, each (n, …)."""
        exact = chips.astype(np.float32)  # the network's own resizing does not round either
        inputs = {self._graph.input: _resized(exact, self._graph.size)}
        values = self._session.run(list(self._graph.outputs.values()), inputs)
        return dict(zip(self._graph.outputs, values, strict=True))


def _resized(chips: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    height, width = size
    return np.stack([cv2.resize(chip, (width, height), interpolation=cv2.INTER_LINEAR) for chip in chips])


def load_runtime(path: Path, threads: int = 0) -> Runtime:
    """The network of a `.keras` file as a function of chips.

    Args:
        path: of the file.
        threads: number of threads ONNX Runtime uses for a batch; 0 means one per core.

    Raises:
        ValueError, OSError: if the file is not a Keras model, or is damaged.
    """
    try:
        return OnnxRuntime(read_keras_graph(path), threads)
    except UnknownLayerError as error:
        logger.warning(
            "%s is run by TensorFlow, which takes over half a gigabyte: ONNX has no translation of %s.",
            path.name,
            error,
        )
        import keras  # not above: it brings in TensorFlow

        return keras.saving.load_model(path, compile=False).predict_on_batch
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
