"""Face-recognition weights for the backbone of `face_resnet`.

Source: dlib's `dlib_face_recognition_resnet_model_v1.dat` (Davis King, trained on about three million photos
of 7,485 people), dedicated to the public domain (CC0 1.0), as the PyPI package `face_recognition_models`
0.3.0 carries it. The file is read straight into Keras; neither dlib nor the package's own code runs.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from train.pretrained.batch_statistics import set_affine, take_statistics
from train.pretrained.files import PretrainedWeightsError, find_weights

PACKAGE = "face_recognition_models"
FILE = "models/dlib_face_recognition_resnet_model_v1.dat"
CONVOLUTIONS = 29


def load(network: keras.Model, chips: NDArray[np.uint8]) -> None:
    """Puts the installed weights into an untrained network: see `load_backbone`."""
    load_backbone(network, find_weights(PACKAGE, FILE), chips)


def load_backbone(network: keras.Model, path: Path, chips: NDArray[np.uint8]) -> None:
    """Puts the pretrained backbone into an untrained `face_resnet`, whose heads stay as they are.

    dlib stores a fixed scale and shift where the network has batch normalisation: see
    `train.pretrained.batch_statistics`.

    Args:
        network: a network built by `model.network.face_resnet`.
        path: the `.dat` file.
        chips: (n, 200, 200, 3) uint8, a few hundred typical faces.

    Raises:
        PretrainedWeightsError: if the file does not fit the network.
    """
    convolutions = [layer for layer in network.layers if layer.name.endswith("_conv") and layer.kernel_size != (1, 1)]
    normalisations = [network.get_layer(layer.name.replace("_conv", "_bn")) for layer in convolutions]
    tensors = list(read_tensors(path.read_bytes()))
    if len(convolutions) != CONVOLUTIONS or len(tensors) != 2 * CONVOLUTIONS + 1:
        raise PretrainedWeightsError(f"{path} must hold the weights of {CONVOLUTIONS} convolutions and one embedding.")

    for layer in network.layers:
        if layer.name.endswith("_shortcut_conv"):  # dlib pads the missing channels with zeros
            rows, columns = layer.kernel.shape[2:]
            layer.set_weights([np.eye(rows, columns, dtype="float32")[None, None]])
    for convolution, normalisation, weights, affine in zip(
        convolutions, normalisations, tensors[0::2], tensors[1::2], strict=False
    ):
        height, width, inputs, outputs = convolution.kernel.shape
        convolution.set_weights([weights[:-outputs].reshape(outputs, inputs, height, width).transpose(2, 3, 1, 0)])
        gamma, beta = affine.reshape(2, outputs)
        set_affine(normalisation, gamma, beta + gamma * weights[-outputs:])
    take_statistics(network, convolutions, normalisations, chips)


def read_tensors(data: bytes, smallest: int = 32) -> Iterator[NDArray[np.float32]]:
    """The parameter tensors of a dlib network file, from the input to the output.

    dlib writes a tensor as its format version, four packed integers (samples, channels, rows, columns)
    and little-endian float32 values. What lies between the tensors (layer options) is passed over.
    """
    position = 0
    while (position := data.find(b"\x01\x02", position)) >= 0:
        start, shape = position + 2, []
        for _ in range(4):
            value, start = _packed_integer(data, start)
            shape.append(value)
        count = int(np.prod(shape)) if min(shape) > 0 else 0
        values = np.frombuffer(data[start : start + 4 * count], "<f4")
        if smallest <= count == len(values) and np.isfinite(values).all() and np.abs(values).max() < 1e3:
            yield values
            position = start + 4 * count
        else:
            position += 1


def _packed_integer(data: bytes, start: int) -> tuple[int, int]:
    """One of dlib's integers (a length byte, then that many bytes) and the position after it; -1 if none."""
    length = data[start] if start < len(data) else 0
    if not 1 <= length <= 4 or start + 1 + length > len(data):
        return -1, start
    padded = data[start + 1 : start + 1 + length].ljust(4, b"\0")
    return struct.unpack("<I", padded)[0], start + 1 + length
