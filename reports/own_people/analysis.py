"""Estimates for one's own photos, beside their labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.calibration import Calibration
from model.errors import UserError
from model.estimator import RawEstimates
from model.image import read_image
from model.predictor import Predictor
from reports.metrics import age_brackets


@dataclass(frozen=True)
class PhotoEstimate:
    """What the network says of the largest face of a photo, before calibration; no picture.

    age: years.
    age_std: predictive standard deviation of the age, years.
    female: probability of "female", 0-1.
    faces: how many the photo has.
    """

    age: float
    age_std: float
    female: float
    faces: int


Outcome = PhotoEstimate | str
"""An estimate, or the sentence that says why there is none."""


@dataclass(frozen=True)
class Evaluation:
    """What was found.

    predictions: one row per photo with a face: `file`, `age`, `gender`, `group`, `bracket`, and the estimates of
        `reports.metrics`.
    raw: what the network says of the same photos, before calibration.
    failures: of photos without an estimate, the reason by file.
    several: the photos with more than one face.
    """

    predictions: pd.DataFrame
    raw: RawEstimates
    failures: dict[str, str]
    several: tuple[str, ...] = ()


def estimate_photo(predictor: Predictor, source: Path | bytes) -> PhotoEstimate:
    """The raw estimate for the largest face of a photo.

    Args:
        predictor: finds faces; its network estimates.
        source: the file or its contents.

    Raises:
        UserError: if the photo cannot be read or has no face.
    """
    faces, chips = predictor.predict_with_chips(read_image(source))
    if not faces:
        raise UserError("No face found.")
    raw = predictor.estimator.network.estimate(chips[:1])
    return PhotoEstimate(raw.age.item(), raw.age_std.item(), raw.female.item(), len(faces))


def analyse(labels: pd.DataFrame, folder: Path, predictor: Predictor, progress: Any = iter) -> Evaluation:
    """Estimates the largest face of each labelled photo of a folder.

    Args:
        labels: from `labels`.
        folder: where the photos are.
        predictor: finds faces and estimates.
        progress: wraps the files, to show how far it is.

    Raises:
        UserError: if no photo has an estimate.
    """
    outcomes: dict[str, Outcome] = {}
    for file in progress(list(labels["file"])):
        try:
            outcomes[file] = estimate_photo(predictor, _inside(folder, file))
        except UserError as error:
            outcomes[file] = str(error)
    return evaluate(labels, outcomes, predictor.estimator.calibration)


def evaluate(labels: pd.DataFrame, outcomes: Mapping[str, Outcome], calibration: Calibration) -> Evaluation:
    """Joins labels with what was found in their photos.

    Args:
        labels: from `labels`.
        outcomes: by file, one for each label.
        calibration: of the estimates.

    Raises:
        UserError: if no photo has an estimate.
    """
    of_labels = {file: outcomes[file] for file in labels["file"]}
    failures = {file: outcome for file, outcome in of_labels.items() if isinstance(outcome, str)}
    found = {file: outcome for file, outcome in of_labels.items() if isinstance(outcome, PhotoEstimate)}
    if not found:
        reason = next(iter(failures.values()))
        raise UserError(f"None of the {len(labels)} photos gave an estimate. The first one: {reason}")
    estimates = found.values()
    raw = RawEstimates(
        np.array([estimate.age for estimate in estimates]),
        np.array([estimate.age_std for estimate in estimates]),
        np.array([estimate.female for estimate in estimates]),
    )
    kept = labels[labels["file"].isin(list(found))].reset_index(drop=True)
    several = tuple(file for file, estimate in found.items() if estimate.faces > 1)
    return Evaluation(predictions_table(kept, raw, calibration), raw, failures, several)


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


def _inside(folder: Path, file: str) -> Path:
    """The photo in the folder.

    Raises:
        UserError: if the name leads out of it.
    """
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UserError(f"{file} is not inside {folder}.")
    return path
