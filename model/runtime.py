"""Runs a saved network: by OpenCV where it knows all layers, by Keras otherwise.

OpenCV gives the same outputs (to 1e-4) and spares the process TensorFlow: seconds at the start, and over half a
gigabyte of memory.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.keras_graph import UnknownLayerError, read_keras_graph

Outputs = dict[str, NDArray[np.float32]]
Runtime = Callable[[NDArray[np.uint8]], Outputs]


class OpenCvRuntime:
    """A network read by `model.keras_graph`; not safe to share between threads."""

    def __init__(self, content: bytes, size: tuple[int, ...], outputs: dict[str, str]) -> None:
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
        self._size = size
        self._outputs = outputs

    def __call__(self, chips: NDArray[np.uint8]) -> Outputs:
        """The outputs for (n, height, width, 3) RGB 0-255 chips, (n, …) each."""
        self._net.setInput(np.stack([self._resized(chip) for chip in chips]))
        return dict(zip(self._outputs, self._net.forward(list(self._outputs.values())), strict=True))

    def _resized(self, chip: NDArray[np.uint8]) -> NDArray[np.float32]:
        height, width = self._size
        # As float, since the network's own resizing does not round.
        return cv2.resize(chip.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR).transpose(2, 0, 1)


def load_runtime(path: Path) -> Runtime:
    """The network of a `.keras` file as a function of chips.

    Raises:
        ValueError, OSError: if the file is no Keras model that can be read.
    """
    try:
        return OpenCvRuntime(*read_keras_graph(path))
    except UnknownLayerError:
        # Imported here because it brings in TensorFlow, which takes seconds.
        import keras

        return keras.saving.load_model(path, compile=False).predict_on_batch
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
