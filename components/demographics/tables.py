"""Who is in many photos: from the faces of a table to shares by age and gender, with intervals."""

import pandas as pd

from components.demographics.reading import STATED_GENDERS
from model.labels import BRACKET_NAMES
from reports.metrics import age_brackets, wilson_interval


def shares_by_age(faces: pd.DataFrame) -> pd.DataFrame:
    """One row for each age bracket: `bracket`, `faces`, and `share` with its 95% interval `low` to `high`, 0-1."""
    counts = age_brackets(faces["age"]).value_counts(sort=False).reindex(BRACKET_NAMES, fill_value=0)
    return _shares("bracket", counts)


def beside(estimated: pd.DataFrame, corrected: pd.DataFrame) -> pd.DataFrame:
    """Two tables of shares by `bracket` as one: `estimated` and `corrected` with its interval `low` to `high`, 0-1."""
    corrected = corrected.rename(columns={"share": "corrected"})
    table = estimated[["bracket", "share"]].rename(columns={"share": "estimated"}).merge(corrected, on="bracket")
    return table[["bracket", "estimated", "corrected", "low", "high"]]


def shares_by_gender(faces: pd.DataFrame) -> pd.DataFrame:
    """One row for each stated gender: `gender`, `faces`, and `share` with its 95% interval `low` to `high`, 0-1."""
    return _shares("gender", faces["stated_gender"].value_counts().reindex(STATED_GENDERS, fill_value=0))


def female_probabilities(faces: pd.DataFrame) -> pd.Series:
    """The probability of "female" of each face, 0-1."""
    probability = faces["gender_probability"]
    return probability.where(faces["gender"] == "female", 1 - probability)


def expected_female_share(faces: pd.DataFrame) -> float:
    """The share of women, 0-1, if each face counts by its probability; uncertain genders count, too."""
    return float(female_probabilities(faces).mean())


def ages(faces: pd.DataFrame, bin_years: int) -> pd.DataFrame:
    """Faces of each stated gender in bins of `bin_years` years: `first_age`, `last_age`, `gender`, `faces`."""
    first = (faces["age"] // bin_years * bin_years).astype(int).rename("first_age")
    table = _by_gender(first, faces)
    return table.assign(last_age=table["first_age"] + bin_years - 1)[["first_age", "last_age", "gender", "faces"]]


def genders_by_age(faces: pd.DataFrame) -> pd.DataFrame:
    """`bracket`, stated `gender`, `faces`, and `share` of the bracket, 0-1; brackets without faces are omitted."""
    table = _by_gender(age_brackets(faces["age"]).rename("bracket"), faces)
    return table.assign(share=table["faces"] / table.groupby("bracket", observed=True)["faces"].transform("sum"))


def _by_gender(groups: pd.Series, faces: pd.DataFrame) -> pd.DataFrame:
    """Counts faces in long form: the group, `gender` and `faces`."""
    counts = pd.crosstab(groups, faces["stated_gender"]).reindex(columns=STATED_GENDERS, fill_value=0)
    return counts.reset_index().melt(str(groups.name), var_name="gender", value_name="faces")


def _shares(name: str, counts: pd.Series) -> pd.DataFrame:
    total = int(counts.sum())
    intervals = [wilson_interval(int(count), total) for count in counts]
    low, high = zip(*intervals, strict=True)
    columns = {name: counts.index.astype(str), "faces": counts.to_numpy(), "share": counts.to_numpy() / total}
    return pd.DataFrame({**columns, "low": low, "high": high})
