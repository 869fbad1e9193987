"""How good predictions are: the metrics, their bootstrap intervals, and calibration.

A table of predictions has one row per photo: the estimates `predicted_age` (years) and `female_probability` (0-1), with
an interval also `age_low` and `age_high` (years), and the labels that there are: `age`, or the bracket from `youngest`
to `oldest` (years), `gender`, `ethnicity`. `model/results/test_predictions.parquet` is one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from model.face import CERTAIN_GENDER
from model.labels import AGE_BRACKETS, BRACKET_NAMES, GENDERS, MAX_AGE

BOOTSTRAP_SAMPLES = 2000
CUMULATIVE_SCORE_YEARS = 5
RELIABILITY_BINS = 10
FEWEST_PHOTOS = 30
"""Groups with fewer photos have intervals too wide to call them the best or the worst."""

Z_95 = 1.959964  # standard normal quantile of a 95% interval


def predicted_gender(predictions: pd.DataFrame) -> pd.Series:
    """The more probable gender."""
    return pd.Series(np.where(predictions["female_probability"] >= 0.5, "female", "male"), predictions.index)


def right_gender(predictions: pd.DataFrame) -> pd.Series:
    """Whether the more probable gender is the labelled one."""
    return (predicted_gender(predictions) == "female") == (predictions["gender"] == "female")


def gender_probability(predictions: pd.DataFrame) -> pd.Series:
    """The probability of the more probable gender, 0.5-1."""
    female = predictions["female_probability"].astype(float)
    return female.clip(lower=1 - female)


def stated_gender(predictions: pd.DataFrame) -> pd.Series:
    """Whether a gender is probable enough to be stated; otherwise the app calls it uncertain."""
    return gender_probability(predictions) >= CERTAIN_GENDER


def age_brackets(ages: pd.Series) -> pd.Series:
    """The name of the bracket each age falls into, as an ordered categorical."""
    edges = [first for first, _ in AGE_BRACKETS] + [MAX_AGE + 1]
    return pd.cut(ages, edges, right=False, labels=BRACKET_NAMES)


def label_brackets(photos: pd.DataFrame) -> pd.Series:
    """The name of the bracket of each labelled age, or of the bracket that is labelled, as an ordered categorical."""
    return age_brackets(photos["age" if "age" in photos else "youngest"])


def _error(p: pd.DataFrame) -> pd.Series:
    return p["predicted_age"] - p["age"]


def _years_outside(p: pd.DataFrame) -> pd.Series:
    """Distance of the predicted age, in whole years as the labels are, from the bracket."""
    age = p["predicted_age"].round()
    return pd.concat([p["youngest"] - age, age - p["oldest"]], axis=1).max(axis=1).clip(lower=0)


@dataclass(frozen=True)
class Metric:
    """A mean over photos.

    text: what it is, with its unit.
    needs: the columns it needs beside the estimates of age and gender.
    of: a table of predictions to a value a photo.
    share: whether it is a share of the photos, the higher the better.
    """

    text: str
    needs: tuple[str, ...]
    of: Callable[[pd.DataFrame], pd.Series]
    share: bool = False


# All metrics are means over photos, so that one resampling serves them all.
METRICS: dict[str, Metric] = {
    "age_mae": Metric("mean absolute error (MAE) of age, years", ("age",), lambda p: _error(p).abs()),
    "age_bias": Metric("age bias (mean of predicted minus true age), years", ("age",), _error),
    "cs5": Metric(
        f"share of photos with an age error of at most {CUMULATIVE_SCORE_YEARS} years",
        ("age",),
        lambda p: _error(p).abs() <= CUMULATIVE_SCORE_YEARS,
        share=True,
    ),
    "age_in_bracket": Metric(
        "share of photos with an age inside the bracket",
        ("youngest", "oldest"),
        lambda p: _years_outside(p) == 0,
        share=True,
    ),
    "years_outside": Metric("mean distance of age from the bracket, years", ("youngest", "oldest"), _years_outside),
    "gender_accuracy": Metric("gender accuracy", ("gender",), right_gender, share=True),
    "interval_coverage": Metric(
        "80% interval coverage of age",
        ("age", "age_low", "age_high"),
        lambda p: p["age"].between(p["age_low"], p["age_high"]),
        share=True,
    ),
    "interval_width": Metric(
        "mean width of the 80% interval, years", ("age_low", "age_high"), lambda p: p["age_high"] - p["age_low"]
    ),
    # Its mean is 0 for calibrated probabilities.
    "gender_calibration_gap": Metric(
        "gender accuracy minus mean stated probability", ("gender",), lambda p: right_gender(p) - gender_probability(p)
    ),
}


def possible_metrics(predictions: pd.DataFrame) -> dict[str, Metric]:
    """The metrics whose columns are known of every photo."""
    return {
        name: metric
        for name, metric in METRICS.items()
        if all(column in predictions and predictions[column].notna().all() for column in metric.needs)
    }


def photo_scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """One column per metric, one row per photo; the mean of a column is the metric. Years, or 0 and 1 for shares."""
    return pd.DataFrame(
        {name: metric.of(predictions) for name, metric in possible_metrics(predictions).items()},
        index=predictions.index,
        dtype=float,
    )


def score(predictions: pd.DataFrame) -> dict[str, Any]:
    """`photos`, and each possible metric as `value`, `low` and `high`; rounded, as plain JSON values."""
    if predictions.empty:
        return {"photos": 0}
    figures = bootstrap(photo_scores(predictions)).round(4).to_dict("index")
    return {"photos": len(predictions)} | {str(name): figure for name, figure in figures.items()}


def bootstrap(scores: pd.DataFrame) -> pd.DataFrame:
    """The mean of each column with the percentile bootstrap's 95% interval.

    Returns:
        A row a column, with `value`, `low` and `high`.
    """
    columns = scores.to_numpy(dtype=float)
    n = len(columns)
    rng = np.random.default_rng(0)
    # How often each photo is drawn is all that a mean needs to know of a sample.
    draws = (np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(BOOTSTRAP_SAMPLES))
    means = np.stack([drawn @ columns / n for drawn in draws])
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return pd.DataFrame({"value": columns.mean(0), "low": low, "high": high}, index=scores.columns)


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share, 0-1: Wilson's score interval (JASA 22, 1927), also valid near 0 and 1.

    Raises:
        ValueError: if `total` is 0 or `count` is not between 0 and `total`.
    """
    if not 0 <= count <= total or not total:
        raise ValueError(f"`total` must be positive and `count` from 0 to `total`. Received: {count} of {total}")
    share, z2 = count / total, Z_95**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    # Exact at the ends, where rounding would miss by a hair.
    return (0.0 if count == 0 else middle - half), (1.0 if count == total else middle + half)


