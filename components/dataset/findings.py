"""What the charts of the Data set page show, each in one sentence computed from the numbers drawn."""

import pandas as pd

from components.filters import capitalized


def composition(table: pd.DataFrame) -> str:
    """Which part's share varies most between brackets; from `tables.composition`."""
    shares = table.pivot(index="bracket", columns="part", values="share")
    if len(shares) == 1:
        part = str(shares.iloc[0].idxmax())
        return f"{capitalized(part)} is the largest group at age {shares.index[0]}: {shares.iloc[0].max():.0%}"
    part = str((shares.max() - shares.min()).idxmax())
    share = shares[part]
    low, high = f"{share.min():.0%} at age {share.idxmin()}", f"{share.max():.0%} at age {share.idxmax()}"
    return f"{capitalized(part)} share ranges from {low} to {high}"


def imbalance(brackets: pd.DataFrame, photos: pd.DataFrame, rounding: float) -> list[str]:
    """How unevenly the photos are distributed, in sentences.

    Args:
        brackets: from `tables.brackets`, for all photos.
        photos: the label table.
        rounding: from `tables.rounding`.
    """
    dense, thin = brackets.nlargest(1, "per_year").iloc[0], brackets.nsmallest(1, "per_year").iloc[0]
    commonest = photos["age"].value_counts()
    half = commonest.cumsum().searchsorted(len(photos) / 2) + 1
    ethnicities = photos["ethnicity"].value_counts()
    women = (photos["gender"] == "female").mean()
    return [
        f"There are {dense['per_year']:,.0f} photos for each year of age in {dense['bracket']}, but only "
        f"{thin['per_year']:,.0f} in {thin['bracket']}: {dense['per_year'] / thin['per_year']:.0f} times fewer to "
        "learn from.",
        f"Just {half} ages account for half of all photos. The most common is {commonest.index[0]}, with "
        f"{commonest.iloc[0]:,} photos.",
        f"Between 20 and 90, ages that end in 0 or 5 are {rounding:.1f} times as frequent as the years around them: "
        "annotators round.",
        f"{women:.0%} of the photos are labelled female. The most frequent ethnicity is {ethnicities.index[0]} "
        f"({ethnicities.iloc[0] / len(photos):.0%}), the rarest {ethnicities.index[-1]} "
        f"({ethnicities.iloc[-1] / len(photos):.0%}).",
    ]
