"""Pretrained weights for backbones: one reader for each file format that they are published in."""

from collections.abc import Callable

import keras
import numpy as np
from numpy.typing import NDArray

from train.pretrained import dlib, pytorch, tfjs

READERS: dict[str, Callable[[keras.Model, NDArray[np.uint8]], None]] = {
    "efficientnet_lite0": pytorch.load,
    "face_mobilenet": tfjs.load,
    "face_resnet": dlib.load,
}
"""By the name of the network; networks without an entry start at random."""


def load_pretrained(model: keras.Model, chips: NDArray[np.uint8]) -> None:
    """Starts the backbone from pretrained weights, if there are any for it; the heads stay as they are.

    Args:
        model: an untrained network built by `model.network.build_network`.
        chips: (n, 200, 200, 3) uint8, RGB 0-255, a few hundred typical faces.

    Raises:
        PretrainedWeightsError: if the weights are not installed, or do not fit the network.
    """
    if model.name in READERS:
        READERS[model.name](model, chips)
