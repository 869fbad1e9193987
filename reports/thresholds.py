"""Age limits: how many minors a limit lets pass and how many adults it stops, and the measures of NIST's evaluation.

A *limit* is the age at which something becomes allowed. Whoever is estimated to be younger than the *challenge age* is
asked for proof of age; the others pass. A *minor* is younger than the limit, everyone else is an adult.

The named measures are those of NIST's Face Analysis Technology Evaluation, Age Estimation and Verification (NIST IR
8525, 2024). A table of predictions is as in `reports.metrics`, with the column `age`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from reports.metrics import CUMULATIVE_SCORE_YEARS, Z_95, wilson_interval

LIMITS = (13, 16, 18, 21, 25)  # years
CHALLENGE_AGES = range(5, 51)  # years: where the curves are drawn
JUST_BELOW = 5
"""Years. Minors this close below a limit are the hard ones; toddlers would make every limit look safe."""

AGE_GROUPS = {"0–9": (0, 9), "10–12": (10, 12), "13–15": (13, 15), "16–17": (16, 17), "18–20": (18, 20),
              "21–24": (21, 24), "25–29": (25, 29), "30+": (30, 200)}  # fmt: skip
"""Finer around the limits than the brackets of the other reports."""

NIST_AGES = (18, 30)
"""The ages whose errors NIST averages, first and last."""

CHALLENGE_25_AGES = (14, 17)
"""The minors of NIST's Challenge-25 rate, first and last age."""


class Figure(NamedTuple):
    """A value with the ends of its 95% interval, and the number of photos behind it."""

    value: float
    low: float
    high: float
    photos: int


def share(counted: pd.Series) -> Figure:
    """The share of true values with Wilson's interval; unknown (nan) without any."""
    total = len(counted)
    if not total:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    count = int(counted.sum())
    return Figure(count / total, *wilson_interval(count, total), total)


def minors_passed(predictions: pd.DataFrame, limit: float, challenge: float) -> Figure:
    """Of those younger than `limit`, the share that is estimated to be `challenge` years old or older."""
    minors = predictions[predictions["age"] < limit]
    return share(minors["predicted_age"] >= challenge)


def adults_challenged(predictions: pd.DataFrame, limit: float, challenge: float) -> Figure:
    """Of those from `limit` years on, the share that is estimated to be younger than `challenge`."""
    adults = predictions[predictions["age"] >= limit]
    return share(adults["predicted_age"] < challenge)


def just_below(predictions: pd.DataFrame, limit: float) -> pd.DataFrame:
    """The minors that are at most `JUST_BELOW` years younger than the limit."""
    return predictions[predictions["age"].between(limit - JUST_BELOW, limit, inclusive="left")]


def curves(predictions: pd.DataFrame, limit: float, challenge_ages: Sequence[int] = CHALLENGE_AGES) -> pd.DataFrame:
    """Both shares at each challenge age.

    Returns:
        `challenge_age`, `curve` ("Under the limit, passed", "Just under the limit, passed" or "At or over the limit,
        challenged"), `share` (0-1) with `low` and `high`, and `photos`.
    """
    close = just_below(predictions, limit)
    rows = []
    for challenge in challenge_ages:
        for name, figure in (
            ("Under the limit, passed", minors_passed(predictions, limit, challenge)),
            ("Just under the limit, passed", minors_passed(close, limit, challenge)),
            ("At or over the limit, challenged", adults_challenged(predictions, limit, challenge)),
        ):
            rows.append((challenge, name, figure.value, figure.low, figure.high, figure.photos))
    return pd.DataFrame(rows, columns=["challenge_age", "curve", "share", "low", "high", "photos"])


def by_group(predictions: pd.DataFrame, column: str, limit: float, challenge: float) -> pd.DataFrame:
    """Both shares for each group of a column.

    Returns:
        `group`, the numbers of those `under` and `at_or_over` the limit, and the `passed` or `challenged` share of
        them with the ends of its interval, such as `passed`, `passed_low`, `passed_high`; unknown where there are none.
    """
    rows: list[dict[str, Any]] = []
    for name, part in predictions.groupby(column, observed=True):
        passed, challenged = minors_passed(part, limit, challenge), adults_challenged(part, limit, challenge)
        rows.append(
            {
                "group": str(name),
                "under": passed.photos, "passed": passed.value,
                "passed_low": passed.low, "passed_high": passed.high,
                "at_or_over": challenged.photos, "challenged": challenged.value,
                "challenged_low": challenged.low, "challenged_high": challenged.high,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def age_groups(ages: pd.Series) -> pd.Series:
    """The name of the group in `AGE_GROUPS` that each age belongs to, as an ordered categorical."""
    edges = [first for first, _ in AGE_GROUPS.values()] + [max(last for _, last in AGE_GROUPS.values()) + 1]
    return pd.cut(ages, edges, right=False, labels=list(AGE_GROUPS))


def cell_mae(predictions: pd.DataFrame) -> Figure:
    """NIST's MAE, years: the mean absolute error of each age and sex, then the mean over these cells.

    So every age counts the same, however many photos it has. The interval is the normal one for a mean of independent
    cell means. Cells without photos are left out.
    """
    part = predictions[predictions["age"].between(*NIST_AGES)]
    errors = (part["predicted_age"] - part["age"]).abs().astype(float)
    cells = errors.groupby([part["age"], part["gender"]], observed=True).agg(["mean", "var", "size"])
    if cells.empty:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    value = float(cells["mean"].mean())
    variance = (cells["var"].fillna(errors.var()) / cells["size"]).sum() / len(cells) ** 2
    half = Z_95 * float(np.sqrt(variance))
    return Figure(value, value - half, value + half, len(part))


def challenge_25(predictions: pd.DataFrame) -> Figure:
    """NIST's Challenge-25 false positive rate: the share of those aged 14 to 17 estimated at 25 or older."""
    return share(predictions.loc[predictions["age"].between(*CHALLENGE_25_AGES), "predicted_age"] >= 25)


def acc(predictions: pd.DataFrame) -> Figure:
    """NIST's Acc(k): the share of photos with an age error of at most k years, here `CUMULATIVE_SCORE_YEARS`."""
    return share((predictions["predicted_age"] - predictions["age"]).abs() <= CUMULATIVE_SCORE_YEARS)


def failure_to_process(report: dict[str, Any]) -> Figure:
    """The share of photos without an estimate, because they could not be read or no face was found.

    Says nothing of a data set of aligned faces, in which none has to be found.

    Args:
        report: of a data set; its `skipped` photos are those of the validation and the test split.
    """
    skipped = sum(report["skipped"].values())
    total = skipped + report["validation_photos"] + report["overall"]["photos"]
    return share(pd.Series(np.arange(total) < skipped))
