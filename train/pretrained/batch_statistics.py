"""Batch normalisation for pretrained networks that come without it, or with it folded into their convolutions."""

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray


def set_affine(normalisation: keras.layers.BatchNormalization, scale: np.ndarray, shift: np.ndarray) -> None:
    """Makes the layer compute `scale * x + shift`, both (channels,) float32, as long as it does not train."""
    variance = np.full_like(scale, 1 - normalisation.epsilon)
    normalisation.set_weights([scale, shift, np.zeros_like(scale), variance])


def take_statistics(
    network: keras.Model,
    convolutions: Sequence[keras.Layer],
    normalisations: Sequence[keras.layers.BatchNormalization],
    chips: NDArray[np.uint8],
) -> None:
    """Gives each normalisation the mean and variance that its convolution has on `chips`.

    Scale and shift change with them, so that the network computes what it did before, and training starts from
    normalised activations.

    Args:
        network: what the layers belong to, from chips on.
        convolutions: one before each of `normalisations`.
        normalisations: of mean 0 and a variance that makes their divisor 1, as `set_affine` leaves them.
        chips: (n, 200, 200, 3) uint8, a few hundred typical faces.
    """
    statistics = keras.Model(network.input, [layer.output for layer in convolutions])
    sums = [np.zeros((2, layer.output.shape[-1])) for layer in convolutions]
    for batch in np.array_split(chips, max(1, len(chips) // 32)):
        for total, output in zip(sums, statistics(batch, training=False), strict=True):
            values = keras.ops.convert_to_numpy(output).astype("float64")
            total += np.stack([values.mean((0, 1, 2)), (values**2).mean((0, 1, 2))]) * len(batch) / len(chips)
    for normalisation, (mean, square) in zip(normalisations, sums, strict=True):
        variance = np.maximum(square - mean**2, 1e-6)
        gamma, beta, *_ = normalisation.get_weights()
        normalisation.set_weights(
            [gamma * np.sqrt(variance + normalisation.epsilon), beta + gamma * mean, mean, variance]
        )
