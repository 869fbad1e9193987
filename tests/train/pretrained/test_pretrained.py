import numpy as np
import pytest

from model.network import BACKBONES, build_network
from train.pretrained import READERS, load_pretrained

CHIPS = np.random.default_rng(0).integers(0, 256, (4, 200, 200, 3), dtype="uint8")


def test_every_reader_serves_a_network_that_exists() -> None:
    assert set(READERS) <= set(BACKBONES)


def test_backbone_changes_and_heads_stay() -> None:
    network = build_network("efficientnet_lite0", image_size=64, dropout=0.0)
    stem, head = network.get_layer("stem_conv"), network.get_layer("gender")
    before = stem.get_weights()[0].copy(), head.get_weights()[0].copy()
    load_pretrained(network, CHIPS)
    assert not np.allclose(stem.get_weights()[0], before[0])
    np.testing.assert_array_equal(head.get_weights()[0], before[1])


@pytest.mark.parametrize("name", sorted(set(BACKBONES) - set(READERS)))
def test_network_without_pretrained_weights_stays_random(name: str) -> None:
    network = build_network(name, image_size=64, dropout=0.0)
    before = [weights.copy() for weights in network.get_weights()]
    load_pretrained(network, CHIPS)
    for weights, earlier in zip(network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, earlier)
