"""The figures of one's own photos with intervals that also hold for few of them, and what they mean in sentences."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from model.calibration import COVERAGE
from reports.markdown import is_share, number
from reports.metrics import (
    FEWEST_PHOTOS,
    METRICS,
    Z_95,
    gender_probability,
    photo_scores,
    right_gender,
    wilson_interval,
)

FEWEST_FOR_INTERVAL = 5
"""Photos; with fewer, a mean in years has no interval."""

Figure = Mapping[Any, Any]
"""A row of `scores`."""


def mean_interval(values: pd.Series) -> tuple[float, float]:
    """The 95% interval of a mean: Student's, since the bootstrap's is too narrow for few photos.

    The quantile is its expansion in 1 / degrees of freedom (Abramowitz and Stegun 26.7.5), which is off by less than
    0.3% from 4 degrees on.

    Returns:
        Its ends; not a number if there are fewer than `FEWEST_FOR_INTERVAL` values.
    """
    n, z = len(values), Z_95
    if n < FEWEST_FOR_INTERVAL:
        return math.nan, math.nan
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    quantile = z + first / (n - 1) + second / (n - 1) ** 2 + third / (n - 1) ** 3
    half = quantile * float(values.std()) / math.sqrt(n)
    return float(values.mean()) - half, float(values.mean()) + half


def scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """Every metric for all photos and for each bracket, gender and group: `grouping`, `group`, `photos`, `metric`,
    `value`, `low`, `high`: Wilson's interval for shares, Student's for years.

    Gender is scored where it is labelled.
    """
    parts = [("all", "all photos", predictions)]
    for column in ("bracket", "gender", "group"):
        parts += [(column, str(name), part) for name, part in predictions.groupby(column, observed=True)]
    return pd.DataFrame([row for part in parts for row in _rows(*part)])


def overall(figures: pd.DataFrame) -> dict[str, Figure]:
    """The rows of `scores` for all photos, by metric."""
    return {str(row["metric"]): row for row in figures[figures["grouping"] == "all"].to_dict("records")}


def figure_text(figure: Figure) -> str:
    """A value with its interval in parentheses, where it has one."""
    percent = is_share(figure["metric"])
    value, low, high = (number(figure[end], percent).replace("-", "−") for end in ("value", "low", "high"))
    return value if math.isnan(figure["low"]) else f"{value} ({low} to {high})"


def summary(predictions: pd.DataFrame, refitted: float | None) -> list[str]:
    """What the figures mean, in sentences; first that they are few, if the photos are.

    Args:
        predictions: with `age`, and `gender` where it is labelled.
        refitted: how often a refitted interval contains the age of photos that it was not fitted to, 0-1; None if
            nothing was refitted.
    """
    figures = overall(scores(predictions))
    lines = [
        f"The age is off by {figure_text(figures['age_mae'])} years{' on average' * (len(predictions) > 1)}.",
        _bias(figures["age_bias"]),
        _coverage(predictions),
    ]
    labelled = predictions[predictions["gender"].notna()]
    if len(labelled):
        lines.append(_gender(labelled))
    if refitted is not None:
        lines.append(
            f"With the refitted calibration, the interval contains the age in {refitted:.0%} of unseen photos."
        )
    precision = _precision(len(predictions), figures)
    return [*lines, precision] if len(predictions) >= FEWEST_PHOTOS else [precision, *lines]


def _rows(grouping: str, group: str, part: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = dict(photo_scores(part.drop(columns="gender")))
    labelled = part[part["gender"].notna()]
    if len(labelled):
        columns |= {name: column for name, column in photo_scores(labelled).items() if str(name).startswith("gender")}
    for metric, column in columns.items():
        share = METRICS[str(metric)].share
        low, high = wilson_interval(int(column.sum()), len(column)) if share else mean_interval(column)
        yield {"grouping": grouping, "group": group, "photos": len(column), "metric": metric} | {
            "value": float(column.mean()),
            "low": low,
            "high": high,
        }


def _bias(figure: Figure) -> str:
    value = figure_text(figure)
    if math.isnan(figure["low"]):
        return f"Estimates minus true ages are {value} years on average, which may be chance with so few photos."
    if figure["low"] <= 0 <= figure["high"]:
        return f"No clear bias towards older or younger: {value} years."
    return f"Estimates are too {'old' if figure['low'] > 0 else 'young'} on average: {value} years."


def _coverage(predictions: pd.DataFrame) -> str:
    photos = len(predictions)
    inside = int(predictions["age"].between(predictions["age_low"], predictions["age_high"]).sum())
    low, high = wilson_interval(inside, photos)
    fits = (
        "less often than promised"
        if high < COVERAGE
        else "more often than needed"
        if low > COVERAGE
        else "which agrees with the promised 80%"
    )
    return (
        f"The 80% interval contains the age in {inside:,} of {_photos(photos)}: {inside / photos:.0%} "
        f"({low:.0%} to {high:.0%}), {fits}."
    )


def _gender(labelled: pd.DataFrame) -> str:
    right, photos = int(right_gender(labelled).sum()), len(labelled)
    low, high = wilson_interval(right, photos)
    return (
        f"The more probable gender is the labelled one in {right:,} of {_photos(photos)}: {right / photos:.0%} "
        f"({low:.0%} to {high:.0%}). Its probability is {gender_probability(labelled).mean():.0%} on average, which "
        "should be about the same."
    )


def _precision(photos: int, figures: Mapping[str, Figure]) -> str:
    """What can be said with so many photos."""
    if photos < FEWEST_FOR_INTERVAL:
        return (
            f"{'One photo is an example and says' if photos == 1 else f'{photos} photos are examples and say'} nothing "
            f"about the model's accuracy. From {FEWEST_PHOTOS} on, figures begin to be useful."
        )
    years, points = (
        (figures[metric]["high"] - figures[metric]["low"]) / 2 for metric in ("age_mae", "interval_coverage")
    )
    known = (
        f"With {photos:,} photos, the age error is known to within {years:.1f} years and the coverage to within "
        f"{points * 100:.0f} percentage points; four times as many photos would halve that."
    )
    return known if photos >= FEWEST_PHOTOS else f"{known} Fewer than {FEWEST_PHOTOS} photos say little."


def _photos(number: int) -> str:
    return f"{number:,} photo{'s' * (number != 1)}"
