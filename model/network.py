"""The networks: from raw RGB chips to an age in years and gender probabilities.

Written in Keras 3 alone, so that a network trains on the tensorflow, jax and torch backends alike. Every network has
the same contract:

    input   (batch, 200, 200, 3), RGB, 0-255, uint8 or float: a face chip as `model.alignment` cuts it
    output  "age"              (batch, 1), years
            "gender"           (batch, 2), probabilities in the order of `GENDERS`
            "age_distribution" (batch, 117), probability of each year 0-116 (not in the plain CNN)

Resizing and normalisation are layers of the network itself, so nothing has to be repeated outside it.
"""

from collections.abc import Callable

import keras
import numpy as np

from model import backbones
from model.alignment import CHIP_SIZE
from model.labels import GENDERS, MAX_AGE

BACKBONES: dict[str, Callable[[keras.KerasTensor], keras.KerasTensor]] = {
    "efficientnet_lite0": backbones.efficientnet_lite0,
    "face_resnet": backbones.face_resnet,
    "face_mobilenet": backbones.face_mobilenet,
    "vit": backbones.vit,
    "face_vit": backbones.face_vit,
    "cnn": backbones.cnn,
}


def build_network(name: str, image_size: int, dropout: float) -> keras.Model:
    """Builds an untrained network: resizing, a backbone, and one head each for age and gender.

    Age is the expectation of a softmax over years (DEX, Rothe et al., IJCV 2018), except in the plain CNN, the
    reference, which regresses it directly.

    Args:
        name: one of `BACKBONES`.
        image_size: side to which chips are resized inside the network, pixels.
        dropout: rate before the heads, 0-1.

    Raises:
        ValueError: if `name` is not a known network.
    """
    if name not in BACKBONES:
        raise ValueError(f"`name` must be one of {', '.join(BACKBONES)}. Received: name={name!r}")
    chips = keras.Input((CHIP_SIZE, CHIP_SIZE, 3), name="chips")
    # By default, Resizing sets `training=True`, and Keras passes that on to all later layers in `network(chips)`.
    x = keras.layers.Resizing(image_size, image_size, name="resize")(chips, training=False)
    features = keras.layers.Dropout(dropout, name="dropout")(BACKBONES[name](x))
    outputs = _regressed_age(features) if name == "cnn" else _expected_age(features)
    outputs["gender"] = keras.layers.Dense(len(GENDERS), activation="softmax", name="gender")(features)
    return keras.Model(chips, outputs, name=name)


def _regressed_age(features: keras.KerasTensor) -> dict[str, keras.KerasTensor]:
    # The bias starts near the mean age, which saves the first epochs the long way up from zero.
    return {"age": keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(33), name="age")(features)}


def _expected_age(features: keras.KerasTensor) -> dict[str, keras.KerasTensor]:
    distribution = keras.layers.Dense(MAX_AGE + 1, activation="softmax", name="age_distribution")(features)
    # The mean of the distribution is a fixed linear layer, so that the saved file needs no custom code.
    expectation = keras.layers.Dense(1, use_bias=False, trainable=False, name="age")
    age = expectation(distribution)
    expectation.set_weights([np.arange(MAX_AGE + 1, dtype="float32")[:, None]])
    return {"age": age, "age_distribution": distribution}
