import json
from pathlib import Path

import numpy as np
import pytest

from model.calibration import Calibration, load_calibration, log_odds


def test_interval_stays_within_possible_ages() -> None:
    low, high = Calibration((0.0,), (-1.5,), (1.2,), 1).age_interval(
        np.array([2.0, 40.0, 115.0]), np.array([3.0, 10.0, 5.0])
    )
    np.testing.assert_allclose(low, [0, 25, 107.5])
    np.testing.assert_allclose(high, [5.6, 52, 116])


def test_interval_grows_with_a_power_of_the_predictive_standard_deviation() -> None:
    low, high = Calibration((0.0,), (-1,), (2,), 1, 1.5).age_interval(np.array([50.0, 50.0]), np.array([1.0, 4.0]))
    np.testing.assert_allclose(low, [49, 42])
    np.testing.assert_allclose(high, [52, 66])


def test_ends_change_linearly_between_the_ages_they_were_fitted_for() -> None:
    calibration = Calibration((20.0, 60.0), (-1.0, -3.0), (1.0, 2.0), 1)
    low, high = calibration.age_interval(np.array([10.0, 40.0, 90.0]), np.full(3, 2.0))
    np.testing.assert_allclose(low, [8, 36, 84])
    np.testing.assert_allclose(high, [12, 43, 94])


def test_temperature_of_one_changes_nothing_and_a_higher_one_is_less_certain() -> None:
    raw = np.array([0.02, 0.5, 0.9])
    np.testing.assert_allclose(Calibration((0.0,), (0,), (0,), 1).female_probability(raw), raw)
    flattened = Calibration((0.0,), (0,), (0,), 2).female_probability(raw)
    assert 0.02 < flattened[0] < 0.5 == flattened[1] < flattened[2] < 0.9


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    calibration = Calibration((0.0,), (-1.25,), (1.5,), 0.8, 1.3)
    calibration.save(tmp_path / "calibration.json")
    assert load_calibration(tmp_path / "calibration.json") == calibration


def test_certain_probabilities_have_finite_odds() -> None:
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()


@pytest.mark.parametrize("field", ["ages", "age_low", "age_high", "gender_temperature", "std_power"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", '"nan"', "null"])
def test_calibration_that_is_not_finite_is_refused(field: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    Calibration((0.0,), (-1.25,), (1.5,), 0.8, 1.3).save(path)
    values = json.loads(path.read_text())
    values[field] = ["X"] if isinstance(values[field], list) else "X"
    path.write_text(json.dumps(values).replace('"X"', value))
    with pytest.raises(ValueError, match=r"is not a calibration that can be used\. Recreate it"):
        load_calibration(path)


@pytest.mark.parametrize("temperature", [0, -1])
def test_temperature_that_is_not_positive_is_refused(temperature: float, tmp_path: Path) -> None:
    Calibration((0.0,), (-1.25,), (1.5,), temperature).save(tmp_path / "calibration.json")
    with pytest.raises(ValueError, match="is not a calibration"):
        load_calibration(tmp_path / "calibration.json")


@pytest.mark.parametrize(
    "impossible",
    [
        Calibration((20.0, 10.0), (-1, -1), (1, 1), 1),
        Calibration((10.0, 20.0), (-1, 2), (1, 1), 1),
        Calibration((10.0,), (-1,), (1,), 1, -0.5),
        Calibration((10.0,), (-1,), (1,), 1, 100),
    ],
    ids=["falling ages", "interval upside down", "negative power", "huge power"],
)
def test_numbers_that_contradict_each_other_are_refused(impossible: Calibration, tmp_path: Path) -> None:
    impossible.save(tmp_path / "mine.json")
    with pytest.raises(ValueError, match=r"mine\.json is not a calibration that can be used"):
        load_calibration(tmp_path / "mine.json")
