"""MTCNN's weights out of the package `mtcnn`, without importing it or TensorFlow, and without running anything stored.

The files are joblib's, which are pickles: whoever writes one could run code in whatever process loads it. Two things
prevent that: a file is read only if it is the one known here, and then only arrays are read from it.
"""

import hashlib
import importlib.util
import io
from pathlib import Path
from typing import Any

import lz4.frame
import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler
from numpy.typing import NDArray

from model.estimator import ModelError

Weights = list[NDArray[np.float32]]

SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}
"""Of the files in mtcnn 1.0.0."""

PUT_RIGHT = "Install them: pip install --force-reinstall --no-deps mtcnn==1.0.0"

ALLOWED = {
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): NumpyArrayWrapper,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class ArrayUnpickler(NumpyUnpickler):  # type: ignore[misc]  # joblib has no types
    """Reads arrays and lists, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of that name, if it is one of an array's."""
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise ModelError(f"MTCNN's weights contain {module}.{name} in place of an array. {PUT_RIGHT}") from None


def read_weights(network: str) -> Weights:
    """The arrays of "pnet", "rnet" or "onet" in the order of their layers.

    Raises:
        ModelError: if they are missing, or are others than those known here.
    """
    package = importlib.util.find_spec("mtcnn")
    path = Path(package.origin or "").parent / "assets" / "weights" / f"{network}.lz4" if package else None
    if path is None or not path.is_file():
        raise ModelError(f"MTCNN's weights are missing. {PUT_RIGHT}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256[network]:
        raise ModelError(f"{path} is not the file of mtcnn 1.0.0. {PUT_RIGHT}")
    return read_arrays(content)


def read_arrays(content: bytes) -> Weights:
    """The arrays in a list that joblib has written with lz4.

    Raises:
        ModelError: if there is anything else in it.
    """
    unpickler = ArrayUnpickler("", io.BytesIO(lz4.frame.decompress(content)), ensure_native_byte_order=True)
    arrays: Weights = unpickler.load()
    return arrays
