from pathlib import Path

import keras
import numpy as np
import pytest

from model.network import build_network
from train.adjustment import LEAST, RARE, raise_rare_ages
from train.data.chips import Chips
from train.data.utkface import Dataset


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network for which old age is rare, whatever it sees."""
    model = build_network("vit", 32, 0.0)
    weights, _ = model.get_layer("age_distribution").get_weights()
    model.get_layer("age_distribution").set_weights([weights, np.where(np.arange(117) < 60, 0.0, -3.0)])
    path = tmp_path_factory.mktemp("network") / "network.keras"
    model.save(path)
    return path


def distributions(path: Path, chips: np.ndarray | Chips) -> np.ndarray:
    outputs = keras.saving.load_model(path, compile=False).predict(chips[:], verbose=0)
    np.testing.assert_allclose(outputs["age"][:, 0], outputs["age_distribution"] @ np.arange(117), rtol=1e-4)
    return outputs["age_distribution"]


def test_rare_ages_become_likelier_and_the_others_keep_their_proportions(
    network: Path, small_dataset: Dataset, tmp_path: Path
) -> None:
    raise_rare_ages(network, small_dataset.chips, 0.4, tmp_path / "adjusted.keras")
    before, after = (distributions(path, small_dataset.chips) for path in (network, tmp_path / "adjusted.keras"))
    rare = before.mean(0) < RARE
    assert 30 < rare.sum() < 90
    assert (after[:, rare].sum(1) > before[:, rare].sum(1)).all()
    ratio = after[:, ~rare] / before[:, ~rare]
    np.testing.assert_allclose(ratio, ratio[:, :1].repeat(ratio.shape[1], 1), rtol=1e-3)
    expected = (RARE / np.maximum(before.mean(0)[rare], LEAST)) ** 0.4 * ratio[:, :1]
    np.testing.assert_allclose(after[:, rare] / before[:, rare], expected, rtol=1e-3)


def test_strength_of_nothing_changes_nothing(network: Path, small_dataset: Dataset, tmp_path: Path) -> None:
    raise_rare_ages(network, small_dataset.chips, 0.0, tmp_path / "adjusted.keras")
    same = distributions(tmp_path / "adjusted.keras", small_dataset.chips)
    np.testing.assert_allclose(same, distributions(network, small_dataset.chips), rtol=1e-5)
