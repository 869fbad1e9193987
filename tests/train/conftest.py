"""Tests of training run TensorFlow eagerly: compiling takes longer than a tiny network's few steps."""

from collections.abc import Iterator

import keras
import pytest
import tensorflow as tf

from model.network import BACKBONES


@pytest.fixture(scope="module", autouse=True)
def eager() -> Iterator[None]:
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def small_cnn() -> Iterator[None]:
    """A plain CNN of one layer, where the loop around the network is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BACKBONES, "cnn", _one_layer)
        yield


def _one_layer(x: keras.KerasTensor) -> keras.KerasTensor:
    x = keras.layers.Conv2D(8, 5, strides=4, use_bias=False)(x)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    return keras.layers.GlobalAveragePooling2D()(x)
