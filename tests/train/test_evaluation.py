import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.calibration import Calibration
from model.estimator import ModelError, RawEstimates
from model.labels import ETHNICITIES, GENDERS
from model.network import build_network
from reports.calibrating import fit_calibration
from train.data.utkface import Dataset
from train.evaluation import (
    evaluate,
    make_report,
    predictions_table,
    write_results,
)


def photos(age: np.ndarray, female: np.ndarray) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "photo": [f"{i:016x}" for i in range(len(age))],
            "age": age,
            "gender": pd.Categorical.from_codes(female.astype(int).tolist(), pd.Index(GENDERS)),
            "ethnicity": pd.Categorical.from_codes(rng.integers(0, 5, len(age)).tolist(), pd.Index(ETHNICITIES)),
        }
    )


def simulate(count: int, temperature: float, seed: int) -> tuple[RawEstimates, pd.DataFrame]:
    """A network whose errors follow its standard deviation, and whose log odds are `temperature` times too large."""
    rng = np.random.default_rng(seed)
    age, age_std = rng.uniform(20, 80, count), rng.uniform(1, 8, count)
    odds = rng.normal(0, 2, count)
    female = rng.random(count) < 1 / (1 + np.exp(-odds))
    true = (age + age_std * rng.normal(0.3, 1, count)).round()
    return RawEstimates(age, age_std, 1 / (1 + np.exp(-odds * temperature))), photos(true, female)


def test_interval_covers_80_percent_of_fresh_photos() -> None:
    calibration = fit_calibration(*simulate(4000, 1, seed=1))
    table = predictions_table(*simulate(4000, 1, seed=2), calibration)
    assert table["age"].between(table["age_low"], table["age_high"]).mean() == pytest.approx(0.8, abs=0.025)
    # Errors lean upwards, and so does the interval.
    assert np.mean(calibration.age_high) > -np.mean(calibration.age_low)


def test_interval_covers_sure_and_unsure_estimates_alike() -> None:
    def curved(seed: int) -> tuple[RawEstimates, pd.DataFrame]:
        raw, labels = simulate(8000, 1, seed)
        return dataclasses.replace(raw, age_std=np.sqrt(raw.age_std)), labels  # errors grow with its square

    calibration = fit_calibration(*curved(seed=6))
    assert calibration.std_power == pytest.approx(2, abs=0.1)
    raw, labels = curved(seed=7)
    table = predictions_table(raw, labels, calibration)
    held = table["age"].between(table["age_low"], table["age_high"])
    for part in (raw.age_std < 1.8, raw.age_std > 2.2):
        assert held[part].mean() == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("temperature", [0.5, 1, 3])
def test_temperature_is_recovered(temperature: float) -> None:
    calibration = fit_calibration(*simulate(8000, temperature, seed=3))
    assert calibration.gender_temperature == pytest.approx(temperature, rel=0.1)


def test_report_counts_every_photo_once_in_each_grouping() -> None:
    raw, labels = simulate(500, 1, seed=4)
    report = make_report(predictions_table(raw, labels, Calibration((0.0,), (-1,), (1,), 1)))
    for grouping in ("by_age", "by_gender", "by_ethnicity"):
        assert sum(group["photos"] for group in report[grouping].values()) == 500
    assert report["by_age"]["0–2"] == {"photos": 0}
    assert json.loads(json.dumps(report)) == report


def test_evaluation_of_a_saved_network_writes_its_files(small_dataset: Dataset, tmp_path: Path) -> None:
    model = tmp_path / "model.keras"
    build_network("cnn", image_size=32, dropout=0.0).save(model)
    write_results(*evaluate(model, [small_dataset]), model, tmp_path / "results")
    predictions = pd.read_parquet(tmp_path / "results" / "test_predictions.parquet")
    assert len(predictions) == small_dataset.summary["splits"]["test"]
    report = json.loads((tmp_path / "results" / "report.json").read_text())
    assert report["overall"]["photos"] == len(predictions)
    assert (tmp_path / "calibration.json").exists()


