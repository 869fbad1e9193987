"""Takes out of a trained network that few of its training photos show old people.

The age distribution of a network contains how common each age was in training, so faces of rare ages are pulled towards
commoner ones: most of all those over 70. Logit adjustment (Menon et al., arXiv 2007.07314) divides each probability by
a power of how common the age is. Here only ages that fewer than one photo in 200 shows are raised; for the others the
network's error is smallest as it is. Only the biases of one layer change.
"""

import keras
import numpy as np
from numpy.typing import NDArray

from train.data.chips import Chips
from train.distributions import age_distributions

RARE = 1 / 200
"""Share of the photos below which an age is rare."""

LEAST = 1e-4
"""Rarer ages than this are raised no further: how rare they are is not known well."""


def raise_rare_ages(network: keras.Model, chips: NDArray[np.uint8] | Chips, strength: float) -> None:
    """Raises the probabilities of rare ages in a network.

    Args:
        network: one with an age distribution; changed in place.
        chips: (n, 200, 200, 3) uint8, RGB 0-255, of held-out photos: how common an age is, is the mean of their
            distributions.
        strength: the power, 0-1; 0 changes nothing.
    """
    common = age_distributions(network, chips, np.arange(len(chips))).mean(0)
    head = network.get_layer("age_distribution")
    weights, bias = head.get_weights()
    head.set_weights([weights, bias + strength * np.log(np.maximum(1, RARE / np.maximum(common, LEAST)))])
