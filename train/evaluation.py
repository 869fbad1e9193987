"""Calibrates on the validation splits, then reports on the test splits.

Writes `calibration.json` beside the model, and for each data set a report with a bootstrap 95% interval for every
metric, and the predictions, one row per test photo: `report.json` and `test_predictions.parquet` for UTKFace,
`report-NAME.json` and `test_predictions-NAME.parquet` for the others.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.calibration import Calibration, load_calibration
from model.estimator import ModelError, Network, RawEstimates
from model.labels import BRACKET_NAMES
from model.writing import atomic_write, atomic_write_text
from reports.calibrating import fit_calibration
from reports.data_sets import predictions_file, report_file
from reports.metrics import calibration_error, label_brackets, possible_metrics, reliability, score
from train.data.mixing import with_bounds
from train.data.utkface import UTKFACE, Dataset


def calibrate(network: Network, datasets: Sequence[Dataset]) -> Calibration:
    """The calibration of a network on the validation splits of all data sets together."""
    parts = [dataset.select("validation") for dataset in datasets]
    columns = ["youngest", "oldest", "gender"]
    photos = pd.concat([with_bounds(part.photos)[columns].assign(data=part.name) for part in parts], ignore_index=True)
    return fit_calibration(_join([network.estimate(part.chips[:]) for part in parts]), photos)


def evaluate(
    model: Path, datasets: Sequence[Dataset]
) -> tuple[Calibration, dict[str, tuple[pd.DataFrame, dict[str, Any]]]]:
    """Calibrates a saved network and reports on the test split of each data set.

    Where UTKFace is not among them, nothing is fitted, and the calibration beside the model is used.

    Returns:
        The calibration, and by data set its predictions (see `predictions_table`) and report (see `make_report`).

    Raises:
        ModelError: if nothing is fitted and the model was not calibrated.
    """
    network = Network(model)
    if any(dataset.name == UTKFACE for dataset in datasets):
        calibration = calibrate(network, datasets)
    elif (path := model.with_name("calibration.json")).is_file():
        calibration = load_calibration(path)
    else:
        raise ModelError(f"{path} is missing. Create it with UTKFace: python -m train evaluate")
    return calibration, {dataset.name: _evaluate(network, dataset, calibration, model) for dataset in datasets}


def _evaluate(
    network: Network, dataset: Dataset, calibration: Calibration, model: Path
) -> tuple[pd.DataFrame, dict[str, Any]]:
    test = dataset.select("test")
    predictions = predictions_table(network.estimate(test.chips[:]), test.photos, calibration)
    about = {
        "data": dataset.name,
        "age_labels": dataset.age_labels,
        "skipped": dataset.summary["skipped"],
        "model_bytes": model.stat().st_size,
        "validation_photos": len(dataset.select("validation").photos),
    }
    return predictions, about | make_report(predictions)


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


def make_report(predictions: pd.DataFrame) -> dict[str, Any]:
    """All figures that the labels allow, overall and by age bracket, gender and ethnicity.

    Each group has `photos` and, by metric, `value`, `low` and `high`: the ends of the bootstrap 95% interval.
    """
    metrics = possible_metrics(predictions)
    report: dict[str, Any] = {
        "metrics": {name: metric.text for name, metric in metrics.items()},
        "overall": score(predictions),
    }
    if "gender_accuracy" in metrics:
        bins = reliability(predictions)
        report["gender_calibration_error"] = round(calibration_error(bins), 4)
        report["gender_reliability"] = bins.round(4).to_dict("records")
    brackets = label_brackets(predictions)
    report["by_age"] = {name: score(predictions[brackets == name]) for name in BRACKET_NAMES}
    for name in ("gender", "ethnicity"):
        if name in predictions and (labels := predictions[name]).notna().any():
            report[f"by_{name}"] = {label: score(predictions[labels == label]) for label in labels.cat.categories}
    return report


def write_results(
    calibration: Calibration, evaluated: dict[str, tuple[pd.DataFrame, dict[str, Any]]], model: Path, results: Path
) -> None:
    """Writes `calibration.json` beside the model, predictions and reports into the results folder."""
    calibration.save(model.with_name("calibration.json"))
    for name, (predictions, report) in evaluated.items():
        with atomic_write(results / predictions_file(name)) as partial:
            predictions.to_parquet(partial, index=False)
        text = json.dumps(report, indent=2, ensure_ascii=False)
        atomic_write_text(results / report_file(name), text + "\n")


def _join(parts: Sequence[RawEstimates]) -> RawEstimates:
    return RawEstimates(
        np.concatenate([part.age for part in parts]),
        np.concatenate([part.age_std for part in parts]),
        np.concatenate([part.female for part in parts]),
    )
