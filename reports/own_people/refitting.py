"""The calibration fitted to one's own photos, and how well it does on photos that it was not fitted to."""

import numpy as np

from model.calibration import Calibration
from model.errors import UserError
from model.estimator import RawEstimates
from reports.calibrating import fit_calibration
from reports.own_people.analysis import Evaluation

FEWEST_TO_REFIT = 100
"""Photos; with fewer, a refitted interval would be mostly chance."""

FOLDS = 5
"""Parts of the photos; each is tested with what was fitted to the others."""


def refit(evaluation: Evaluation) -> Calibration:
    """The calibration that fits these photos; the ages that the network estimates stay as they are.

    Raises:
        UserError: if there are too few photos, or none of one gender.
    """
    table = evaluation.predictions
    if len(table) < FEWEST_TO_REFIT:
        raise UserError(f"A calibration needs {FEWEST_TO_REFIT} photos with a face and an age. So far: {len(table)}.")
    if table["gender"].nunique() < 2:
        raise UserError("A calibration needs photos labelled male and photos labelled female.")
    return fit_calibration(evaluation.raw, table)


def refitted_coverage(evaluation: Evaluation) -> float:
    """How often a refitted interval contains the age of photos that it was not fitted to, 0-1 (cross-validation)."""
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
