from pathlib import Path

import keras
import numpy as np
import pytest

from model.network import build_network
from train.packing import pack, rounded


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keras.utils.set_random_seed(0)
    path = tmp_path_factory.mktemp("saved") / "network.keras"
    build_network("efficientnet_lite0", 64, dropout=0.0).save(path)
    return path


@pytest.fixture(scope="module")
def packed(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "packed.keras"
    pack(saved, path)
    return path


def test_packed_network_estimates_as_before(saved: Path, packed: Path) -> None:
    chips = np.random.default_rng(0).integers(0, 256, (2, 200, 200, 3), dtype=np.uint8)
    before, after = (keras.saving.load_model(path, compile=False).predict_on_batch(chips) for path in (saved, packed))
    assert set(after) == {"age", "gender", "age_distribution"}
    for name, tolerance in (("age", 0.1), ("gender", 5e-3), ("age_distribution", 1e-3)):
        np.testing.assert_allclose(after[name], before[name], atol=tolerance)


def test_packed_file_is_much_smaller_and_stands_alone(saved: Path, packed: Path) -> None:
    assert packed.stat().st_size < 0.62 * saved.stat().st_size
    assert [path.name for path in packed.parent.iterdir()] == ["packed.keras"]


def test_rounding_moves_a_weight_by_less_than_a_two_thousandth() -> None:
    values = np.random.default_rng(0).normal(size=1000).astype("float32") * 10.0 ** np.arange(-20, 20, 0.04)
    exact = values.astype("float32")
    assert np.abs(rounded(exact) / exact - 1).max() <= 2**-11
    assert rounded(np.array([0.0, -0.0, 1.0, 116.0], "float32")).tolist() == [0, 0, 1, 116]
