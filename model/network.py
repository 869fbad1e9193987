"""The architectures: raw RGB chips in, an age in years and gender probabilities out.

Keras 3 only, so that a network trains on the tensorflow, jax and torch backends alike. Every network
has the same contract:

    input   (batch, 200, 200, 3), RGB, 0-255, uint8 or float: a face chip as `model.alignment` cuts it
    output  "age"              (batch, 1), years
            "gender"           (batch, 2), probabilities in the order of `GENDERS`
            "age_distribution" (batch, 117), probability of each year 0-116 (not in the plain CNN)

Resizing and normalisation are layers of the network itself, so nothing has to be repeated outside it.
"""

from collections.abc import Callable

import keras
import numpy as np

from model.alignment import CHIP_SIZE
from model.labels import GENDERS, MAX_AGE

# Mean RGB that the face-recognition trunk was trained with, and the scale of its pixels (dlib, `input_rgb_image`).
DLIB_MEAN = (122.782, 117.001, 104.298)
DLIB_SCALE = 1 / 256

# Face ResNet: channels, residual blocks, and whether the first block halves the map.
FACE_STAGES = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))


def build_network(name: str, image_size: int = 136, dropout: float = 0.3) -> keras.Model:
    """Builds an untrained network.

    Args:
        name: one of `NETWORKS`.
        image_size: side to which chips are resized inside the network, pixels.
        dropout: rate before the heads, 0-1.

    Raises:
        ValueError: if `name` is not a known network.
    """
    if name not in NETWORKS:
        raise ValueError(f"`name` must be one of {', '.join(NETWORKS)}. Received: name={name!r}")
    return NETWORKS[name](image_size, dropout)


def face_resnet(image_size: int, dropout: float) -> keras.Model:
    """A 29-convolution residual network for faces, age read from a distribution over years.

    The trunk is that of dlib's face recognition (King, http://dlib.net/dnn_face_recognition_ex.cpp.html):
    ResNet-34 (He et al., arXiv 1512.03385) with fewer blocks and half the channels. Age is the expectation
    of a softmax over years (DEX, Rothe et al., IJCV 2018).
    """
    variance = [1 / DLIB_SCALE**2] * 3
    chips, x = _chips_and_pixels(image_size, keras.layers.Normalization(mean=DLIB_MEAN, variance=variance))
    x = _convolution(x, 32, 7, stride=2, padding="valid", name="stem")
    x = keras.layers.ReLU(name="stem_relu")(x)
    x = keras.layers.MaxPooling2D(3, 2, name="stem_pool")(x)
    for stage, (filters, blocks, halves) in enumerate(FACE_STAGES):
        for block in range(blocks):
            x = _residual_block(x, filters, halves and block == 0, f"stage{stage}_block{block}")
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    distribution = keras.layers.Dense(MAX_AGE + 1, activation="softmax", name="age_distribution")(x)
    gender = keras.layers.Dense(len(GENDERS), activation="softmax", name="gender")(x)
    outputs = {"age": _expectation(distribution), "age_distribution": distribution, "gender": gender}
    return keras.Model(chips, outputs, name="face_resnet")


def cnn(image_size: int, dropout: float) -> keras.Model:
    """The reference: a plain CNN, trained from scratch, with age as one number.

    Five stages of two 3x3 convolutions, each followed by batch normalisation, in the manner of VGG
    (Simonyan and Zisserman, arXiv 1409.1556).
    """
    chips, x = _chips_and_pixels(image_size, keras.layers.Rescaling(1 / 127.5, offset=-1))
    for stage, filters in enumerate((32, 64, 96, 128, 192)):
        for layer in range(2):
            name = f"stage{stage}_{layer}"
            x = _convolution(x, filters, 3, name=name)
            x = keras.layers.ReLU(name=f"{name}_relu")(x)
        x = keras.layers.MaxPooling2D(2, name=f"stage{stage}_pool")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    # The bias starts near the mean age, which spares the first epochs the long way up from zero.
    age = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(33), name="age")(x)
    gender = keras.layers.Dense(len(GENDERS), activation="softmax", name="gender")(x)
    return keras.Model(chips, {"age": age, "gender": gender}, name="cnn")


NETWORKS: dict[str, Callable[[int, float], keras.Model]] = {"face_resnet": face_resnet, "cnn": cnn}


def _chips_and_pixels(image_size: int, normalise: keras.layers.Layer) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """The raw input, and the same resized and normalised."""
    chips = keras.Input((CHIP_SIZE, CHIP_SIZE, 3), name="chips")
    x = keras.layers.Resizing(image_size, image_size, name="resize")(chips)
    return chips, normalise(x)


def _convolution(
    x: keras.KerasTensor, filters: int, kernel: int, *, stride: int = 1, padding: str = "same", name: str
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(filters, kernel, stride, padding, use_bias=False, name=f"{name}_conv")(x)
    return keras.layers.BatchNormalization(momentum=0.97, name=f"{name}_bn")(x)


def _residual_block(x: keras.KerasTensor, filters: int, halves: bool, name: str) -> keras.KerasTensor:
    """Two 3x3 convolutions added to their input, or to its average-pooled projection if the map is halved."""
    shortcut, stride, padding = x, 1, "same"
    if halves:
        # Odd maps round down in both branches, as in dlib.
        stride, padding = 2, "same" if x.shape[1] % 2 == 0 else "valid"
        shortcut = keras.layers.AveragePooling2D(2, name=f"{name}_shortcut_pool")(x)
        shortcut = keras.layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_shortcut_conv")(shortcut)
    x = _convolution(x, filters, 3, stride=stride, padding=padding, name=f"{name}_1")
    x = keras.layers.ReLU(name=f"{name}_1_relu")(x)
    x = _convolution(x, filters, 3, name=f"{name}_2")
    x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return keras.layers.ReLU(name=f"{name}_2_relu")(x)


def _expectation(distribution: keras.KerasTensor) -> keras.KerasTensor:
    """Mean of the age distribution, as a fixed linear layer so that the file needs no custom code."""
    years = np.arange(MAX_AGE + 1, dtype="float32")[:, None]
    layer = keras.layers.Dense(1, use_bias=False, trainable=False, name="age")
    age = layer(distribution)
    layer.set_weights([years])
    return age
