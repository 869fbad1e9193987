"""Answering only when sure: how the error falls when the least certain photos get no answer, and who they are.

Selective prediction (El-Yaniv and Wiener, JMLR 11, 2010): *coverage* is the share of photos that are answered, *risk*
the mean error of these. The area under the curve of risk against coverage (AURC; Geifman, Uziel and El-Yaniv, ICLR
2019) sums up how well certainty orders the errors.

A table of predictions is as in `reports.metrics`.
"""

from typing import Literal

import numpy as np
import pandas as pd

from reports.metrics import gender_probability, photo_scores, wilson_interval

Task = Literal["Age", "Gender"]
STEPS = 100
"""Points of a curve: 1%, 2%, … 100% coverage."""


def certainty(predictions: pd.DataFrame, task: Task) -> pd.Series:
    """How sure each estimate is, higher is surer: minus the width of the age interval, or the gender probability."""
    if task == "Gender":
        return gender_probability(predictions)
    return predictions["age_low"] - predictions["age_high"]


def losses(predictions: pd.DataFrame, task: Task) -> pd.Series:
    """What each photo adds to the risk: the age error in years (outside the bracket, if only that is known), or 1 for a
    wrong gender.
    """
    scores = photo_scores(predictions)
    if task == "Gender":
        return 1 - scores["gender_accuracy"]
    return scores["age_mae"] if "age_mae" in scores else scores["years_outside"]


def risks(predictions: pd.DataFrame, task: Task) -> np.ndarray:
    """The mean loss of the surest 1, 2, … all photos; float64, as many as there are photos."""
    order = (-certainty(predictions, task)).to_numpy().argsort(kind="stable")
    loss = losses(predictions, task).to_numpy()[order]
    return np.cumsum(loss) / np.arange(1, len(loss) + 1)


def risk_curve(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Risk at each hundredth of coverage.

    Returns:
        `coverage` (0-1), `photos` answered, their `risk`, and `best`: the risk if certainty ordered photos by their
        error.
    """
    actual = risks(predictions, task)
    ideal = np.sort(losses(predictions, task).to_numpy())
    ideal = np.cumsum(ideal) / np.arange(1, len(ideal) + 1)
    coverage = np.arange(1, STEPS + 1) / STEPS
    answered = answered_photos(len(actual), coverage)
    return pd.DataFrame(
        {"coverage": coverage, "photos": answered, "risk": actual[answered - 1], "best": ideal[answered - 1]}
    )


def area_under_risk(predictions: pd.DataFrame, task: Task) -> float:
    """AURC: the mean of the risk over every possible coverage, in years or as a share."""
    return float(risks(predictions, task).mean())


def answered_photos(total: int, coverage: float | np.ndarray) -> np.ndarray:
    """How many photos a coverage, 0-1, answers; at least one."""
    return np.maximum(1, np.round(np.asarray(coverage) * total)).astype(int)


def is_answered(predictions: pd.DataFrame, task: Task, coverage: float) -> pd.Series:
    """Whether each photo is among the surest `coverage` (0-1) of all."""
    ranks = (-certainty(predictions, task)).rank(method="first")
    return ranks <= int(answered_photos(len(predictions), coverage))


def answered_by_group(predictions: pd.DataFrame, task: Task, coverage: float, column: str) -> pd.DataFrame:
    """Who gets an answer: `group`, `photos`, the `share` answered (0-1) with Wilson's `low` and `high`, and the `risk`
    of those answered.
    """
    answered, loss = is_answered(predictions, task, coverage), losses(predictions, task)
    rows = []
    for name, part in answered.groupby(predictions[column], observed=True):
        low, high = wilson_interval(int(part.sum()), len(part))
        risk = loss[part.index][part].mean()
        rows.append((str(name), len(part), part.mean(), low, high, risk))
    return pd.DataFrame(rows, columns=["group", "photos", "share", "low", "high", "risk"])
