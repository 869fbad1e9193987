"""Groups that overlap: error by gender, group and age together, as Gender Shades reports it.

A system can serve women and each group of people well on average and still fail women of one group (Buolamwini and
Gebru, Gender Shades, FAT* 2018). A table of predictions is as in `reports.metrics`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from model.labels import BRACKET_NAMES
from reports.metrics import FEWEST_PHOTOS, METRICS, Z_95, photo_scores, wilson_interval

BANDS = ("0–9", "10–19", "20–39", "40–59", "60+")
"""Age bands: pairs of brackets, because every cell needs photos."""

BAND_OF = dict(
    zip(BRACKET_NAMES, ("0–9", "0–9", "10–19", "20–39", "20–39", "40–59", "40–59", "60+", "60+"), strict=True)
)


class Difference(NamedTuple):
    """The difference between the cell that a metric serves best and the one that it serves worst.

    value: 0 or more, in the unit of the metric, with the ends of its 95% interval.
    compared: how many cells were compared; the largest of many differences is larger than what new photos will show.
    """

    best: str
    worst: str
    value: float
    low: float
    high: float
    compared: int


def age_bands(brackets: pd.Series) -> pd.Series:
    """The band of each bracket, as an ordered categorical."""
    return pd.Series(pd.Categorical(brackets.astype(str).map(BAND_OF), BANDS, ordered=True), brackets.index)


def cells(predictions: pd.DataFrame, columns: Sequence[str], metric: str) -> pd.DataFrame:
    """A metric for each combination of the values of some columns.

    Args:
        predictions: with the columns named.
        columns: such as `gender`, `ethnicity` and `band`.
        metric: a share, or `age_mae`.

    Returns:
        A row a combination that has photos: the columns, `name` (the values in words), `photos`, `value`, and the 95%
        interval from `low` to `high`: Wilson's for shares, the normal one for years, unknown for a single photo.
    """
    scores = photo_scores(predictions)[metric]
    grouped = scores.groupby([predictions[column] for column in columns], observed=True)
    table = grouped.agg(photos="size", value="mean", deviation="std").reset_index()
    if METRICS[metric].share:
        counts = zip((table["value"] * table["photos"]).round().astype(int), table["photos"], strict=True)
        ends = [wilson_interval(int(count), int(total)) for count, total in counts]
        table[["low", "high"]] = np.reshape(ends, (-1, 2))
    else:
        half = Z_95 * table["deviation"] / table["photos"] ** 0.5
        table["low"], table["high"] = table["value"] - half, table["value"] + half
    names = table[list(columns)].astype(str).agg(", ".join, axis=1)
    return table.drop(columns="deviation").assign(name=names)


def largest_gap(table: pd.DataFrame, metric: str) -> Difference | None:
    """The largest difference between two cells that have `FEWEST_PHOTOS` or more; None without two of them.

    The interval is Newcombe's for two shares (method 10; Statistics in Medicine 17, 1998), which combines the intervals
    of the two cells; for years, the same combination of normal intervals is Welch's.
    """
    enough = table[table["photos"] >= FEWEST_PHOTOS]
    if len(enough) < 2:
        return None
    highest, lowest = enough.nlargest(1, "value").iloc[0], enough.nsmallest(1, "value").iloc[0]
    value = float(highest["value"] - lowest["value"])
    below = math.hypot(highest["value"] - highest["low"], lowest["high"] - lowest["value"])
    above = math.hypot(highest["high"] - highest["value"], lowest["value"] - lowest["low"])
    best, worst = (highest, lowest) if METRICS[metric].share else (lowest, highest)
    return Difference(str(best["name"]), str(worst["name"]), value, value - below, value + above, len(enough))
