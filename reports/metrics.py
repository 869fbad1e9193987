"""How good predictions are: the metrics of each photo, their means with bootstrap intervals, gaps between groups.

A table of predictions has a row a photo with the columns of `results/test_predictions.parquet`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.face import CERTAIN_GENDER

BOOTSTRAP_SAMPLES = 2000
CUMULATIVE_SCORE_YEARS = 5
FEWEST_PHOTOS = 30
"""Groups with fewer photos have intervals too wide to call them the best or the worst."""


@dataclass(frozen=True)
class Gap:
    """What lies between the group that a metric serves best and the one it serves worst.

    metric: `age_mae` (years, lower is better) or `gender_accuracy` (0-1, higher is better).
    grouping: `by_age`, `by_gender` or `by_ethnicity`.
    """

    metric: str
    grouping: str
    best: str
    worst: str
    best_value: float
    worst_value: float

    @property
    def size(self) -> float:
        """The distance between the two, 0 or more."""
        return abs(self.worst_value - self.best_value)


def photo_scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """A column a metric, a row a photo; the mean of a column is the metric. Years, or 0 and 1 for shares."""
    error = predictions["predicted_age"] - predictions["age"]
    return pd.DataFrame(
        {
            "age_mae": error.abs(),
            "age_bias": error,
            "cs5": error.abs() <= CUMULATIVE_SCORE_YEARS,
            "gender_accuracy": right_gender(predictions),
            "interval_coverage": predictions["age"].between(predictions["age_low"], predictions["age_high"]),
            "interval_width": predictions["age_high"] - predictions["age_low"],
        }
    ).astype(float)


def right_gender(predictions: pd.DataFrame) -> pd.Series:
    """Whether the gender named is the labelled one."""
    return (predictions["female_probability"] >= 0.5) == (predictions["gender"] == "female")


def stated_gender(predictions: pd.DataFrame) -> pd.Series:
    """Whether a gender is probable enough to be stated; otherwise the app calls it uncertain."""
    female = predictions["female_probability"]
    return female.clip(lower=1 - female) >= CERTAIN_GENDER


def bootstrap(scores: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """The mean of each column with the percentile bootstrap's 95% interval.

    Returns:
        A row a column, with `value`, `low` and `high`.
    """
    columns = scores.to_numpy(dtype=float)
    n = len(columns)
    rng = np.random.default_rng(seed)
    # How often each photo is drawn is all that a mean needs to know of a sample.
    means = np.stack([_draws(rng, n) @ columns / n for _ in range(BOOTSTRAP_SAMPLES)])
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return pd.DataFrame({"value": columns.mean(0), "low": low, "high": high}, index=scores.columns)


def gaps(report: dict) -> list[Gap]:
    """Age error and gender accuracy of the best and the worst group of each grouping in a report (`report.json`)."""
    return [
        _gap(report, metric, grouping)
        for metric in ("age_mae", "gender_accuracy")
        for grouping in ("by_age", "by_gender", "by_ethnicity")
    ]


def _gap(report: dict, metric: str, grouping: str) -> Gap:
    values = {
        name: group[metric]["value"] for name, group in report[grouping].items() if group["photos"] >= FEWEST_PHOTOS
    }
    lowest, highest = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    best, worst = (lowest, highest) if metric == "age_mae" else (highest, lowest)
    return Gap(metric, grouping, best, worst, values[best], values[worst])


def _draws(rng: np.random.Generator, n: int) -> NDArray[np.intp]:
    return np.bincount(rng.integers(n, size=n), minlength=n)
