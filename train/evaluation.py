"""Fits the calibration on the validation split, then reports on the test split.

Writes beside the model `calibration.json`, and into the results folder `test_predictions.parquet` (a row a test
photo) and `report.json` (every metric with a bootstrap 95% interval). On other data sets than UTKFace nothing is
fitted: the calibration beside the model is used, and only a report is written, `report-NAME.json`.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from model.calibration import COVERAGE, Calibration, load_calibration, log_odds
from model.estimator import ModelError, Network, RawEstimates
from model.labels import BRACKET_NAMES
from model.writing import atomic_write, atomic_write_text
from reports.metrics import age_brackets, calibration_error, possible_metrics, reliability, score
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

    The interval is a power of the network's predictive standard deviation, scaled until it covers 80% of the
    validation ages, with equal shares missed on either side (normalised split conformal prediction, Lei et al., arXiv
    1604.04173). The power is the most likely one if errors follow a Laplace distribution of that scale.
    """
    error = photos["age"].to_numpy() - raw.age

    def laplace_negative_log_likelihood(power: float) -> float:
        return float(np.log((np.abs(error) / raw.age_std**power).mean()) + power * np.log(raw.age_std).mean())

    power = minimize_scalar(laplace_negative_log_likelihood, bounds=(0, 3), method="bounded").x
    scores = error / raw.age_std**power
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
    low, high = calibration.age_interval(raw.age, raw.age_std)
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

    Each group has `photos` and, by metric, `value`, `low` and `high`: the ends of the bootstrap 95% interval.
    """
    metrics = possible_metrics(predictions)
    report: dict = {"metrics": {name: metric.text for name, metric in metrics.items()}, "overall": score(predictions)}
    if "gender_accuracy" in metrics:
        bins = reliability(predictions)
        report["gender_calibration_error"] = round(calibration_error(bins), 4)
        report["gender_reliability"] = bins.round(4).to_dict("records")
    brackets = age_brackets(predictions["age" if "age" in predictions else "youngest"])
    report["by_age"] = {name: score(predictions[brackets == name]) for name in BRACKET_NAMES}
    for name in ("gender", "ethnicity"):
        if name in predictions and (labels := predictions[name]).notna().any():
            report[f"by_{name}"] = {label: score(predictions[labels == label]) for label in labels.cat.categories}
    return report


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
