"""The tables behind the charts of the Data set page, computed from the label table alone.

The label table has one row for each photo, with the columns of `model/results/labels.parquet` and its age `bracket`.
"""

import pandas as pd

from model.labels import AGE_BRACKETS, BRACKET_NAMES, MAX_AGE
from reports.metrics import label_brackets

BINS = ("Years", "Brackets")
YEARS_IN_BRACKET = {name: last - first + 1 for name, (first, last) in zip(BRACKET_NAMES, AGE_BRACKETS, strict=True)}
ROUNDING_AGES = range(20, 91, 5)
"""Ages that people round to, as far as the ages around them are frequent enough to compare with."""


def with_brackets(photos: pd.DataFrame) -> pd.DataFrame:
    """The photos with a column `bracket`, that of the age or the one that is labelled."""
    return photos.assign(bracket=label_brackets(photos))


def distribution(photos: pd.DataFrame, bins: str, split_by: str | None) -> pd.DataFrame:
    """Counts the photos of each age or bracket.

    Args:
        photos: the label table.
        bins: one of `BINS`.
        split_by: a column to split the counts by, or None.

    Returns:
        `age` (years) or `bracket`, `part` (a value of `split_by`, or "all"), `photos`, and `share` of the part, 0-1.
    """
    column = "age" if bins == "Years" else "bracket"
    parts = photos[split_by] if split_by else pd.Series("all", photos.index)
    counts = pd.crosstab(photos[column], parts)
    ages = range(photos["age"].min(), photos["age"].max() + 1) if column == "age" else BRACKET_NAMES
    table = _long(counts.reindex(ages, fill_value=0).rename_axis(index=column))
    return table.assign(share=table["photos"] / table.groupby("part")["photos"].transform("sum"))


def brackets(photos: pd.DataFrame) -> pd.DataFrame:
    """By bracket: `photos`, `share` of all, photos `per_year` of age, `female` share, and photos in each split."""
    grouped = photos.groupby("bracket", observed=False)
    counts = grouped.size()
    table = pd.DataFrame(
        {
            "photos": counts,
            "share": counts / len(photos),
            "per_year": counts / [YEARS_IN_BRACKET[name] for name in BRACKET_NAMES],
            "female": grouped["gender"].agg(lambda genders: (genders == "female").mean()),
        }
    )
    if "split" not in photos:
        return table.reset_index()
    splits = grouped["split"].value_counts().unstack()
    return table.join(splits.set_axis(splits.columns.astype(str), axis=1)).reset_index()


def composition(photos: pd.DataFrame, split_by: str) -> pd.DataFrame:
    """`bracket`, `part`, `photos` and `share` of the bracket, 0-1; brackets without photos are omitted."""
    table = _long(pd.crosstab(photos["bracket"], photos[split_by]))
    return table.assign(share=table["photos"] / table.groupby("bracket", observed=True)["photos"].transform("sum"))


def rounding(photos: pd.DataFrame) -> float:
    """How many times more frequent ages ending in 0 or 5 are than the two years on either side, on average."""
    counts = photos["age"].value_counts().reindex(range(MAX_AGE + 3), fill_value=0)
    beside = sum(counts[age + step] for age in ROUNDING_AGES for step in (-2, -1, 1, 2)) / 4
    return sum(counts[age] for age in ROUNDING_AGES) / beside if beside else float("nan")


def _long(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of groups (rows) by parts (columns) in long form: the group, `part` and `photos`."""
    counts = counts.set_axis(counts.columns.astype(str), axis=1)
    return counts.reset_index().melt(id_vars=str(counts.index.name), var_name="part", value_name="photos")
