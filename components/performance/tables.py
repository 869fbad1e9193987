"""The tables behind the charts of the Model performance page, computed from the result files alone.

A table of predictions has one row for each test photo, with the columns of `model/results/test_predictions.parquet`
and its age `bracket`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from reports.metrics import (
    METRICS,
    age_brackets,
    bootstrap,
    gender_probability,
    photo_scores,
    predicted_gender,
    right_gender,
    wilson_interval,
)

PUBLISHED = Path(__file__).resolve().parent / "published_systems.csv"
LAST_YEARS = 20
"""Where the curve of cumulative scores ends, years."""

DENSITY_YEARS = 3
LABELS_APART = 5
"""Years. If the labels of near-identical photos differ by as much, an error may be the label's and not the model's."""

CHILD_UNTIL, ELDERLY_FROM = 12, 70  # years
SOFTEST = 0.1
"""Share of the test photos that count as blurred."""


@st.cache_data(max_entries=64, show_spinner=False)
def scores_by(predictions: pd.DataFrame, column: str) -> pd.DataFrame:
    """Every metric for every group, with 95% intervals.

    Returns:
        One row for each group that has photos, in the order of the labels: `column` itself, `photos`, and for each
        metric of `photo_scores` its value, `METRIC_low` and `METRIC_high`.
    """
    rows = []
    for name, part in predictions.groupby(column, observed=True):
        scores = overall_scores(part)
        row: dict[str, Any] = {column: str(name), "photos": len(part)}
        for metric, figure in scores.iterrows():
            row |= {str(metric): figure["value"], f"{metric}_low": figure["low"], f"{metric}_high": figure["high"]}
        rows.append(row)
    return pd.DataFrame(rows)


@st.cache_data(max_entries=64, show_spinner=False)
def overall_scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """One row for each metric of `photo_scores`, with `value`, `low` and `high`: the ends of its 95% interval.

    Wilson's for shares, which also holds for few photos and near 100%, that of the bootstrap for years.
    """
    photos = photo_scores(predictions)
    scores = bootstrap(photos)
    for metric in [name for name in METRICS if METRICS[name].share and name in photos]:
        scores.loc[metric, ["low", "high"]] = wilson_interval(int(photos[metric].sum()), len(photos))
    return scores


def cumulative_scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """How many `photos`, and what `share` of all (0-1), have an age error of at most so many `years`.

    The error is the distance from the labelled age or, where only that is known, from the labelled bracket.
    """
    scores = photo_scores(predictions)
    errors = scores["age_mae" if "age_mae" in scores else "years_outside"].to_numpy()
    years = np.arange(LAST_YEARS + 1)
    photos = (errors[None] <= years[:, None]).sum(1)
    return pd.DataFrame({"years": years, "photos": photos, "share": photos / len(errors)})


def age_density(predictions: pd.DataFrame) -> pd.DataFrame:
    """How many `photos` have each `labelled` and `predicted` age; both are the first year of a `DENSITY_YEARS` bin."""
    bins = predictions[["age", "predicted_age"]] // DENSITY_YEARS * DENSITY_YEARS
    bins = bins.astype(int).set_axis(["labelled", "predicted"], axis=1)
    return bins.value_counts().rename("photos").reset_index().sort_values(["labelled", "predicted"])


def bracket_confusion(predictions: pd.DataFrame) -> pd.DataFrame:
    """`photos` by `labelled` and `predicted` bracket, and their `share` of the labelled bracket, 0-1."""
    predicted = age_brackets(predictions["predicted_age"].round())
    both = pd.DataFrame({"labelled": predictions["bracket"], "predicted": predicted})
    table = both.value_counts().to_frame("photos").reset_index().sort_values(["labelled", "predicted"])
    return table.assign(share=table["photos"] / table.groupby("labelled", observed=True)["photos"].transform("sum"))


def accuracy_grid(predictions: pd.DataFrame, column: str) -> pd.DataFrame:
    """`photos` and gender `accuracy`, 0-1, by the `group` in a column and by `bracket`."""
    groups = predictions[column].rename("group")
    grouped = right_gender(predictions).groupby([groups, predictions["bracket"]], observed=True)
    return grouped.agg(photos="size", accuracy="mean").reset_index()


def largest_errors(
    predictions: pd.DataFrame, labels: pd.DataFrame | None, sharpness: pd.DataFrame | None, task: str, count: int
) -> pd.DataFrame:
    """The photos with the largest errors, the largest first, with the likely reasons.

    Args:
        predictions: of the photos to search.
        labels: the label table, whose groups are near-identical photos, or None if there is none.
        sharpness: `photo` and `sharpness` of all test photos, or None if not measured.
        task: "Age" for the largest age errors, "Gender" for the wrong genders with the highest probability.
        count: the largest number of photos.

    Returns:
        The predictions with `error` (years), `predicted_gender`, its `probability` (0-1), and `reason`.
    """
    table = predictions.assign(
        error=_signed_error(predictions),
        predicted_gender=predicted_gender(predictions),
        probability=gender_probability(predictions),
    )
    if task == "Age":
        worst = table.loc[table["error"].abs().nlargest(count).index]
    else:
        worst = table[~right_gender(table)].nlargest(count, "probability")
    soft: set[str] = set()
    if sharpness is not None:
        soft = set(sharpness.loc[sharpness["sharpness"] <= sharpness["sharpness"].quantile(SOFTEST), "photo"])
    others = {} if labels is None else _near_identical(worst, labels)
    reasons = [_reason(row, others.get(str(row.photo)), row.photo in soft) for row in worst.itertuples()]
    return worst.assign(reason=reasons)


def comparison(predictions: pd.DataFrame, train_ages: pd.Series) -> pd.DataFrame:
    """This model, published systems on UTKFace, and a constant baseline, the most accurate first.

    Returns:
        `system`, `age_mae` (years), `gender_accuracy` (0-1 or unknown), `photos` in words, `protocol`, `source`,
        `link`, and `here`: whether it was measured on this project's test split.
    """
    median, scores = float(train_ages.median()), photo_scores(predictions).mean()
    photos, measured = f"{len(predictions):,} test photos, all ages", "split by photo, near-duplicates kept together"
    here = pd.DataFrame(
        {
            "system": ["This model", "Always the training median"],
            "age_mae": [scores["age_mae"], float((predictions["age"] - median).abs().mean())],
            "gender_accuracy": [scores["gender_accuracy"], float("nan")],
            "photos": photos,
            "protocol": measured,
            "source": "python -m train evaluate",
            "here": True,
        }
    )
    published = pd.read_csv(PUBLISHED).assign(here=False)
    return pd.concat([here, published], ignore_index=True).sort_values("age_mae", ignore_index=True)


def _signed_error(predictions: pd.DataFrame) -> pd.Series:
    """Years from the labelled age, or from the nearer end of the labelled bracket; negative if estimated too young."""
    estimate = predictions["predicted_age"]
    if "age" in predictions:
        return estimate - predictions["age"]
    return estimate - estimate.clip(predictions["youngest"], predictions["oldest"])


def _near_identical(photos: pd.DataFrame, labels: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each photo, the other photos in its group; photos without others are omitted."""
    groups = labels.loc[labels["photo"].isin(photos["photo"]), ["photo", "group"]]
    pairs = groups.merge(labels, on="group", suffixes=("", "_other"))
    pairs = pairs[pairs["photo"] != pairs["photo_other"]]
    return {str(photo): others for photo, others in pairs.groupby("photo")}


def _reason(row: Any, others: pd.DataFrame | None, soft: bool) -> str:
    """What is known about a photo that may explain its error."""
    reasons = []
    youngest, oldest = (row.age, row.age) if hasattr(row, "age") else (row.youngest, row.oldest)
    if others is not None and ((others["age"] - row.age).abs() >= LABELS_APART).any():
        reasons.append(f"label noise: a near-duplicate is labelled {', '.join(map(str, others['age']))}")
    if others is not None and (others["gender"] != row.gender).any():
        reasons.append("label noise: a near-duplicate has the other gender")
    if oldest <= CHILD_UNTIL:
        reasons.append("child")
    if youngest >= ELDERLY_FROM:
        reasons.append("elderly")
    if soft:
        reasons.append("blur")
    return "; ".join(reasons) or "unknown"
