"""Compares the model with that of the previous release, group by group, on the same test photos.

`predictions-VERSION.parquet` in the results folder has the estimates of a release for UTKFace's test photos: `photo`,
`predicted_age`, `age_low`, `age_high` (years) and `female_probability` (0-1). The labels are today's.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.errors import UserError
from reports.data_sets import UTKFACE
from reports.markdown import markdown, number
from reports.metrics import Z_95, age_brackets, photo_scores

PREVIOUS = "1.0.0"
"""The release that is compared with; change it, and add its estimates, after each release."""

PREVIOUS_FILE = f"predictions-{PREVIOUS}.parquet"
"""Its estimates, in the results folder."""

ESTIMATES = ("photo", "predicted_age", "age_low", "age_high", "female_probability")
COMPARED = {"age_mae": "age MAE (years)", "gender_error": "gender error"}
"""Metrics that are lower for better models."""


def compare(current: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    """What changed for each group of UTKFace's test photos.

    The photos are the same, so the change of each photo's error is what counts (a paired comparison). Its mean has a
    normal 95% interval. A group got worse if the whole interval lies above zero: the change is larger than chance
    would explain. Of forty comparisons without any real change, one is expected to look like that.

    Args:
        current: predictions of the model, with labels.
        previous: estimates of the previous release.

    Returns:
        `grouping`, `group`, `metric` (a key of `COMPARED`), `photos`, the error `before` and `after`, its `change` with
        the ends `low` and `high` of its interval, and whether the group is `worse` or `better`.

    Raises:
        UserError: if the two have no photo in common.
    """
    labels = current.drop(columns=[name for name in ESTIMATES if name != "photo"])
    before = labels.merge(previous, on="photo")
    if before.empty:
        raise UserError(f"No test photo was estimated by release {PREVIOUS}, so the two cannot be compared.")
    after = labels.merge(current[list(ESTIMATES)], on="photo")
    after = after[after["photo"].isin(before["photo"])].reset_index(drop=True)
    old, new = _errors(before), _errors(after)
    groupings = {
        "all": pd.Series("all photos", after.index),
        "age": age_brackets(after["age"]),
        "gender": after["gender"],
        "ethnicity": after["ethnicity"],
    }
    rows = [
        (grouping, str(group), metric, *_change(old.loc[part.index, metric], new.loc[part.index, metric]))
        for metric in COMPARED
        for grouping, values in groupings.items()
        for group, part in values.groupby(values, observed=True)
    ]
    columns = ["grouping", "group", "metric", "photos", "before", "after", "change", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(worse=table["low"] > 0, better=table["high"] < 0)


def compare_results(results: Path) -> pd.DataFrame:
    """`compare` on the files of a results folder.

    Raises:
        FileNotFoundError: if the results or the previous release's estimates are missing.
    """
    return compare(pd.read_parquet(results / UTKFACE.predictions), pd.read_parquet(results / PREVIOUS_FILE))


def changes_table(results: Path) -> str:
    """For the release notes: all photos, and every group whose error changed by more than its interval."""
    table = compare_results(results)
    shown = table[(table["grouping"] == "all") | table["worse"] | table["better"]]
    rows = []
    for row in shown.to_dict("records"):
        percent = row["metric"] == "gender_error"
        before, after = number(row["before"], percent), number(row["after"], percent)
        verdict = "worse" if row["worse"] else "better" if row["better"] else "no clear change"
        group = row["group"] if row["grouping"] == "all" else f"{row['grouping']} {row['group']}"
        change = _interval(row, percent)
        rows.append((COMPARED[row["metric"]], group, f"{row['photos']:,}", before, after, change, verdict))
    header = ("UTKFace, test split", "group", "photos", PREVIOUS, "now", "change (95% interval)", "")
    return markdown(header, rows)


def _interval(row: dict[Any, Any], percent: bool) -> str:
    factor, unit, digits = (100, " points", 1) if percent else (1, "", 2)
    change, low, high = (
        f"{factor * value:+.{digits}f}".replace("-", "−") for value in (row["change"], row["low"], row["high"])
    )
    return f"{change}{unit} ({low} to {high})"


def _errors(predictions: pd.DataFrame) -> pd.DataFrame:
    scores = photo_scores(predictions)
    return pd.DataFrame({"age_mae": scores["age_mae"], "gender_error": 1 - scores["gender_accuracy"]})


def _change(old: pd.Series, new: pd.Series) -> tuple[int, float, float, float, float, float]:
    """Photos, mean error before and after, their difference, and the ends of its 95% interval."""
    change = (new - old).to_numpy()
    half = Z_95 * change.std(ddof=1) / np.sqrt(len(change)) if len(change) > 1 else float("inf")
    mean = change.mean()
    return len(change), old.mean(), new.mean(), mean, mean - half, mean + half
