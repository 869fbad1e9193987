from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pytest

from model.alignment import CHIP_SIZE
from model.calibration import Calibration
from model.estimator import MODEL_PATH, Estimator, ModelError, Network
from model.network import build_network

CHIPS = np.random.default_rng(0).integers(0, 256, (33, CHIP_SIZE, CHIP_SIZE, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def estimator() -> Estimator:
    return Estimator()


@pytest.mark.parametrize("count", [0, 1, 3, 33])
def test_batch_gives_what_single_chips_give(estimator: Estimator, count: int) -> None:
    together = estimator.estimate(CHIPS[:count])
    assert len(together.age) == len(together.gender) == count
    for i in {0, count // 2, count - 1} & set(range(count)):
        alone = estimator.estimate(CHIPS[i : i + 1])
        assert together.age[i] == pytest.approx(alone.age[0], abs=0.01)
        assert together.gender_probability[i] == pytest.approx(alone.gender_probability[0], abs=1e-3)


def test_age_is_in_its_interval_and_the_likelier_gender_is_given(estimator: Estimator) -> None:
    result = estimator.estimate(CHIPS)
    assert (result.age_low <= result.age).all()
    assert (result.age <= result.age_high).all()
    assert (result.gender_probability >= 0.5).all()
    assert set(result.gender) <= {"male", "female"}


def test_threads_share_one_estimator(estimator: Estimator) -> None:
    expected = estimator.estimate(CHIPS[:3]).age
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(lambda _: estimator.estimate(CHIPS[:3]).age, range(8)):
            np.testing.assert_allclose(result, expected, atol=0.01)


def test_network_without_a_distribution_works(tmp_path: Path) -> None:
    build_network("cnn", image_size=32, dropout=0.0).save(tmp_path / "plain.keras")
    Calibration((0.0,), (-6,), (6,), 1).save(tmp_path / "calibration.json")
    result = Estimator(tmp_path / "plain.keras").estimate(CHIPS[:2])
    np.testing.assert_allclose(result.age_high - result.age, 6, atol=1e-4)


def test_missing_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="python -m train"):
        Network(tmp_path / "nothing.keras")


def test_file_that_is_not_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.keras").write_bytes(MODEL_PATH.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"broken\.keras is not a Keras model"):
        Network(tmp_path / "broken.keras")


def test_missing_calibration_says_how_to_create_it(tmp_path: Path) -> None:
    keras.saving.load_model(MODEL_PATH, compile=False).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match="python -m train evaluate"):
        Estimator(tmp_path / "model.keras")
