from pathlib import Path

import keras
import numpy as np
import pytest

from model.network import build_network
from train.packing import pack, rounded


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("members")
    keras.utils.set_random_seed(0)
    paths = []
    for name, image_size in (("efficientnet_lite0", 64), ("vit", 64), ("efficientnet_lite0", 48)):
        paths.append(folder / f"{name}-{image_size}.keras")
        build_network(name, image_size, dropout=0.0).save(paths[-1])
    return paths


def test_committee_answers_with_the_mean_of_its_members(members: list[Path], tmp_path: Path) -> None:
    pack(members, tmp_path / "packed.keras")
    committee = keras.saving.load_model(tmp_path / "packed.keras", compile=False)
    chips = np.random.default_rng(0).integers(0, 256, (2, 200, 200, 3), dtype=np.uint8)
    answers = [keras.saving.load_model(path, compile=False).predict(chips, verbose=0) for path in members]
    packed = committee.predict(chips, verbose=0)
    assert set(packed) == {"age", "gender", "age_distribution"}
    for name, tolerance in (("age", 0.1), ("gender", 5e-3), ("age_distribution", 1e-3)):
        np.testing.assert_allclose(packed[name], np.mean([a[name] for a in answers], axis=0), atol=tolerance)
    np.testing.assert_allclose(packed["age"][:, 0], packed["age_distribution"] @ np.arange(117), rtol=1e-3)


def test_packed_file_is_much_smaller_and_stands_alone(members: list[Path], tmp_path: Path) -> None:
    pack(members[:1], tmp_path / "packed.keras")
    assert (tmp_path / "packed.keras").stat().st_size < 0.62 * members[0].stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["packed.keras"]


def test_rounding_moves_a_weight_by_less_than_a_two_thousandth() -> None:
    values = np.random.default_rng(0).normal(size=1000).astype("float32") * 10.0 ** np.arange(-20, 20, 0.04)
    values = values.astype("float32")
    assert np.abs(rounded(values) / values - 1).max() <= 2**-11
    assert rounded(np.array([0.0, -0.0, 1.0, 116.0], "float32")).tolist() == [0, 0, 1, 116]
