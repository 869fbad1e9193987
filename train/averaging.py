"""Averages the weights of a trained network with those of the network that its stages began with.

Training on more data sets makes a network forget some of what the first one taught it. As long as both networks come
from one run of training, a mean of their weights computes something sensible, keeps more of both, and costs nothing at
prediction (WiSE-FT, Wortsman et al., arXiv 2109.01903).
"""

import keras


def average_weights(network: keras.Model, first: keras.Model, share: float) -> None:
    """Moves the weights of a network, batch statistics included, towards those of an earlier stage.

    Args:
        network: changed in place.
        first: the earlier stage, with the same layers.
        share: of `first` in the mean, 0-1; 0 changes nothing.
    """
    pairs = zip(network.get_weights(), first.get_weights(), strict=True)
    network.set_weights([(1 - share) * weights + share * earlier for weights, earlier in pairs])
