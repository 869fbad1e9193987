"""Fits the calibration on the validation split, then reports on the test split.

Writes beside the model `calibration.json`, and into the results folder `test_predictions.parquet` (a row a test
photo) and `report.json` (every figure with a bootstrap 95 % interval). On another data set than UTKFace nothing is
fitted: the calibration is the one beside the model, and there is only a report, `report-NAME.json`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from model.calibration import COVERAGE, Calibration, load_calibration, log_odds
from model.estimator import ModelError, Network, RawEstimates
from model.labels import BRACKET_NAMES, age_brackets
from model.writing import atomic_write, atomic_write_text
from reports.metrics import CUMULATIVE_SCORE_YEARS, bootstrap, right_gender
from train.data.utkface import Dataset


def evaluate(model: Path, dataset: Dataset) -> tuple[Calibration, pd.DataFrame, dict]:
    """Calibrates a saved network on the validation split and applies it to the test split.

    Returns:
        The calibration, the test predictions (see `predictions_table`) and the report (see `make_report`).
    """
    network = Network(model)
    validation, test = dataset.select("validation"), dataset.select("test")
    calibration = fit_calibration(network.estimate(validation.chips[:]), validation.photos)
    predictions = predictions_table(network.estimate(test.chips[:]), test.photos, calibration)
    report = {"model_bytes": model.stat().st_size, "validation_photos": len(validation.photos)} | make_report(
        predictions
    )
    return calibration, predictions, report


def evaluate_elsewhere(model: Path, dataset: Dataset, split: str) -> dict:
    """Reports on one split of another data set than UTKFace.

    Returns:
        The report (see `make_report`) with `data`, `age_labels` ("real" or "apparent"), `split` and what was `skipped`.

    Raises:
        ModelError: if the model was not calibrated.
    """
    calibration = model.with_name("calibration.json")
    if not calibration.is_file():
        raise ModelError(f"{calibration} is missing. Make it on UTKFace with: python -m train evaluate")
    photos = dataset.select(split)
    raw = Network(model).estimate(photos.chips[:])
    return {
        "data": dataset.name,
        "age_labels": dataset.age_labels,
        "split": split,
        "skipped": dataset.summary["skipped"],
        "model_bytes": model.stat().st_size,
    } | make_report(predictions_table(raw, photos.photos, load_calibration(calibration)))


def fit_calibration(raw: RawEstimates, photos: pd.DataFrame) -> Calibration:
    """Split-conformal age interval and gender temperature from validation photos.

    The interval is a power of the network's own spread, stretched until it holds 80 % of the validation ages, with
    equal shares missed on either side (normalised split conformal prediction, Lei et al., arXiv 1604.04173). The power
    is the likeliest one if errors follow a Laplace distribution of that scale.
    """
    error = photos["age"].to_numpy() - raw.age

    def laplace_negative_log_likelihood(power: float) -> float:
        return float(np.log((np.abs(error) / raw.spread**power).mean()) + power * np.log(raw.spread).mean())

    power = minimize_scalar(laplace_negative_log_likelihood, bounds=(0, 3), method="bounded").x
    scores = error / raw.spread**power
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
    return Calibration(float(low), float(high), float(np.exp(fitted.x)), float(power))


def predictions_table(raw: RawEstimates, photos: pd.DataFrame, calibration: Calibration) -> pd.DataFrame:
    """A row a photo: its labels, `predicted_age`, `age_low`, `age_high`, `female_probability`."""
    low, high = calibration.age_interval(raw.age, raw.spread)
    labels = [name for name in ("photo", "age", "youngest", "oldest", "gender", "ethnicity") if name in photos]
    table = photos[labels].reset_index(drop=True)
    return table.assign(
        predicted_age=raw.age.astype("float32"),
        age_low=low.astype("float32"),
        age_high=high.astype("float32"),
        female_probability=calibration.female_probability(raw.female).astype("float32"),
    )


def make_report(predictions: pd.DataFrame) -> dict:
    """All figures that the labels allow, overall and by age bracket, gender and ethnicity.

    Each group has `photos` and, by metric, `value`, `low` and `high`: the ends of the bootstrap 95 % interval.
    """
    report: dict = {
        "metrics": {name: metric.text for name, metric in possible_metrics(predictions).items()},
        "overall": score(predictions),
    }
    if _is_known(predictions, "gender"):
        reliability = gender_reliability(predictions)
        report["gender_calibration_error"] = calibration_error(reliability)
        report["gender_reliability"] = reliability
    brackets = age_brackets(predictions["age" if "age" in predictions else "youngest"])
    report["by_age"] = {name: score(predictions[brackets == name]) for name in BRACKET_NAMES}
    for name in ("gender", "ethnicity"):
        if name in predictions and (labels := predictions[name]).notna().any():
            report[f"by_{name}"] = {label: score(predictions[labels == label]) for label in labels.cat.categories}
    return report


def possible_metrics(predictions: pd.DataFrame) -> dict[str, "Metric"]:
    """The metrics whose label every photo has."""
    return {name: metric for name, metric in METRICS.items() if _is_known(predictions, metric.label)}


def score(predictions: pd.DataFrame, seed: int = 0) -> dict:
    """Each metric of some photos with the percentile bootstrap's 95 % interval; none if there are no photos."""
    result: dict = {"photos": len(predictions)}
    if predictions.empty:
        return result
    metrics = possible_metrics(predictions)
    per_photo = pd.DataFrame({name: metric.of(predictions) for name, metric in metrics.items()})
    for name, figures in bootstrap(per_photo, seed).to_dict("index").items():
        result[str(name)] = {key: _rounded(value) for key, value in figures.items()}
    return result


