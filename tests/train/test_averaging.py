import numpy as np

from model.network import build_network
from train.averaging import average_weights


def test_weights_lie_between_those_of_both_networks_in_the_share_asked_for() -> None:
    network, first = (build_network("vit", 32, 0.0) for _ in range(2))
    before, earlier = network.get_weights(), first.get_weights()
    average_weights(network, first, 0.25)
    for weights, one, other in zip(network.get_weights(), before, earlier, strict=True):
        np.testing.assert_allclose(weights, 0.75 * one + 0.25 * other, atol=1e-6)
    assert any((weights != one).any() for weights, one in zip(network.get_weights(), before, strict=True))
    for weights, one in zip(first.get_weights(), earlier, strict=True):
        np.testing.assert_array_equal(weights, one)
