import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from model.estimator import RawEstimates
from train.data.utkface import Dataset
from train.experiments import EXPERIMENTS, Experiment
from train.recipes import Config
from train.study import estimate_together, missing_rows, run_experiment, write_row

pytestmark = pytest.mark.usefixtures("small_cnn")

ONE = {"one": Config(network="cnn", epochs=1, image_size=32, batch_size=16, learning_rate=1e-2)}
TWO = ONE | {"two": replace(ONE["one"], seed=8)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where finished runs stay, so that each network is trained once."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def row_of(
    small_dataset: Dataset, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Experiment], dict[str, Any]]:
    def run(experiment: Experiment) -> dict[str, Any]:
        monkeypatch.setitem(EXPERIMENTS, "cnn", experiment)
        return run_experiment("cnn", {"utkface": small_dataset}, runs, verbose=0)

    return run


def estimates(runs: Path, name: str, chips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ages and probabilities of "female", as Keras computes them."""
    answer = keras.saving.load_model(runs / f"{name}.keras", compile=False).predict_on_batch(chips)
    return answer["age"][:, 0], answer["gender"][:, 1]


def check(row: dict[str, Any], photos: pd.DataFrame, age: np.ndarray, female: np.ndarray) -> None:
    error = np.abs(age - photos["age"])
    assert row["validation_age_mae"] == pytest.approx(error.mean(), abs=2e-3)
    assert row["validation_cs5"] == pytest.approx((error <= 5).mean(), abs=1e-4)
    right = (female >= 0.5) == (photos["gender"] == "female")
    assert row["validation_gender_accuracy"] == pytest.approx(right.mean(), abs=1e-4)


def test_row_is_measured_on_validation(
    small_dataset: Dataset, runs: Path, row_of: Callable[[Experiment], dict[str, Any]]
) -> None:
    row, validation = row_of(Experiment("one", ONE)), small_dataset.select("validation")
    check(row, validation.photos, *estimates(runs, "one", validation.chips[:]))
    network = keras.saving.load_model(runs / "one.keras", compile=False)
    assert row["parameters"] == network.count_params()
    assert row["milliseconds_per_face"] > 0
    assert (row["network"], row["image_size"], row["epochs"]) == ("cnn", "32", "1")


def test_estimates_of_several_networks_are_averaged(
    small_dataset: Dataset, runs: Path, row_of: Callable[[Experiment], dict[str, Any]]
) -> None:
    alone, row = row_of(Experiment("one", ONE)), row_of(Experiment("two", TWO))
    validation = small_dataset.select("validation")
    both = [estimates(runs, name, validation.chips[:]) for name in TWO]
    assert np.abs(both[0][0] - both[1][0]).max() > 0.01  # else their mean would be that of one
    check(row, validation.photos, *np.mean(both, axis=0))
    assert row["parameters"] == 2 * alone["parameters"]
    assert (row["network"], row["epochs"]) == ("cnn + cnn", "1 + 1")


class LeftHalf:
    """A network that takes the brightness of the left half for the age."""

    def estimate(self, chips: np.ndarray) -> RawEstimates:
        age = chips[:, :, : chips.shape[2] // 2].mean((1, 2, 3)).astype(np.float64)
        return RawEstimates(age, np.ones(len(chips)), age / 255)


def test_mirrored_estimates_average_both_views_of_a_face(small_dataset: Dataset) -> None:
    chips = small_dataset.chips[:5]
    left, right = (LeftHalf().estimate(view).age for view in (chips, chips[:, :, ::-1]))
    assert np.abs(left - right).max() > 1
    age, female = estimate_together([LeftHalf()], chips, mirrored=True)
    np.testing.assert_allclose(age, (left + right) / 2)
    np.testing.assert_allclose(female, (left + right) / 2 / 255)
    np.testing.assert_allclose(estimate_together([LeftHalf()], chips, mirrored=False)[0], left)


def test_rows_stay_in_order_and_are_replaced(tmp_path: Path) -> None:
    table = tmp_path / "experiments.csv"
    for name, mae in (("vit", 6.0), ("cnn", 7.0), ("vit", 5.5)):
        write_row({"name": name, "validation_age_mae": mae}, table)
    assert pd.read_csv(table).to_dict("records") == [
        {"name": "cnn", "validation_age_mae": 7.0},
        {"name": "vit", "validation_age_mae": 5.5},
    ]
    assert missing_rows(table) == [name for name in EXPERIMENTS if name not in ("cnn", "vit")]


def test_row_on_several_data_sets_trains_and_measures_each(
    small_dataset: Dataset, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(small_dataset, name="aaf")
    monkeypatch.setitem(EXPERIMENTS, "cnn", Experiment("both", {"both": ONE["one"]}, data=("utkface", "aaf")))
    row = run_experiment("cnn", {"utkface": small_dataset, "aaf": other}, runs, verbose=0)
    validation = small_dataset.select("validation")
    age, _ = estimates(runs, "both", validation.chips[:])
    assert row["aaf_age_mae"] == pytest.approx(np.abs(age - validation.photos["age"]).mean(), abs=2e-3)
    assert row["aaf_age_mae"] == pytest.approx(row["validation_age_mae"], abs=1e-3)
    assert "fairface_gender_accuracy" not in row
    assert json.loads((runs / "both" / "config.json").read_text())["data"] == "utkface+aaf"