def confusion(predictions: pd.DataFrame) -> pd.DataFrame:
    """`photos` by `labelled` and `predicted` gender, and their `share` of the labelled gender, 0-1."""
    counts = pd.crosstab(predictions["gender"].to_numpy(), predicted_gender(predictions).to_numpy())
    counts = counts.reindex(index=GENDERS, columns=GENDERS, fill_value=0).rename_axis("labelled")
    table = counts.reset_index().melt(id_vars="labelled", var_name="predicted", value_name="photos")
    return table.assign(share=table["photos"] / table.groupby("labelled")["photos"].transform("sum"))


def roc(predictions: pd.DataFrame) -> pd.DataFrame:
    """What share of women and of men is predicted to be female, as the `threshold` falls from 1 to 0.

    Returns:
        `threshold`, `true_positive` and `false_positive`, 0-1, with one row for each distinct probability.
    """
    female = (predictions["gender"] == "female").to_numpy()
    probability = predictions["female_probability"].to_numpy()
    order = np.argsort(-probability, kind="stable")
    women, men = np.cumsum(female[order]), np.cumsum(~female[order])
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    return pd.DataFrame(
        {
            "threshold": np.append(1.0, probability[order][last]),
            "true_positive": np.append(0.0, women[last] / max(women[-1], 1)),
            "false_positive": np.append(0.0, men[last] / max(men[-1], 1)),
        }
    )


def area_under(curve: pd.DataFrame) -> float:
    """The area under an ROC curve: how often a woman gets a higher probability than a man, 0-1."""
    return float(np.trapezoid(curve["true_positive"], curve["false_positive"]))


def reliability(predictions: pd.DataFrame) -> pd.DataFrame:
    """Mean `stated` probability of the more probable gender and `observed` share of right ones, both 0-1.

    Returns:
        A row a bin of equally many `photos`, from the least to the most certain.
    """
    table = pd.DataFrame({"stated": gender_probability(predictions), "observed": right_gender(predictions)})
    table = table.sort_values("stated", kind="stable")
    parts = [table.iloc[rows] for rows in np.array_split(np.arange(len(table)), min(RELIABILITY_BINS, len(table)))]
    return pd.DataFrame(
        [{"stated": part["stated"].mean(), "observed": part["observed"].mean(), "photos": len(part)} for part in parts]
    )


def calibration_error(table: pd.DataFrame) -> float:
    """Expected calibration error: mean distance, 0-1, between stated and observed in the bins of `reliability`."""
    return float(np.average((table["stated"] - table["observed"]).abs(), weights=table["photos"]))