def test_report_on_brackets_has_their_metrics_and_groups() -> None:
    labels = photos(np.array([0, 0, 0, 0]), np.array([True, True, False, False])).drop(columns="age")
    labels = labels.assign(youngest=[20, 20, 70, 3], oldest=[29, 29, 116, 9])
    raw = RawEstimates(np.array([29.4, 35.0, 60.0, 2.6]), np.ones(4), np.array([0.9, 0.2, 0.4, 0.1]))
    report = make_report(predictions_table(raw, labels, Calibration((0.0,), (-2,), (2,), 1)))
    assert report["overall"]["age_in_bracket"]["value"] == 0.5
    assert report["overall"]["years_outside"]["value"] == 4
    assert report["overall"]["gender_accuracy"]["value"] == 0.75
    assert "age_mae" not in report["metrics"]
    assert report["by_age"]["20–29"]["photos"] == 2
    assert json.loads(json.dumps(report)) == report


def test_photos_without_gender_labels_are_reported_by_age_alone() -> None:
    raw, labels = simulate(50, 1, seed=6)
    labels = labels.drop(columns="ethnicity").assign(gender=pd.Categorical([None] * 50, GENDERS))
    report = make_report(predictions_table(raw, labels, Calibration((0.0,), (-1,), (1,), 1)))
    assert "age_mae" in report["overall"]
    assert not [key for key in (*report, *report["metrics"]) if "gender" in key or "ethnicity" in key]


def test_report_on_another_data_set_says_which_ages_and_split_it_is_about(
    small_dataset: Dataset, tmp_path: Path
) -> None:
    model = tmp_path / "model.keras"
    build_network("cnn", image_size=32, dropout=0.0).save(model)
    other = dataclasses.replace(small_dataset, name="appa-real", age_labels="real")
    with pytest.raises(ModelError, match="train evaluate"):
        evaluate(model, [other])
    fitted = Calibration((0.0,), (-3.0,), (3.0,), 1.0)
    fitted.save(tmp_path / "calibration.json")
    calibration, evaluated = evaluate(model, [other])
    assert calibration == fitted
    predictions, report = evaluated["appa-real"]
    assert (report["data"], report["age_labels"]) == ("appa-real", "real")
    assert report["overall"]["photos"] == len(predictions) == other.summary["splits"]["test"]


def test_intervals_cover_each_age_and_each_data_set() -> None:
    def two_sets(seed: int) -> tuple[RawEstimates, pd.DataFrame]:
        """Errors twice as large as the network thinks from 50 on, and a second, smaller set with larger errors."""
        raw, labels = simulate(9000, 1, seed)
        factor = np.where(raw.age > 50, 2, 1) * np.where(np.arange(9000) < 2000, 1.3, 1)
        labels["age"] = np.clip((raw.age + factor * (labels["age"] - raw.age)).round(), 0, 116).astype("int16")
        return raw, labels.assign(data=np.where(np.arange(9000) < 2000, "small", "large"))

    calibration = fit_calibration(*two_sets(seed=8))
    raw, labels = two_sets(seed=9)
    table = predictions_table(raw, labels, calibration)
    covered = table["age"].between(table["age_low"], table["age_high"])
    for part in (raw.age < 40, raw.age > 60):
        assert covered[part].groupby(labels["data"][part]).mean().between(0.7, 0.9).all()


def test_brackets_count_for_gender_alone() -> None:
    raw, labels = simulate(4000, 2, seed=10)
    exact = labels.assign(youngest=labels["age"], oldest=labels["age"]).drop(columns="age")
    brackets = exact.assign(youngest=0, oldest=9)
    both = pd.concat([exact, brackets], ignore_index=True)
    twice = RawEstimates(*(np.tile(values, 2) for values in (raw.age, raw.age_std, raw.female)))
    assert fit_calibration(twice, both) == fit_calibration(raw, exact)


def test_gender_is_as_uncertain_as_in_the_hardest_data_set() -> None:
    (easy, labels), (hard, more) = simulate(6000, 1, seed=11), simulate(6000, 2, seed=12)
    both = RawEstimates(
        *(np.concatenate([getattr(raw, name) for raw in (easy, hard)]) for name in ("age", "age_std", "female"))
    )
    sets = pd.concat([labels.assign(data="easy"), more.assign(data="hard")], ignore_index=True)
    assert fit_calibration(both, sets).gender_temperature == pytest.approx(2, rel=0.1)
