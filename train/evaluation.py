"""Fits the calibration on the validation split, then reports on the test split.

Writes beside the model `calibration.json`, and into the results folder `test_predictions.parquet` (a row a test
photo) and `report.json` (every figure with a bootstrap 95 % interval).
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from model.calibration import COVERAGE, Calibration, log_odds
from model.estimator import Network, RawEstimates
from model.labels import BRACKET_NAMES, GENDERS, age_brackets
from train.dataset import Dataset

BOOTSTRAP_SAMPLES = 2000
CUMULATIVE_SCORE_YEARS = 5


def evaluate(model: Path, dataset: Dataset) -> tuple[Calibration, pd.DataFrame, dict]:
    """Calibrates a saved network on the validation split and applies it to the test split.

    Returns:
        The calibration, the test predictions (see `predictions_table`) and the report (see `make_report`).
    """
    network = Network(model)
    validation, test = dataset.select("validation"), dataset.select("test")
    calibration = fit_calibration(network.estimate(validation.chips), validation.photos)
    predictions = predictions_table(network.estimate(test.chips), test.photos, calibration)
    report = {"model_bytes": model.stat().st_size, "validation_photos": len(validation.photos)} | make_report(
        predictions
    )
    return calibration, predictions, report


def fit_calibration(raw: RawEstimates, photos: pd.DataFrame) -> Calibration:
    """Split-conformal age interval and gender temperature from validation photos.

    The interval is the network's own spread, stretched until it holds 80 % of the validation ages, with equal
    shares missed on either side (normalised split conformal prediction, Lei et al., arXiv 1604.04173).
    """
    scores = (photos["age"].to_numpy() - raw.age) / raw.spread
    n = len(scores)
    # The finite-sample correction: the k-th smallest of n, with k = (n + 1) p rounded outwards.
    tail = (1 - COVERAGE) / 2
    low = np.sort(scores)[max(0, int(np.floor((n + 1) * tail)) - 1)]
    high = np.sort(scores)[min(n - 1, int(np.ceil((n + 1) * (1 - tail))) - 1)]
    female = (photos["gender"] == "female").to_numpy()
    odds = np.where(female, 1, -1) * log_odds(raw.female)

    def mean_negative_log_likelihood(log_temperature: float) -> float:
        return float(np.logaddexp(0, -odds / np.exp(log_temperature)).mean())

    fitted = minimize_scalar(mean_negative_log_likelihood, bounds=(-3, 3), method="bounded")
    return Calibration(float(low), float(high), float(np.exp(fitted.x)))


def predictions_table(raw: RawEstimates, photos: pd.DataFrame, calibration: Calibration) -> pd.DataFrame:
    """A row a photo: labels, `predicted_age`, `age_low`, `age_high`, `female_probability`."""
    low, high = calibration.age_interval(raw.age, raw.spread)
    table = photos[["photo", "age", "gender", "ethnicity"]].reset_index(drop=True)
    return table.assign(
        predicted_age=raw.age.astype("float32"),
        age_low=low.astype("float32"),
        age_high=high.astype("float32"),
        female_probability=calibration.female_probability(raw.female).astype("float32"),
    )


def make_report(predictions: pd.DataFrame) -> dict:
    """All figures, overall and by age bracket, gender and ethnicity.

    Each group has `photos` and, by metric, `value`, `low` and `high`: the ends of the bootstrap 95 % interval.
    """
    brackets = age_brackets(predictions["age"])
    reliability = gender_reliability(predictions)
    return {
        "metrics": {name: text for name, (text, _) in METRICS.items()},
        "overall": score(predictions),
        "gender_calibration_error": calibration_error(reliability),
        "gender_reliability": reliability,
        "by_age": {name: score(predictions[brackets == name]) for name in BRACKET_NAMES},
        "by_gender": {name: score(predictions[predictions["gender"] == name]) for name in GENDERS},
        "by_ethnicity": {
            name: score(predictions[predictions["ethnicity"] == name])
            for name in predictions["ethnicity"].cat.categories
        },
    }


def score(predictions: pd.DataFrame, seed: int = 0) -> dict:
    """Each metric of some photos with the percentile bootstrap's 95 % interval; none if there are no photos."""
    result: dict = {"photos": len(predictions)}
    if predictions.empty:
        return result
    columns = pd.DataFrame({name: per_photo(predictions) for name, (_, per_photo) in METRICS.items()}).to_numpy(
        dtype=float
    )
    rng = np.random.default_rng(seed)
    n = len(columns)
    resampled = np.stack([columns[rng.integers(n, size=n)].mean(0) for _ in range(BOOTSTRAP_SAMPLES)])
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    for i, name in enumerate(METRICS):
        result[name] = {"value": _rounded(columns[:, i].mean()), "low": _rounded(low[i]), "high": _rounded(high[i])}
    return result


