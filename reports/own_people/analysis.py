"""Estimates for one's own photos, and what they say about the model."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.calibration import Calibration, log_odds
from model.errors import UserError
from model.estimator import RawEstimates, standard_deviation
from model.face import Face
from model.image import read_image
from model.predictor import Predictor
from reports.metrics import age_brackets, score, wilson_interval

FEWEST_TO_REFIT = 100
"""Photos; with fewer, a refitted interval would be mostly chance."""

SHARES = ("cs5", "gender_accuracy", "interval_coverage")
"""The metrics that are shares of the photos."""

FOLDS = 5
"""Parts of the photos; each is tested with what was fitted to the others."""


@dataclass(frozen=True)
class Evaluation:
    """What was found.

    predictions: a row a photo with a face: `file`, `age`, `gender`, `group`, `bracket`, and the estimates of
        `reports.metrics`.
    raw: what the network says of the same photos, before calibration.
    failures: of photos without an estimate, the reason by file.
    several: how many photos have more than one face; the largest counts.
    """

    predictions: pd.DataFrame
    raw: RawEstimates
    failures: dict[str, str]
    several: int


def analyse(labels: pd.DataFrame, folder: Path, predictor: Predictor, progress: Any = iter) -> Evaluation:
    """Estimates the largest face of each labelled photo; keeps no picture.

    Args:
        labels: from `labels`.
        folder: where the photos are.
        predictor: finds faces and estimates.
        progress: wraps the rows, to show how far it is.

    Raises:
        UserError: if no photo has an estimate.
    """
    failures, faces, kept, several = {}, [], [], 0
    for number, file in progress(list(enumerate(labels["file"]))):
        try:
            found = predictor.predict(read_image(_inside(folder, file)))
        except UserError as error:
            failures[file] = str(error)
            continue
        if not found:
            failures[file] = "No face found."
            continue
        several += len(found) > 1
        faces.append(found[0])
        kept.append(number)
    if not faces:
        reason = next(iter(failures.values()))
        raise UserError(f"None of the {len(labels)} photos gave an estimate. The first one: {reason}")
    raw = raw_estimates(faces, predictor.estimator.calibration)
    table = predictions_table(labels.iloc[kept].reset_index(drop=True), raw, predictor.estimator.calibration)
    return Evaluation(table, raw, failures, several)


def raw_estimates(faces: Iterable[Face], calibration: Calibration) -> RawEstimates:
    """What the network said of some faces, before calibration."""
    faces = list(faces)
    age = np.array([face.age for face in faces])
    known = all(face.age_distribution is not None for face in faces)
    distribution = np.array([face.age_distribution for face in faces], float) if known else None
    female = np.array(
        [face.gender_probability if face.gender == "female" else 1 - face.gender_probability for face in faces]
    )
    uncalibrated = 1 / (1 + np.exp(-log_odds(female) * calibration.gender_temperature))
    return RawEstimates(age, standard_deviation(age, distribution), uncalibrated)


def predictions_table(labels: pd.DataFrame, raw: RawEstimates, calibration: Calibration) -> pd.DataFrame:
    """The labels with the calibrated estimates and the age bracket."""
    low, high = calibration.age_interval(raw.age, raw.age_std)
    return labels.assign(
        bracket=age_brackets(labels["age"]),
        predicted_age=raw.age,
        age_low=low,
        age_high=high,
        female_probability=calibration.female_probability(raw.female),
    )


def scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """Every metric for all photos and for each bracket, gender and group: `grouping`, `group`, `photos`, `metric`,
    `value`, `low`, `high`: Wilson's interval for shares, since groups are small, and the bootstrap's for years.

    Gender is scored where it is labelled.
    """
    parts = [("all", "all photos", predictions)]
    for column in ("bracket", "gender", "group"):
        parts += [(column, str(name), part) for name, part in predictions.groupby(column, observed=True)]
    rows = []
    for grouping, group, part in parts:
        figures = score(part.drop(columns="gender"))
        labelled = part[part["gender"].notna()]
        if len(labelled):
            figures |= {name: value for name, value in score(labelled).items() if name.startswith("gender")}
        for metric, figure in figures.items():
            if isinstance(figure, dict):
                photos = len(labelled) if metric.startswith("gender") else len(part)
                if metric in SHARES:
                    low, high = wilson_interval(round(figure["value"] * photos), photos)
                    figure = figure | {"low": low, "high": high}
                rows.append({"grouping": grouping, "group": group, "photos": photos, "metric": metric} | figure)
    return pd.DataFrame(rows)


def refit(evaluation: Evaluation) -> Calibration:
    """The calibration that fits these photos; the ages that the network estimates stay as they are.

    Raises:
        UserError: if there are too few photos, or too few with a gender of each kind.
    """
    table = evaluation.predictions
    if len(table) < FEWEST_TO_REFIT:
        raise UserError(f"A calibration needs {FEWEST_TO_REFIT} photos with a face. There are {len(table)}.")
    if table["gender"].nunique() < 2:
        raise UserError("A calibration needs photos labelled male and photos labelled female.")
    from reports.calibrating import fit_calibration  # needs SciPy, which predictions and reports do without

    return fit_calibration(evaluation.raw, table)


def refitted_coverage(evaluation: Evaluation) -> float:
    """How often a refitted interval contains the age of photos that it was not fitted to, 0-1 (cross-validation)."""
    from reports.calibrating import fit_calibration

    table, raw = evaluation.predictions, evaluation.raw
    fold = np.random.default_rng(0).permutation(len(table)) % FOLDS
    inside = np.zeros(len(table), bool)
    for number in range(FOLDS):
        held = fold == number
        fitted = fit_calibration(_rows(raw, ~held), table[~held].reset_index(drop=True))
        low, high = fitted.age_interval(raw.age[held], raw.age_std[held])
        inside[held] = table["age"][held].between(low, high)
    return float(inside.mean())


def _rows(raw: RawEstimates, chosen: np.ndarray) -> RawEstimates:
    return RawEstimates(raw.age[chosen], raw.age_std[chosen], raw.female[chosen])


def _inside(folder: Path, file: str) -> Path:
    """The photo in the folder.

    Raises:
        UserError: if the name leads out of it.
    """
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UserError(f"{file} is not inside {folder}.")
    return path
