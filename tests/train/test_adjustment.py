import keras
import numpy as np
import pytest

from model.network import build_network
from train.adjustment import LEAST, RARE, raise_rare_ages
from train.data.utkface import Dataset


@pytest.fixture
def network() -> keras.Model:
    """A network for which old age is rare, whatever it sees."""
    model = build_network("vit", 32, 0.0)
    weights, _ = model.get_layer("age_distribution").get_weights()
    model.get_layer("age_distribution").set_weights([weights, np.where(np.arange(117) < 60, 0.0, -3.0)])
    return model


def distributions(network: keras.Model, dataset: Dataset) -> np.ndarray:
    outputs = network.predict(dataset.chips[:], verbose=0)
    np.testing.assert_allclose(outputs["age"][:, 0], outputs["age_distribution"] @ np.arange(117), rtol=1e-4)
    return outputs["age_distribution"]


def test_rare_ages_become_likelier_and_the_others_keep_their_proportions(
    network: keras.Model, small_dataset: Dataset
) -> None:
    before = distributions(network, small_dataset)
    raise_rare_ages(network, small_dataset.chips, 0.4)
    after = distributions(network, small_dataset)
    rare = before.mean(0) < RARE
    assert 30 < rare.sum() < 90
    assert (after[:, rare].sum(1) > before[:, rare].sum(1)).all()
    ratio = after[:, ~rare] / before[:, ~rare]
    np.testing.assert_allclose(ratio, ratio[:, :1].repeat(ratio.shape[1], 1), rtol=1e-3)
    expected = (RARE / np.maximum(before.mean(0)[rare], LEAST)) ** 0.4 * ratio[:, :1]
    np.testing.assert_allclose(after[:, rare] / before[:, rare], expected, rtol=1e-3)


def test_strength_of_nothing_changes_nothing(network: keras.Model, small_dataset: Dataset) -> None:
    before = distributions(network, small_dataset)
    raise_rare_ages(network, small_dataset.chips, 0.0)
    np.testing.assert_allclose(distributions(network, small_dataset), before, rtol=1e-5)
