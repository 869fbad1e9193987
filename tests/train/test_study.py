from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from train.data.utkface import Dataset
from train.experiments import EXPERIMENTS, Experiment
from train.recipes import Config
from train.study import missing_rows, run_experiment, write_row

ONE = {"one": Config(network="cnn", epochs=1, image_size=32, batch_size=16)}
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
        return run_experiment("cnn", small_dataset, runs, verbose=0)

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


def test_mirrored_row_averages_both_views_of_a_face(
    small_dataset: Dataset, runs: Path, row_of: Callable[[Experiment], dict[str, Any]]
) -> None:
    alone, row = row_of(Experiment("one", ONE)), row_of(Experiment("mirrored", ONE, mirrored=True))
    validation = small_dataset.select("validation")
    views = [estimates(runs, "one", chips) for chips in (validation.chips[:], validation.chips[:][:, :, ::-1])]
    check(row, validation.photos, *np.mean(views, axis=0))
    assert row["parameters"] == alone["parameters"]
    assert row["validation_age_mae"] != alone["validation_age_mae"]


def test_rows_stay_in_order_and_are_replaced(tmp_path: Path) -> None:
    table = tmp_path / "experiments.csv"
    for name, mae in (("vit", 6.0), ("cnn", 7.0), ("vit", 5.5)):
        write_row({"name": name, "validation_age_mae": mae}, table)
    assert pd.read_csv(table).to_dict("records") == [
        {"name": "cnn", "validation_age_mae": 7.0},
        {"name": "vit", "validation_age_mae": 5.5},
    ]
    assert missing_rows(table) == [name for name in EXPERIMENTS if name not in ("cnn", "vit")]