def gender_reliability(predictions: pd.DataFrame, bins: int = 10) -> list[dict]:
    """Stated probability and share of right genders, in bins of equally many photos, from least to most certain."""
    female = predictions["female_probability"]
    table = pd.DataFrame({"stated": np.maximum(female, 1 - female), "right": right_gender(predictions)})
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


def write_report(report: dict, path: Path) -> None:
    """Writes a report as JSON."""
    atomic_write_text(path, json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def write_results(
    calibration: Calibration, predictions: pd.DataFrame, report: dict, model: Path, results: Path
) -> None:
    """Writes `calibration.json` beside the model, predictions and report into the results folder."""
    calibration.save(model.with_name("calibration.json"))
    with atomic_write(results / "test_predictions.parquet") as partial:
        predictions.to_parquet(partial, index=False)
    write_report(report, results / "report.json")


def _absolute_error(p: pd.DataFrame) -> NDArray:
    return (p["predicted_age"] - p["age"]).abs().to_numpy()


def _calibration_gap(p: pd.DataFrame) -> NDArray:
    """Accuracy minus the probability stated: its mean is 0 for calibrated probabilities."""
    female = p["female_probability"].to_numpy()
    return right_gender(p).to_numpy(dtype=float) - np.maximum(female, 1 - female)


def _years_outside(p: pd.DataFrame) -> NDArray:
    """Distance of the predicted age, in whole years as the labels are, from the bracket."""
    age = p["predicted_age"].round()
    return pd.concat([p["youngest"] - age, age - p["oldest"]], axis=1).max(axis=1).clip(lower=0).to_numpy()


def _is_known(p: pd.DataFrame, label: str) -> bool:
    return label in p and bool(p[label].notna().all())


@dataclass(frozen=True)
class Metric:
    """A mean over photos.

    text: what it is, with its unit.
    label: the column it needs.
    of: the table of predictions to a value a photo.
    """

    text: str
    label: str
    of: Callable[[pd.DataFrame], NDArray]


# All metrics are means over photos, so that one resampling serves them all.
METRICS: dict[str, Metric] = {
    "age_mae": Metric("mean absolute age error, years", "age", _absolute_error),
    "age_bias": Metric(
        "mean of predicted minus true age, years", "age", lambda p: (p["predicted_age"] - p["age"]).to_numpy()
    ),
    "cs5": Metric(
        f"share with an age error of at most {CUMULATIVE_SCORE_YEARS} years",
        "age",
        lambda p: _absolute_error(p) <= CUMULATIVE_SCORE_YEARS,
    ),
    "age_in_bracket": Metric("share with an age inside the bracket", "youngest", lambda p: _years_outside(p) == 0),
    "years_outside": Metric("mean distance of the age from the bracket, years", "youngest", _years_outside),
    "gender_accuracy": Metric("share with the right gender", "gender", lambda p: right_gender(p).to_numpy()),
    "interval_coverage": Metric(
        "share whose true age lies in the 80 % interval",
        "age",
        lambda p: ((p["age"] >= p["age_low"]) & (p["age"] <= p["age_high"])).to_numpy(),
    ),
    "interval_width": Metric(
        "mean width of the 80 % interval, years", "age_low", lambda p: (p["age_high"] - p["age_low"]).to_numpy()
    ),
    "gender_calibration_gap": Metric("gender accuracy minus mean stated probability", "gender", _calibration_gap),
}


def _rounded(value: float) -> float:
    return round(float(value), 4)