def gender_reliability(predictions: pd.DataFrame, bins: int = 10) -> list[dict]:
    """Stated probability and share of right genders, in bins of equally many photos, from least to most certain."""
    female = predictions["female_probability"]
    table = pd.DataFrame({"stated": np.maximum(female, 1 - female), "right": _right_gender(predictions)})
    table = table.sort_values("stated", kind="stable")
    parts = [table.iloc[rows] for rows in np.array_split(np.arange(len(table)), min(bins, len(table)))]
    return [
        {"stated": _rounded(part["stated"].mean()), "observed": _rounded(part["right"].mean()), "photos": len(part)}
        for part in parts
    ]


def calibration_error(reliability: list[dict]) -> float:
    """Expected calibration error: mean distance between what is stated and what is observed, 0-1."""
    photos = [part["photos"] for part in reliability]
    gaps = [abs(part["stated"] - part["observed"]) for part in reliability]
    return _rounded(np.average(gaps, weights=photos))


def write_results(
    calibration: Calibration, predictions: pd.DataFrame, report: dict, model: Path, results: Path
) -> None:
    """Writes `calibration.json` beside the model, predictions and report into the results folder."""
    results.mkdir(parents=True, exist_ok=True)
    calibration.save(model.with_name("calibration.json"))
    predictions.to_parquet(results / "test_predictions.parquet", index=False)
    (results / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def _absolute_error(p: pd.DataFrame) -> NDArray:
    return (p["predicted_age"] - p["age"]).abs().to_numpy()


def _right_gender(p: pd.DataFrame) -> NDArray:
    return ((p["female_probability"] >= 0.5) == (p["gender"] == "female")).to_numpy()


def _calibration_gap(p: pd.DataFrame) -> NDArray:
    """Accuracy minus the probability stated: its mean is 0 for calibrated probabilities."""
    female = p["female_probability"].to_numpy()
    return _right_gender(p).astype(float) - np.maximum(female, 1 - female)


# All metrics are means over photos, so that one resampling serves them all.
METRICS: dict[str, tuple[str, Callable[[pd.DataFrame], NDArray]]] = {
    "age_mae": ("mean absolute age error, years", _absolute_error),
    "age_bias": ("mean of predicted minus true age, years", lambda p: (p["predicted_age"] - p["age"]).to_numpy()),
    "cs5": (
        f"share with an age error of at most {CUMULATIVE_SCORE_YEARS} years",
        lambda p: _absolute_error(p) <= CUMULATIVE_SCORE_YEARS,
    ),
    "gender_accuracy": ("share with the right gender", _right_gender),
    "interval_coverage": (
        "share whose true age lies in the 80 % interval",
        lambda p: ((p["age"] >= p["age_low"]) & (p["age"] <= p["age_high"])).to_numpy(),
    ),
    "interval_width": ("mean width of the 80 % interval, years", lambda p: (p["age_high"] - p["age_low"]).to_numpy()),
    "gender_calibration_gap": ("gender accuracy minus mean stated probability", _calibration_gap),
}


def _rounded(value: float) -> float:
    return round(float(value), 4)
